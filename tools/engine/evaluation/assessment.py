"""The nouns of a comparison: what was measured on each side, and what the comparison of base and candidate says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from pydantic import Field

from state.measurement import Reading, ReadingState, Sample, Tier
from state.model import Model
from tools.engine.evaluation.combining import combined
from tools.engine.evaluation.commanded import CONSTRAINT
from tools.engine.evaluation.history import OF_HISTORY
from tools.engine.evaluation.parts import kind_of
from tools.engine.evaluation.repeats import FLAKY, merged_parts
from tools.engine.evaluation.static import with_constraints
from tools.engine.languages.findings import Finding

# The parts of samples whose outcomes and findings a comparison looks into.
TESTS_PART: Final = "tests"
GUARD_PATTERNS: Final = "guard_patterns"
# Lists of test ids in what is stored of a comparison, and how much of each: an event holds 64 KB.
IdList = Literal[
    "lost",
    "new",
    "failed",
    "unexplained",
    "new_failing",
    "uncollected",
    "flaky",
    "skipped",
    "xfailed",
    "gone",
    "renamed",
    "characterising",
    "undeclared",
]
LISTED_CHARACTERS: Final = 4000
RENAMED: Final = " -> "  # between the two ids of a renamed test
ID_CHARACTERS: Final = 500
# What comes out alike on both sides, or can be read off a tree of which nothing runs.
NOT_RUN: Final = frozenset({GUARD_PATTERNS, "config_parser", *OF_HISTORY})
FINDINGS_PARTS: Final[dict[str, str]] = {"lint": "lint", "types": "type_check"}


@dataclass(frozen=True)
class CoveredLines:
    """By file the numbers of the executable lines that a test ran, and of those that none did."""

    covered: Mapping[str, Sequence[int]] = field(default_factory=dict)
    uncovered: Mapping[str, Sequence[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Measurements:
    """What one tree's samples say, by dimension.

    `constraints` maps the name of a hard constraint to its reading; `outcomes` maps a test id to its outcome in every run, `flaky` those that passed
    in some runs only to the share of them, `failures` those that failed to what the runner said of it, as far as it is kept; `findings` maps lint
    and type_check to theirs; `uncovered` maps a file to the texts of its executable lines that no test ran;
    `lines` are the numbers of those that a test ran and of those that none did, by file.
    """

    readings: Mapping[str, Reading] = field(default_factory=dict)
    constraints: Mapping[str, Reading] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    flaky: Mapping[str, float] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
    findings: Mapping[str, Sequence[Finding]] = field(default_factory=dict)
    uncovered: Mapping[str, Sequence[str]] = field(default_factory=dict)
    lines: CoveredLines = CoveredLines()

    def reading(self, dimension: str) -> Reading:
        """The dimension's reading; one that no sample holds is unavailable, never a number."""
        missing = Reading(dimension=dimension, state=ReadingState.UNAVAILABLE, reason="no sample holds it")
        return self.readings.get(dimension, missing)


def measurements(samples: Iterable[Sample]) -> Measurements:
    """Gather the samples of one tree, of all roots of the project. Several samples of the same part, oldest first, count as their mean."""
    by_part = merged_parts(samples)
    readings = combined(reading for sample in by_part.values() for reading in sample.readings)
    constraints = {part.removeprefix(CONSTRAINT): readings[part] for part in by_part if part.startswith(CONSTRAINT)}
    if patterns := readings.get(GUARD_PATTERNS):
        readings[GUARD_PATTERNS] = with_constraints(patterns, constraints)
    uncovered = _joined(by_part, TESTS_PART, "uncovered")
    return Measurements(
        readings=readings,
        constraints=constraints,
        outcomes=_joined(by_part, TESTS_PART, "outcomes"),
        flaky=_joined(by_part, TESTS_PART, FLAKY),
        failures=_joined(by_part, TESTS_PART, "failures"),
        findings={dimension: _findings(by_part, kind) for kind, dimension in FINDINGS_PARTS.items() if dimension in readings},
        uncovered={path: [text for _, text in lines] for path, lines in uncovered.items()},
        lines=CoveredLines(_joined(by_part, TESTS_PART, "covered"), {path: [line for line, _ in lines] for path, lines in uncovered.items()}),
    )


def _joined(by_part: Mapping[str, Sample], kind: str, name: str) -> dict[str, Any]:
    """What the parts of one kind have under a name in their material, of all roots together."""
    return {key: value for part, sample in by_part.items() if kind_of(part) == kind for key, value in sample.material.get(name, {}).items()}


def _findings(by_part: Mapping[str, Sample], kind: str) -> tuple[Finding, ...]:
    samples = (sample for part, sample in by_part.items() if kind_of(part) == kind)
    return tuple(Finding(*row) for sample in samples for row in sample.material.get("findings", ()))


class Row(Model):
    """One applicable dimension in a comparison. `delta` is set where both sides were measured; it is not weighted, nor is `noise`, its e_d."""

    name: str
    tier: Tier
    weight: float
    base_state: ReadingState
    base: float | None
    candidate_state: ReadingState
    candidate: float | None
    delta: float | None
    noise: float = 0.0
    reason: str = ""


class Fall(Model):
    """A dimension that fell, with the lines that show it."""

    name: str
    tier: Tier
    evidence: tuple[str, ...]


class TestAccount(Model):
    """The tests by id. Base ids are judged by the base's word (O) and must not break in C; new ids by the candidate as committed (C).

    What passed at the base may be `skipped`, `xfailed` or `gone` in C although it passes in O; `renamed` are pairs of a gone and a new id with the
    same body, as `old -> new`. `uncollected` are files, or what else a runner names, whose tests cannot be read. `flaky` tests passed in some runs
    of the same tree only. `characterising` are new tests that pass at the base too, `undeclared` those of them that the hypothesis does not announce.
    A stored account names only some ids of a long list; `totals` then says how many there were.
    """

    __test__ = False  # not a test, whatever pytest makes of its name

    base_total: int
    base_passed: int
    lost: tuple[str, ...]
    new: tuple[str, ...]
    failed: tuple[str, ...]
    unexplained: tuple[str, ...]  # skipped or expected to fail at the base, and passing in O: a person should know why
    new_failing: tuple[str, ...] = ()
    uncollected: tuple[str, ...] = ()
    flaky: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    xfailed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    characterising: tuple[str, ...] = ()
    undeclared: tuple[str, ...] = ()
    totals: dict[str, int] = Field(default_factory=dict)

    def count(self, name: IdList) -> int:
        """How many ids a list has, named here or not."""
        return self.totals.get(name, len(getattr(self, name)))

    def shortened(self) -> "TestAccount":
        """The account as it is stored: of each list as many ids as fit into LISTED_CHARACTERS, at least one."""
        cut = {name: _fitting(getattr(self, name)) for name in get_args(IdList)}
        return self.model_copy(update={**cut, "totals": {name: self.count(name) for name in cut if len(cut[name]) < self.count(name)}})


def _fitting(ids: Sequence[str]) -> tuple[str, ...]:
    """The first ids, each cut to ID_CHARACTERS, that fit together; never none of some."""
    kept: list[str] = []
    for test in ids:
        if kept and sum(map(len, kept)) + len(test) > LISTED_CHARACTERS:
            break
        kept.append(test[:ID_CHARACTERS])
    return tuple(kept)


class Assessment(Model):
    """What the comparison of a candidate with its base says (algorithms.md 5). All numbers are shares of 1.

    `shorter` is what of the delta stands for covered lines that went while none is newly untested: it makes nothing worse.
    """

    floor_base: float
    floor_candidate: float
    delta: float
    tolerance: float
    threshold: float
    rows: tuple[Row, ...]
    lost: tuple[str, ...]
    gained: tuple[str, ...]
    unmeasured: tuple[str, ...]  # applicable, and not measured at the candidate: the composite is "at least" the floor
    falls: tuple[Fall, ...]
    tests: TestAccount
    progress: bool
    not_worse: bool
    threshold_ok: bool
    shorter: float = 0.0

    @property
    def difference(self) -> float | None:
        """The delta; none where all that the base was measured by, and that a candidate can move, is missing in the candidate."""
        nothing = bool(self.lost) and all(row.delta is None for row in self.rows if row.name not in NOT_RUN)
        return None if nothing else self.delta
