"""Looking at the lines of a change: secrets, and answers that it may not know. A change never differs from itself: each is looked at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Final

from state.configuration import Configuration
from state.patterns import Patterns
from tools.engine.evaluation.cases import BadCases, files_of_cases, read_cases
from tools.engine.evaluation.withholding import entries_of, held_out_patterns
from tools.engine.gate.answers_in_lines import CaseValues, Fingerprints, Likely, Source, fingerprints_of, likely_in, source_of
from tools.engine.gate.dependencies import added_dependencies
from tools.engine.gate.facts import Leak
from tools.engine.gate.repeats import change_digest
from tools.engine.gate.secrets_in_lines import Secret, secrets_in
from tools.engine.repository.blobs import small_blobs
from tools.engine.repository.changes import ChangedLines, changed_lines
from tools.engine.repository.finding import files_with
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import diff

LARGEST: Final = 2 << 20  # bytes of a file of answers
MOST: Final = 2000  # files of answers that are read
PLACES: Final = 3
LOOKED_FOR: Final = 300  # texts that are looked for in the base: more are beyond doubt


@dataclass(frozen=True)
class Answers:
    """Where factory.md says that answers lie: patterns of files that everybody sees and that nobody does, and the paths of cases."""

    fixed: tuple[str, ...]
    hidden: tuple[str, ...]
    cases: tuple[str, ...]


@dataclass(frozen=True)
class Lines:
    """What was seen in the lines of a change. `digest` is equal for changes that do the same."""

    secrets: tuple[Secret, ...]
    leaks: tuple[Leak, ...]
    unread: tuple[str, ...]
    digest: str
    dependencies: tuple[str, ...]


def answers_of(configuration: Configuration) -> Answers:
    """Where the answers of a project lie."""
    cases = tuple(each.cases for each in configuration.project_evaluations if each.cases)
    return Answers(configuration.fixed_surfaces, held_out_patterns(configuration), cases)


@lru_cache(maxsize=64)
def lines_of(repository: Repository, base_tree: str, tree: str, answers: Answers) -> Lines:
    """What there is to see in the lines of a change, from tree to tree."""
    changed = changed_lines(repository, base_tree, tree)
    known = _known(repository, base_tree, answers)
    own = Patterns((*answers.fixed, *answers.hidden))  # which other checks are for
    elsewhere = {path: lines for path, lines in changed.items() if not own.matches(path) and not _is_below(path, answers.cases)}
    secrets = _new_secrets(repository, base_tree, secrets_in(changed))
    leaks = tuple(_leaks(_unknown(repository, base_tree, likely_in(elsewhere, known), known.sources)))
    unread = tuple(path for path, lines in changed.items() if lines.binary)
    return Lines(secrets, leaks, unread, _digest(repository, base_tree, tree, changed), added_dependencies(repository, base_tree, tree))


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


@lru_cache(maxsize=4)
def _known(repository: Repository, base_tree: str, answers: Answers) -> Fingerprints:
    """The fingerprints of all files of answers, those of cases by their cases."""
    hidden = {entry.path for entry in entries_of(repository, base_tree, answers.hidden)}
    of_cases = {path: _cases(repository, base_tree, path) for path in answers.cases}
    below = {entry.path for path, found in of_cases.items() if found for entry in files_of_cases(repository, base_tree, path)}
    entries = {entry.path: entry for patterns in (answers.fixed, answers.hidden) for entry in entries_of(repository, base_tree, patterns)}
    asked = [(path, entry.object_id) for path, entry in entries.items() if entry.mode.startswith("100") and path not in below][:MOST]
    plain = [source_of(path, content, hidden=path in hidden) for path, content in small_blobs(repository, asked, LARGEST).items()]
    return fingerprints_of((*plain, *(Source(path, path in hidden, cases=found) for path, found in of_cases.items() if found)))


def _cases(repository: Repository, base_tree: str, path: str) -> tuple[CaseValues, ...]:
    """The cases at a path; none where they cannot be read, which measuring says."""
    try:
        found = read_cases(repository, base_tree, path)
    except BadCases:
        return ()
    return tuple(CaseValues(case.given.decode("utf-8", "replace").strip(), case.expected.strip()) for case in found)


def _unknown(repository: Repository, base_tree: str, found: Sequence[Likely], sources: Sequence[Source]) -> list[Likely]:
    """Those of which nothing stands in the base but in files of answers: what a project says anywhere else is no secret."""
    own = {source.path for source in sources}
    texts = {text for each in found[:LOOKED_FOR] for text in each.texts if text and "\n" not in text}
    known = {text for text, paths in files_with(repository, base_tree, texts).items() if any(not _is_below(path, own) for path in paths)}
    return [each for each in found if not known.issuperset(each.texts)]


def _is_below(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def _leaks(found: Sequence[Likely]) -> Iterable[Leak]:
    """What was found, by source."""
    for source, group in groupby(sorted(found, key=lambda each: (each.source, each.path, each.line)), key=lambda each: each.source):
        likely = list(group)
        kinds = [each.kind for each in likely]
        places = tuple(dict.fromkeys(each.path if each.hidden else f"{each.path}:{each.line}" for each in likely))
        yield Leak(source, kinds.count("value"), kinds.count("answer"), kinds.count("words"), places[:PLACES])
