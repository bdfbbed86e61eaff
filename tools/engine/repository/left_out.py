"""What writing a tree left out, and how a person is told."""

from dataclasses import dataclass
from typing import Final

NAMED: Final = 5  # paths that are named for one reason


@dataclass(frozen=True)
class LeftOut:
    """A path of the tree that was not written as a checkout would have it, why, and the command that mends it, if one does."""

    path: str
    reason: str
    mend: str = ""


@dataclass(frozen=True)
class Written:
    """How many files and symlinks were written, and what was left out."""

    files: int
    left_out: tuple[LeftOut, ...]


def left_out_words(written: Written) -> tuple[str, ...]:
    """Lines for people: for each reason its first NAMED paths with what mends them, and how many more there are."""
    by_reason: dict[str, list[LeftOut]] = {}
    for left in written.left_out:
        by_reason.setdefault(left.reason, []).append(left)
    lines = []
    for reason, lefts in by_reason.items():
        lines += [f"{left.path}: {reason}" + (f" ({left.mend})" if left.mend else "") for left in lefts[:NAMED]]
        if len(lefts) > NAMED:
            lines.append(f"{len(lefts) - NAMED} more like {lefts[0].path}: {reason}")
    return tuple(lines)
