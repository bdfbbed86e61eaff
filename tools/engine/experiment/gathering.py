"""The facts that the gate decides from, gathered now."""

from state import reports
from state.cycles import cycle, hypothesis
from state.errors import Refusal
from state.experiments import Experiment
from tools.engine.contract import contract_at
from tools.engine.experiment.arms import better_arms
from tools.engine.experiment.attempted import attempt_for, quiet_value
from tools.engine.experiment.candidate import current_tree, target_moved
from tools.engine.experiment.holding import stored_held_out
from tools.engine.experiment.seeing import see
from tools.engine.experiment.waiting import kept_waiting
from tools.engine.gate.facts import Comparison, Facts
from tools.engine.repository.objects import diff
from tools.engine.session import Session


def gather(session: Session, experiment: Experiment, seen: str = "") -> Facts:
    """Everything the gate looks at, taken now. An edit since the last capture leaves neither comparison nor review.

    `seen` is the tree that the worktree was found to hold in this very call, where it was looked at already.
    """
    with session.store.reading() as connection:
        found_cycle, found = cycle(connection, experiment.cycle), hypothesis(connection, experiment.hypothesis)
        review = reports.latest_review(connection, experiment.id, experiment.review_tree) if experiment.review_tree else None
    if found is None or found_cycle is None:
        raise Refusal("STORE_BROKEN", f"experiment {experiment.id} has no hypothesis or cycle", where=(str(session.store.path),))
    tree = seen or current_tree(session, experiment)
    unchanged, configuration = tree == experiment.tree, contract_at(session, experiment.base).configuration
    comparison = Comparison.model_validate(experiment.assessment) if experiment.assessment and unchanged else None
    moved = target_moved(session, experiment, found_cycle.target)
    ahead = kept_waiting(session, found_cycle.target) if moved else []
    attempt = attempt_for(session, experiment) if comparison and found_cycle.mode == "research" else None
    return Facts(
        experiment=experiment, hypothesis=found.content, tree=tree, configuration=configuration,
        comparison=comparison, review=review if unchanged else None, changes=diff(session.repository, experiment.base, tree),
        target=found_cycle.target, target_moved=moved, kept_before=ahead[-1].experiment.id if ahead else None,
        seen=see(session, experiment, tree, configuration),
        held_out=stored_held_out(session, experiment) if unchanged else None,
        better=better_arms(session, experiment, comparison) if comparison else (), level=found_cycle.level,
        mode=found_cycle.mode, attempt=attempt, quiet=quiet_value(session, attempt) if attempt else None,
    )  # fmt: skip
