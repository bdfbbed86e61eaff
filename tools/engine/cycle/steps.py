"""A step as an answer tells it: the next call with what else would be allowed, and the options that several situations share."""

from typing import Final

from state.answers import Next, Option
from state.model import Model

AFTERWARDS: Final = (
    Option(tool="start_cycle", arguments={"mode": "refine"}, why="each further wish of the person is a refinement: their words as `focus`"),
    Option(tool="start_cycle", arguments={"mode": "improve"}, why="another cycle"),
)


class Step(Model):
    """What to do next, and what else would be allowed."""

    next: Next
    options: tuple[Option, ...] = ()


def revert(number: int) -> Option:
    """Giving an experiment up."""
    return Option(tool="verdict", arguments={"experiment": number, "decision": "revert"}, why="give it up; say the reason and the lesson")
