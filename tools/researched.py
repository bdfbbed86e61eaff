"""What research says of an experiment: how its pairs told it from its base, what that cost, and what a kept change gained when measured afresh."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean, median, stdev
from typing import Any, Final

from state.answers import one_line, short
from state.campaigns import Attempt, Campaign, Confirmed, campaign_numbered, confirmed_gain
from state.configuration.research import InnerLoop
from state.cycles import cycle
from state.experiments import Experiment
from state.metric_calibrations import MetricCalibration, metric_calibration
from state.runs import Run, runs_for, runs_of_attempt
from tools.answering import without_empty
from tools.engine.contract import committed_at
from tools.engine.evaluation.noise import student
from tools.engine.experiment.attempted import attempt_for, in_research, standing_campaign
from tools.engine.experiment.regaining import Cut, all_cut_short, cut_short
from tools.engine.gate.checks_of_the_metric import is_reachable
from tools.engine.repository.objects import tree_of
from tools.engine.research.attempts import ledger_of
from tools.engine.research.budget import standing_budget, stops
from tools.engine.research.calibrating_the_metric import noise_by
from tools.engine.research.deciding import FEW, LARGE
from tools.engine.research.groups import looks_of, runs_of_a_unit
from tools.engine.research.instances import unit_for
from tools.engine.research.kept_changes import kept_changes
from tools.engine.research.looks import fewest_that_keep
from tools.engine.research.noise_of_the_metric import Noise, fewest_pairs, pairs_needed, smallest_difference
from tools.engine.research.pairing import discarded_pairs
from tools.engine.research.replaying import Values, signed, values_of
from tools.engine.session import Session

DIGITS: Final = 4
ANEW: Final = "run_eval with purpose calibrate takes it of this head"
NONE_YET: Final = "none yet"  # no p of so few pairs is small enough
SAID: Final[dict[str, str]] = {"not_better": "not better", "cannot_tell": "cannot tell", "error": "no verdict: the candidate lost its runs",
                               "unstable": "no verdict: the base lost its runs", "environment": "no verdict: nothing runs"}  # fmt: skip


@dataclass(frozen=True)
class _Seen:
    """The attempt of an experiment, with what its runs were."""

    attempt: Attempt
    runs: Sequence[Run]
    discarded: str = ""

    @property
    def pairs(self) -> list[tuple[float, float]]:
        """What base and candidate gave in each complete pair."""
        found: list[Values] = list(values_of(self.runs, self.attempt.id).values())
        return [(each.base, each.candidate) for each in found if each.base is not None and each.candidate is not None]

    @property
    def differences(self) -> list[float]:
        """Their differences, up is better."""
        return [signed(self.attempt.plan, candidate) - signed(self.attempt.plan, base) for base, candidate in self.pairs]


def raised_shown(session: Session, experiment: Experiment) -> dict[str, Any]:
    """The part of an experiment's answer that speaks of its metric; nothing where it is of no research cycle."""
    if not in_research(session, experiment):
        return {}
    seen = _seen(session, experiment)
    if seen is None:
        return {"verdict": "not run: what fails has to be mended first, and no run was paid for"}
    attempt, campaign = seen.attempt, _campaign(session, seen.attempt)
    return without_empty(
        {
            "verdict": attempt.outcome or "more", "metric": _metric(seen, campaign), "pairs": len(seen.pairs), "runs": len(seen.runs),
            "looks": [_look(attempt, place) for place in range(len(attempt.looks))], "error_spent": _error(session, attempt, campaign),
            "lost": _lost(seen), "discarded": seen.discarded, "stopped": stopped(session, experiment, attempt),
            "reason": attempt.ending.reason if attempt.ending else "",
        }
    )  # fmt: skip


def raised_said(session: Session, experiment: Experiment) -> str:
    """The same in a few words, to begin a summary with; empty where there is nothing to say."""
    seen = _seen(session, experiment) if in_research(session, experiment) else None
    if seen is None:
        return ""
    word = SAID.get(seen.attempt.outcome or "", seen.attempt.outcome or "not told yet")
    differences = seen.differences
    if not differences:
        return f"{word}{_gain_of(seen.attempt)}"
    if not any(differences):
        return f"{word}: no difference in any of {len(differences)} pairs"
    interval = interval_of(differences)
    between = f" ({_signed(interval[0])} to {_signed(interval[1])})" if interval else ""
    looks = f", look {len(seen.attempt.looks)} of {len(seen.attempt.plan.looks)}" if seen.attempt.looks else ""
    return f"{word}: {_signed(fmean(differences))}{between} over {len(differences)} pairs{looks}"


def stopped(session: Session, experiment: Experiment, attempt: Attempt) -> str:
    """Why an attempt that is not told yet has no more runs; empty where it may have them."""
    if attempt.ending is not None:
        return ""
    with session.store.reading() as connection:
        of_cycle = cycle(connection, experiment.cycle)
    return stops(standing_budget(session, of_cycle), 2 * attempt.plan.group) if of_cycle else ""


def interval_of(differences: Sequence[float]) -> tuple[float, float] | None:
    """Where the mean difference lies with 95%, by Student's t; None of a single pair. For showing alone: nothing is decided by it."""
    if len(differences) < 2:
        return None
    error = student(len(differences) - 1) * stdev(differences) / math.sqrt(len(differences))
    return fmean(differences) - error, fmean(differences) + error


def gain_shown(session: Session, experiment: Experiment) -> dict[str, Any] | None:
    """What a kept experiment gained, measured afresh; until that is known why it is not, or None."""
    found = _confirmed(session, experiment)
    if found is None:
        return {"not_confirmed": said} if (said := _cut_said(session, experiment)) else None
    with session.store.reading() as connection:
        discarded = _discarded_said(runs_of_attempt(connection, found.attempt, "confirm"))
    return without_empty(
        {
            "gain": rounded(found.gain), "error": rounded(found.error), "fresh_pairs": found.pairs, "base": rounded(found.base_mean),
            "head": rounded(found.head_mean), "selected": f"{_signed(found.selected)}, biased upwards" if found.selected is not None else "",
            "suspect": "the fresh pairs show a loss: it may have been kept by luck" if found.suspect else "", "discarded": discarded,
        }
    )  # fmt: skip


def gain_said(session: Session, experiment: Experiment) -> str:
    """The same as a sentence; empty while nothing is to be said of it."""
    found = _confirmed(session, experiment)
    if found is None:
        cut = cut_short(session, experiment)
        return f"Not confirmed: the budget stopped it, {_missing(cut)}." if cut is not None else ""
    error = f" ± {found.error:.{DIGITS}g} (one standard error)" if found.error is not None else ""
    return f"Measured afresh on {found.pairs} pairs the metric gained {_signed(found.gain)}{error}, to {found.head_mean:.{DIGITS}g}."


def unconfirmed_shown(session: Session) -> dict[str, str]:
    """For the status: the keeps whose confirmation a budget cut short; nothing where there is none."""
    said = [f"experiment {found.id}: {_lacks(cut)}" for found, cut in all_cut_short(session)]
    return {"not_confirmed": "; ".join(said)} if said else {}


def _cut_said(session: Session, experiment: Experiment) -> str:
    """How many fresh pairs a confirmation lacks that a budget cut short, and what goes on with it; empty where nothing is lacking."""
    cut = cut_short(session, experiment)
    return _lacks(cut) if cut is not None else ""


def _missing(cut: Cut) -> str:
    return f"{cut.missing} of {cut.wanted} fresh pairs {'is' if cut.missing == 1 else 'are'} missing"


def _lacks(cut: Cut) -> str:
    missing = _missing(cut)
    if not cut.stopped:
        return f"{missing}, and the budget allows them now: verdict keep once more goes on with it"
    return f"{missing}, as {cut.stopped}; it is gone on with when ## Cost Budget allows it, and counts for nothing until then"


def noise_shown(session: Session, commit: str) -> dict[str, Any] | None:
    """What calibration knows of the metric at a commit, and the smallest difference that an attempt begun now can tell; None without one."""
    campaign, configuration = standing_campaign(session, commit), committed_at(session.repository, commit).configuration
    if campaign is None or configuration is None:
        return None
    with session.store.reading() as connection:
        found = metric_calibration(connection, campaign.id)
        taken = runs_for(connection, campaign.id, "calibrate")
    discarded = _discarded_said(taken)
    if found is None or found.mean is None:
        return {"not_calibrated": _why_unknown(found)}
    keeps = _keeps_since(session, campaign, next((run.at for run in taken if run.number == found.last_run), ""))
    head = {"taken_on": _taken_on(found.tree, tree_of(session.repository, commit), keeps), "keeps_since": keeps}
    if found.deterministic:
        same = "the same each time: one run decides"
        return without_empty({"value": rounded(found.mean), "deterministic": same, **head, "seconds": rounded(found.seconds)})
    return without_empty(
        {
            "value": rounded(found.mean), "spread": rounded(found.sigma), "pairs": found.pairs, **head,
            **tells(noise_by(found), configuration.loop, ledger_of(session, campaign).next_alpha()), "lost_runs": found.failed or None,
            "drift_per_run": rounded(found.drift) if abs(found.drift) > found.sigma / 10 else None,
            "outliers": f"{found.outliers} runs far from the rest: `aggregate: median` is steadier" if found.outliers else "",
            "discarded": discarded, "seconds": rounded(found.seconds),
        }
    )  # fmt: skip


def _taken_on(tree: str, head: str, keeps: int) -> str:
    """The head that a calibration ran."""
    if tree == head:
        return f"this head, tree {short(tree)}"
    return f"an earlier head, tree {short(tree)}, {keeps} keep{'' if keeps == 1 else 's'} ago: {ANEW}"


def _keeps_since(session: Session, campaign: Campaign, at: str) -> int:
    """How many kept changes of a campaign landed after a time (UTC, as events say it)."""
    return sum((each.experiment.ended_at or "") > at for each in kept_changes(session.store, campaign))


def _why_unknown(found: MetricCalibration | None) -> str:
    return "the runs of the head gave no value: look at what they printed" if found is not None else "the head was not run against itself"


def tells(noise: Noise, loop: InnerLoop, alpha: float) -> dict[str, str]:
    """What an attempt with that share of error can tell of a noisy metric, or that it can keep nothing at all; nothing where that is not known."""
    if loop.aggregate == "mean" and unit_for(loop.cap, noise.dispersion) == "instance":
        return {"told_by": f"instances: {loop.cap} pairs are too few to tell by themselves"}
    looks, group = looks_of(loop.aggregate, loop.runs_per_cycle, loop.cap), runs_of_a_unit(loop.aggregate, loop.runs_per_cycle)
    pairs = looks[-1]
    if alpha and fewest_that_keep(looks, alpha) is None:
        needed = f"it takes at least {group * fewest_pairs(alpha)} (max_inner_runs_per_cycle)"
        few = max((look for look in looks if look <= FEW), default=0)
        if noise.steady and few and loop.aggregate == "mean":
            return {"tells": f"only from {LARGE * noise.steady / math.sqrt(few):.{DIGITS}g} on; of less {pairs} pairs can keep nothing, {needed}"}
        return {"tells_nothing": f"{group * pairs} runs of a candidate can keep nothing of a noisy metric, whatever they show: {needed}"}
    least = smallest_difference(noise, pairs, alpha) if alpha and group == 1 else None
    if least is None:
        return {}
    half = pairs_needed(noise, least / 2, alpha)
    return {"tells": f"from {least:.{DIGITS}g} on, four times in five, within {pairs} pairs ({2 * pairs} runs); half of that takes {half} pairs"}


def _seen(session: Session, experiment: Experiment) -> _Seen | None:
    attempt = attempt_for(session, experiment)
    if attempt is None:
        return None
    with session.store.reading() as connection:
        runs = runs_of_attempt(connection, attempt.id)
    return _Seen(attempt, [run for run in runs if not run.discarded], _discarded_said(runs))


def _discarded_said(runs: Sequence[Run]) -> str:
    """How many pairs do not count because something else of ours ran beside a part of them, whatever they gave; empty where there are none."""
    pairs, spent = discarded_pairs(runs), sum(run.discarded for run in runs)
    return f"{pairs} pair{'' if pairs == 1 else 's'} ({spent} runs, paid for): other measurements ran beside a part of each" if pairs else ""


def _campaign(session: Session, attempt: Attempt) -> Campaign | None:
    with session.store.reading() as connection:
        return campaign_numbered(connection, attempt.campaign)


def _confirmed(session: Session, experiment: Experiment) -> Confirmed | None:
    attempt = attempt_for(session, experiment)
    if attempt is None:
        return None
    with session.store.reading() as connection:
        return confirmed_gain(connection, attempt.id)


def _metric(seen: _Seen, campaign: Campaign | None) -> dict[str, Any]:
    pairs, differences = seen.pairs, seen.differences
    shown: dict[str, Any] = {"name": one_line(campaign.metric, 120) if campaign else "", "direction": seen.attempt.plan.direction}
    if pairs:
        interval = interval_of(differences)
        shown |= {
            "base": rounded(fmean(base for base, _ in pairs)), "candidate": rounded(fmean(candidate for _, candidate in pairs)),
            "difference": rounded(fmean(differences)), "interval": [rounded(each) for each in interval] if interval else None,
            "median": _sides(median, pairs), "worst": _sides(min if seen.attempt.plan.direction == "maximise" else max, pairs),
        }  # fmt: skip
    elif seen.attempt.ending is not None and seen.attempt.ending.estimate is not None:
        shown["difference"] = rounded(seen.attempt.ending.estimate)
    return without_empty(shown)


def _sides(what: Callable[[list[float]], float], pairs: Sequence[tuple[float, float]]) -> dict[str, float | None]:
    """A figure of both sides: few runs can have the same mean, and not be the same."""
    return {"base": rounded(what([base for base, _ in pairs])), "candidate": rounded(what([candidate for _, candidate in pairs]))}


def _look(attempt: Attempt, place: int) -> dict[str, Any]:
    look = attempt.looks[place]
    limit = rounded(look.limit) if is_reachable(attempt.plan, look) else NONE_YET
    shown = {"pairs": look.n, "mean": rounded(look.mean), "p": rounded(look.p), "limit": limit, "outcome": look.outcome}
    return {**shown, "told_by": "its size, not by p"} if look.lane else shown


def _error(session: Session, attempt: Attempt, campaign: Campaign | None) -> str:
    if attempt.plan.kind == "deterministic":
        return "none: the metric is the same each time"
    ledger = ledger_of(session, campaign) if campaign else None
    of = f"; {ledger.spent():.{DIGITS}g} of {ledger.alpha:g} are spent, attempts: {ledger.attempts}" if ledger else ""
    return f"attempt {attempt.number} paid {attempt.plan.alpha:.{DIGITS}g}{of}"


def _lost(seen: _Seen) -> dict[str, Any] | None:
    """Runs that gave no value, by side, with the reason of the last."""
    lost = [run for run in seen.runs if run.value is None]
    if not lost:
        return None
    sides = {side: sum(run.side == side for run in lost) for side in ("base", "candidate")}
    return {**{side: count for side, count in sides.items() if count}, "last": one_line(f"{lost[-1].status}: {lost[-1].reason}", 300)}


def _gain_of(attempt: Attempt) -> str:
    estimate = attempt.ending.estimate if attempt.ending else None
    return f": {_signed(estimate)}, by one run of a metric that is the same each time" if estimate is not None else ""


def _signed(value: float) -> str:
    return f"{value:+.{DIGITS}g}"


def rounded(value: float | None) -> float | None:
    """A number of the metric's own unit, to as many digits as say something."""
    return float(f"{value:.{DIGITS}g}") if value is not None else None
