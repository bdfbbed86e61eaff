"""Where the answers of a project lie, and their fingerprints: made once for files that stay as they are, whatever else of the tree changes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from state.configuration import Configuration
from tools.engine.evaluation.cases import BadCases, files_of_cases, read_cases
from tools.engine.evaluation.withholding import entries_of, held_out_patterns
from tools.engine.gate.answers_in_lines import Likely
from tools.engine.gate.fingerprints import CaseValues, Fingerprints, Source, fingerprints_of, source_of, telling_number_rows
from tools.engine.repository.blobs import small_blobs
from tools.engine.repository.finding import files_with
from tools.engine.repository.location import Repository

LARGEST: Final = 16 << 20  # bytes of a file of answers that is read
MOST: Final = 2000  # files of answers that are read
AT_ONCE: Final = 20  # of them held in memory
LOOKED_FOR: Final = 300  # texts that are looked for in the base: more are beyond doubt


@dataclass(frozen=True)
class Answers:
    """Where factory.md says that answers lie: patterns of files that everybody sees and that no builder does, and the paths of cases."""

    fixed: tuple[str, ...]
    hidden: tuple[str, ...]
    cases: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """The fingerprints of all files of answers; `beyond` are those that were not read, as they are too large or too many."""

    fingerprints: Fingerprints
    beyond: tuple[str, ...]


@dataclass(frozen=True)
class _File:
    path: str
    object_id: str
    hidden: bool


def answers_of(configuration: Configuration) -> Answers:
    """Where the answers of a project lie."""
    cases = tuple(each.cases for each in configuration.project_evaluations if each.cases)
    return Answers(configuration.fixed_surfaces, (*configuration.withheld_surfaces, *held_out_patterns(configuration)), cases)


def known_answers(repository: Repository, base_tree: str, answers: Answers) -> Known:
    """The fingerprints of the files of answers that a tree has, those of cases by their cases."""
    hidden = {entry.path for entry in entries_of(repository, base_tree, answers.hidden)}
    of_cases = {entry.path: entry for path in answers.cases for entry in files_of_cases(repository, base_tree, path)}
    matched = (*entries_of(repository, base_tree, answers.fixed), *entries_of(repository, base_tree, answers.hidden))
    files = {entry.path: entry for entry in (*matched, *of_cases.values()) if entry.mode.startswith("100")}
    return _known(
        repository,
        tuple(_File(path, entry.object_id, path in hidden) for path, entry in sorted(files.items())),
        tuple((path, path in hidden, _cases(repository, base_tree, path)) for path in answers.cases),
    )


@lru_cache(maxsize=2)
def _known(repository: Repository, files: tuple[_File, ...], of_cases: tuple[tuple[str, bool, tuple[CaseValues, ...]], ...]) -> Known:
    """Equal for all trees whose files of answers are the same: what lands beside them leaves it as it is.

    Files of cases that can be read are known by their cases.
    """
    by_cases = [path for path, _, cases in of_cases if cases]
    plain = [each for each in files if not is_below(each.path, by_cases)]
    beyond = [each.path for each in plain[MOST:]]
    sources = (_of_cases(Source(path, hidden, cases=cases)) for path, hidden, cases in of_cases if cases)
    return Known(fingerprints_of((*sources, *_read(repository, plain[:MOST], beyond))), tuple(beyond))


def _of_cases(source: Source) -> Source:
    """With the numbers of its answers, in the order of the cases."""
    return replace(source, number_rows=telling_number_rows("\n".join(case.expected for case in source.cases)))


def _read(repository: Repository, files: Sequence[_File], beyond: list[str]) -> Iterator[Source]:
    """The fingerprint of each file; those that are too large are added to `beyond`."""
    for start in range(0, len(files), AT_ONCE):
        some = files[start : start + AT_ONCE]
        contents = small_blobs(repository, [(each.path, each.object_id) for each in some], LARGEST)
        for each in some:
            if each.path in contents:
                yield source_of(each.path, contents[each.path], hidden=each.hidden)
            else:
                beyond.append(each.path)


@lru_cache(maxsize=8)
def _cases(repository: Repository, base_tree: str, path: str) -> tuple[CaseValues, ...]:
    """The cases at a path; none where they cannot be read, which measuring says."""
    try:
        found = read_cases(repository, base_tree, path)
    except BadCases:
        return ()
    return tuple(CaseValues(case.given.decode("utf-8", "replace").strip(), case.expected.strip()) for case in found)


def not_elsewhere(repository: Repository, base_tree: str, found: Sequence[Likely], sources: Sequence[Source], *, whole: bool = False) -> list[Likely]:
    """Those of which nothing stands in the base but in files of answers: what a project says anywhere else is no secret.

    `whole`: it stands there only where no letter or digit goes on before or after it.
    """
    own = {source.path for source in sources}
    texts = {text for each in found[:LOOKED_FOR] for text in each.texts if text and "\n" not in text}
    held = files_with(repository, base_tree, texts, whole=whole)
    known = {text for text, paths in held.items() if any(not is_below(path, own) for path in paths)}
    return [each for each in found if not known.issuperset(each.texts)]


def is_below(path: str, folders: Iterable[str]) -> bool:
    """Whether a path is one of the folders or lies below one."""
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)
