"""An experiment as the original recorded it, from a row of results.tsv or a verdict.json. Its scores were typed by a model: they are claims."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from state.errors import Problem
from state.model import Model
from state.original.text import plain

ClaimedVerdict = Literal["keep", "revert", "error", "unfinished"]

COLUMNS: Final = (
    "id", "timestamp", "hypothesis", "change_summary", "issue_number", "pr_number", "score_before", "score_after", "delta", "verdict",
    "cost_usd", "notes", "research_citations",
)  # fmt: skip
NULLS: Final = frozenset({"", "-", "n/a"})
LARGEST_ID: Final = 9_999_999  # the numbers of our own experiments begin behind it, and must still fit
# Characters; the whole text stays in the original file. One experiment fits the payload of an event, even when every character has to be escaped
# (6 bytes), or is of 4 bytes and stands in `line` too.
LIMITS: Final = {"hypothesis": 2000, "change_summary": 2000, "notes": 3000, "research_citations": 1000}
_SHOWN: Final = 60
_DAY: Final = len("2026-01-01")
_ID: Final = re.compile(r"0*[1-9][0-9]{0,6}", re.ASCII)
_WHOLE: Final = re.compile(r"#?[0-9]{1,9}", re.ASCII)
_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]{1,3})?", re.ASCII | re.IGNORECASE)


class OriginalExperiment(Model):
    """What the original knew of an experiment. `timestamp` is its own text, local time without a zone; scores and delta are claimed, not measured.

    `unfinished` was begun and never decided. `line` is the row as it was, where the same facts would be written otherwise now.
    """

    id: int
    timestamp: str = ""
    hypothesis: str = ""
    change_summary: str = ""
    issue_number: int | None = None
    pr_number: int | None = None
    score_before: float | None = None
    score_after: float | None = None
    delta: float | None = None
    verdict: ClaimedVerdict = "error"
    cost_usd: float | None = None
    notes: str = ""
    research_citations: tuple[str, ...] = ()
    line: str = ""


@dataclass(frozen=True)
class Reading:
    """An experiment read from one place, or None where it cannot be told which or when; and all that was odd there."""

    experiment: OriginalExperiment | None
    problems: tuple[Problem, ...]


def experiment_from(values: Mapping[str, str], where: str) -> Reading:
    """The experiment in the cells of a row (by column name; a missing one is empty) at the place `where`, such as `results.tsv:3`."""
    problems: list[Problem] = []
    number, timestamp = values.get("id", "").strip(), values.get("timestamp", "").strip()
    if not _ID.fullmatch(number):
        problems.append(Problem(where, f"id {_shown(number)}", f"a whole number from 1 to {LARGEST_ID}; the row is kept in the file only"))
    if not _is_time(timestamp):
        problems.append(Problem(where, f"timestamp {_shown(timestamp)}", "an ISO date and time; the row is kept in the file only"))
    if problems:
        return Reading(None, tuple(problems))
    if len(timestamp) == _DAY:
        problems.append(Problem(where, f"timestamp {_shown(timestamp)}", "an ISO date and time; only the day is known"))
    fields: dict[str, object] = {"id": int(number), "timestamp": timestamp, "verdict": _verdict(values.get("verdict", ""), where, problems)}
    for name in ("hypothesis", "change_summary", "notes"):
        fields[name] = _text(values.get(name, ""), name, where, problems)
    for name in ("issue_number", "pr_number"):
        fields[name] = _number(values.get(name, ""), name, _whole, problems, where)
    for name in ("score_before", "score_after", "delta", "cost_usd"):
        fields[name] = _number(values.get(name, ""), name, _decimal, problems, where)
    citations = _text(values.get("research_citations", ""), "research_citations", where, problems)
    fields["research_citations"] = tuple(cited for part in citations.split("|") if (cited := part.strip()) and cited.lower() not in NULLS)
    return Reading(OriginalExperiment.model_validate(fields), tuple(problems))


def unfinished(number: int, hypothesis: str, where: str) -> Reading:
    """An experiment of which only the hypothesis was written down."""
    problems: list[Problem] = []
    text = _text(hypothesis.strip().removeprefix("# "), "hypothesis", where, problems)
    return Reading(OriginalExperiment(id=number, hypothesis=text, verdict="unfinished"), tuple(problems))


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return len(text) >= _DAY and text.isascii()


def _verdict(cell: str, where: str, problems: list[Problem]) -> ClaimedVerdict:
    match cell.strip().lower():
        case "keep":
            return "keep"
        case "revert":
            return "revert"
        case "error":
            return "error"
        case other:
            problems.append(Problem(where, f"verdict {_shown(other)}", "keep, revert or error; it counts as error"))
            return "error"


def _text(cell: str, name: str, where: str, problems: list[Problem]) -> str:
    if cell.strip().lower() in NULLS:
        return ""
    text, whole = plain(cell, LIMITS[name])
    if not whole:
        problems.append(Problem(where, f"{name} of {len(cell)} characters", f"at most {LIMITS[name]}; the rest is kept in the file only"))
    return text


def _number(cell: str, name: str, convert: Callable[[str], float | None], problems: list[Problem], where: str) -> float | None:
    text = cell.strip()
    if text.lower() in NULLS:
        return None
    found = convert(text)
    if found is None:
        problems.append(Problem(where, f"{name} {_shown(text)}", "a number; it counts as not said"))
    return found


def _whole(text: str) -> int | None:
    return int(text.removeprefix("#")) if _WHOLE.fullmatch(text) else None


def _decimal(text: str) -> float | None:
    found = float(text) if _DECIMAL.fullmatch(text) else math.nan
    return found if math.isfinite(found) else None


def _shown(text: str) -> str:
    """What was found, fit to be said: its own spelling, cut."""
    return ascii(text if len(text) <= _SHOWN else text[:_SHOWN] + "…") if not text.isprintable() or not text else f"'{text[:_SHOWN]}'"
