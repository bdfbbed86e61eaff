"""What research mode gets wrong and finds: campaigns of 50 candidates under noise, decided by the code that decides real ones. Seeds are fixed.

Usage: research.py [CAMPAIGNS [WORD]]: 2,000 of each kind unless told otherwise, and only the kinds whose name holds the word.
"""

import math
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from statistics import fmean, quantiles, stdev

from tests.support.campaigns import (
    CANDIDATES,
    Kind,
    Noise,
    Outcome,
    autocorrelated,
    campaign,
    campaign_by_one_run,
    campaign_of_arms,
    drifting,
    gaussian,
    heavy_tails,
    jumping,
    lognormal,
    wild,
)
from tools.engine.research.ledger import Ledger, Policy

CAMPAIGNS = 2000
AT_ONCE = 2  # processes
NOISES: tuple[tuple[str, Noise, float], ...] = (
    ("gaussian", gaussian, 0.0), ("t3", heavy_tails, 0.0), ("lognormal", lognormal, 0.0), ("drift .05", partial(drifting, 0.05), 0.0),
    ("drift .5", partial(drifting, 0.5), 0.0), ("AR(1) .8", autocorrelated, 0.0), ("load jumps of 3", jumping, 0.0),
    ("5% ten times as wild", wild, 0.0), ("rounded to 1", gaussian, 1.0),
)  # fmt: skip
LEDGERS: tuple[tuple[str, Policy, int | None], ...] = (("50 declared", "any", CANDIDATES), ("rate", "rate", None))
ONE_SIGMA_AND_A_HALF = 1.5


Rule = Callable[[Kind, int], Outcome]


@dataclass(frozen=True)
class Goals:
    """The most false keeps of a campaign, the fewest found, the most runs on average and in 95 of 100, the largest bias; None is no goal."""

    false: float = 0.10
    found: float | None = None
    runs: float | None = None
    most: float | None = None
    bias: float | None = None


@dataclass(frozen=True)
class Seen:
    """Means over campaigns; `any_false`: the share with any false keep; `doubt`: standard error of the bias."""

    false: float
    any_false: float
    found: float
    runs: float
    most: float
    bias: float
    doubt: float

    def reaches(self, goals: Goals) -> bool:
        """Whether every goal is reached."""
        upwards = ((self.false, goals.false), (self.runs, goals.runs), (self.most, goals.most), (abs(self.bias), goals.bias))
        return all(goal is None or value <= goal for value, goal in upwards) and self.found >= (goals.found or 0)


def seen(outcomes: list[Outcome]) -> Seen:
    """What came of all campaigns of a kind."""
    errors = [error for each in outcomes for error in each.errors]
    runs = [each.runs for each in outcomes]
    return Seen(
        fmean(each.false for each in outcomes),
        fmean(each.false > 0 for each in outcomes),
        fmean(each.found for each in outcomes),
        fmean(runs),
        quantiles(runs, n=20)[-1],
        fmean(errors) if errors else 0.0,
        stdev(errors) / math.sqrt(len(errors)) if len(errors) > 1 else math.inf,
    )


def kinds() -> list[tuple[Kind, Goals]]:
    """What is simulated: nothing to find, then five real gains, then other budgets, sizes and caps."""
    nothing = [(Kind(f"nothing real, {name}", noise, step=step), Goals()) for name, noise, step in NOISES]
    real = [
        (Kind(f"five of 1.5, {name}", noise, ONE_SIGMA_AND_A_HALF, step=step), Goals(0.10, 4.2, 800, 900, 0.05) if name == "gaussian" else Goals())
        for name, noise, step in NOISES
    ]
    ledgers = [
        (Kind(f"{what}, gaussian, {name}", gaussian, effect, Ledger(policy, declared=declared)), Goals())
        for name, policy, declared in LEDGERS
        for what, effect in (("nothing real", 0.0), ("five of 1.5", ONE_SIGMA_AND_A_HALF))
    ]
    sizes = [(Kind(f"five of {effect:g}, gaussian", gaussian, effect), Goals()) for effect in (0.5, 1.0, 2.0)]
    caps = [(Kind(f"five of 1.5, gaussian, cap {cap}", gaussian, ONE_SIGMA_AND_A_HALF, cap=cap), Goals()) for cap in (20, 40)]
    median = [
        (Kind(f"{what}, 5% ten times as wild, median", wild, effect, aggregate="median"), Goals())
        for what, effect in (("nothing real", 0.0), ("five of 1.5", ONE_SIGMA_AND_A_HALF))
    ]
    return [*nothing, *real, *ledgers, *sizes, *caps, *median]


def in_blocks() -> list[Kind]:
    """Arms that share the base's runs."""
    return [Kind(f"nothing real, {name}, ten arms a block", noise) for name, noise in (("gaussian", gaussian), ("drift .5", partial(drifting, 0.5)))]


def others() -> list[tuple[Kind, Rule]]:
    """What is held against it: rules of one run."""
    rules: list[tuple[str, bool]] = [("one run, no worse than one before", False), ("one run, no worse than the best ever", True)]
    return [
        (Kind(f"{name}: {what}", effect=effect), partial(campaign_by_one_run, ratchet=ratchet))
        for name, ratchet in rules
        for what, effect in (("nothing real", 0.0), ("five of 1.5", ONE_SIGMA_AND_A_HALF))
    ]


def control() -> Kind:
    """Wrong on purpose: where the base always goes first, drift is taken for a gain. Simulations that do not see it could not fail."""
    return Kind("control: nothing real, drift .5, base always first", partial(drifting, 0.5), base_first=True)


def show(name: str, figures: Seen, reached: str) -> None:
    """A row of the table."""
    cells = f"{figures.false:.3f} | {figures.any_false:.3f} | {figures.found:.2f} | {figures.runs:.0f} | {figures.most:.0f}"
    bias = f"{figures.bias:+.2f} ± {figures.doubt:.2f}" if math.isfinite(figures.doubt) else ""
    print(f"| {name} | {cells} | {bias} | {reached} |", flush=True)


def main() -> int:
    """0 when every goal is reached, and the control misses its own."""
    campaigns = int(sys.argv[1]) if len(sys.argv) > 1 else CAMPAIGNS
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    print("| campaigns of 50 | false keeps | any false | found | runs | 95% of runs | bias of the reported gain | as it should be |")
    print("|---|--:|--:|--:|--:|--:|--:|---|")
    held = []
    with ProcessPoolExecutor(AT_ONCE) as pool:

        def simulated(kind: Kind, rule: Rule) -> Seen:
            return seen(list(pool.map(partial(rule, kind), range(campaigns), chunksize=20)))

        wanted: list[tuple[Kind, Rule, Goals | None]] = [(kind, campaign, goals) for kind, goals in kinds()]
        wanted += [(kind, campaign_of_arms, Goals()) for kind in in_blocks()]
        for kind, rule, goals in [*wanted, (control(), campaign, None)]:
            if word in kind.name:
                figures = simulated(kind, rule)
                held.append(figures.reaches(goals) if goals else figures.false > 1)
                show(kind.name, figures, "yes" if held[-1] else "NO")
        for kind, rule in others():
            if word in kind.name:
                show(kind.name, simulated(kind, rule), "")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
