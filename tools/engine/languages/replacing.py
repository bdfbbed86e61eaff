"""What code puts in the place of clocks, of chance and of what compares: with these anybody's numbers come out as they like."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["a clock", "chance", "a comparison", "what a module has"]


@dataclass(frozen=True)
class Replaced:
    """`what` is replaced on a line (from 1). `undone`: by a tool of tests that puts it back, as tests do every day."""

    line: int
    kind: Kind
    what: str
    undone: bool = False
