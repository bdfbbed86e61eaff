"""Builders for tests of measured trees: repositories with submodules and large files, and what a folder holds, to be compared."""

import hashlib
import os
import stat
from pathlib import Path

from tests.support.repositories import git, make_repository


def contents(folder: Path) -> dict[str, bytes]:
    """The plain files below a folder, by path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file() and not path.is_symlink()}


def everything(folder: Path) -> dict[str, tuple[int, bytes]]:
    """All that is below a folder, by path: type and mode, and the content of a file or the target of a symlink."""
    found: dict[str, tuple[int, bytes]] = {}
    for place, folders, files in os.walk(folder):
        for path in (Path(place) / name for name in (*folders, *files)):
            mode = path.lstat().st_mode
            content = path.read_bytes() if stat.S_ISREG(mode) else bytes(path.readlink()) if stat.S_ISLNK(mode) else b""
            found[path.relative_to(folder).as_posix()] = (mode, content)
    return found


def add_submodule(project: Path, library: Path, path: str) -> None:
    """Make `library` a submodule of `project`, cloned and committed."""
    git(project, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library), path)
    git(project, "commit", "-q", "-m", f"with {path}")


def with_submodule(tmp_path: Path) -> Path:
    """A project whose submodule `parts/lib` has a submodule of its own, `deep`."""
    deep = make_repository(tmp_path / "deep", {"deepest.txt": "deepest\n"})
    library = make_repository(tmp_path / "library", {"lib.txt": "lib\n", "src/run.sh": "#!/bin/sh\n"})
    add_submodule(library, deep, "deep")
    project = make_repository(tmp_path / "project", {"a.txt": "a\n"})
    add_submodule(project, library, "parts/lib")
    git(project, "-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init", "--recursive")
    return project


def pointer(content: bytes) -> str:
    """What Git LFS commits in the place of `content`."""
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{hashlib.sha256(content).hexdigest()}\nsize {len(content)}\n"


def store_large(git_directory: Path, content: bytes) -> Path:
    """Put `content` where Git LFS keeps it in a clone; returns the file."""
    oid = hashlib.sha256(content).hexdigest()
    path = git_directory / "lfs" / "objects" / oid[:2] / oid[2:4] / oid
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
