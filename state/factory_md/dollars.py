"""The form of factory.md for amounts of money: `$5/cycle, $50 total`, and the same by name."""

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
_SHORT = re.compile(r"(\$?[^\s/$:]+)\s*(?:(?P<cycle>(?:/|per)\s*cycle)|(?:in\s+)?total)", re.IGNORECASE)
_BY_NAME: Final = pairs(Keys(CostBudget, also="`$5/cycle, $50 total`, or either half of it"))


def _read(blocks: Sequence[Block]) -> Read:
    return _BY_NAME.read([_by_name(block) for block in blocks])


def _by_name(block: Block) -> Block:
    """The amounts of a block, each on a line of its own, by name; how the block is set makes no difference."""
    kind = "plain" if block.kind == "code" else block.kind
    return replace(block, kind=kind, lines=tuple(part for line in block.lines for part in _parts(line)))


def _parts(line: Line) -> list[Line]:
    """The amounts of a line, each by name."""
    return [Line(line.number, _named(part)) for part in _BETWEEN.split(unquoted(line.text)) if part]


def _named(part: str) -> str:
    short = _SHORT.fullmatch(part.strip())
    return f"{'max_per_cycle' if short['cycle'] else 'max_total'}: {short[1]}" if short else part.strip()


BUDGET: Final = Form(_BY_NAME.expected, _read, _BY_NAME.write)
