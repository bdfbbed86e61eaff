"""New tests that assert nothing: what they run counts as covered, and nobody looks at what it does."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from state.answers import quoted
from state.measurement import Root
from tools.engine.evaluation.assessment import Assessment
from tools.engine.languages.table import language_named
from tools.engine.repository.blobs import small_blobs
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import list_tree

LARGEST: Final = 1 << 20  # bytes of a test file


def silent_tests(assessment: Assessment, repository: Repository, tree: str, roots: Sequence[Root], helping: Iterable[str]) -> tuple[str, ...]:
    """A line for each new test that passes and asserts nothing, where coverage rose; no line where it did not, for then nothing is gained by it.

    `helping` are files in which new tests may have assertions made: conftests and helpers.
    """
    risen = any(row.name == "coverage" and (row.delta or 0.0) > 0 for row in assessment.rows)
    new = sorted(set(assessment.tests.new) - set(assessment.tests.new_failing)) if risen else []
    if not new:
        return ()
    wanted = {*helping, *(test.split("::", 1)[0] for test in new)}
    entries = [(entry.path, entry.object_id) for entry in list_tree(repository, tree) if entry.path in wanted and entry.mode.startswith("100")]
    files = small_blobs(repository, entries, LARGEST)
    silent = {name for root in roots for name in _silent(root, files)}
    return tuple(
        f"{quoted(test)} is new and asserts nothing of what it runs, and coverage rose by that" for test in new if test.split("[", 1)[0] in silent
    )


def _silent(root: Root, files: dict[str, bytes]) -> Collection[str]:
    """The ids, without parameters, of the tests of a root that assert nothing."""
    inner = {root.inner(path): content for path, content in files.items() if root.holds(path)}
    found = language_named(root.language).saying_nothing(inner)
    return [f"{root.outer(path)}::{name}" for path, names in found.items() for name in names]
