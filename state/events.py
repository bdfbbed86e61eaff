"""The event: what every change is, how it is chained to the one before, and what a payload must be able to do."""

import hashlib
import os
import time
from abc import abstractmethod
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from state.model import Model, canonical

if TYPE_CHECKING:
    import sqlite3

Actor = Literal["user", "host", "server"]

PAYLOAD_LIMIT: Final = 64 * 1024  # bytes of canonical JSON; larger things are files named by their SHA-256
GENESIS: Final = "0" * 64  # what the first event names as its predecessor
SCHEMA: Final = 1  # of the payloads; a newer one is refused by an older server
_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Payload(Model):
    """What happened. A subclass names its `type`, and `apply` is its fold: the one place where its table changes."""

    type: ClassVar[str]

    @abstractmethod
    def apply(self, connection: "sqlite3.Connection", event: "Event") -> None:
        """Change the tables as this event says; runs inside the transaction that inserts the event, and again on a rebuild."""

    def objects(self) -> tuple[str, ...]:
        """The objects that this event names by their SHA-256 and cannot do without."""
        return ()


class Event(Model):
    """One line of the log. `hash` is SHA-256 over `prev` and the canonical JSON of everything but `prev` and `hash`."""

    seq: int
    id: str
    at: str
    type: str
    actor: Actor
    channel: str
    key: str | None
    version: int
    payload: dict[str, Any]
    prev: str
    hash: str

    def line(self) -> str:
        """The event as one line of events.jsonl."""
        return canonical(self.model_dump(mode="json"))

    def expected_hash(self) -> str:
        """What `hash` must be."""
        return chain_hash(self.prev, self.model_dump(mode="json", exclude={"prev", "hash"}))


def chain_hash(prev: str, content: dict[str, Any]) -> str:
    """The hash of an event with this content after the event with hash `prev`."""
    return hashlib.sha256(f"{prev}|{canonical(content)}".encode()).hexdigest()


def utc_now() -> str:
    """The time as UTC ISO 8601 with milliseconds; a label only: order is the sequence number."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def new_ulid() -> str:
    """A ULID: 48 bits of milliseconds, 80 random bits, in Crockford's base 32."""
    number = (time.time_ns() // 1_000_000 << 80) | int.from_bytes(os.urandom(10))
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))
