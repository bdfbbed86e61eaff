"""Cases: inputs with the answers that are expected, read from the base, and the comparison of answers with them. Nothing runs here."""

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

from state.configuration import Configuration
from state.configuration.measuring import Compare
from state.measurement import Reading, ReadingState
from tools.engine.evaluation.score import NUMBER
from tools.engine.process.supervision import INPUT_LIMIT
from tools.engine.repository.blobs import small_blobs
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import GITLINK, SYMLINK, Entry, list_tree

MOST_CASES: Final = 10_000
LARGEST_CASES: Final = 64 * 1024 * 1024  # bytes of all of them
RELATIVE_TOLERANCE: Final = 1e-6  # of `compare: number`
FAILING_NAMED: Final = 5
NAME_SHOWN: Final = 80  # characters
INPUT, EXPECTED, LINES = ".in", ".out", ".jsonl"
CaseEnd = Literal["passed", "failed", "timeout", "not run"]


class BadCases(Exception):  # noqa: N818 - an expected answer of reading what a person wrote
    """The cases cannot be read; the message says what is wrong, and never what is expected."""


@dataclass(frozen=True)
class Case:
    """One input, what is expected of it, and its own time limit in seconds, if it has one."""

    name: str
    given: bytes
    expected: str
    timeout: float | None = None


def fixed_patterns(configuration: Configuration) -> tuple[str, ...]:
    """What of the tree is the base's because factory.md says so: fixed surfaces, and the cases of its evaluations."""
    return (*configuration.fixed_surfaces, *(pattern_of(each.cases) for each in configuration.project_evaluations if each.cases))


def pattern_of(path: str) -> str:
    """The pattern that matches this path alone, and what lies below it."""
    escaped = re.sub(r"([\\*?\[\] ])", r"\\\1", path.rstrip("/"))
    return escaped if "/" in escaped else f"/{escaped}"  # a slash inside binds a pattern to the top already


def files_of_cases(repository: Repository, tree: str, path: str) -> tuple[Entry, ...]:
    """The files of a tree that hold the cases at `path`: itself, or everything below it."""
    return tuple(entry for entry in list_tree(repository, tree) if entry.path == path or entry.path.startswith(f"{path}/"))


def read_cases(repository: Repository, tree: str, path: str) -> tuple[Case, ...]:
    """The cases at a path of a tree, ordered by name. Raises BadCases."""
    asked = [(entry.path, entry.object_id) for entry in files_of_cases(repository, tree, path) if entry.mode not in (SYMLINK, GITLINK)]
    contents = small_blobs(repository, asked, LARGEST_CASES)
    if len(contents) < len(asked) or sum(map(len, contents.values())) > LARGEST_CASES:
        raise BadCases(f"the cases at {path} are larger than {LARGEST_CASES} bytes together")
    found = cases_of_lines(contents[path]) if path in contents else cases_of_files({name[len(path) + 1 :]: text for name, text in contents.items()})
    if not found:
        raise BadCases(f"there are no cases at {path}: NAME{INPUT} and NAME{EXPECTED} in a folder, or a {LINES} file")
    if any(len(case.given) > INPUT_LIMIT for case in found):
        raise BadCases(f"an input at {path} is larger than {INPUT_LIMIT} bytes")
    if len(found) > MOST_CASES:
        raise BadCases(f"{len(found)} cases at {path}, at most {MOST_CASES}")
    return tuple(sorted(found, key=lambda case: case.name))


def cases_of_files(contents: Mapping[str, bytes]) -> list[Case]:
    """The cases of a folder: each NAME.in with its NAME.out; other files do not count. Raises BadCases for one without the other."""
    given = {name.removesuffix(INPUT): text for name, text in contents.items() if name.endswith(INPUT)}
    expected = {name.removesuffix(EXPECTED): text for name, text in contents.items() if name.endswith(EXPECTED)}
    alone = sorted(given.keys() ^ expected.keys())
    if alone:
        raise BadCases(f"the case {alone[0][:NAME_SHOWN]} has {f'no {EXPECTED}' if alone[0] in given else f'no {INPUT}'}")
    return [Case(name, text, expected[name].decode("utf-8", "replace")) for name, text in given.items()]


def cases_of_lines(content: bytes) -> list[Case]:
    """The cases of a .jsonl file: an object a line with `input`, `expected`, and perhaps `name` and `timeout`. Raises BadCases by line."""
    found = [_case_of_line(number, line) for number, line in enumerate(content.splitlines(), start=1) if line.strip()]
    twice = [name for name, count in Counter(case.name for case in found).items() if count > 1]
    if twice:
        raise BadCases(f"two cases are named {twice[0][:NAME_SHOWN]}")
    return found


def _case_of_line(number: int, line: bytes) -> Case:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadCases(f"line {number} is not JSON") from error
    if not isinstance(said, dict) or not {"input", "expected"} <= said.keys() <= {"input", "expected", "name", "timeout"}:
        raise BadCases(f"line {number} is not an object of `input`, `expected`, and perhaps `name` and `timeout`")
    name, timeout = said.get("name", f"line {number}"), said.get("timeout")
    if not isinstance(name, str) or not name.strip():
        raise BadCases(f"the `name` of line {number} is no text")
    if timeout is not None and (isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 0 < timeout <= 86_400):
        raise BadCases(f"the `timeout` of line {number} is not a number of seconds")
    return Case(name, _as_text(said["input"]).encode("utf-8", "surrogatepass"), _as_text(said["expected"]), timeout)


def _as_text(value: Any) -> str:
    """A text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def agrees(compare: Compare, expected: str, answer: str) -> bool:
    """Whether an answer is what was expected."""
    return _COMPARISONS[compare](expected, answer)


def reading_of_cases(name: str, ends: Mapping[str, CaseEnd], seconds: float) -> Reading:
    """The share of cases that passed. Names of failing ones are told, never what was expected of them."""
    failing = [case for case, end in ends.items() if end != "passed"]
    shown = [f"{case[:NAME_SHOWN]} (time)" if ends[case] == "timeout" else case[:NAME_SHOWN] for case in failing[:FAILING_NAMED]]
    facts: dict[str, int | float | str] = {"cases": len(ends), "passed": len(ends) - len(failing), "failing": ", ".join(shown)}
    value = (len(ends) - len(failing)) / len(ends)
    return Reading(dimension=name, state=ReadingState.MEASURED, value=value, facts=facts, seconds=seconds)


def _exact(expected: str, answer: str) -> bool:
    return expected == answer


def _text(expected: str, answer: str) -> bool:
    return _trimmed(expected) == _trimmed(answer)


def _trimmed(text: str) -> list[str]:
    """The lines without blanks at their ends, and without empty ones at the end."""
    return [line.rstrip() for line in text.rstrip().splitlines()]


def _json(expected: str, answer: str) -> bool:
    try:
        wanted, given = (json.loads(text, parse_constant=_no_constant) for text in (expected, answer))
        return _equal(wanted, given)
    except (ValueError, RecursionError):
        return False


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _equal(one: Any, other: Any) -> bool:
    """Equal as JSON: true is not 1, the order of an object's keys means nothing."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    return bool(one == other)


def _number(expected: str, answer: str) -> bool:
    """One number, or as many as are expected, with blanks between them."""
    wanted, given = expected.split(), answer.split()
    return len(wanted) == len(given) > 0 and all(map(_near, wanted, given))


def _near(wanted: str, given: str) -> bool:
    if not (NUMBER.fullmatch(wanted) and NUMBER.fullmatch(given)):
        return False
    one, other = float(wanted), float(given)
    return math.isfinite(one) and math.isclose(one, other, rel_tol=RELATIVE_TOLERANCE)


_COMPARISONS: Final[Mapping[Compare, Callable[[str, str], bool]]] = MappingProxyType(
    {"exact": _exact, "text": _text, "json": _json, "number": _number}
)
