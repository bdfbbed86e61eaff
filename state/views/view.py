"""A view: one small readable file, as a pure function of the store, and the events after which it has to be written again."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from state.decisions import every_decided
from state.events import Event
from state.rows import many, one
from state.store import Store

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True)
class Source:
    """What views are written from: the store's tables, and its objects. `seen` keeps what the views of one subject share; short-lived."""

    store: Store
    connection: "sqlite3.Connection"
    seen: dict[int, object] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Kind:
    """What views are of. `every` lists all subjects that there are; `of` names those that an event speaks of."""

    every: Callable[["sqlite3.Connection"], Iterable[int]]
    of: Callable[["sqlite3.Connection", Event], Iterable[int]]


@dataclass(frozen=True)
class View:
    """The file `name`, with the subject's number in it where there is one a subject.

    `render` gives the content as the store is now, None where there is nothing to say: then the file is not there. `events` are the types after
    which it may differ. `is_genuine` tells whether a content is right although `render` gives another: the last copy of what the store lost. Of a
    file that `is_to_be_edited` an edit is a person's word, and no fault.
    """

    name: str
    kind: Kind
    render: Callable[[Source, int], bytes | None]
    events: tuple[str, ...]
    is_genuine: Callable[[Source, int, bytes], bool] = lambda _source, _subject, _content: False
    is_to_be_edited: bool = False

    def path(self, subject: int) -> str:
        """The file's path below the folder of the views."""
        return self.name.format(subject)


def _experiments_of(_connection: "sqlite3.Connection", event: Event) -> tuple[int, ...]:
    number, several = event.payload.get("experiment"), event.payload.get("experiments", ())
    return (number,) if isinstance(number, int) else tuple(each for each in several if isinstance(each, int))


def _cycle_of(connection: "sqlite3.Connection", event: Event) -> tuple[int, ...]:
    number = event.payload.get("cycle")
    if isinstance(number, int):
        return (number,)
    rows = [one(connection, "SELECT cycle FROM experiments WHERE id = ?", experiment) for experiment in _experiments_of(connection, event)]
    return tuple(int(row["cycle"]) for row in rows if row)


def _cycles(connection: "sqlite3.Connection") -> list[int]:
    return [int(row["id"]) for row in many(connection, "SELECT id FROM cycles ORDER BY id")]


PROJECT: Final = Kind(every=lambda _connection: (0,), of=lambda _connection, _event: (0,))
DECIDED: Final = Kind(every=every_decided, of=_experiments_of)
CYCLE: Final = Kind(every=_cycles, of=_cycle_of)


def reports_of(role: str) -> Kind:
    """The project, touched by the reports of one role only."""
    return Kind(every=PROJECT.every, of=lambda _connection, event: (0,) if event.payload.get("role") == role else ())
