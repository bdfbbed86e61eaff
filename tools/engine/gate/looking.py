"""Looking at the lines of a change: secrets, and answers that it may not know. A change never differs from itself: each is looked at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Final

from state.patterns import Patterns
from tools.engine.evaluation.withholding import entries_of
from tools.engine.gate.answers_in_lines import likely_in
from tools.engine.gate.dependencies import added_dependencies
from tools.engine.gate.facts import Leak
from tools.engine.gate.leaks import leaks_of
from tools.engine.gate.names_in_lines import Named, named_in, names_of
from tools.engine.gate.repeats import change_digest
from tools.engine.gate.secrets_in_lines import Secret, secrets_in
from tools.engine.gate.sources_of_answers import Answers, is_below, known_answers, not_elsewhere
from tools.engine.repository.changes import ChangedLines, changed_lines
from tools.engine.repository.finding import files_with
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import diff, list_tree

CONTRACT: Final = "factory.md"


@dataclass(frozen=True)
class Lines:
    """What was seen in the lines of a change. `digest` is equal for changes that do the same; `beyond` are files of answers that were too large.

    `named` are the added lines, as path:line, that name a file which no builder gets to see.
    """

    secrets: tuple[Secret, ...]
    leaks: tuple[Leak, ...]
    unread: tuple[str, ...]
    digest: str
    dependencies: tuple[str, ...]
    beyond: tuple[str, ...]
    named: tuple[str, ...] = ()


@lru_cache(maxsize=64)
def lines_of(repository: Repository, base_tree: str, tree: str, answers: Answers) -> Lines:
    """What there is to see in the lines of a change, from tree to tree."""
    changed = changed_lines(repository, base_tree, tree)
    known = known_answers(repository, base_tree, answers)
    own = Patterns((*answers.fixed, *answers.hidden))  # which other checks are for
    elsewhere = {path: lines for path, lines in changed.items() if not own.matches(path) and not is_below(path, answers.cases)}
    secrets = _new_secrets(repository, base_tree, secrets_in(changed))
    leaks = leaks_of(not_elsewhere(repository, base_tree, likely_in(elsewhere, known.fingerprints), known.fingerprints.sources))
    unread = tuple(path for path, lines in changed.items() if lines.binary)
    digest = _digest(repository, base_tree, tree, changed)
    named = _named(repository, base_tree, elsewhere, answers)
    return Lines(secrets, leaks, unread, digest, added_dependencies(repository, base_tree, tree), known.beyond, named)


def _named(repository: Repository, base_tree: str, changed: Mapping[str, ChangedLines], answers: Answers) -> tuple[str, ...]:
    """The lines that name a hidden file, where no open file of the base of the same kind names it so: what factory.md or a page says is no excuse."""
    hidden = {entry.path for entry in entries_of(repository, base_tree, answers.hidden)}
    if not hidden:
        return ()
    found = tuple(named_in(changed, names_of(hidden, [entry.path for entry in list_tree(repository, base_tree)])))
    held = files_with(repository, base_tree, {text for each in found for text in each.texts}, whole=True)
    closed = Patterns((*answers.fixed, *answers.hidden, CONTRACT))
    usual = {
        text: {PurePosixPath(path).suffix for path in paths if not closed.matches(path) and not is_below(path, answers.cases)}
        for text, paths in held.items()
    }
    return tuple(f"{each.path}:{each.line}" for each in found if not _is_usual(each, usual))


def _is_usual(named: Named, usual: Mapping[str, Collection[str]]) -> bool:
    return all(PurePosixPath(named.path).suffix in usual.get(text, ()) for text in named.texts)


@lru_cache(maxsize=512)
def digest_of(repository: Repository, base_tree: str, tree: str) -> str:
    """The digest of a change by itself. Raises GitFailed where a tree is gone."""
    return _digest(repository, base_tree, tree, changed_lines(repository, base_tree, tree))


def _digest(repository: Repository, base_tree: str, tree: str, changed: dict[str, ChangedLines]) -> str:
    return change_digest(changed, {change.path: change for change in diff(repository, base_tree, tree)})


def _new_secrets(repository: Repository, base_tree: str, found: tuple[Secret, ...]) -> tuple[Secret, ...]:
    """Those that the base does not have."""
    known = files_with(repository, base_tree, {each.value for each in found})
    return tuple(each for each in found if each.value not in known)
