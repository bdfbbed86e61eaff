"""The base's word laid over a candidate: which files belong to the base, the tree O in which they are the base's, and what was done to them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from state.measurement import Root
from state.patterns import Patterns
from tools.engine.languages.changes import BaseOwnedChange, change_of_text
from tools.engine.languages.language import Language
from tools.engine.languages.table import language_named, languages
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import SYMLINK, Change, Entry, diff, read_blob, write_blob, write_tree_from

# What the original keeps its evaluation in, and the contract itself.
ALWAYS_OWNED: Final = ("eval/**", "/factory.md")
_ABSENT_MODE: Final = "000000"


@dataclass(frozen=True)
class Seen:
    """A file as a language of the project sees it: its path within the root, and the root's source paths."""

    language: Language
    path: str
    source_paths: tuple[str, ...]


def seen_by(roots: Sequence[Root], path: str) -> Iterator[Seen]:
    """The file in each root that holds it; outside of all roots, as every language of the project, or else of ours, would see it at the top."""
    holding = [root for root in roots if root.holds(path)]
    if holding:
        return (Seen(language_named(root.language), root.inner(path), root.source_paths) for root in holding)
    return (Seen(language_named(name), path, ()) for name in dict.fromkeys(root.language for root in roots) or languages())


@dataclass(frozen=True)
class BaseOwned:
    """Which paths belong to the base: always, by the contract's patterns, by the languages' names, and those that its test run was seen to use.

    Patterns of the contract stand apart from ours: a `!` in theirs must not open what is always owned.
    """

    roots: tuple[Root, ...]
    observed: frozenset[str]
    always: Patterns
    fixed: Patterns

    def matches(self, path: str) -> bool:
        """Whether the whole file is the base's. A file that mixes concerns is not: it is grafted."""
        if mixing(self.roots, path):
            return False
        if path in self.observed or self.of_the_evaluation(path) is not None:
            return True
        return any(seen.language.owns(seen.path, seen.source_paths) for seen in seen_by(self.roots, path))

    def of_the_evaluation(self, path: str) -> str | None:
        """The pattern by which a path belongs to the evaluation itself, if it does."""
        return self.always.explain(path) or self.fixed.explain(path)


def base_owned(roots: Sequence[Root], observed: Iterable[str] = (), patterns: Sequence[str] = ()) -> BaseOwned:
    """The base's files of a project. `observed` are the test files of the base's own run, `patterns` what the contract fixes besides."""
    return BaseOwned(tuple(roots), frozenset(observed), Patterns(ALWAYS_OWNED), Patterns(patterns))


def mixing(roots: Sequence[Root], path: str) -> Seen | None:
    """The file as the language sees it for which it mixes concerns; None where it does so for none."""
    return next((seen for seen in seen_by(roots, path) if seen.language.mixes(seen.path)), None)


def overlay(repository: Repository, base_tree: str, tree: str, owned: BaseOwned) -> str:
    """The tree O: `tree` with every base-owned path exactly as in `base_tree`, mixed files grafted. `tree` itself where nothing differs."""
    return _composed(repository, base_tree, tree, owned.roots, owned.matches)


def with_base_configuration(repository: Repository, base_tree: str, tree: str, roots: Sequence[Root]) -> str:
    """`tree` with the base's configuration of coverage, linter and type checker: what these tools look at."""
    return _composed(repository, base_tree, tree, roots, lambda path: any(seen.language.configures(seen.path) for seen in seen_by(roots, path)))


def examine(repository: Repository, base_tree: str, tree: str, owned: BaseOwned) -> list[BaseOwnedChange]:
    """What the candidate did to each base-owned file, and to the base's tests inside other files, ordered by path."""
    found = []
    for change in sorted(diff(repository, base_tree, tree), key=lambda change: change.path):
        if mixed := mixing(owned.roots, change.path):
            found += _examine_mixed(repository, base_tree, tree, mixed, change)
        elif owned.matches(change.path):
            found.append(_examine_one(repository, base_tree, tree, owned, change))
        else:
            found += _examine_inside(repository, base_tree, tree, owned, change)
    return found


def _composed(repository: Repository, base_tree: str, tree: str, roots: Sequence[Root], theirs: Callable[[str], bool]) -> str:
    replacements: dict[str, Entry | None] = {}
    for change in diff(repository, base_tree, tree) if tree != base_tree else ():
        if mixed := mixing(roots, change.path):
            base, candidate = read_blob(repository, base_tree, change.path), read_blob(repository, tree, change.path)
            grafted = mixed.language.graft(mixed.path, base, candidate)
            if grafted != candidate:
                replacements[change.path] = _grafted_entry(repository, change, grafted)
        elif theirs(change.path):
            replacements[change.path] = _base_entry(change)
    return write_tree_from(repository, tree, replacements) if replacements else tree


def _base_entry(change: Change) -> Entry | None:
    return None if change.old_mode == _ABSENT_MODE else Entry(change.old_mode, change.old_id, change.path)


def _grafted_entry(repository: Repository, change: Change, content: bytes | None) -> Entry | None:
    return None if content is None else Entry("100644", write_blob(repository, content), change.path)


def _examine_mixed(repository: Repository, base_tree: str, tree: str, mixed: Seen, change: Change) -> list[BaseOwnedChange]:
    candidate = read_blob(repository, tree, change.path)
    if candidate is None:
        return [BaseOwnedChange(change.path, "deleted", "tool tables and test options went with it")]
    if mixed.language.graft(mixed.path, read_blob(repository, base_tree, change.path), candidate) == candidate:
        return []
    detail = "tool tables or test options differ from the base's, or it does not parse"
    return [BaseOwnedChange(change.path, "configuration", detail, first=change.old_mode == _ABSENT_MODE)]


def _examine_inside(repository: Repository, base_tree: str, tree: str, owned: BaseOwned, change: Change) -> list[BaseOwnedChange]:
    """What was done to tests of the base that stand in a file of the candidate's, as the first language says that knows of any."""
    base, candidate = read_blob(repository, base_tree, change.path), read_blob(repository, tree, change.path)
    verdicts = (seen.language.tests_inside(seen.path, base, candidate) for seen in seen_by(owned.roots, change.path))
    found = next((each for each in verdicts if each is not None), None)
    return [BaseOwnedChange(change.path, found.kind, found.detail)] if found else []


def _examine_one(repository: Repository, base_tree: str, tree: str, owned: BaseOwned, change: Change) -> BaseOwnedChange:
    path = change.path
    if change.status == "D":
        return BaseOwnedChange(path, "deleted", "the base has it, the candidate does not")
    if pattern := owned.of_the_evaluation(path):
        return BaseOwnedChange(path, "configuration", f"it belongs to the evaluation ({pattern})")
    if change.status == "T" or SYMLINK in (change.old_mode, change.new_mode):
        return BaseOwnedChange(path, "changed", "a symlink, or another type of file than at the base")
    base, candidate = read_blob(repository, base_tree, path), read_blob(repository, tree, path)
    if candidate is None:
        return BaseOwnedChange(path, "changed", "not a plain file")
    verdicts = (seen.language.examine(seen.path, base, candidate) for seen in seen_by(owned.roots, path))
    found = next((each for each in verdicts if each is not None), None)
    return BaseOwnedChange(path, found.kind, found.detail) if found else change_of_text(path, base, candidate)
