"""What the gate decides from: facts that the server took itself, gathered before any check runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from state.calibrations import Calibration
from state.campaigns import Attempt
from state.configuration import Configuration
from state.cycles import Hypothesis, Level, ModeName
from state.experiments import Experiment
from state.holdouts import HeldOut
from state.measurement import Reading
from state.model import Model
from state.reports import Report
from tools.engine.evaluation.assessment import Assessment
from tools.engine.gate.secrets_in_lines import Secret
from tools.engine.repository.objects import Change

Result = Literal["pass", "fail", "suspect", "not_yet"]


class OwnCheck(Model):
    """One of the hypothesis's own test ids: its outcome with the candidate's tests over the base, and in the candidate. Empty: did not run.

    `missing` is a name that the candidate brings and for want of which alone the test failed on the base; with `words_alone` the product's code is
    the base's, but for comments, docstrings and documents. `by_itself` is false where no test can be run by its id, and the candidate has this one.
    """

    test: str
    on_base: str
    on_candidate: str
    missing: str = ""
    words_alone: bool = False
    by_itself: bool = True

    @property
    def base(self) -> str:
        """What became of it on the base, in a word."""
        return "absent" if self.missing or self.on_base in ("", "collection_error") else self.on_base

    @property
    def here(self) -> str:
        """What became of it in the candidate, in words."""
        return self.on_candidate or ("absent" if self.by_itself else "there, and cannot be run by itself")

    @property
    def proves(self) -> bool:
        """Whether it ran on the base and failed there by what the base does, and passes with other code."""
        return not self.words_alone and self.on_candidate == "passed" and self.base in ("failed", "error")


class ConstraintResult(Model):
    """One hard constraint on the candidate's tree: whether it holds, and how its command ended; `on_base`: whether it holds at the base."""

    name: str
    holds: bool
    on_base: bool
    ended: str


class Comparison(Model):
    """What is stored of one measurement of a candidate: the assessment and what the gate needs beside it.

    `instruments` maps a part to the digests of what measured it at the base and at the candidate; `suspicion` is what looked wrong without
    being proof. `output` is the tail of what the test runner printed where tests did not pass (untrusted). `samples` maps a part that was measured
    more than once to how often, at the base and at the candidate; `spread` maps a dimension to the standard deviation of these, likewise.
    `calibration` is what the noise was known by.
    """

    tree: str
    base_tree: str
    assessment: Assessment
    smoke: Reading | None = None
    constraints: tuple[ConstraintResult, ...] = ()
    own_checks: tuple[OwnCheck, ...] = ()
    instruments: dict[str, tuple[str, str]]
    suspicion: tuple[str, ...] = ()
    output: str = ""
    samples: dict[str, tuple[int, int]] = Field(default_factory=dict)
    spread: dict[str, tuple[float | None, float | None]] = Field(default_factory=dict)
    calibration: Calibration | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Arm:
    """Another experiment of the same hypothesis, measured, of which no check fails: `item` is what it is called (H1.2), `state` measured or kept."""

    experiment: int
    item: str
    state: str
    delta: float
    composite: float


@dataclass(frozen=True)
class Leak:
    """Added lines, or texts, that hold what one file of answers holds: `values` and `answers` to their questions, `rows` of eight words,
    `numbers` for rows of four numbers, and what is `claimed` or denied to be one.

    `places` are the first of these lines, or their files alone where the file is hidden from who builds; of texts, the fields.
    """

    source: str
    values: int
    answers: int
    rows: int
    places: tuple[str, ...]
    claimed: int = 0
    numbers: int = 0


@dataclass(frozen=True)
class Repeat:
    """An experiment that was given up, and did the same."""

    experiment: int
    state: str
    lesson: str


@dataclass(frozen=True)
class Seen:
    """What the server saw in the lines of a change. `unread` are files that it does not read: they hold no text. `dependencies` are new ones, each
    as file: name. `beyond` are files of answers that were too large to be known. `handed_in` says of texts that the experiment's cycle was refused
    for what they knew. `named` are the lines (path:line) that name a file which no builder gets to see.
    """

    secrets: tuple[Secret, ...] = ()
    leaks: tuple[Leak, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    unread: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()
    handed_in: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """Everything the checks look at. `tree` is what the worktree holds now; `comparison` and `held_out` are set only when they speak of this tree
    and base. `better` are the other arms of the hypothesis that measured better, the best first. `mode` is that of its cycle, `level` that of
    a research cycle; `attempt` is what research made of exactly this tree against exactly its base, `quiet` the one value that all of its runs gave
    while those of the base differ.
    """

    experiment: Experiment
    hypothesis: Hypothesis
    tree: str
    configuration: Configuration
    comparison: Comparison | None
    review: Report | None
    changes: Sequence[Change]
    target: str
    target_moved: bool
    seen: Seen
    held_out: HeldOut | None = None
    better: tuple[Arm, ...] = ()
    level: Level | None = None
    mode: ModeName | None = None
    attempt: Attempt | None = None
    quiet: float | None = None
    kept_before: int | None = None


@dataclass(frozen=True)
class Check:
    """The result of one check, with the lines that show it."""

    name: str
    result: Result
    evidence: tuple[str, ...] = ()
