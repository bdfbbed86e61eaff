"""Commands of factory.md that begin with a file of the project which no commit holds, or which git does not hold as a program."""

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from state.answers import one_line, quoted
from state.errors import Problem
from state.factory_md import lines_of_values
from state.patterns import Patterns, problems_of
from tools.engine.scope.beginnings import Beginning, beginning_of
from tools.engine.scope.files import TreeFiles
from tools.engine.scope.listed import Place
from tools.engine.scope.nearest import nearest

# The fields of Configuration that give a command, and the part of them that does; under a list, in each of its items.
_COMMANDS: Final = (
    ("setup", "command"), ("eval_command", ""), ("smoke_test", ""), ("project_evaluations", "command"), ("hard_constraints", "check"),
    ("research_target", "run_command"), ("holdout", "command"),
)  # fmt: skip
COMMAND_SHOWN: Final = 80  # characters
# Folders that no commit holds and that are there when commands run: what is installed.
_INSTALLED: Final = frozenset({"node_modules", "venv", "env"})


@dataclass(frozen=True)
class Begun:
    """A command of the contract, where it stands in Configuration, and what it begins with."""

    place: Place
    command: str
    beginning: Beginning

    @property
    def program(self) -> str:
        """The path of its program within the project; nothing for a name, and for what lies elsewhere."""
        return _inside(self.beginning.program) if "/" in self.beginning.program else ""

    @property
    def script(self) -> str:
        """The path of its script within the project, or nothing."""
        return _inside(self.beginning.script)


def begun_commands(values: Mapping[str, Any]) -> Iterator[Begun]:
    """The commands of a configuration as plain values (`model_dump`, or as they were read), where it can be told what they begin with."""
    for place, command in _commands(values):
        if beginning := beginning_of(command):
            yield Begun(place, command, beginning)


def absent_files(values: Mapping[str, Any], files: TreeFiles) -> list[tuple[Begun, str]]:
    """The commands that begin with a file which is not there, or cannot be started, with what is wrong in words.

    What `## Setup` makes or links cannot be told beforehand, nor anything of a tree without files.
    """
    if not files.paths:
        return []
    setup = values.get("setup")
    makes = isinstance(setup, Mapping) and bool(setup.get("command"))
    linked = [each for each in (setup.get("link") or () if isinstance(setup, Mapping) else ()) if isinstance(each, str) and not problems_of(each)]
    told = (each for each in begun_commands(values) if not makes or each.place[0] == "setup")
    return [(each, wrong) for each in told if (wrong := _wrong(each, files, Patterns(tuple(linked))))]


def absent_problems(text: str | bytes, absent: Sequence[tuple[Begun, str]], files: TreeFiles, name: str) -> tuple[Problem, ...]:
    """A problem for each of these commands of a text, by its line; `name` is the file in messages."""
    lines = lines_of_values(text) if absent else {}
    wheres = [f"{name}:{_line(each.place, lines)}" for each, _ in absent]
    return tuple(_problem(where, *each, files) for where, each in zip(wheres, absent, strict=True))


def _line(place: Place, lines: Mapping[Place, int]) -> int:
    return next((lines[place[:length]] for length in range(len(place), 0, -1) if place[:length] in lines), 1)


def _problem(where: str, begun: Begun, wrong: str, files: TreeFiles) -> Problem:
    path = begun.script or begun.program
    found = f"{one_line(begun.command.strip(), COMMAND_SHOWN)!r}: {wrong}"
    if path in files.paths:
        return Problem(where, found, f"a program: git update-index --chmod=+x {quoted(path)}, and commit; or `sh {quoted(path)}`")
    expected = "a file that is committed, as only committed files are measured: git add and commit it, or name another"
    return Problem(where, found, expected, quoted(nearest(path, files)))


def _wrong(begun: Begun, files: TreeFiles, linked: Patterns) -> str:
    """What is wrong with the file that a command begins with, or nothing."""
    if begun.program and not linked.matches(begun.program):
        if begun.program not in files.paths:
            return f"no committed file is at {quoted(begun.program)}"
        if files.programs is not None and begun.program not in files.programs:
            return f"{quoted(begun.program)} is committed, and may not be executed"
    if begun.script and not linked.matches(begun.script) and not _is_there(begun.script, files):
        return f"no committed file is at {quoted(begun.script)}"
    return ""


def _is_there(script: str, files: TreeFiles) -> bool:
    """Whether a script is there by this path: a file, a folder that is started as a package, or a file without its ending, as Node takes it."""
    if files.within(script):
        return True
    folder, _, name = script.rpartition("/")
    return any(each == name or each.startswith(f"{name}.") for each in files.within(folder))


def _inside(path: str) -> str:
    """The path within the project; nothing where it leads out of it, or to where things are installed."""
    whole = posixpath.normpath(path) if path else ""
    outside = not whole or whole.startswith(("/", "..")) or whole == "."
    first = whole.partition("/")[0]
    return "" if outside or first.startswith(".") or first in _INSTALLED else whole


def _commands(values: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    """Each command with its place; what is no text is left out."""
    for field, part in _COMMANDS:
        value, inner = values.get(field), (part,) if part else ()
        several = isinstance(value, list | tuple)
        for number, item in enumerate(value if isinstance(value, list | tuple) else (value,)):
            command = item.get(part) if isinstance(item, Mapping) else item
            if isinstance(command, str):
                yield (field, *((number,) if several else ()), *inner), command
