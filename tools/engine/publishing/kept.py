"""The kept experiments that somebody wants upstream, with all that is told of them there."""

from dataclasses import dataclass
from typing import Final

from state.cycles import Hypothesis, cycle, hypothesis
from state.decisions import place_of
from state.errors import Refusal
from state.experiments import Experiment
from state.issues import Issue
from state.verdicts import verdict_on
from tools.engine.backlog.focusing import worked_on
from tools.engine.experiment.opening import required
from tools.engine.session import Session

KEPT: Final = ("kept", "proposed", "landed")
_LAST: Final = 1 << 62  # a place behind all that have one


@dataclass(frozen=True)
class Kept:
    """A kept experiment, what it tried, the results of the gate by check, and the issue that it is for."""

    experiment: Experiment
    idea: Hypothesis
    checks: dict[str, str]
    issue: Issue | None
    target: str


def kept_experiments(session: Session, numbers: tuple[int, ...]) -> tuple[tuple[Kept, ...], str]:
    """The experiments in the order in which they landed, each once, and their one target.

    Raises Refusal UNKNOWN_ID, OUT_OF_ORDER for one that is not kept, BAD_ARGUMENTS for several targets.
    """
    found = [required(session, number) for number in dict.fromkeys(numbers)]
    if others := [each for each in found if each.state not in KEPT]:
        where = [f"experiment {each.id} is {each.shown_state}" for each in others]
        raise Refusal("OUT_OF_ORDER", "only what was kept goes upstream", where=where, expected="experiments that were kept")
    with session.store.reading() as connection:
        places = {each.id: place_of(connection, each.id) or _LAST for each in found}
    kept = tuple(_kept(session, each) for each in sorted(found, key=lambda one: (places[one.id], one.id)))
    targets = sorted({each.target for each in kept})
    if len(targets) != 1:
        raise Refusal("BAD_ARGUMENTS", f"these landed on {', '.join(targets)}", where=("experiments",), expected="experiments of one branch")
    return kept, targets[0]


def _kept(session: Session, experiment: Experiment) -> Kept:
    with session.store.reading() as connection:
        of_cycle, idea = cycle(connection, experiment.cycle), hypothesis(connection, experiment.hypothesis)
        given = verdict_on(connection, experiment.id)
    if of_cycle is None or idea is None:
        raise Refusal("STORE_BROKEN", f"experiment {experiment.id} has no hypothesis or cycle", where=(str(session.store.path),))
    issue = worked_on(session, of_cycle, idea.content.backlog).issue
    checks = given.checks if given else {}
    return Kept(experiment, idea.content, checks, issue.issue if issue else None, of_cycle.target)
