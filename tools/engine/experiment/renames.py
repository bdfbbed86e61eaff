"""Tests that a candidate only gave another name: the same function, body and parameters in another file or class."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from state.measurement import Root
from tools.engine.evaluation.assessment import RENAMED, TestAccount
from tools.engine.languages.table import language_named
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import read_blob

Body = tuple[str, str, str]  # the test's own name, its parameters, and the digest of its body


def renamed(account: TestAccount, repository: Repository, trees: tuple[str, str], roots: Sequence[Root]) -> tuple[str, ...]:
    """Pairs `old -> new` of tests that are gone and tests that are new; `trees` are the base's and the candidate's. Each test is in one pair only."""
    if not account.gone or not account.new:
        return ()
    before, after = (_reader(repository, tree, roots) for tree in trees)
    return tuple(f"{old}{RENAMED}{new}" for old, new in pairs(account.gone, account.new, before, after).items())


def pairs(gone: Sequence[str], new: Sequence[str], before: Callable[[str], Body | None], after: Callable[[str], Body | None]) -> Mapping[str, str]:
    """Old id to new id where both have the same body under the same name."""
    free: dict[Body, list[str]] = {}
    for test in new:
        if body := after(test):
            free.setdefault(body, []).append(test)
    found = {}
    for test in gone:
        body = before(test)
        if body is not None and free.get(body):
            found[test] = free[body].pop(0)
    return found


def _reader(repository: Repository, tree: str, roots: Sequence[Root]) -> Callable[[str], Body | None]:
    """Reads the body of a test of a tree; a file is read once."""

    @cache
    def bodies(path: str) -> Mapping[str, str]:
        root = next((root for root in roots if root.holds(path)), None)
        content = read_blob(repository, tree, path)
        return language_named(root.language).bodies_of_tests(root.inner(path), content) if root and content is not None else {}

    def read(test: str) -> Body | None:
        path, _, name = test.partition("::")
        plain, bracket, parameters = name.partition("[")
        digest = bodies(path).get(plain)
        return (plain.rpartition("::")[2], bracket + parameters, digest) if digest else None

    return read
