"""The chain: events as rows of the database and as lines of the log, each held, byte for byte, to continue the one before."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any, Final, NamedTuple, get_args

from pydantic import ValidationError

from state.errors import Problem, Refusal
from state.events import GENESIS, SCHEMA, Actor, Event, Payload
from state.model import canonical
from state.schema import PAYLOADS

if TYPE_CHECKING:
    import sqlite3

DOCTOR: Final = "an untouched history; what can be done about it: refactory doctor"
_COLUMNS: Final = "seq, id, at, type, actor, channel, key, version, payload, prev, hash"
_ACTORS: Final = get_args(Actor)
_KINDS: Final = tuple((int, str, str, str, str, str, key, int, str, str, str) for key in (str, type(None)))


class Link(NamedTuple):
    """An event as its row or its line holds it. `payload` is its text, not read yet, so that a change in the spelling alone is seen too."""

    seq: int
    id: str
    at: str
    type: str
    actor: Actor
    channel: str
    key: str | None
    version: int
    payload: str
    prev: str
    hash: str

    def expected_hash(self) -> str:
        """What `hash` must be: SHA-256 over `prev` and the canonical JSON of everything but `prev` and `hash`."""
        content = (
            f'{{"actor":{_text(self.actor)},"at":{_text(self.at)},"channel":{_text(self.channel)},"id":{_text(self.id)},"key":{_text(self.key)},'
            f'"payload":{self.payload},"seq":{self.seq},"type":{_text(self.type)},"version":{self.version}}}'
        )
        return hashlib.sha256(f"{self.prev}|{content}".encode("utf-8", "surrogatepass")).hexdigest()

    def line(self) -> str:
        """The event as one line of events.jsonl."""
        return (
            f'{{"actor":{_text(self.actor)},"at":{_text(self.at)},"channel":{_text(self.channel)},"hash":{_text(self.hash)},"id":{_text(self.id)},'
            f'"key":{_text(self.key)},"payload":{self.payload},"prev":{_text(self.prev)},"seq":{self.seq},"type":{_text(self.type)},'
            f'"version":{self.version}}}'
        )

    def event(self) -> Event:
        """The event, its payload read."""
        return Event.model_validate({**self._asdict(), "payload": json.loads(self.payload)})


def links(connection: "sqlite3.Connection", after: int = 0) -> Iterator[Link]:
    """The rows behind `after`, in order and unchecked."""
    for row in connection.execute(f"SELECT {_COLUMNS} FROM events WHERE seq > ? ORDER BY seq", (after,)):  # noqa: S608 - constant columns
        yield Link(*row)


def link_of_line(line: str) -> Link | None:
    """The event that a line of the log holds; None for a line that is, byte for byte, none that the factory writes."""
    try:
        found = json.loads(line)
        link = Link(**{**found, "payload": canonical(found["payload"])})
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return link if _is_typed(link) and link.line() == line else None


def in_sequence(found: Iterable[Link | None], source: str, after: tuple[int, str] = (0, GENESIS)) -> Iterator[Link]:
    """The links as they come, while each continues the chain behind `after`, a sequence and a hash.

    `source` says where they stand: `events.jsonl` or the name of the table. Raises Refusal STORE_BROKEN at the first that does not.
    """
    seq, prev = after
    for link in found:
        seq += 1
        wrong = wrong_with(link, seq, prev)
        if wrong or link is None:
            raise Refusal("STORE_BROKEN", f"{_said(source)} breaks at {source}:{seq}: {wrong}", where=[f"{source}:{seq}"], expected=DOCTOR)
        yield link
        prev = link.hash


def wrong_with(link: Link | None, seq: int, prev: str) -> str:
    """What keeps a link from being event `seq` after the one with hash `prev`; empty where nothing does."""
    if link is None:
        return "it is no event; expected one event a line, as the factory wrote it"
    if not _is_typed(link):
        return f"event {seq} is no event; expected rows that only the factory writes"
    if link.seq != seq:
        return f"found event {link.seq}; expected event {seq}"
    if link.prev != prev:
        return f"event {seq} follows {link.prev[:12]}; expected {prev[:12]}, the hash of the one before"
    if link.hash != (expected := link.expected_hash()):
        return f"event {seq} was altered: its hash is {link.hash[:12]}; expected {expected[:12]} for what it says"
    return ""


def _said(source: str) -> str:
    return "the chain of the log" if source.endswith(".jsonl") else "the chain of the store"


def _is_typed(link: Link) -> bool:
    return tuple(map(type, link)) in _KINDS and link.actor in _ACTORS


def said_by(link: Link) -> Payload:
    """What the event says, read by this version of the program: the place where a payload of an older form would be brought to today's.

    Raises Refusal STORE_BROKEN for one that only a newer version knows, or that does not fit its type.
    """
    if link.version > SCHEMA or link.type not in PAYLOADS:
        what = f"event {link.seq}, {link.type} of schema {link.version}, was written by a newer re:factory"
        raise Refusal("STORE_BROKEN", what, where=[f"events.jsonl:{link.seq}"], expected=f"schema {SCHEMA}; update the server")
    try:
        return PAYLOADS[link.type].model_validate_json(link.payload)
    except ValidationError as error:
        problems = [Problem(".".join(map(str, fault["loc"])), fault["type"], fault["msg"]) for fault in error.errors()]
        raise Refusal("STORE_BROKEN", f"event {link.seq} is no {link.type}", where=[f"events.jsonl:{link.seq}"], problems=problems) from error


def event_of(row: dict[str, Any]) -> Event:
    """The event of a row of the table. Raises Refusal STORE_BROKEN for a row that is none, or whose payload is written otherwise than here."""
    try:
        event = Event.model_validate({**row, "payload": json.loads(str(row["payload"]))}, strict=True)
    except ValueError as error:
        raise _no_event(row) from error
    if canonical(event.payload) != row["payload"]:
        raise _no_event(row)
    return event


def _no_event(row: dict[str, Any]) -> Refusal:
    return Refusal("STORE_BROKEN", f"row {row['seq']} of the events is no event", where=["factory.db"], expected=DOCTOR)


def insert(connection: "sqlite3.Connection", link: Link) -> None:
    """Write the event's own row."""
    connection.execute(f"INSERT INTO events({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", link)  # noqa: S608 - constant columns


def link_of(event: Event) -> Link:
    """The event as its row holds it."""
    return Link(**{**event.model_dump(exclude={"payload"}), "payload": canonical(event.payload)})


def _text(value: object) -> str:
    """A JSON text, as `canonical` writes it. Of what is no text, and should be, some text: its hash will not hold."""
    return "null" if value is None else encode_basestring(value if isinstance(value, str) else repr(value))
