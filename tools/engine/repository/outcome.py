"""A landing, and the three ways it can end."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Landing:
    """The intent to move `ref` (in full, `refs/heads/…`) from commit `old` to commit `new`, whose first parent is `old`."""

    ref: str
    old: str
    new: str


@dataclass(frozen=True)
class Landed:
    """The ref holds the landing. `checkout`: the one at `path` followed; none has the ref; or the ref went on since, containing the landing."""

    checkout: Literal["followed", "not checked out", "went on"]
    path: Path | None = None


@dataclass(frozen=True)
class Waiting:
    """Nothing moved, because something of a person's is in the way: why, the paths concerned, and what git said of it."""

    reason: str
    paths: tuple[str, ...] = ()
    said: str = ""


@dataclass(frozen=True)
class Moved:
    """The ref no longer holds `old`; `actual` is the commit it holds, empty when it is gone. Nothing was changed."""

    actual: str


@dataclass(frozen=True)
class Proposed:
    """Nothing moves here: the change goes to its target by a pull request."""


Outcome = Landed | Waiting | Moved
