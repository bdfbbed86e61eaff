"""Samples: the store's measurements, found again by the key of what was measured and with what."""

import json
from typing import TYPE_CHECKING, Any, ClassVar, Final

from state.events import Event, Payload
from state.measurement import Sample
from state.model import canonical
from state.rows import many

if TYPE_CHECKING:
    import sqlite3

TABLES: Final = """
CREATE TABLE records(key TEXT PRIMARY KEY, tree TEXT NOT NULL, part TEXT NOT NULL, instrument TEXT NOT NULL, environment TEXT NOT NULL);
CREATE INDEX records_of_tree ON records(tree);
CREATE TABLE samples(seq INTEGER PRIMARY KEY, record TEXT NOT NULL, material TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX samples_of_record ON samples(record, seq);
"""


class SampleTaken(Payload):
    """A part of an evaluation was run. The sample is stored without its `material`, which is an object named by its SHA-256."""

    type: ClassVar[str] = "sample.taken"
    sample: dict[str, Any]
    material: str

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Samples with one key pile up: the gate looks at all of them."""
        sample = Sample.model_validate(self.sample)
        connection.execute(
            "INSERT OR IGNORE INTO records(key, tree, part, instrument, environment) VALUES (?, ?, ?, ?, ?)",
            (sample.key, sample.tree, sample.part, sample.instrument, sample.environment),
        )
        connection.execute(
            "INSERT INTO samples(seq, record, material, body) VALUES (?, ?, ?, ?)", (event.seq, sample.key, self.material, canonical(self.sample))
        )

    def objects(self) -> tuple[str, ...]:
        """What was measured in full: comparisons with it need it."""
        return (self.material,)


def stored_samples(connection: "sqlite3.Connection", key: str) -> list[tuple[Sample, str]]:
    """All samples of a key, oldest first, each with the name of its material."""
    rows = many(connection, "SELECT body, material FROM samples WHERE record = ? ORDER BY seq", key)
    return [(Sample.model_validate(json.loads(row["body"])), str(row["material"])) for row in rows]


def newest_materials(connection: "sqlite3.Connection", tree: str) -> dict[str, str]:
    """Of each part that was measured on a tree, the name of what its newest sample was taken with."""
    question = "SELECT part, material FROM records JOIN samples ON samples.record = records.key WHERE records.tree = ? ORDER BY samples.seq"
    return {str(row["part"]): str(row["material"]) for row in many(connection, question, tree)}


def keys_of_tree(connection: "sqlite3.Connection", tree: str) -> list[tuple[str, str, str, str]]:
    """Key, part, instrument and environment of everything that was measured on a tree."""
    rows = many(connection, "SELECT key, part, instrument, environment FROM records WHERE tree = ?", tree)
    return [(str(row["key"]), str(row["part"]), str(row["instrument"]), str(row["environment"])) for row in rows]
