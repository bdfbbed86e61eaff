"""The changes that a campaign kept and that stand on the target: what pruning asks about, and what a total is the sum of."""

from dataclasses import dataclass

from state.campaigns import Attempt, Campaign, Confirmed, attempts_of, attempts_of_experiment, confirmed_gain
from state.experiments import Experiment, experiment
from state.store import Store
from state.verdicts import verdict_on
from tools.engine.research.drift import KeptGain


@dataclass(frozen=True)
class KeptChange:
    """An experiment that landed, the attempt by which it was kept, and its gain once that was measured afresh."""

    experiment: Experiment
    attempt: Attempt
    confirmed: Confirmed | None = None

    @property
    def is_suspect(self) -> bool:
        """Whether the fresh pairs showed a loss."""
        return self.confirmed is not None and self.confirmed.suspect


def kept_changes(store: Store, campaign: Campaign) -> tuple[KeptChange, ...]:
    """The kept changes of a campaign that landed and were not taken back, oldest first."""
    found: dict[int, KeptChange] = {}
    with store.reading() as connection:
        for attempt in attempts_of(connection, campaign.id):
            made = experiment(connection, attempt.experiment)
            if made is not None and made.state == "landed" and attempt.plan.question == "keep" and attempt.outcome == "better":
                found[made.id] = KeptChange(made, attempt, confirmed_gain(connection, attempt.id))
    return tuple(found.values())


def kept_gains(store: Store, campaign: Campaign) -> list[KeptGain]:
    """What each of them brought, to the metric and to what is held out."""
    return [
        KeptGain(each.experiment.id, each.confirmed.gain if each.confirmed else None, _held_out(store, each.experiment.id))
        for each in kept_changes(store, campaign)
    ]


def kept_gain(store: Store, number: int) -> KeptGain:
    """What one experiment brought, as far as it was measured, under whatever instrument."""
    with store.reading() as connection:
        confirmed = [confirmed_gain(connection, attempt.id) for attempt in attempts_of_experiment(connection, number)]
    visible = next((each.gain for each in reversed(confirmed) if each is not None), None)
    return KeptGain(number, visible, _held_out(store, number))


def _held_out(store: Store, number: int) -> float | None:
    with store.reading() as connection:
        given = verdict_on(connection, number)
    scores = given.holdout if given else {}
    return scores["candidate"] - scores["base"] if scores.keys() >= {"base", "candidate"} else None
