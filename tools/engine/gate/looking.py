"""Looking at the lines of a change: secrets, and answers that it may not know. A change never differs from itself: each is looked at once."""

from dataclasses import dataclass
from functools import lru_cache

from state.patterns import Patterns
from tools.engine.gate.answers_in_lines import likely_in
from tools.engine.gate.dependencies import added_dependencies
from tools.engine.gate.facts import Leak
from tools.engine.gate.leaks import leaks_of
from tools.engine.gate.repeats import change_digest
from tools.engine.gate.secrets_in_lines import Secret, secrets_in
from tools.engine.gate.sources_of_answers import Answers, is_below, known_answers, not_elsewhere
from tools.engine.repository.changes import ChangedLines, changed_lines
from tools.engine.repository.finding import files_with
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import diff


@dataclass(frozen=True)
class Lines:
    """What was seen in the lines of a change. `digest` is equal for changes that do the same; `beyond` are files of answers that were too large."""

    secrets: tuple[Secret, ...]
    leaks: tuple[Leak, ...]
    unread: tuple[str, ...]
    digest: str
    dependencies: tuple[str, ...]
    beyond: tuple[str, ...]


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
    return Lines(secrets, leaks, unread, digest, added_dependencies(repository, base_tree, tree), known.beyond)


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
