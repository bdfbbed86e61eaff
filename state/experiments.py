"""Experiments: their states, what moves them from one to the next, and what was decided."""

import json
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from pydantic import Field

from state.decisions import decided, ended, withdrawn
from state.events import Event, Payload
from state.model import Model, canonical
from state.rows import many, one
from state.totals import count

if TYPE_CHECKING:
    import sqlite3

ExperimentState = Literal["begun", "candidate", "measured", "held", "kept", "proposed", "landed", "reverted", "superseded", "undone", "error"]
Decision = Literal["keep", "revert", "abandon", "supersede"]
OPEN_STATES: Final[tuple[ExperimentState, ...]] = ("begun", "candidate", "measured", "held", "kept")

TABLES: Final = """
CREATE TABLE experiments(
    id INTEGER PRIMARY KEY, hypothesis INTEGER NOT NULL, arm INTEGER NOT NULL, cycle INTEGER NOT NULL, title TEXT NOT NULL, category TEXT NOT NULL,
    state TEXT NOT NULL, base TEXT NOT NULL, branch TEXT NOT NULL, worktree TEXT NOT NULL, candidate TEXT, tree TEXT, review_tree TEXT,
    merging TEXT, merge_commit TEXT, delta REAL, assessment TEXT, decision TEXT, reason TEXT, lesson TEXT, approved_tree TEXT, backup TEXT,
    undo_commit TEXT, undo_reason TEXT, started_at TEXT NOT NULL, ended_at TEXT, UNIQUE (hypothesis, arm));
CREATE INDEX experiments_by_state ON experiments(state, id);
CREATE INDEX experiments_of_cycle ON experiments(cycle, id);
CREATE INDEX experiments_by_category ON experiments(category, state);
"""


class Experiment(Model):
    """One experiment as the tables hold it.

    `base` is the commit that it is measured against (it moves when the target is merged in); `tree` the candidate as captured last;
    `review_tree` the tree that a review must speak of (a clean merge of the target does not void it); `merging` the target commit whose
    conflicts lie in the worktree; `approved_tree` what a person accepted although it was held; `assessment` the stored comparison. `arm` tells
    apart the experiments of one hypothesis, from 1; `undo_commit` took the landed change back, and is empty where nothing of it was left.
    """

    id: int
    hypothesis: int
    arm: int
    cycle: int
    title: str
    category: str
    state: ExperimentState
    base: str
    branch: str
    worktree: str
    candidate: str | None
    tree: str | None
    review_tree: str | None
    merging: str | None
    merge_commit: str | None
    delta: float | None
    assessment: dict[str, Any] | None
    decision: Decision | None
    reason: str | None
    lesson: str | None
    approved_tree: str | None
    backup: str | None
    undo_commit: str | None
    undo_reason: str | None
    started_at: str
    ended_at: str | None

    @property
    def shown_state(self) -> str:
        """The state as answers say it: the word of the verdict where it was abandoned."""
        return "abandoned" if self.state == "error" else self.state

    @property
    def is_open(self) -> bool:
        """Whether a verdict, or its landing, is still to come."""
        return self.state in OPEN_STATES


class ExperimentStarted(Payload):
    """A hypothesis got a branch and a worktree: its first, or with a further `arm` another beside it."""

    type: ClassVar[str] = "experiment.started"
    experiment: int
    hypothesis: int
    arm: int = 1
    cycle: int
    title: str
    category: str
    base: str
    branch: str
    worktree: str

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """One experiment an arm: a retry is a new hypothesis that states the difference."""
        connection.execute(
            "INSERT INTO experiments(id, hypothesis, arm, cycle, title, category, state, base, branch, worktree, started_at) "
            "VALUES (?, ?, ?, ?, ?, ?, 'begun', ?, ?, ?, ?)",
            (self.experiment, self.hypothesis, self.arm, self.cycle, self.title, self.category, self.base, self.branch, self.worktree, event.at),
        )
        connection.execute("UPDATE hypotheses SET state = 'used' WHERE id = ?", (self.hypothesis,))


class CandidateCaptured(Payload):
    """The server wrote the worktree down as a commit of the experiment's branch; review and record of an earlier tree no longer count."""

    type: ClassVar[str] = "candidate.captured"
    experiment: int
    commit: str
    tree: str
    taken: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Back to candidate, whatever was measured or held before."""
        assignments = "state = 'candidate', candidate = ?, tree = ?, review_tree = ?, merging = NULL, assessment = NULL, delta = NULL"
        _change_undecided(connection, self.experiment, assignments, self.commit, self.tree, self.tree)


class CandidateUpdated(Payload):
    """The target moved and was merged in without a conflict: a new base, a new tree to measure.

    Where the patch is equal the review stands, and so does a person's yes to what was suspect in it.
    """

    type: ClassVar[str] = "candidate.updated"
    experiment: int
    base: str
    commit: str
    tree: str
    review_stands: bool
    acceptance_stands: bool = False

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """To be measured again, as it will land."""
        assignments = (
            "state = 'candidate', base = ?, candidate = ?, tree = ?, assessment = NULL, delta = NULL, "
            "review_tree = CASE WHEN ? THEN review_tree ELSE ? END, approved_tree = CASE WHEN ? THEN ? ELSE approved_tree END"
        )
        stands = (self.review_stands, self.tree, self.acceptance_stands, self.tree)
        _change_undecided(connection, self.experiment, assignments, self.base, self.commit, self.tree, *stands)


class MergeConflicted(Payload):
    """The target moved and clashes with the candidate: the conflicts lie in the worktree for the builder."""

    type: ClassVar[str] = "candidate.conflicted"
    experiment: int
    target: str
    paths: tuple[str, ...]

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """The next capture becomes a merge of `target`, which is the base from then on."""
        assignments = "state = 'candidate', base = ?, merging = ?, assessment = NULL, delta = NULL, review_tree = NULL"
        _change_undecided(connection, self.experiment, assignments, self.target, self.target)


class ExperimentMeasured(Payload):
    """The candidate was compared with its base; `assessment` is the whole comparison as stored (see tools.engine.evaluation).

    `delta` is none where nothing was measured that could have told the two apart.
    """

    type: ClassVar[str] = "experiment.measured"
    experiment: int
    tree: str
    base: str
    delta: float | None
    assessment: dict[str, Any]

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """A comparison of another tree than the candidate's changes nothing: the worktree went on meanwhile."""
        connection.execute(
            "UPDATE experiments SET state = 'measured', delta = ?, assessment = ? "
            "WHERE id = ? AND tree = ? AND base = ? AND state IN ('candidate', 'measured', 'held')",
            (self.delta, canonical(self.assessment), self.experiment, self.tree, self.base),
        )


class ExperimentHeld(Payload):
    """Keep found something suspect: a person has to look."""

    type: ClassVar[str] = "experiment.held"
    experiment: int
    tree: str
    suspicion: tuple[str, ...]

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Held until a person approves this tree, it is reverted, or edited."""
        connection.execute(
            "UPDATE experiments SET state = 'held' WHERE id = ? AND tree = ? AND state IN ('measured', 'held')", (self.experiment, self.tree)
        )


class HeldApproved(Payload):
    """A person looked at what was suspect and accepted this tree."""

    type: ClassVar[str] = "experiment.approved"
    experiment: int
    tree: str
    comment: str = ""

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Suspicion no longer holds this tree; failing checks still do."""
        connection.execute(
            "UPDATE experiments SET state = CASE state WHEN 'held' THEN 'measured' ELSE state END, approved_tree = ? "
            "WHERE id = ? AND tree = ? AND state IN ('candidate', 'measured', 'held')",
            (self.tree, self.experiment, self.tree),
        )


class KeepRefused(Payload):
    """A keep that the gate refused: history, no change of state."""

    type: ClassVar[str] = "keep.refused"
    experiment: int
    failing: tuple[str, ...]

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Nothing changes."""


class VerdictGiven(Payload):
    """The verdict. keep: to be landed as `commit`; revert, abandon and supersede: the branch is kept as `backup`.

    `delta` and `scores` (base, candidate, threshold) are the measured ones, `holdout` those of what is held out, where there is any; `diff` names
    the stored patch. `checks` is each check's result when it was given, on the tree as it was captured last, `evidence` the first lines of each.
    `supersedes` are the other arms of the hypothesis that were measured by then and no better: number to tree. `change` is the digest of what the
    change does, to be known again; `cost_usd` what its runs of a metric had cost by then.
    """

    type: ClassVar[str] = "verdict.given"
    experiment: int
    decision: Decision
    reason: str
    lesson: str = ""
    commit: str = ""
    backup: str = ""
    delta: float | None = None
    scores: dict[str, float] = Field(default_factory=dict)
    checks: dict[str, str] = Field(default_factory=dict)
    evidence: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    holdout: dict[str, float] = Field(default_factory=dict)
    diff: str = ""
    supersedes: dict[str, str] = Field(default_factory=dict)
    change: str = ""
    cost_usd: float | None = None

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """kept waits for its landing; the other decisions end the experiment. The first verdict counts."""
        state = {"keep": "kept", "revert": "reverted", "abandon": "error", "supersede": "superseded"}[self.decision]
        ended_at = None if self.decision == "keep" else event.at
        assignments = "state = ?, decision = ?, reason = ?, lesson = ?, backup = ?, ended_at = ?"
        values = (state, self.decision, self.reason, self.lesson, self.backup, ended_at)
        if _change_undecided(connection, self.experiment, assignments, *values):
            count(connection, self.decision)
            decided(connection, self.experiment, event.seq)
            if ended_at is not None:
                ended(connection, self.experiment)

    def objects(self) -> tuple[str, ...]:
        """The stored patch, where there is one."""
        return (self.diff,) if self.diff else ()


class KeepWithdrawn(Payload):
    """The target moved before a kept change could land: what was decided spoke of another base, and is decided anew once that is measured."""

    type: ClassVar[str] = "keep.withdrawn"
    experiment: int
    target: str

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Measured again, and counted no longer; one that has landed meanwhile stays landed."""
        changed = connection.execute(
            "UPDATE experiments SET state = 'measured', decision = NULL, reason = NULL, lesson = NULL, backup = NULL WHERE id = ? AND state = 'kept'",
            (self.experiment,),
        )
        if changed.rowcount > 0:
            count(connection, "keep", -1)
            withdrawn(connection, self.experiment)


def experiment(connection: "sqlite3.Connection", number: int) -> Experiment | None:
    """The experiment of this number."""
    return _experiment(one(connection, "SELECT * FROM experiments WHERE id = ?", number))


def arm_name(item: str, arm: int) -> str:
    """How the experiments of one item are told apart: H1 is the first, H1.2 the second."""
    return item if arm == 1 else f"{item}.{arm}"


def experiments_of(connection: "sqlite3.Connection", hypothesis_number: int) -> list[Experiment]:
    """The experiments that a hypothesis was given, by their arms."""
    return experiments_from(many(connection, "SELECT * FROM experiments WHERE hypothesis = ? ORDER BY arm", hypothesis_number))


def experiments_of_cycle(connection: "sqlite3.Connection", cycle: int) -> list[Experiment]:
    """Every experiment of a cycle, oldest first."""
    return experiments_from(many(connection, "SELECT * FROM experiments WHERE cycle = ? ORDER BY id", cycle))


def decided_experiments(connection: "sqlite3.Connection") -> list[Experiment]:
    """All in which nothing can change any more but that a landed one is undone, oldest first."""
    return _by_state(connection, "NOT IN")


def open_experiments(connection: "sqlite3.Connection", cycle: int | None = None) -> list[Experiment]:
    """All that wait for a verdict or a landing, oldest first; only those of a `cycle` where one is given."""
    return [found for found in _by_state(connection, "IN") if cycle in (None, found.cycle)]


def _by_state(connection: "sqlite3.Connection", among: Literal["IN", "NOT IN"]) -> list[Experiment]:
    """All whose state is, or is not, one of OPEN_STATES, oldest first."""
    marks = ", ".join("?" * len(OPEN_STATES))
    return experiments_from(many(connection, f"SELECT * FROM experiments WHERE state {among} ({marks}) ORDER BY id", *OPEN_STATES))  # noqa: S608 - question marks


def _change_undecided(connection: "sqlite3.Connection", number: int, assignments: str, *values: Any) -> bool:
    """Change an experiment, and say whether it was changed: one that is decided is not moved by an event that another server was still writing."""
    undecided = "id = ? AND state IN ('begun', 'candidate', 'measured', 'held')"
    changed = connection.execute(f"UPDATE experiments SET {assignments} WHERE {undecided}", (*values, number))  # noqa: S608 - constant text
    return changed.rowcount > 0


def experiments_from(rows: list[dict[str, Any]]) -> list[Experiment]:
    """The experiments that rows of their table hold."""
    return [found for row in rows if (found := _experiment(row))]


def _experiment(row: dict[str, Any] | None) -> Experiment | None:
    if row is None:
        return None
    return Experiment.model_validate({**row, "assessment": json.loads(row["assessment"]) if row["assessment"] else None})
