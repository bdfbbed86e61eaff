"""The overlay environment: the project's environment seen again beside a tree, with every way into the main checkout turned to that tree.

One symlink per entry of site-packages, milliseconds, no network, nothing written in the user's environment.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.engine.languages.python.hooks import Turn, turn_lines, turn_module
from tools.engine.languages.python.interpreter import Interpreter

SCRIPT_HEAD: Final = 4096  # bytes in which a script names its interpreter


@dataclass(frozen=True)
class Overlay:
    """An environment that belongs to one tree."""

    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def site_packages(self) -> Path:
        """Where what is installed is seen."""
        return next(self.folder.glob("lib/python3.*/site-packages"))

    @property
    def scripts(self) -> Path:
        """Its commands; the first folder of PATH."""
        return self.folder / "bin"


def lay_over(interpreter: Interpreter, main: Path, tree: Path, folder: Path, left_out: frozenset[str] = frozenset()) -> Overlay:
    """Build the overlay in `folder`, which must not exist, without the entries of site-packages that are left out.

    Raises Unprovable for a hook of which nobody can tell whose code it runs.
    """
    mains = tuple(dict.fromkeys((main, main.resolve())))
    environments = (interpreter.environment, interpreter.environment.resolve()) if interpreter.environment else ()
    turn = Turn(mains, tuple(dict.fromkeys(environments)), tree)
    packages = folder / "lib" / f"python{interpreter.minor}" / "site-packages"
    packages.mkdir(parents=True)
    for source in interpreter.site_packages:
        add_packages(source, packages, turn, left_out)
    _write_settings(interpreter, folder)
    _copy_scripts(interpreter, folder)
    return Overlay(folder)


def add_packages(source: Path, packages: Path, turn: Turn, left_out: frozenset[str] = frozenset()) -> None:
    """Link what a folder of packages holds, hooks turned; what is there already stays. Raises Unprovable."""
    real = source.resolve()  # the environment may be a link, and commands do not see the checkout that it lies in
    for entry in _entries(source):
        target = packages / entry.name
        if entry.name == "__pycache__" or entry.name in left_out or os.path.lexists(target):
            continue
        if entry.name.endswith(".pth"):
            text = Path(entry.path).read_text(encoding="utf-8", errors="surrogateescape")
            target.write_text(turn_lines(entry.name, text, turn, source), encoding="utf-8", errors="surrogateescape")
        elif entry.name.endswith(".py") and entry.name.startswith(("__editable___", "_editable_impl_")):
            target.write_text(turn_module(entry.name, Path(entry.path).read_text(encoding="utf-8"), turn), encoding="utf-8")
        else:
            target.symlink_to(real / entry.name)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return list(entries)


def _write_settings(interpreter: Interpreter, folder: Path) -> None:
    # Whatever the interpreter sees of the system's and the user's packages is linked, so that no path leads there unseen.
    lines = f"home = {interpreter.home}\ninclude-system-site-packages = false\nversion = {interpreter.version}\n"
    (folder / "pyvenv.cfg").write_text(lines, encoding="utf-8")


def _copy_scripts(interpreter: Interpreter, folder: Path) -> None:
    """Interpreters as links to the real one, scripts with their first lines rewritten, other programs as links."""
    scripts = folder / "bin"
    scripts.mkdir()
    real = interpreter.executable.resolve()
    for name in ("python", "python3", f"python{interpreter.minor}"):
        (scripts / name).symlink_to(real)
    if interpreter.environment is None:
        _write_commands_of_system(interpreter, scripts)
        return
    spelled = [str(each).encode() for each in dict.fromkeys((interpreter.environment, interpreter.environment.resolve()))]
    for entry in _entries(interpreter.scripts.resolve()):
        target = scripts / entry.name
        if os.path.lexists(target) or not entry.is_file() or entry.name.lower().startswith(("activate", "python")):
            continue
        with Path(entry.path).open("rb") as file:
            head = file.read(SCRIPT_HEAD)
        named = next((each for each in spelled if each in head), None) if head.startswith(b"#!") else None
        if named is not None:
            target.write_bytes(Path(entry.path).read_bytes().replace(named, str(folder).encode()))
            target.chmod(0o755)
        else:
            target.symlink_to(entry.path)


def _write_commands_of_system(interpreter: Interpreter, scripts: Path) -> None:
    """Without a virtual environment its commands are the scripts beside the interpreter that name it in their first line."""
    for entry in _entries(interpreter.scripts):
        target = scripts / entry.name
        if os.path.lexists(target) or not entry.is_file():
            continue
        with Path(entry.path).open("rb") as file:
            head = file.readline(SCRIPT_HEAD)
        if head.startswith(b"#!") and Path(os.fsdecode(head[2:].strip())).resolve() == interpreter.executable.resolve():
            rest = Path(entry.path).read_bytes()[len(head) :]
            target.write_bytes(f"#!{scripts / 'python'}\n".encode() + rest)
            target.chmod(0o755)
