"""What research mode gets wrong and finds: campaigns of 50 candidates under noise, decided by the code that decides real ones. Seeds are fixed.

Usage: research.py [CAMPAIGNS [WORD]]: 2,000 of each row unless told otherwise, and only the rows whose name holds the word.
"""

import math
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import count, islice
from random import Random
from statistics import fmean, quantiles, stdev

from tools.engine.research.coins import candidate_first
from tools.engine.research.deciding import Rule, decide
from tools.engine.research.gains import FRESH_PAIRS, gain_of
from tools.engine.research.ledger import Ledger, Policy
from tools.engine.research.looks import looks_for

CAMPAIGNS = 2000
CANDIDATES = 50
REAL = 5
FIRST = 3  # pairs before the first look
AT_ONCE = 2  # processes
Noise = Callable[[Random], Iterator[float]]
Goals = tuple[float | None, float | None, float | None, float | None, float | None]
LOW_ERROR: Goals = (0.10, None, None, None, None)


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
class Row:
    """One kind of campaign, and its goals: the most false keeps, the fewest found, the most runs on average and in 95 of 100, the largest bias."""

    name: str
    noise: Noise
    effect: float = 0.0  # of the real ones, standard deviations
    ledger: Ledger = field(default_factory=Ledger)
    cap: int = 30
    step: float = 0.0  # to which what is read is rounded
    base_first: bool = False
    goals: Goals = LOW_ERROR


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


def campaign(row: Row, number: int) -> Outcome:
    """Every candidate is measured against the head, which moves with each keep; what a keep gained is measured afresh."""
    random = Random(f"{row.name}/{number}")
    real = set(random.sample(range(1, CANDIDATES + 1), REAL)) if row.effect else set[int]()
    machine, ledger, looks, head = Machine(row.noise(random), row.step), row.ledger, looks_for(FIRST, row.cap), 0.0
    kept, errors = set[int](), list[float]()
    for attempt in range(1, CANDIDATES + 1):
        effect = row.effect if attempt in real else 0.0
        rule = Rule(looks, ledger.next_alpha())
        ledger = ledger.paid()
        decision = decide(machine.differences(head, head + effect, coins(row, number, attempt)), rule)
        ledger = ledger.closed(attempt, kept=decision.outcome == "better")
        if decision.outcome == "better":
            kept.add(attempt)
            fresh = gain_of(list(islice(machine.differences(head, head + effect, coins(row, f"{number}/fresh", attempt)), FRESH_PAIRS)))
            errors.extend([fresh.mean - effect] if fresh else [])
            head += effect
    return Outcome(len(kept - real), len(kept & real), machine.runs, tuple(errors))


def coins(row: Row, stream: int | str, attempt: int) -> Iterator[bool]:
    """Whether the candidate goes first, pair by pair."""
    return (not row.base_first and candidate_first(f"{row.name}/{stream}", attempt, pair) for pair in count(1))


def rows() -> list[Row]:
    """What is simulated: nothing to find, then five real gains, then the control that must fail."""
    noises: list[tuple[str, Noise, float]] = [
        ("gaussian", gaussian, 0.0), ("t3", heavy_tails, 0.0), ("lognormal", lognormal, 0.0), ("drift .05", partial(drifting, 0.05), 0.0),
        ("drift .5", partial(drifting, 0.5), 0.0), ("AR(1) .8", autocorrelated, 0.0), ("load jumps of 3", jumping, 0.0),
        ("5% ten times as wild", wild, 0.0), ("rounded to 1", gaussian, 1.0),
    ]  # fmt: skip
    nothing = [Row(f"nothing real, {name}", noise, step=step) for name, noise, step in noises]
    real = [
        Row(f"five of 1.5, {name}", noise, 1.5, step=step, goals=(0.10, 4.2, 800, 900, 0.05) if name == "gaussian" else LOW_ERROR)
        for name, noise, step in noises
    ]
    ledgers: list[tuple[str, Policy, int | None]] = [("50 declared", "any", CANDIDATES), ("rate", "rate", None)]
    others = [
        Row(f"{what}, gaussian, {name}", gaussian, effect, Ledger(policy, declared=declared))
        for name, policy, declared in ledgers
        for what, effect in (("nothing real", 0.0), ("five of 1.5", 1.5))
    ]
    sizes = [Row(f"five of {effect:g}, gaussian", gaussian, effect) for effect in (0.5, 1.0, 2.0)]
    caps = [Row(f"five of 1.5, gaussian, cap {cap}", gaussian, 1.5, cap=cap) for cap in (20, 40)]
    control = Row("control: nothing real, drift .5, base always first", partial(drifting, 0.5), base_first=True)
    return [*nothing, *real, *others, *sizes, *caps, control]


def report(row: Row, outcomes: list[Outcome]) -> bool:
    """Print a row of the table; whether its goals are reached."""
    false, found, runs = ([getattr(each, name) for each in outcomes] for name in ("false", "found", "runs"))
    errors = [error for each in outcomes for error in each.errors]
    most = quantiles(runs, n=20)[-1]
    bias = fmean(errors) if errors else 0.0
    doubt = stdev(errors) / math.sqrt(len(errors)) if len(errors) > 1 else 0.0
    seen = (fmean(false), -fmean(found), fmean(runs), most, abs(bias))
    wanted = [None if goal is None else -goal if place == 1 else goal for place, goal in enumerate(row.goals)]
    reached = all(goal is None or value <= goal for value, goal in zip(seen, wanted, strict=True))
    if row.base_first:
        reached = seen[0] > 1  # else these simulations could not fail
    cells = f"{seen[0]:.3f} | {fmean(map(bool, false)):.3f} | {-seen[1]:.2f} | {seen[2]:.0f} | {most:.0f} | {bias:+.2f} ± {doubt:.2f}"
    print(f"| {row.name} | {cells} | {'yes' if reached else 'NO'} |", flush=True)
    return reached


def main() -> int:
    """0 when every goal is reached."""
    campaigns = int(sys.argv[1]) if len(sys.argv) > 1 else CAMPAIGNS
    print("| row | false keeps | any false | found | runs | 95% of runs | bias of reported gain | goal reached |\n|---|--:|--:|--:|--:|--:|--:|---|")
    with ProcessPoolExecutor(AT_ONCE) as pool:
        wanted = [row for row in rows() if not sys.argv[2:] or sys.argv[2] in row.name]
        reached = [report(row, list(pool.map(partial(campaign, row), range(campaigns), chunksize=20))) for row in wanted]
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
