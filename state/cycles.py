"""Cycles and the hypotheses proposed in them."""

import json
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from pydantic import Field

from state.events import Event, Payload
from state.model import Model, canonical
from state.rows import many, one
from state.specs import close_spec

if TYPE_CHECKING:
    import sqlite3

Category = Literal["fix", "exploit", "explore", "combine"]
ModeName = Literal["discover", "build", "interactive", "improve", "focus", "refine", "research", "meta"]
Level = Literal["inner", "outer"]  # of a research cycle: which surfaces are open in it
ItemKind = Literal["hypothesis", "phase", "refinement"]  # what an experiment tries: proposed, planned, or wished for by the person
# Of these modes the experiments are the last step: a cycle ends when all of them are decided.
ENDS_WITH_ITS_ITEMS: Final[frozenset[ModeName]] = frozenset(("improve", "focus", "refine", "research", "meta"))
LETTERS: Final[dict[ItemKind, str]] = {"hypothesis": "H", "phase": "P", "refinement": "R"}
CATEGORY_ORDER: Final[tuple[Category, ...]] = ("fix", "exploit", "explore", "combine")  # FEEC, the order in which they are worked off

TABLES: Final = """
CREATE TABLE cycles(id INTEGER PRIMARY KEY, mode TEXT NOT NULL, target TEXT NOT NULL, base TEXT NOT NULL, state TEXT NOT NULL,
                    host TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT, body TEXT NOT NULL);
CREATE UNIQUE INDEX cycles_open ON cycles(target) WHERE state = 'open';
CREATE TABLE hypotheses(id INTEGER PRIMARY KEY, cycle INTEGER NOT NULL, place INTEGER NOT NULL, category TEXT NOT NULL, title TEXT NOT NULL,
                        state TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX hypotheses_of_cycle ON hypotheses(cycle, place);
"""
_COLUMNS: Final = "id, mode, target, base, state, host, started_at, body"


class Cycle(Model):
    """One pass of a mode over a target branch. `base` is the target's commit when it began.

    `min_growth` and `max_new` are its hypothesis budget: how many proposals must move a growth dimension, and how many may be new ideas.
    `focus` are its targets in the person's words, `spec` the number of the stored spec that it builds from, 0 for none. `level` is that of a research
    cycle, and `aim` the digest of what such cycles are counted by: what is measured, and which surfaces there are; `after_a_plateau`: the outer
    surfaces have just opened.
    """

    id: int
    mode: ModeName
    target: str
    base: str
    state: Literal["open", "done", "aborted"]
    host: str
    started_at: str
    min_growth: int
    max_new: int
    focus: tuple[str, ...] = ()
    spec: int = 0
    level: Level | None = None
    aim: str = ""
    after_a_plateau: bool = False


class Hypothesis(Model):
    """What to try: one small change, why it should help, and how it would be shown.

    `own_checks` are tests that fail without the change; `characterises` are tests, or their files, that describe what is there already.
    `backlog` is the item that it takes up (B2), empty for a new idea; `execution` and `artifact` say of operational work what is run and what
    comes of it; `failure` are the categories of failures that it is meant to mend, in research. `ordered`, which the server alone sets: the person
    asked for exactly this.
    """

    title: str
    category: Category
    dimension: str
    what: str
    why: str
    files: tuple[str, ...] = ()
    own_checks: tuple[str, ...] = ()
    characterises: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    differs: str = ""
    kind: ItemKind = "hypothesis"
    backlog: str = ""
    execution: str = ""
    artifact: str = ""
    failure: tuple[str, ...] = ()
    ordered: bool = False


class StoredHypothesis(Model):
    """A work item of a cycle: H`id`, or P for a phase and R for a refinement. `place` is its turn in the cycle."""

    id: int
    cycle: int
    place: int
    state: Literal["open", "used", "replaced"]
    content: Hypothesis

    @property
    def name(self) -> str:
        """The id that a model says: H2."""
        return f"{LETTERS[self.content.kind]}{self.id}"


class CycleStarted(Payload):
    """A cycle was opened on a target."""

    type: ClassVar[str] = "cycle.started"
    cycle: int
    mode: ModeName
    target: str
    base: str
    host: str
    min_growth: int = 2
    max_new: int = 2
    focus: tuple[str, ...] = ()
    spec: int = 0
    level: Level | None = None
    aim: str = ""
    after_a_plateau: bool = False

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """At most one cycle of a target is open: the index refuses a second."""
        connection.execute(
            "INSERT INTO cycles(id, mode, target, base, state, host, started_at, body) VALUES (?, ?, ?, ?, 'open', ?, ?, ?)",
            (self.cycle, self.mode, self.target, self.base, self.host, event.at, canonical(self._body())),
        )

    def _body(self) -> dict[str, Any]:
        of_research = {"level": self.level, "aim": self.aim, "after_a_plateau": self.after_a_plateau} if self.level else {}
        return {"min_growth": self.min_growth, "max_new": self.max_new, "focus": list(self.focus), "spec": self.spec, **of_research}


class CycleEnded(Payload):
    """A cycle ended: all its hypotheses are decided, or the CEO aborted it."""

    type: ClassVar[str] = "cycle.ended"
    cycle: int
    how: Literal["done", "aborted"]
    reason: str = ""

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Another may begin. The end of a build decides what becomes of its spec."""
        connection.execute("UPDATE cycles SET state = ?, ended_at = ? WHERE id = ?", (self.how, event.at, self.cycle))
        if (ended := cycle(connection, self.cycle)) is not None and ended.mode == "build":
            close_spec(connection, ended.spec, "built" if self.how == "done" else "dropped")


class NumberedHypothesis(Model):
    """A hypothesis with the id that it was given."""

    id: int
    content: Hypothesis


class HypothesesProposed(Payload):
    """The set of a cycle was proposed, in the order in which it is worked off; it replaces one that no experiment has used."""

    type: ClassVar[str] = "hypotheses.proposed"
    cycle: int
    hypotheses: tuple[NumberedHypothesis, ...] = Field(min_length=1)

    def apply(self, connection: "sqlite3.Connection", event: Event) -> None:
        """Open hypotheses of an earlier set become `replaced`."""
        connection.execute("UPDATE hypotheses SET state = 'replaced' WHERE cycle = ? AND state = 'open'", (self.cycle,))
        connection.executemany(
            "INSERT INTO hypotheses(id, cycle, place, category, title, state, body) VALUES (?, ?, ?, ?, ?, 'open', ?)",
            [
                (item.id, self.cycle, place, item.content.category, item.content.title, canonical(item.content.plain()))
                for place, item in enumerate(self.hypotheses, 1)
            ],
        )


def open_cycle(connection: "sqlite3.Connection", target: str | None = None) -> Cycle | None:
    """The open cycle of the target branch, or of any."""
    where, values = ("AND target = ?", (target,)) if target else ("", ())
    return next(iter(_cycles(connection, f"state = 'open' {where} ORDER BY id LIMIT 1", *values)), None)


def open_target(connection: "sqlite3.Connection") -> str:
    """The branch of the open cycle that was begun last; empty where none is open."""
    row = one(connection, "SELECT target FROM cycles WHERE state = 'open' ORDER BY id DESC LIMIT 1")
    return str(row["target"]) if row else ""


def cycle(connection: "sqlite3.Connection", number: int) -> Cycle | None:
    """The cycle of this number."""
    return next(iter(_cycles(connection, "id = ?", number)), None)


def ended_last(connection: "sqlite3.Connection") -> str:
    """When the cycle begun last was finished, UTC; empty while it is open, where it was aborted, and where there was none."""
    row = one(connection, "SELECT state, ended_at FROM cycles ORDER BY id DESC LIMIT 1")
    return str(row["ended_at"]) if row and row["state"] == "done" else ""


def newest_cycle(connection: "sqlite3.Connection") -> Cycle | None:
    """The cycle begun last, open or ended."""
    return next(iter(_cycles(connection, "id > 0 ORDER BY id DESC LIMIT 1")), None)


def research_cycles(connection: "sqlite3.Connection", aim: str) -> list[Cycle]:
    """The research cycles of an aim that ended, oldest first."""
    found = _cycles(connection, "mode = 'research' AND state != 'open' ORDER BY id")
    return [each for each in found if each.aim == aim]


def refinements(connection: "sqlite3.Connection") -> list[Cycle]:
    """The cycles of mode refine since the last cycle of another mode, oldest first; a wish that went to a larger cycle does not count."""
    other = "(SELECT COALESCE(MAX(id), 0) FROM cycles WHERE mode != 'refine')"
    return _cycles(connection, f"mode = 'refine' AND state != 'aborted' AND id > {other} ORDER BY id")


def _cycles(connection: "sqlite3.Connection", clause: str, *values: object) -> list[Cycle]:
    """The cycles that a clause of this module selects; whatever comes from outside is in `values`."""
    rows = many(connection, f"SELECT {_COLUMNS} FROM cycles WHERE {clause}", *values)  # noqa: S608 - constant text
    return [Cycle.model_validate({**json.loads(row.pop("body")), **row}) for row in rows]


def hypotheses_of(connection: "sqlite3.Connection", cycle_number: int, limit: int = -1) -> list[StoredHypothesis]:
    """The hypotheses of a cycle in their order, without replaced ones; the first `limit` of them, -1 for all."""
    question = "SELECT id, cycle, place, state, body FROM hypotheses WHERE cycle = ? AND state != 'replaced' ORDER BY place LIMIT ?"
    rows = many(connection, question, cycle_number, limit)
    return [_hypothesis(row) for row in rows]


def hypothesis(connection: "sqlite3.Connection", number: int) -> StoredHypothesis | None:
    """The hypothesis of this number, whatever its state."""
    row = one(connection, "SELECT id, cycle, place, state, body FROM hypotheses WHERE id = ?", number)
    return _hypothesis(row) if row else None


def _hypothesis(row: dict[str, object]) -> StoredHypothesis:
    content = Hypothesis.model_validate(json.loads(str(row.pop("body"))))
    return StoredHypothesis.model_validate({**row, "content": content})
