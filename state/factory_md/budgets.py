"""The form of factory.md for what research may cost: `$5/cycle, $50 total, 200 runs/cycle, 10 h total`, and the same by name."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from state.configuration import CostBudget
from state.factory_md.forms import Form, Read
from state.factory_md.gathered import Keys
from state.factory_md.markdown import Block, Line
from state.factory_md.pairs import pairs
from state.factory_md.spans import unquoted

_BETWEEN = re.compile(r",(?:\s+|$)")  # a comma within a number divides nothing
_SPAN = r"(?:(?P<cycle>(?:/|per)\s*cycle)|(?:in\s+)?total)"
_UNITS = r"(?:(?P<runs>runs?)|(?P<unit>d|days?|h|hours?|min|minutes?|s|seconds?))"
_OF_A_UNIT = re.compile(rf"(?P<number>[+-]?[\d.]+)\s*{_UNITS}\s*{_SPAN}", re.IGNORECASE)
_OF_MONEY = re.compile(rf"(?P<amount>\$?[^\s/$:]+)\s*{_SPAN}", re.IGNORECASE)
_BY_NAME: Final = pairs(Keys(CostBudget, also="`$5/cycle, $50 total`, `200 runs/cycle`, `10 h total`, or some of them"))


def _read(blocks: Sequence[Block]) -> Read:
    return _BY_NAME.read([_by_name(block) for block in blocks])


def _by_name(block: Block) -> Block:
    """The limits of a block, each on a line of its own, by name; how the block is set makes no difference."""
    kind = "plain" if block.kind == "code" else block.kind
    return replace(block, kind=kind, lines=tuple(part for line in block.lines for part in _parts(line)))


def _parts(line: Line) -> list[Line]:
    """The limits of a line, each by name."""
    return [Line(line.number, _named(part.strip())) for part in _BETWEEN.split(unquoted(line.text)) if part]


def _named(part: str) -> str:
    if match := _OF_A_UNIT.fullmatch(part):
        span = "per_cycle" if match["cycle"] else "total"
        return f"max_runs_{span}: {match['number']}" if match["runs"] else f"max_time_{span}: {match['number']} {match['unit']}"
    money = _OF_MONEY.fullmatch(part)
    return f"{'max_per_cycle' if money['cycle'] else 'max_total'}: {money['amount']}" if money else part


BUDGET: Final = Form(_BY_NAME.expected, _read, _BY_NAME.write)
