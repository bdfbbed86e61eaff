"""Where the loop of a project's research stands, read from the store: the next cycle's level, the metric as confirmed, the budget, and its end."""

from dataclasses import dataclass, replace
from typing import Final

from state.campaigns import Campaign, Confirmed, attempts_at, attempts_of_experiment, confirmed_gain, confirmed_gains, newest_campaign
from state.configuration import Configuration
from state.configuration.research import ResearchTarget
from state.cycles import Cycle, research_cycles
from state.experiments import experiment, experiments_of_cycle
from state.metric_calibrations import MetricCalibration, metric_calibration
from state.model import digest
from state.runs import Spent, largest, spent
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import tree_of
from tools.engine.research.attempts import is_deterministic, ledger_of
from tools.engine.research.budget import Budget, budget_by, stops
from tools.engine.research.instrument import instrument_at, target_key, what_changed
from tools.engine.research.loop import End, LoopRules, Past, Turn, reached, turn
from tools.engine.session import Session

KEPT: Final = ("kept", "proposed", "landed")
A_PAIR: Final = 2  # runs
_OF_THE_MACHINE: Final = ("environment", "machine")  # parts of an instrument that only a measurement tells


@dataclass(frozen=True)
class Loop:
    """The loop of a target. `confirmed` is the newest gain that stands, `calibration` what is known of the head's noise, None before it is measured.

    `end` says which of the ends it is at, `why` in words what that is; both are empty while it goes on.
    """

    target: ResearchTarget
    turn: Turn
    budget: Budget
    campaign: Campaign | None = None
    confirmed: Confirmed | None = None
    calibration: MetricCalibration | None = None
    end: End | None = None
    why: str = ""

    @property
    def value(self) -> float | None:
        """The metric of the head as no decision chose it: as confirmed after the newest gain, else as calibrated."""
        if self.confirmed is not None:
            return self.confirmed.head_mean
        return self.calibration.mean if self.calibration is not None else None


def aim_of(configuration: Configuration) -> str:
    """What research cycles are counted by: another metric or other surfaces begin the loop anew; other limits go on with it."""
    target, loop = configuration.research_target, configuration.outer_loop
    inner, outer = (loop.inner, loop.outer) if loop else ((), ())
    return digest([target_key(target) if target else "", list(configuration.mutable_surfaces), list(inner), list(outer)])


def loop_at(session: Session, configuration: Configuration | None, commit: str, cycle: Cycle | None = None) -> Loop | None:
    """The loop as it stands at a commit, of which `cycle` is the open cycle; None where there is no research target."""
    target = configuration.research_target if configuration is not None else None
    if configuration is None or target is None:
        return None
    with session.store.reading() as connection:
        newest = newest_campaign(connection, target_key(target))
        so_far = (spent(connection, cycle.started_at) if cycle else Spent(), spent(connection), largest(connection))
    campaign = _still_the_same(session.repository, newest, configuration, commit)
    confirmed = _newest_standing(session, campaign) if campaign else None
    calibration = _calibrated(session, campaign) if campaign else None
    budget = budget_by(configuration.cost_budget, target, so_far)
    counted = turn(_past(session, configuration, target), rules_of(configuration))
    if cycle is not None and _gained(session, cycle.id):
        counted = replace(counted, barren=0, outer_barren=0)  # the cycle itself ended the row
    loop = Loop(target, counted, budget, campaign, confirmed, calibration)
    end, why = _end(session, loop)
    return replace(loop, end=end, why=why)


def rules_of(configuration: Configuration) -> LoopRules:
    """How long a configuration lets the loop go on."""
    outer = configuration.outer_loop
    return LoopRules(configuration.loop.plateau_threshold, outer.max_outer_cycles if outer else None, outer is not None)


def _end(session: Session, loop: Loop) -> tuple[End | None, str]:
    """Why no further cycle begins."""
    if reached(loop.target, loop.value):
        return "target", f"the target is reached: {loop.value:.4g} of {loop.target.target:.4g}"
    if loop.turn.end:
        return "plateau", loop.turn.end
    if loop.campaign is not None and not is_deterministic(session, loop.campaign.id):
        ledger = ledger_of(session, loop.campaign)
        if ledger.next_alpha() <= 0:
            return "attempts", f"all {ledger.attempts} attempts that were declared are made, and the campaign's error is spent"
    why = stops(loop.budget, A_PAIR)
    return ("budget", why) if why else (None, "")


def _past(session: Session, configuration: Configuration, target: ResearchTarget) -> list[Past]:
    """The cycles that count: those that ended by themselves, and of those that were aborted the ones in which something was decided."""
    with session.store.reading() as connection:
        cycles = research_cycles(connection, aim_of(configuration))
        decided = {attempt.cycle for attempt in attempts_at(connection, target_key(target)) if attempt.outcome is not None}
    return [Past(each.level or "inner", _gained(session, each.id)) for each in cycles if each.state == "done" or each.id in decided]


def _gained(session: Session, cycle: int) -> bool:
    """Whether something of a cycle stands that was kept, and of which no fresh measurement said that it was a loss."""
    with session.store.reading() as connection:
        kept = [each.id for each in experiments_of_cycle(connection, cycle) if each.state in KEPT]
        attempts = [[attempt.id for attempt in attempts_of_experiment(connection, number)] for number in kept]
        fresh = [[confirmed_gain(connection, number) for number in numbers] for numbers in attempts]
    return any(not any(each is not None and each.suspect for each in of_one) for of_one in fresh)


def _newest_standing(session: Session, campaign: Campaign) -> Confirmed | None:
    """The newest confirmed gain of an experiment that nobody took back."""
    with session.store.reading() as connection:
        for each in reversed(confirmed_gains(connection, campaign.id)):
            made = experiment(connection, each.experiment)
            if made is not None and made.state in KEPT:
                return each
    return None


def _calibrated(session: Session, campaign: Campaign) -> MetricCalibration | None:
    with session.store.reading() as connection:
        return metric_calibration(connection, campaign.id)


def _still_the_same(repository: Repository, campaign: Campaign | None, configuration: Configuration, commit: str) -> Campaign | None:
    """The campaign, unless what it was measured with has changed since: then nothing of it speaks of the head."""
    if campaign is None or configuration.research_target is None:
        return None
    now = instrument_at(repository, tree_of(repository, commit), configuration, configuration.research_target, "")
    changed = [part for part in what_changed(campaign, now) if part not in _OF_THE_MACHINE]
    return None if changed else campaign
