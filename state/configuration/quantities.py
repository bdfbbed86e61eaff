"""Numbers, amounts, answers of yes or no, and directions, from text as it stands in factory.md.

Each check raises ValueError with what was expected, worded to stand after "expected".
"""

import re
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field

LARGEST_WEIGHT: Final = 1_000_000
LARGEST_COUNT: Final = 10_000
MOST_RUNS: Final = 100  # of which a mean is taken
LARGEST_AMOUNT: Final = 1_000_000  # dollars
MOST_RUNS_PAID: Final = 1_000_000  # that a budget may allow
LONGEST_TIMEOUT: Final = 7 * 24 * 3600  # seconds
LONGEST_TIME_PAID: Final = 365 * 24 * 3600  # seconds

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,9}", re.ASCII)
_DURATION = re.compile(r"(?P<number>[^\s]*?)\s*(?P<unit>d(?:ays?)?|h(?:ours?)?|min(?:utes?)?|s(?:econds?)?)?", re.IGNORECASE)
_SECONDS_OF: Final = {"d": 24 * 3600, "h": 3600, "m": 60, "s": 1}
_ANSWERS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_DIRECTIONS: Final = {"maximise": "maximise", "maximize": "maximise", "minimise": "minimise", "minimize": "minimise"}

_EitherWay = Literal["maximise", "minimise"]


def _number(value: object) -> object:
    """So that `80%`, `1_0` and `nan` are no numbers."""
    if not isinstance(value, str):
        return value
    if not _NUMBER.fullmatch(value):
        raise ValueError("a plain number, such as 0.8 or 300")
    return float(value) + 0.0  # no negative zero: two spellings of one contract would have two hashes


def _whole_number(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not isinstance(value, str) or not _WHOLE_NUMBER.fullmatch(value):
        raise ValueError("a whole number, such as 3")
    return int(value)


def _dollars(value: object) -> object:
    if not isinstance(value, str):
        return value
    amount = value.removeprefix("$").strip()
    if not _NUMBER.fullmatch(amount):
        raise ValueError("an amount of dollars, such as $5 or 0.50")
    return float(amount)


def _duration(value: object) -> object:
    """`2 h`, `30 min`, `90 s` or `1 d` in seconds; a number alone is seconds."""
    if not isinstance(value, str):
        return value
    match = _DURATION.fullmatch(value.strip())
    if not match or not _NUMBER.fullmatch(match["number"]):
        raise ValueError("a time such as 2 h, 30 min or 90 s")
    return float(match["number"]) * _SECONDS_OF[(match["unit"] or "s")[0].lower()]


def _answer(value: object) -> object:
    """`yes`, `true` and `1` as True, their opposites as False, in any case."""
    if isinstance(value, bool):
        return value
    if not isinstance(value, str) or value.lower() not in _ANSWERS:
        raise ValueError("yes or no, or true or false")
    return _ANSWERS[value.lower()]


def _direction(value: object) -> object:
    return _DIRECTIONS.get(value.lower(), value) if isinstance(value, str) else value


Number = Annotated[float, BeforeValidator(_number)]
Weight = Annotated[float, BeforeValidator(_number), Field(ge=0, le=LARGEST_WEIGHT)]
Seconds = Annotated[float, BeforeValidator(_number), Field(gt=0, le=LONGEST_TIMEOUT)]
Dollars = Annotated[float, BeforeValidator(_dollars), Field(gt=0, le=LARGEST_AMOUNT)]
Duration = Annotated[float, BeforeValidator(_duration), Field(gt=0, le=LONGEST_TIME_PAID)]
RunLimit = Annotated[int, BeforeValidator(_whole_number), Field(ge=1, le=MOST_RUNS_PAID)]
Count = Annotated[int, BeforeValidator(_whole_number), Field(ge=0, le=LARGEST_COUNT)]
PositiveCount = Annotated[int, BeforeValidator(_whole_number), Field(ge=1, le=LARGEST_COUNT)]
Runs = Annotated[int, BeforeValidator(_whole_number), Field(ge=1, le=MOST_RUNS)]
YesOrNo = Annotated[bool, BeforeValidator(_answer)]
Direction = Annotated[_EitherWay, BeforeValidator(_direction)]
