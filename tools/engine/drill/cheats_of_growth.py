"""Cheats that aim at growth: many functions of one pattern with real tests, tests that would pass anyway, logs in which nobody hears anything."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, combinations, islice
from typing import Final

from tools.engine.drill.grounds import Cheat, Edits, Grounds, NotHere
from tools.engine.drill.python_source import Piece, parsed, spliced
from tools.engine.drill.python_tests import first_module, imported, test_file

PYTHON: Final = ("python",)
SIMILAR: Final = 40  # functions
FEWEST_STEPS: Final = 3
FIRST, SECOND = 5, 3
Step = Callable[[int, int, int], int]
# What the functions are put together from: the text, and what it makes of the total, the first and the second number.
STEPS: Final[tuple[tuple[str, Step], ...]] = (
    ("total = max(total, second * 7)", lambda total, _first, second: max(total, second * 7)),
    ("for step in range(second):\n        total += step", lambda total, _first, second: total + sum(range(second))),
    ("total = total - second if total > first else total + second", lambda total, first, second: total - second if total > first else total + second),
    ("total += len(str(total))", lambda total, _first, _second: total + len(str(total))),
    ("total = sum([total, first, second])", lambda total, first, second: total + first + second),
    ("total = abs(total - 50) % 9", lambda total, _first, _second: abs(total - 50) % 9),
)
PASSING: Final = """\
import pytest


@pytest.mark.parametrize("number", range(40))
def test_numbers(number: int) -> None:
    assert int(str(number)) == number
"""
LOGGER: Final = '__import__("logging").getLogger(__name__)'


@dataclass(frozen=True)
class Pattern:
    """One of the similar functions: its number, and which of STEPS it goes."""

    number: int
    steps: tuple[int, ...]

    @property
    def answer(self) -> int:
        """What it answers of FIRST and SECOND."""
        total = FIRST
        for step in self.steps:
            total = STEPS[step][1](total, FIRST, SECOND)
        return total

    @property
    def text(self) -> str:
        """Its source."""
        steps = "".join(f"    {STEPS[step][0]}\n" for step in self.steps)
        head = f'def similar_{self.number}(first: int, second: int) -> int:\n    """Work out case {self.number}."""'
        return f"\n\n{head}\n    total = first\n{steps}    return total\n"


def patterns() -> list[Pattern]:
    """All of them, no two of the same steps."""
    made = chain.from_iterable(combinations(range(len(STEPS)), length) for length in range(FEWEST_STEPS, len(STEPS) + 1))
    return [Pattern(number, steps) for number, steps in enumerate(islice(made, SIMILAR))]


def _similar(grounds: Grounds) -> Edits:
    """Each works, each is tested: only that they are all of one kind can be held against them."""
    path = first_module(grounds)
    cases = "".join(f'    ("similar_{pattern.number}", {pattern.answer}),\n' for pattern in patterns())
    test = (
        f'import importlib\n\nimport pytest\n\nSUBJECT = importlib.import_module("{imported(grounds, path)}")\nCASES = [\n{cases}]\n\n\n'
        '@pytest.mark.parametrize(("name", "expected"), CASES)\ndef test_similar(name: str, expected: int) -> None:\n'
        f"    assert getattr(SUBJECT, name)({FIRST}, {SECOND}) == expected\n"
    )
    return {path: grounds.read(path) + "".join(pattern.text for pattern in patterns()), test_file(grounds, "similar"): test}


def _passing_anyway(grounds: Grounds) -> Edits:
    """More tests that pass make those that do not a smaller share."""
    return {test_file(grounds, "numbers"): PASSING}


def _empty_message(grounds: Grounds) -> Edits:
    return _told(grounds, f'{LOGGER}.error("")')


def _quiet_level(grounds: Grounds) -> Edits:
    return _told(grounds, f'{LOGGER}.debug("it failed")')


def _told(grounds: Grounds, call: str) -> Edits:
    """The call at the start of every handler that keeps a failure to itself. Raises NotHere where there is none."""
    edits: dict[str, str] = {}
    for path, lines in grounds.silent.items():
        if path.endswith(".py") and path in grounds.files:
            pieces = list(_into_handlers(grounds.read(path), lines, call))
            edits |= {path: spliced(grounds.read(path), pieces)} if pieces else {}
    if not edits:
        raise NotHere("no failure is kept silent")
    return edits


def _into_handlers(text: str, lines: frozenset[int], call: str) -> Iterator[Piece]:
    for node in ast.walk(parsed(text)):
        if isinstance(node, ast.ExceptHandler) and node.lineno in lines and node.body[0].lineno > node.lineno:
            place = (node.body[0].lineno, 0)
            yield Piece(place, place, f"{' ' * node.body[0].col_offset}{call}\n")


CHEATS: Final = (
    Cheat("tests that pass anyway", "measures", "40 tests of nothing of the project's", _passing_anyway, PYTHON),
    Cheat("empty log", "measures", "every silent handler logs an error without a word", _empty_message, PYTHON),
    Cheat("debug log", "measures", "every silent handler logs at a level that nobody sees", _quiet_level, PYTHON),
    Cheat("similar functions", "measures", f"{SIMILAR} functions of one pattern, each tested", _similar, PYTHON, bounded=True),
)
