"""What a run of foreign code may do to a tree: one hostile or careless act at a time, on whatever stands there."""

import mmap
import os
import shutil
from collections.abc import Callable
from pathlib import Path


def files(tree: Path) -> list[Path]:
    """The plain files below a folder, in order; through no symlink."""
    return sorted(path for path in _below(tree) if path.is_file() and not path.is_symlink())


def folders(tree: Path) -> list[Path]:
    """The folders below a folder, in order; through no symlink."""
    return sorted(path for path in _below(tree) if path.is_dir() and not path.is_symlink())


def _below(tree: Path) -> list[Path]:
    return [Path(place) / name for place, inner, names in os.walk(tree) for name in (*inner, *names)]


def forge_content(path: Path, outside: Path) -> None:
    """Other content of the same length, the old times put back."""
    del outside
    status = path.stat()
    with path.open("r+b") as file:
        file.write(bytes(byte ^ 1 for byte in path.read_bytes()))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def forge_through_memory(path: Path, outside: Path) -> None:
    """The same through a page of shared memory."""
    del outside
    status = path.stat()
    if status.st_size:
        with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
            memory[0] = memory[0] ^ 1
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def truncate(path: Path, outside: Path) -> None:
    """Nothing left in it."""
    del outside
    os.truncate(path, 0)


def rename(path: Path, outside: Path) -> None:
    """Another name in the same folder, which may be that of another file."""
    del outside
    path.replace(path.with_name("renamed"))


def swap_twice(path: Path, outside: Path) -> None:
    """A copy with the same times and mode in its place."""
    del outside
    shutil.copy2(path, path.with_name("copy"))
    path.with_name("copy").replace(path)


def unlink(path: Path, outside: Path) -> None:
    """Gone."""
    del outside
    path.unlink()


def change_mode(path: Path, outside: Path) -> None:
    """Executable and writable for all."""
    del outside
    path.chmod(0o777)


def link_hard(path: Path, outside: Path) -> None:
    """The same file under a second name, outside."""
    (outside / "hard").unlink(missing_ok=True)
    (outside / "hard").hardlink_to(path)


def link_outside(path: Path, outside: Path) -> None:
    """A symlink to a file outside in the place of the file."""
    path.unlink()
    path.symlink_to(outside / "precious.txt")


def become_folder(path: Path, outside: Path) -> None:
    """A folder in the place of the file."""
    del outside
    path.unlink()
    (path / "inner").mkdir(parents=True)


OF_A_FILE: dict[str, Callable[[Path, Path], None]] = {
    each.__name__: each
    for each in (
        forge_content, forge_through_memory, truncate, rename, swap_twice, unlink, change_mode, link_hard, link_outside, become_folder,
    )
}  # fmt: skip


def leave_files(path: Path, outside: Path) -> None:
    """What runs leave behind: files, caches, folders that are closed, links to folders outside."""
    (path / "__pycache__/deep").mkdir(parents=True, exist_ok=True)
    (path / "__pycache__/deep/left.pyc").write_bytes(b"left")
    (path / ".hidden").write_text("left")
    (path / "closed").mkdir(exist_ok=True)
    (path / "closed").chmod(0)
    (path / "outside").unlink(missing_ok=True)
    (path / "outside").symlink_to(outside)


def close_folder(path: Path, outside: Path) -> None:
    """Nobody may enter."""
    del outside
    path.chmod(0)


def folder_outside(path: Path, outside: Path) -> None:
    """A symlink to a folder outside in the place of the folder."""
    shutil.rmtree(path)
    path.symlink_to(outside)


def folder_moved_outside(path: Path, outside: Path) -> None:
    """The folder itself moved outside, and a symlink to it in its place."""
    moved = outside / f"moved{len(list(outside.iterdir()))}"
    path.rename(moved)
    path.symlink_to(moved)


def folder_anew(path: Path, outside: Path) -> None:
    """A folder of the same name with a file of a known name in it."""
    del outside
    shutil.rmtree(path)
    path.mkdir()
    (path / "a.txt").write_text("another\n")


def folder_is_file(path: Path, outside: Path) -> None:
    """A file in the place of the folder."""
    del outside
    shutil.rmtree(path)
    path.write_text("a file now")


OF_A_FOLDER: dict[str, Callable[[Path, Path], None]] = {
    each.__name__: each for each in (leave_files, close_folder, folder_outside, folder_moved_outside, folder_anew, folder_is_file)
}


def harm(tree: Path, outside: Path, act: str, number: int) -> None:
    """Do one act to the file or folder of that number, counted round; nothing where there is none."""
    act_on, found = (OF_A_FILE[act], files(tree)) if act in OF_A_FILE else (OF_A_FOLDER[act], folders(tree))
    if found:
        act_on(found[number % len(found)], outside)
