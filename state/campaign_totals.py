"""Totals of a campaign: its head held against its first base, on fresh pairs that no decision depends on."""

import json
from typing import TYPE_CHECKING, ClassVar, Final

from state.events import Event, Payload
from state.model import Model, canonical
from state.rows import many

if TYPE_CHECKING:
    import sqlite3

TABLES: Final = """
CREATE TABLE campaign_totals(seq INTEGER PRIMARY KEY, campaign INTEGER NOT NULL, head_tree TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX campaign_totals_of ON campaign_totals(campaign, seq);
"""


class Total(Model):
    """What all kept changes of a campaign gained together: the mean of `pairs` differences with its standard `error` (None of a single pair).

    In the unit of the metric, up is better. `base_mean` and `head_mean` are the metric itself; `keeps` the changes that were kept by then. No number
    of it was chosen by what it shows, so it is not biased as the sum of gains that won would be.
    """

    campaign: int
    base_tree: str
    head_tree: str
    pairs: int
    gain: float
    error: float | None = None
    base_mean: float
    head_mean: float
    keeps: int
    at: str = ""


class TotalMeasured(Payload):
    """The head of a campaign was run against the campaign's first base."""

    type: ClassVar[str] = "total.measured"
    total: Total

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """The newest counts; those before it show the way."""
        found = self.total.model_copy(update={"at": event.at})
        connection.execute(
            "INSERT INTO campaign_totals(seq, campaign, head_tree, body) VALUES (?, ?, ?, ?)",
            (event.seq, found.campaign, found.head_tree, canonical(found.plain())),
        )


def totals_of(connection: "sqlite3.Connection", campaign: int) -> list[Total]:
    """The totals of a campaign, oldest first."""
    rows = many(connection, "SELECT body FROM campaign_totals WHERE campaign = ? ORDER BY seq", campaign)
    return [Total.model_validate(json.loads(row["body"])) for row in rows]
