"""The messages of the commits that the factory lands; their trailers say what was decided on which measurement and where the chain stood."""

from state.answers import one_line
from state.cycles import cycle, hypothesis
from state.experiments import Experiment
from state.store import head
from tools.engine.backlog.focusing import worked_on
from tools.engine.gate.facts import Comparison
from tools.engine.session import Session


def landing_message(session: Session, experiment: Experiment) -> str:
    """What the commit says by which a kept experiment lands."""
    found = Comparison.model_validate(experiment.assessment).assessment
    score = f"{found.floor_base:.4f} -> {found.floor_candidate:.4f} (delta {found.delta:+.4f})"
    title = one_line(experiment.title, 68)
    return f"{title}\n\n{one_line(experiment.reason or '', 500)}\n\n{_trailers(session, experiment, 'keep', score)}{_issue(session, experiment)}"


def undo_message(session: Session, experiment: Experiment, reason: str) -> str:
    """What the commit says that takes a landed experiment back; the scores are those by which it had landed, the other way round."""
    found = Comparison.model_validate(experiment.assessment).assessment
    score = f"{found.floor_candidate:.4f} -> {found.floor_base:.4f} (delta {-found.delta:+.4f})"
    title, taken_back = one_line(experiment.title, 62), f"This takes commit {experiment.merge_commit} back."
    return f"Undo: {title}\n\n{one_line(reason, 500)}\n\n{taken_back}\n\n{_trailers(session, experiment, 'undo', score)}"


def _trailers(session: Session, experiment: Experiment, verdict: str, score: str) -> str:
    with session.store.reading() as connection:
        sequence, chain = head(connection)
    return f"Factory-Experiment: {experiment.id}\nFactory-Verdict: {verdict}\nFactory-Score: {score}\nFactory-Chain: {sequence} {chain}\n"


def _issue(session: Session, experiment: Experiment) -> str:
    with session.store.reading() as connection:
        of_cycle, stored = cycle(connection, experiment.cycle), hypothesis(connection, experiment.hypothesis)
    issue = worked_on(session, of_cycle, stored.content.backlog).issue if of_cycle and stored else None
    return f"Factory-Issue: {issue.issue.address}\n" if issue else ""
