"""Campaigns that never were: candidates with known effects under known noise, decided by the code that decides real ones."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count, islice
from random import Random

from tools.engine.research.coins import candidate_first, in_order
from tools.engine.research.deciding import Aggregate, Rule, decide
from tools.engine.research.gains import FRESH_PAIRS, gain_of
from tools.engine.research.ledger import Ledger
from tools.engine.research.looks import looks_for

CANDIDATES = 50
REAL = 5
ARMS = 10  # of a block
FIRST = 3  # pairs before the first look
Noise = Callable[[Random], Iterator[float]]


def gaussian(random: Random) -> Iterator[float]:
    """One standard deviation, as all of these unless they say otherwise."""
    while True:
        yield random.gauss()


def heavy_tails(random: Random) -> Iterator[float]:
    """Student's t with 3 degrees of freedom."""
    while True:
        yield random.gauss() / math.sqrt(random.gammavariate(1.5, 2))


def lognormal(random: Random) -> Iterator[float]:
    """Skewed: now and then a run is far above the others."""
    while True:
        yield (math.exp(random.gauss()) - math.exp(0.5)) / math.sqrt((math.e - 1) * math.e)


def drifting(step: float, random: Random) -> Iterator[float]:
    """Beside the noise every run is that much above the one before it."""
    for run in count():
        yield run * step + random.gauss()


def autocorrelated(random: Random) -> Iterator[float]:
    """Each run remembers the one before it: 0.8."""
    value = random.gauss()
    while True:
        yield value
        value = 0.8 * value + 0.6 * random.gauss()


def jumping(random: Random) -> Iterator[float]:
    """Every twentieth run or so the machine's load moves all values by three standard deviations, there or back."""
    load = 0.0
    while True:
        load = 3.0 - load if random.random() < 0.05 else load
        yield load + random.gauss()


def wild(random: Random) -> Iterator[float]:
    """One run in twenty is ten times as wild; effects are in the standard deviations of the others."""
    while True:
        yield random.gauss() * (10 if random.random() < 0.05 else 1)


@dataclass(frozen=True)
class Kind:
    """One kind of campaign, whose name is part of every seed.

    `effect`: of the real candidates, in standard deviations of a run, 0 where there are none; `step`: to which values are rounded.
    """

    name: str
    noise: Noise = gaussian
    effect: float = 0.0
    ledger: Ledger = field(default_factory=Ledger)
    cap: int = 30
    step: float = 0.0
    base_first: bool = False
    aggregate: Aggregate = "mean"


@dataclass(frozen=True)
class Outcome:
    """What one campaign came to. `errors`: of each keep the gain that is reported, less the real one."""

    false: int
    found: int
    runs: int
    errors: tuple[float, ...]


@dataclass
class Machine:
    """Where runs are taken one after the other: noise is of the moment, whichever side is run then."""

    series: Iterator[float]
    step: float
    runs: int = 0

    def differences(self, base: float, candidate: float, candidate_is_first: Iterable[bool]) -> Iterator[float]:
        """Pairs from now on, in those orders, as candidate less base: each is run when it is asked for."""
        for ahead in candidate_is_first:
            first, second = next(self.series), next(self.series)
            self.runs += 2
            yield self.read(candidate + first) - self.read(base + second) if ahead else self.read(candidate + second) - self.read(base + first)

    def read(self, value: float) -> float:
        """A value as the metric says it."""
        return round(value / self.step) * self.step if self.step else value


def campaign(kind: Kind, number: int) -> Outcome:
    """Every candidate is measured against the head, which moves with each keep; what a keep gained is measured afresh."""
    random = Random(f"{kind.name}/{number}")
    real = set(random.sample(range(1, CANDIDATES + 1), REAL)) if kind.effect else set[int]()
    machine, ledger, looks, head = Machine(kind.noise(random), kind.step), kind.ledger, looks_for(FIRST, kind.cap), 0.0
    kept, errors = set[int](), list[float]()
    for attempt in range(1, CANDIDATES + 1):
        effect = kind.effect if attempt in real else 0.0
        rule = Rule(looks, ledger.next_alpha(), kind.aggregate)
        ledger = ledger.paid()
        decision = decide(machine.differences(head, head + effect, coins(kind, number, attempt)), rule)
        ledger = ledger.closed(attempt, kept=decision.outcome == "better")
        if decision.outcome == "better":
            kept.add(attempt)
            fresh = gain_of(list(islice(machine.differences(head, head + effect, coins(kind, f"{number}/fresh", attempt)), FRESH_PAIRS)))
            errors.extend([fresh.mean - effect] if fresh else [])
            head += effect
    return Outcome(len(kept - real), len(kept & real), machine.runs, tuple(errors))


def campaign_of_arms(kind: Kind, number: int) -> Outcome:
    """Ten candidates at a time without any effect share each run of the base: all of a block in random order, each decided by itself."""
    series, ledger, runs, false = kind.noise(Random(f"{kind.name}/{number}")), kind.ledger, 0, 0
    for begun in range(0, CANDIDATES, ARMS):
        rules = {str(begun + arm): Rule(looks_for(FIRST, kind.cap), ledger.alpha_of(begun + arm)) for arm in range(1, ARMS + 1)}
        differences: dict[str, list[float]] = {arm: [] for arm in rules}
        undecided = set(rules)
        for block in count(1):
            values = {side: next(series) for side in in_order(f"{kind.name}/{number}/{begun}", block, ["base", *sorted(undecided)])}
            runs += len(values)
            for arm in sorted(undecided):
                differences[arm].append(values[arm] - values["base"])
                outcome = decide(differences[arm], rules[arm]).outcome
                false += outcome == "better"
                undecided -= {arm} if outcome != "more" else set()
            if not undecided:
                break
    return Outcome(false, 0, runs, ())


def campaign_by_one_run(kind: Kind, number: int, *, ratchet: bool) -> Outcome:
    """As it is often done: one run of each candidate, kept when it is no worse than one of the base, or (ratchet) than the best ever seen."""
    random = Random(f"{kind.name}/{number}")
    real = set(random.sample(range(1, CANDIDATES + 1), REAL)) if kind.effect else set[int]()
    series, head, runs = kind.noise(random), 0.0, 0
    best, kept, errors = next(series), set[int](), list[float]()
    for attempt in range(1, CANDIDATES + 1):
        effect = kind.effect if attempt in real else 0.0
        before = best if ratchet else head + next(series)
        after = head + effect + next(series)
        runs += 1 if ratchet else 2
        if after >= before:
            kept.add(attempt)
            errors.append(after - before - effect)
            head, best = head + effect, after
    return Outcome(len(kept - real), len(kept & real), runs, tuple(errors))


def coins(kind: Kind, stream: int | str, attempt: int) -> Iterator[bool]:
    """Whether the candidate goes first, pair by pair."""
    return (not kind.base_first and candidate_first(f"{kind.name}/{stream}", attempt, pair) for pair in count(1))
