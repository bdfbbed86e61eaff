"""What of a candidate's coverage is a gain: the lines of both trees that tests ran, held against what the candidate changed."""

from collections.abc import Callable, Collection
from functools import cache

from tools.engine.evaluation.assessment import Measurements
from tools.engine.evaluation.base_word import BaseOwned, seen_by
from tools.engine.evaluation.newly_covered import Side, newly_covered
from tools.engine.repository.changes import changed_lines
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import read_blob


def gained_by_tests(repository: Repository, trees: tuple[str, str], sides: tuple[Measurements, Measurements], owned: BaseOwned) -> int:
    """How many lines coverage gained from the base to the candidate; none where not one test file is new or changed.

    Code that runs more of itself while it is imported is tested no better.
    """
    changed = changed_lines(repository, *trees)
    if not any(owned.matches(path) for path in changed):
        return 0
    base, candidate = (
        Side(found.lines.covered, found.lines.uncovered, _in_functions(repository, tree, owned)) for tree, found in zip(trees, sides, strict=True)
    )
    return newly_covered(base, candidate, changed)


def _in_functions(repository: Repository, tree: str, owned: BaseOwned) -> Callable[[str], Collection[int]]:
    """Which lines of a file of the tree stand in functions; a file is read once."""

    @cache
    def of(path: str) -> Collection[int]:
        content = read_blob(repository, tree, path)
        return {line for seen in seen_by(owned.roots, path) for line in seen.language.lines_in_functions(seen.path, content or b"")}

    return of
