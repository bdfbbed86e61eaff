"""Faults of factory.md that only a look at the tree shows: patterns that protect nothing, files both fixed and open, commands without their file."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from state.answers import quoted
from state.configuration import Configuration
from state.errors import Problem, Refusal, counted
from state.factory_md import expectation, lines_of_values, read, values_as_read
from tools.engine.scope.files import TreeFiles
from tools.engine.scope.listed import ListedPattern, listed_patterns
from tools.engine.scope.nearest import nearest
from tools.engine.scope.overlapping import overlap_problems, overlaps
from tools.engine.scope.programs import absent_files, absent_problems, begun_commands

FILE: Final = "factory.md"
_EXPLAINED: Final = 20  # patterns for which a nearest path is looked for: as many as an answer shows


def idle_protections(values: Mapping[str, Any], files: TreeFiles) -> list[ListedPattern]:
    """The patterns of a configuration as plain values that protect (Read-only, Fixed Surfaces, Holdout) and mean no file of the tree.

    Where a tree has no file at all, nothing can be told.
    """
    return [each for each in listed_patterns(values) if each.protects and not files.count(each.pattern)] if files.paths else []


def idle_problems(text: str | bytes, idle: Sequence[ListedPattern], files: TreeFiles, name: str = FILE) -> tuple[Problem, ...]:
    """A problem for each of the patterns of a text, in the order of its lines. The text may have other problems."""
    if not idle:
        return ()
    lines = lines_of_values(text)
    ordered = sorted(idle, key=lambda each: lines.get(each.place, 0))
    wheres = [f"{name}:{lines.get(each.place, 0)}" for each in ordered]
    return tuple(_problem(each, wheres[number], files if number < _EXPLAINED else None) for number, each in enumerate(ordered))


def read_as_far(text: str | bytes, files: Callable[[], TreeFiles], name: str = FILE) -> tuple[Configuration | None, tuple[Problem, ...]]:
    """The configuration of a text, or None where it cannot be read, and all its problems by line: the parser's, and the tree's.

    `files` is asked only where there are patterns to protect, or commands; `name` is the file in messages.
    """
    found, problems = read(text, name)
    values = found.model_dump() if found else values_as_read(text)
    if any(each.protects for each in listed_patterns(values)):
        problems = (*problems, *idle_problems(text, idle_protections(values, files()), files(), name))
    if values.get("mutable_surfaces") or values.get("outer_loop"):
        problems = (*problems, *overlap_problems(text, overlaps(values, files()), name))
    if any(each.program or each.script for each in begun_commands(values)):
        problems = (*problems, *absent_problems(text, absent_files(values, files()), files(), name))
    return found, tuple(sorted(problems, key=lambda problem: int(problem.where.rpartition(":")[2])))


def read_with_tree(text: str | bytes, files: TreeFiles, name: str = FILE) -> Configuration:
    """The configuration of a text that is to hold in a tree. Raises Refusal BAD_CONFIG with all problems at once: the parser's, and the tree's."""
    found, problems = read_as_far(text, lambda: files, name)
    if found is None or problems:
        of_the_tree = "patterns that protect something and open nothing fixed, and commands whose files are committed"
        raise Refusal(
            "BAD_CONFIG",
            f"{name} has {counted(problems)}",
            where=[problem.where for problem in problems],
            expected=f"{expectation(text, problems)}\n(and {of_the_tree})",
            problems=problems,
        )
    return found


def _problem(idle: ListedPattern, where: str, files: TreeFiles | None) -> Problem:
    found = f"{quoted(idle.pattern)!r} under {idle.of.section}, which matches no committed file"
    expected = "a pattern that matches a committed file, as this one protects nothing; a file that is not committed yet does not count"
    return Problem(where, found, expected, quoted(nearest(idle.pattern, files)) if files else "")
