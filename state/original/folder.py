"""All that an original's `.factory/` holds: its files, and what of them the factory goes on with."""

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from state.backlog import normalised
from state.errors import Problem
from state.original.experiment import OriginalExperiment, experiment_from, unfinished
from state.original.items import FILES as BACKLOGS
from state.original.items import read_items
from state.original.results import FILE as RESULTS
from state.original.results import read_results
from state.original.text import plain, whole_text

# Not history: worktrees that git knows by their place, a person's own prompts (which are in force here too), a lock, a key in clear text;
# and the folder that everything else is moved to.
LEFT_IN_PLACE: Final = frozenset({"worktrees", "agents", ".store.lock", ".bob_auth", "imported"})
GOAL_LIMIT: Final = 500
_NUMBER: Final = re.compile(r"0*[1-9][0-9]{0,6}", re.ASCII)
_SMALL: Final = 4 * 1024 * 1024  # bytes of a JSON or Markdown file that is read for what it says


@dataclass(frozen=True)
class OriginalFile:
    """A regular file: its path below `.factory`, the experiment whose folder it lies in, and its size in bytes."""

    path: str
    experiment: int | None
    size: int


@dataclass(frozen=True)
class Original:
    """What was read.

    `experiments`, each number once: in the order of results.tsv, then those that it does not have. `items` of the backlog in their order; `goal` of
    their config.json.
    """

    experiments: tuple[OriginalExperiment, ...]
    items: tuple[str, ...]
    goal: str
    files: tuple[OriginalFile, ...]
    problems: tuple[Problem, ...]

    def verdicts(self) -> dict[str, int]:
        """How many experiments have each verdict."""
        return dict(Counter(each.verdict for each in self.experiments))


def read_original(folder: Path) -> Original:
    """Read an original's `.factory`. Nothing is written. Raises OSError where a file cannot be read."""
    problems: list[Problem] = []
    files = tuple(_files(folder, problems))
    names = {file.path for file in files}
    experiments = _experiments(folder, files, names, problems)
    items: list[str] = []
    for name in BACKLOGS:
        if name in names:
            found = read_items((folder / name).read_bytes(), name)
            problems += found.problems
            items += found.texts
    items = _each_once(items, problems)
    goal = _goal(folder, names, problems)
    _check_log(folder, names, problems)
    return Original(tuple(experiments.values()), tuple(items), goal, files, tuple(problems))


def _each_once(texts: list[str], problems: list[Problem]) -> list[str]:
    """Of backlog items that say the same, the first."""
    first = {normalised(text): place for place, text in reversed(list(enumerate(texts)))}
    again = [text for place, text in enumerate(texts) if first[normalised(text)] != place]
    problems += [Problem("backlog", f"{text[:60]!a} again", "each item once; the first stands for both") for text in again]
    return [text for place, text in enumerate(texts) if first[normalised(text)] == place]


def _files(folder: Path, problems: list[Problem], below: str = "") -> Iterator[OriginalFile]:
    """Every regular file but what is left in place, in the order of their paths; links and other things are named as problems."""
    with os.scandir(folder / below) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        path = f"{below}{entry.name}"
        if path in LEFT_IN_PLACE:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(folder, problems, f"{path}/")
        elif entry.is_file(follow_symlinks=False) and plain(path, len(path))[1]:
            yield OriginalFile(path, _experiment_of(path), entry.stat(follow_symlinks=False).st_size)
        else:
            problems.append(Problem(plain(path, 200)[0], "no regular file", "a file with a name in UTF-8; it is moved as it is"))


def _experiment_of(path: str) -> int | None:
    """The number of the experiment whose folder, or archive note, this is."""
    folder, _, rest = path.partition("/")
    if folder == "experiments" and "/" in rest:
        number = rest.split("/")[0]
    elif path.startswith("archive/experiments/"):
        number = Path(path).stem.rpartition("-")[2]
    else:
        return None
    return int(number) if _NUMBER.fullmatch(number) else None


def _experiments(folder: Path, files: tuple[OriginalFile, ...], names: set[str], problems: list[Problem]) -> dict[int, OriginalExperiment]:
    """By number: the last row of results.tsv, else verdict.json, else an unfinished one from its hypothesis."""
    found = _of_the_results((folder / RESULTS).read_bytes(), problems) if RESULTS in names else {}
    others = [
        (file.experiment, file)
        for file in files
        if file.experiment is not None and file.experiment not in found and file.path.startswith("experiments/")
    ]
    for number, file in sorted(others, key=lambda each: (each[0], each[1].path)):
        folder_of, _, name = file.path.rpartition("/")
        reads = "verdict.json" if f"{folder_of}/verdict.json" in names else "hypothesis.md"
        if number not in found and name == reads:
            experiment = _from_its_folder(folder, file, number, problems)
            found |= {number: experiment} if experiment else {}
    return found


def _of_the_results(content: bytes, problems: list[Problem]) -> dict[int, OriginalExperiment]:
    results = read_results(content)
    problems += results.problems
    found: dict[int, OriginalExperiment] = {}
    lines: dict[int, int] = {}
    for row in results.rows:
        number, where = row.experiment.id, f"{RESULTS}:{row.line}"
        if number in found:
            problems.append(Problem(where, f"experiment {number} again", f"one row; it counts in place of line {lines[number]}"))
            del found[number]
        found[number], lines[number] = row.experiment, row.line
    return found


def _from_its_folder(folder: Path, file: OriginalFile, number: int, problems: list[Problem]) -> OriginalExperiment | None:
    """An experiment that results.tsv does not have, from its verdict.json or hypothesis.md."""
    if file.size > _SMALL:
        problems.append(Problem(file.path, f"{file.size} bytes", f"at most {_SMALL}; it is kept as a file only"))
        return None
    content = (folder / file.path).read_bytes()
    if file.path.endswith(".md"):
        reading = unfinished(number, whole_text(content), file.path)
    else:
        data = _json(content, file.path, problems)
        if not isinstance(data, dict):
            return None
        reading = experiment_from({**{name: _cell(value) for name, value in data.items()}, "id": str(number)}, file.path)
    problems += reading.problems
    return reading.experiment


def _cell(value: Any) -> str:
    """A JSON value as the cell of results.tsv that it would be."""
    if isinstance(value, list):
        return "|".join(map(str, value))
    return "" if value is None else str(value)


def _goal(folder: Path, names: set[str], problems: list[Problem]) -> str:
    """The goal in config.json, on one line; empty where there is none that fits factory.md."""
    if "config.json" not in names:
        return ""
    data = _json((folder / "config.json").read_bytes(), "config.json", problems)
    goal = data.get("goal") if isinstance(data, dict) else None
    text, _ = plain(" ".join(goal.split()), GOAL_LIMIT + 1) if isinstance(goal, str) else ("", True)
    return text if len(text) <= GOAL_LIMIT else ""


def _check_log(folder: Path, names: set[str], problems: list[Problem]) -> None:
    """Their log is kept as a file only; lines of it that are no events are said, so that nobody takes it for whole."""
    if "events.jsonl" not in names:
        return
    with (folder / "events.jsonl").open("rb") as file:
        bad = [number for number, line in enumerate(file, 1) if line.strip() and not isinstance(_value(line), dict)]
    if bad:
        more = f" and {len(bad) - 1} more lines" if len(bad) > 1 else ""
        problems.append(Problem(f"events.jsonl:{bad[0]}", f"a line that is no event{more}", "JSON; the log is kept as it is"))


def _json(content: bytes, where: str, problems: list[Problem]) -> Any:
    value = _value(content)
    if value is None:
        problems.append(Problem(where, "no JSON", "what the original writes there; it is kept as a file only"))
    return value


def _value(content: bytes) -> Any:
    """The JSON value; None where there is none, also in a content nested too deep to be read."""
    try:
        return json.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        return None
