"""Campaigns: all attempts at one target of research under one instrument, what each paid, what its looks said, and how it ended."""

import json
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from pydantic import Field

from state.events import Event, Payload
from state.model import Model, canonical
from state.rows import many, one

if TYPE_CHECKING:
    import sqlite3

Policy = Literal["any", "rate"]
Kind = Literal["noisy", "deterministic"]
Question = Literal["keep", "prune"]
LookOutcome = Literal["better", "not_better", "cannot_tell", "more"]
# What an attempt ends as; the last three say which side lost its runs: the candidate, the base, or both.
Outcome = Literal["better", "not_better", "cannot_tell", "error", "unstable", "environment"]

TABLES: Final = """
CREATE TABLE campaigns(id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, target TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX campaigns_of_target ON campaigns(target, id);
CREATE TABLE attempts(id INTEGER PRIMARY KEY, key TEXT NOT NULL, campaign INTEGER NOT NULL, experiment INTEGER NOT NULL, tree TEXT NOT NULL,
                      base_tree TEXT NOT NULL, outcome TEXT, body TEXT NOT NULL, ending TEXT);
CREATE INDEX attempts_by_key ON attempts(key, id);
CREATE INDEX attempts_of_campaign ON attempts(campaign, id);
CREATE INDEX attempts_of_experiment ON attempts(experiment, id);
CREATE INDEX attempts_on_trees ON attempts(tree, base_tree, id);
CREATE TABLE looks(attempt INTEGER NOT NULL, n INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (attempt, n));
CREATE TABLE confirmed_gains(attempt INTEGER PRIMARY KEY, campaign INTEGER NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL);
"""


class Campaign(Model):
    """One campaign. `target` is the digest of metric, command and direction, `instrument` that of all that they are measured with.

    The chance of any false keep is at most `alpha` (policy any), or their share in the long run (rate); it is spent over the attempts at the target,
    for which `horizon` stands where no number of them is `declared`. `base_commit` and `base_tree` are the head at the beginning; `parts` are the
    digests that the instrument is made of, each by what it is of.
    """

    id: int
    key: str
    target: str
    instrument: str
    metric: str
    direction: Literal["maximise", "minimise"]
    policy: Policy = "any"
    alpha: float = 0.10
    horizon: int = 50
    declared: int | None = None
    base_commit: str = ""
    base_tree: str
    parts: dict[str, str] = Field(default_factory=dict)


class AttemptPlan(Model):
    """What an attempt is decided by, fixed before its first run; with its runs, enough to decide it once more.

    `alpha` is its share of the campaign's, paid when it is opened, `spent` what was paid at the target before. `looks` are numbers of pairs; a pair
    is one run of each side, or a group of `group` runs where `aggregate` is max or all_pass. Where instances are the unit, `inflation` is what their
    variance is multiplied by; `steady`, where there is one, is the standard deviation that opens the lane of large effects. `futility` are the
    lines of the looks: (from so many pairs that are not even, the line). `test` is the version of the code that decides. `question` is what is
    asked: whether the candidate is better, or (prune) whether what it takes away loses less than `margin`, which is added to every difference;
    each question has a budget of its own. `calibration` is the number of what was known of the noise.
    """

    question: Question = "keep"
    margin: float = 0.0
    kind: Kind
    alpha: float
    spent: float
    looks: tuple[int, ...]
    direction: Literal["maximise", "minimise"]
    aggregate: Literal["mean", "median", "max", "all_pass"] = "mean"
    unit: Literal["pair", "instance"] = "pair"
    group: int = 1
    min_effect: float = 0.0
    inflation: float = 1.0
    steady: float | None = None
    futility: tuple[tuple[int, float], ...] = ()
    test: str = ""
    calibration: int | None = None


class LookTaken(Payload):
    """A decision point of an attempt: `n` pairs, of which `even` did not differ.

    `estimate` is the difference in the unit of the metric, up is better; `units` what the test counted; `p` the chance of as much if the labels meant
    nothing, `limit` what it had to reach, `carried` what of the share was left for the next look, `line` that of futility; `lane`: told by its size
    alone, as calibration knows the noise; `next` the number of pairs of the next look.
    """

    type: ClassVar[str] = "look.taken"
    attempt: int
    n: int
    even: int
    units: int = 0
    mean: float
    estimate: float
    p: float
    limit: float
    carried: float
    line: float | None = None
    lane: bool = False
    outcome: LookOutcome
    next: int | None = None

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Once for a number of pairs; taken again, the last counts."""
        connection.execute("INSERT OR REPLACE INTO looks(attempt, n, body) VALUES (?, ?, ?)", (self.attempt, self.n, canonical(self.plain())))


class Ending(Model):
    """How an attempt ended, and what was lost on the way: runs of the candidate alone, of the base alone, and of both in the same pair.

    `phi` (with `freedom`) is how much more the runs varied than their instances would, where instances decided.
    """

    outcome: Outcome
    reason: str
    pairs: int
    estimate: float | None = None
    only_candidate: int = 0
    only_base: int = 0
    both: int = 0
    phi: float | None = None
    freedom: int | None = None


class Attempt(Model):
    """One candidate tree against one base tree. `number` counts the attempts at the target that paid, from 1; 0 for one that did not have to.

    `looks` are those taken so far; `ending` is None while it is open.
    """

    id: int
    key: str
    campaign: int
    number: int
    experiment: int
    cycle: int
    tree: str
    base_tree: str
    plan: AttemptPlan
    opened_at: str
    looks: tuple[LookTaken, ...] = ()
    ending: Ending | None = None

    @property
    def outcome(self) -> Outcome | None:
        """What it ended as."""
        return self.ending.outcome if self.ending else None


class CampaignOpened(Payload):
    """Research began on a target under an instrument."""

    type: ClassVar[str] = "campaign.opened"
    campaign: Campaign

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """One campaign a key."""
        found = self.campaign
        connection.execute(
            "INSERT OR IGNORE INTO campaigns(id, key, target, body) VALUES (?, ?, ?, ?)",
            (found.id, found.key, found.target, canonical(found.plain())),
        )


class AttemptOpened(Payload):
    """A candidate is about to be measured by the metric: written before its first run, and its share of the budget is paid with it."""

    type: ClassVar[str] = "attempt.opened"
    attempt: int
    key: str
    campaign: int
    number: int
    experiment: int
    cycle: int
    tree: str
    base_tree: str
    plan: AttemptPlan

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Open until attempt.closed."""
        body = {"number": self.number, "cycle": self.cycle, "plan": self.plan.plain(), "opened_at": event.at}
        connection.execute(
            "INSERT INTO attempts(id, key, campaign, experiment, tree, base_tree, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self.attempt, self.key, self.campaign, self.experiment, self.tree, self.base_tree, canonical(body)),
        )


class AttemptClosed(Payload):
    """An attempt was decided."""

    type: ClassVar[str] = "attempt.closed"
    attempt: int
    ending: Ending

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """The first end counts."""
        connection.execute(
            "UPDATE attempts SET outcome = ?, ending = ? WHERE id = ? AND outcome IS NULL",
            (self.ending.outcome, canonical(self.ending.plain()), self.attempt),
        )


class Confirmed(Model):
    """What a kept experiment gained, measured afresh: the mean of `pairs` differences with its standard `error` (None of a single pair).

    In the unit of the metric, up is better. `base_mean` and `head_mean` are the metric itself before and after; `selected` is the difference that
    won, which is biased upwards and decides nothing. `suspect`: the fresh pairs showed a loss.
    """

    attempt: int
    campaign: int
    experiment: int
    pairs: int
    gain: float
    error: float | None = None
    base_mean: float
    head_mean: float
    selected: float | None = None
    at: str = ""

    @property
    def suspect(self) -> bool:
        """Whether it may have been kept by luck."""
        return self.gain < 0


class GainConfirmed(Payload):
    """The gain of a kept experiment was measured on fresh pairs, old base against new head."""

    type: ClassVar[str] = "gain.confirmed"
    confirmed: Confirmed

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Once for an attempt; measured again, the first stays."""
        found = self.confirmed.model_copy(update={"at": event.at})
        connection.execute(
            "INSERT OR IGNORE INTO confirmed_gains(attempt, campaign, seq, body) VALUES (?, ?, ?, ?)",
            (found.attempt, found.campaign, event.seq, canonical(found.plain())),
        )


def campaign_of(connection: "sqlite3.Connection", key: str) -> Campaign | None:
    """The campaign with this key."""
    return _campaign(one(connection, "SELECT body FROM campaigns WHERE key = ?", key))


def campaign_numbered(connection: "sqlite3.Connection", number: int) -> Campaign | None:
    """The campaign of this number."""
    return _campaign(one(connection, "SELECT body FROM campaigns WHERE id = ?", number))


def newest_campaign(connection: "sqlite3.Connection", target: str) -> Campaign | None:
    """The campaign at a target that was begun last, under whatever instrument."""
    return _campaign(one(connection, "SELECT body FROM campaigns WHERE target = ? ORDER BY id DESC LIMIT 1", target))


def attempt_numbered(connection: "sqlite3.Connection", number: int) -> Attempt | None:
    """The attempt of this id."""
    return next(iter(_attempts(connection, "id = ?", number)), None)


def attempt_by_key(connection: "sqlite3.Connection", key: str) -> Attempt | None:
    """The newest attempt with a key: one candidate tree, base tree and instrument."""
    return next(iter(_attempts(connection, "key = ? ORDER BY id DESC LIMIT 1", key)), None)


def attempts_of(connection: "sqlite3.Connection", campaign: int) -> list[Attempt]:
    """The attempts of a campaign, oldest first."""
    return _attempts(connection, "campaign = ? ORDER BY id", campaign)


def attempts_at(connection: "sqlite3.Connection", target: str) -> list[Attempt]:
    """The attempts at a target under all its instruments, oldest first: the budget of error is theirs together."""
    return _attempts(connection, "campaign IN (SELECT id FROM campaigns WHERE target = ?) ORDER BY id", target)


def attempts_of_experiment(connection: "sqlite3.Connection", experiment: int) -> list[Attempt]:
    """The attempts of an experiment, oldest first: another tree or another base is another attempt."""
    return _attempts(connection, "experiment = ? ORDER BY id", experiment)


def attempts_on(connection: "sqlite3.Connection", tree: str, base_tree: str) -> list[Attempt]:
    """The attempts at one tree against another, oldest first, whichever experiment they were opened for: equal trees are the same attempt."""
    return _attempts(connection, "tree = ? AND base_tree = ? ORDER BY id", tree, base_tree)


def confirmed_gain(connection: "sqlite3.Connection", attempt: int) -> Confirmed | None:
    """What the kept experiment of this attempt gained, once it was measured afresh."""
    row = one(connection, "SELECT body FROM confirmed_gains WHERE attempt = ?", attempt)
    return Confirmed.model_validate(json.loads(row["body"])) if row else None


def confirmed_gains(connection: "sqlite3.Connection", campaign: int) -> list[Confirmed]:
    """The confirmed gains of a campaign, in the order in which they were measured."""
    rows = many(connection, "SELECT body FROM confirmed_gains WHERE campaign = ? ORDER BY seq", campaign)
    return [Confirmed.model_validate(json.loads(row["body"])) for row in rows]


def unconfirmed_experiments(connection: "sqlite3.Connection") -> list[int]:
    """The experiments of attempts that were told as better and not measured afresh, whether they were kept or not."""
    question = (
        "SELECT DISTINCT experiment FROM attempts WHERE outcome = 'better' AND id NOT IN (SELECT attempt FROM confirmed_gains) ORDER BY experiment"
    )
    return [int(row["experiment"]) for row in many(connection, question)]


def _campaign(row: dict[str, str] | None) -> Campaign | None:
    return Campaign.model_validate(json.loads(row["body"])) if row else None


def _attempts(connection: "sqlite3.Connection", clause: str, *values: object) -> list[Attempt]:
    """The attempts that a clause of this module selects; whatever comes from outside is in `values`."""
    rows = many(connection, f"SELECT id, key, campaign, experiment, tree, base_tree, body, ending FROM attempts WHERE {clause}", *values)  # noqa: S608 - constant text
    return [_attempt(connection, row) for row in rows]


def _attempt(connection: "sqlite3.Connection", row: dict[str, str]) -> Attempt:
    looks = many(connection, "SELECT body FROM looks WHERE attempt = ? ORDER BY n", row["id"])
    ending, body = row.pop("ending"), json.loads(row.pop("body"))
    return Attempt.model_validate(
        {**row, **body, "looks": [json.loads(look["body"]) for look in looks], "ending": json.loads(ending) if ending else None}
    )
