"""Drafts of factory.md and a person's answers to them, each bound to the hash of what was shown."""

import json
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from pydantic import Field

from state.events import Event, Payload
from state.measurement import Profile
from state.model import Model, canonical
from state.rows import one

if TYPE_CHECKING:
    import sqlite3

Subject = Literal["evaluation", "held", "plan", "spec", "publish"]
Reply = Literal["approve", "changes", "reject"]

TABLES: Final = """
CREATE TABLE drafts(hash TEXT PRIMARY KEY, seq INTEGER NOT NULL, text TEXT NOT NULL, profile TEXT NOT NULL, base TEXT NOT NULL);
CREATE TABLE approvals(hash TEXT PRIMARY KEY, seq INTEGER NOT NULL, subject TEXT NOT NULL, channel TEXT NOT NULL, at TEXT NOT NULL,
                       configuration TEXT NOT NULL, profile TEXT NOT NULL, comment TEXT NOT NULL);
CREATE TABLE replies(seq INTEGER PRIMARY KEY, hash TEXT NOT NULL, subject TEXT NOT NULL, answer TEXT NOT NULL, comment TEXT NOT NULL);
CREATE INDEX replies_by_hash ON replies(hash, seq);
"""


class Draft(Model):
    """A factory.md that no person has approved yet, with the profile that discovery found for it."""

    hash: str
    text: str
    profile: Profile


class Approval(Model):
    """A person's yes. `hash` is that of the content shown; `configuration` the contract hash of factory.md where the subject is evaluation."""

    hash: str
    subject: Subject
    channel: str
    at: str
    configuration: str
    profile: Profile | None
    comment: str


class Answered(Model):
    """What a person answered last to a content: changes and rejections count as long as the content stays."""

    answer: Reply
    comment: str


class Approved(Model):
    """What was approved last: the contract that it bound, the commands that it lets run, and the dimensions that they measure."""

    at: str
    contract: dict[str, Any]
    commands: tuple[str, ...]
    measured: tuple[str, ...]


class DraftWritten(Payload):
    """Discovery, or the caller, wrote a draft. `base` is the digest of the committed factory.md that it is to replace; empty where there was none."""

    type: ClassVar[str] = "draft.written"
    hash: str
    text: str
    profile: Profile
    base: str = ""

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """The newest draft is the one that counts; the same text again moves it to the front."""
        connection.execute(
            "INSERT OR REPLACE INTO drafts(hash, seq, text, profile, base) VALUES (?, ?, ?, ?, ?)",
            (self.hash, event.seq, self.text, canonical(self.profile.plain()), self.base),
        )


class ApprovalAnswered(Payload):
    """A person answered. What they approved is an approval; every answer is kept with what they said."""

    type: ClassVar[str] = "approval.answered"
    subject: Subject
    answer: Reply
    hash: str
    comment: str = ""
    configuration: str = ""
    contract: dict[str, Any] = Field(default_factory=dict)
    profile: Profile | None = None

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """An approval stays until its content changes: the hash is its key."""
        connection.execute(
            "INSERT INTO replies(seq, hash, subject, answer, comment) VALUES (?, ?, ?, ?, ?)",
            (event.seq, self.hash, self.subject, self.answer, self.comment),
        )
        if self.answer != "approve":
            return
        connection.execute(
            "INSERT OR REPLACE INTO approvals(hash, seq, subject, channel, at, configuration, profile, comment) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.hash, event.seq, self.subject, event.channel, event.at, self.configuration,
                canonical(self.profile.plain()) if self.profile else "", self.comment,
            ),
        )  # fmt: skip


def latest_draft(connection: "sqlite3.Connection") -> Draft | None:
    """The draft written last."""
    row = one(connection, "SELECT hash, text, profile FROM drafts ORDER BY seq DESC LIMIT 1")
    return Draft(hash=row["hash"], text=row["text"], profile=Profile(**json.loads(row["profile"]))) if row else None


def is_known_draft(connection: "sqlite3.Connection", text: str) -> bool:
    """Whether a draft of exactly this text was ever written down."""
    return one(connection, "SELECT 1 AS known FROM drafts WHERE text = ? LIMIT 1", text) is not None


def draft_recorded(connection: "sqlite3.Connection") -> int:
    """Sequence of the event that the newest draft came with; 0 without one."""
    row = one(connection, "SELECT MAX(seq) AS seq FROM drafts")
    return int(row["seq"] or 0) if row else 0


def waiting_draft(connection: "sqlite3.Connection", base: str) -> Draft | None:
    """The draft written last, if it still is to replace `base`, the committed one: not where it landed, nor where a person changed it since."""
    found = one(
        connection,
        "SELECT base, seq > COALESCE((SELECT MAX(seq) FROM landings WHERE purpose = 'factory.md' AND state = 'landed'), 0) AS waits "
        "FROM drafts ORDER BY seq DESC LIMIT 1",
    )
    return latest_draft(connection) if found and found["waits"] and found["base"] == base else None


def approval(connection: "sqlite3.Connection", content_hash: str) -> Approval | None:
    """The approval of exactly this content."""
    return _approval(one(connection, "SELECT * FROM approvals WHERE hash = ?", content_hash))


def answered_last(connection: "sqlite3.Connection", content_hash: str) -> Answered | None:
    """What a person answered last to exactly this content."""
    row = one(connection, "SELECT answer, comment FROM replies WHERE hash = ? ORDER BY seq DESC LIMIT 1", content_hash)
    return Answered.model_validate(row) if row else None


def approved_evaluation(connection: "sqlite3.Connection", configuration_hash: str) -> Approval | None:
    """The newest approval of an evaluation whose factory.md has this contract hash."""
    return _approval(
        one(connection, "SELECT * FROM approvals WHERE subject = 'evaluation' AND configuration = ? ORDER BY seq DESC LIMIT 1", configuration_hash)
    )


def evaluations_since(connection: "sqlite3.Connection", at: str) -> int:
    """How many evaluations were approved since a moment, in the form of an event's time."""
    row = one(connection, "SELECT COUNT(*) AS n FROM approvals WHERE subject = 'evaluation' AND at >= ?", at)
    return int(row["n"]) if row else 0


def approved_last(connection: "sqlite3.Connection") -> Approved | None:
    """What the newest approval of an evaluation bound."""
    newest = "(SELECT MAX(seq) FROM approvals WHERE subject = 'evaluation')"
    row = one(connection, f"SELECT at, payload FROM events WHERE seq = {newest}")  # noqa: S608 - constant text
    if row is None:
        return None
    given = ApprovalAnswered.model_validate(json.loads(str(row["payload"])))
    profile = given.profile
    measured = tuple(each.name for each in profile.applicable()) if profile else ()
    return Approved(at=str(row["at"]), contract=given.contract, commands=profile.commands if profile else (), measured=measured)


def approved_text(connection: "sqlite3.Connection") -> str | None:
    """The factory.md that was approved last, wherever it landed."""
    row = one(
        connection,
        "SELECT text FROM drafts JOIN approvals ON approvals.hash = drafts.hash WHERE subject = 'evaluation' ORDER BY approvals.seq DESC LIMIT 1",
    )
    return str(row["text"]) if row else None


def _approval(row: dict[str, object] | None) -> Approval | None:
    if row is None:
        return None
    profile = str(row.pop("profile"))
    row.pop("seq")
    return Approval.model_validate({**row, "profile": json.loads(profile) if profile else None})
