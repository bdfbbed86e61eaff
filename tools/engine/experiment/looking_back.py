"""What the gate made of an experiment as it was captured last, from the store and git alone: its worktree may be long gone."""

from typing import Final, get_args

from state.cycles import cycle, hypothesis
from state.experiments import Experiment
from state.reports import Report, latest_review
from state.verdicts import verdict_on
from tools.engine.contract import committed_at
from tools.engine.experiment.attempted import attempt_for
from tools.engine.experiment.holding import stored_held_out
from tools.engine.experiment.seeing import see
from tools.engine.gate.checks import run_gate
from tools.engine.gate.facts import Arm, Check, Comparison, Facts, Result
from tools.engine.repository.objects import diff
from tools.engine.session import Session

RESULTS: Final[dict[str, Result]] = {result: result for result in get_args(Result)}


def checks_of(session: Session, experiment: Experiment) -> tuple[Check, ...]:
    """What the gate said at the verdict, as that keeps it; what it says now, where there is none or an earlier version gave it."""
    with session.store.reading() as connection:
        given = verdict_on(connection, experiment.id)
    if given is None or not given.evidence:
        return checks_then(session, experiment)
    return tuple(Check(name, RESULTS[result], given.evidence.get(name, ())) for name, result in given.checks.items() if result in RESULTS)


def checks_then(session: Session, experiment: Experiment, tree: str = "", better: tuple[Arm, ...] = ()) -> tuple[Check, ...]:
    """Every check of the gate on the last captured tree against its base, or on the `tree` that the worktree ended with; none where nothing was
    captured. Another tree than was captured has neither measurement nor review. `better` are the arms that measured better; where the target is
    now does not count.
    """
    with session.store.reading() as connection:
        of_cycle, stored = cycle(connection, experiment.cycle), hypothesis(connection, experiment.hypothesis)
    configuration = committed_at(session.repository, experiment.base).configuration
    if experiment.tree is None or of_cycle is None or stored is None or configuration is None:
        return ()
    last = tree or experiment.tree
    same = last == experiment.tree
    facts = Facts(
        experiment=experiment, hypothesis=stored.content, tree=last, configuration=configuration,
        comparison=Comparison.model_validate(experiment.assessment) if experiment.assessment and same else None,
        review=review_then(session, experiment) if same else None,
        changes=diff(session.repository, experiment.base, last), target=of_cycle.target, target_moved=False,
        seen=see(session, experiment, last, configuration),
        held_out=stored_held_out(session, experiment) if same else None, level=of_cycle.level, mode=of_cycle.mode,
        attempt=attempt_for(session, experiment) if of_cycle.mode == "research" else None, better=better if same else (),
    )  # fmt: skip
    return run_gate(facts)


def review_then(session: Session, experiment: Experiment) -> Report | None:
    """The review that counts for the last captured tree."""
    with session.store.reading() as connection:
        return latest_review(connection, experiment.id, experiment.review_tree) if experiment.review_tree else None
