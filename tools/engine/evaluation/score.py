"""Reading a score out of what a command printed: a finite number from 0 to 1 out of a command that ended well; anything else is not a score."""

import json
import math
import re
from typing import Any, Final, Literal

# What a regular expression's group may hold: no underscores, no words such as nan, which float() would take.
NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
SHOWN: Final = 120

ParseForm = Literal["json", "regex", "exit_code"]


class NoScore(Exception):  # noqa: N818 - an expected answer of reading foreign output
    """What was printed holds no score; the message says why."""


def score_from_json(text: str) -> tuple[float, dict[str, float]]:
    """The score, from 0 to 1, of one JSON text, and the parts that it is made of.

    The text is a number, `{"score": number}`, or the original's `{"results": [{"name", "score", "weight"}…]}`, whose score is the mean
    weighted by `weight` (1 where there is none). It is the whole output, or its last line, and the only line that says a score: what is measured
    runs in the same process, and could say another one behind it. Raises NoScore.
    """
    value = _json_value(text)
    if isinstance(value, dict) and "results" in value:
        return _weighted_mean(value["results"])
    if isinstance(value, dict):
        if "score" not in value:
            raise NoScore(f"the JSON object has no key score, only {', '.join(sorted(value)[:5]) or 'nothing'}")
        value = value["score"]
    return _share(value, "the score"), {}


def score_from_pattern(text: str, pattern: str) -> float:
    """The first group of the pattern's first match (`^` and `$` mean lines), from 0 to 1. Raises NoScore."""
    match = re.search(pattern, text, re.MULTILINE)
    if match is None:
        raise NoScore(f"nothing in the output matches {pattern}")
    found = match.group(1) or ""
    if not NUMBER.fullmatch(found):
        raise NoScore(f"what the pattern found is not a number: {found[:SHOWN]!r}")
    return _share(float(found), "the score")


def _json_value(text: str) -> Any:
    lines = text.strip().splitlines()
    if not lines:
        raise NoScore("nothing was printed")
    for candidate in (text, lines[-1]):
        try:
            found = json.loads(candidate, parse_constant=_refuse_constant, object_pairs_hook=_without_duplicates)
        except (ValueError, RecursionError):
            continue
        if candidate is not text and sum(map(_says_a_score, lines)) > 1:
            raise NoScore("the output says more than one score, and nobody can tell which of them counts")
        return found
    raise NoScore(f"neither the output nor its last line is JSON: {lines[-1][:SHOWN]!r}")


def _says_a_score(line: str) -> bool:
    """Whether a line looks like a score's JSON object of its own."""
    return line.lstrip().startswith("{") and line.rstrip().endswith("}") and ('"score"' in line or '"results"' in line)


def _refuse_constant(name: str) -> float:
    raise NoScore(f"{name} is not a finite number")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise NoScore("a JSON object names the same key twice")
    return dict(pairs)


def _weighted_mean(results: Any) -> tuple[float, dict[str, float]]:
    if not isinstance(results, list) or not results:
        raise NoScore("results is not a list with at least one entry")
    parts: dict[str, float] = {}
    weights: dict[str, float] = {}
    for number, entry in enumerate(results, start=1):
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise NoScore(f"result {number} is not an object with a name")
        name = entry["name"]
        if name in parts:
            raise NoScore(f"two results are named {name[:SHOWN]}")
        parts[name] = _share(entry.get("score"), f"the score of {name[:SHOWN]}")
        weights[name] = finite(entry.get("weight", 1.0), f"the weight of {name[:SHOWN]}")
        if weights[name] < 0:
            raise NoScore(f"the weight of {name[:SHOWN]} is below 0")
    total = math.fsum(weights.values())
    if total <= 0 or not math.isfinite(total):
        raise NoScore("the weights of the results do not sum to a number above 0")
    return min(1.0, math.fsum(parts[name] * weights[name] / total for name in parts)), parts


def finite(value: Any, what: str) -> float:
    """A finite number as it stands in JSON. Raises NoScore, which names it as `what`."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise NoScore(f"{what} is not a number: {str(value)[:SHOWN]!r}")
    try:
        number = float(value)
    except OverflowError as error:
        raise NoScore(f"{what} is too large a number") from error
    if not math.isfinite(number):
        raise NoScore(f"{what} is not a finite number")
    return number


def _share(value: Any, what: str) -> float:
    number = finite(value, what)
    if not 0 <= number <= 1:
        raise NoScore(f"{what} is {number:g}, expected a number from 0 to 1")
    return number
