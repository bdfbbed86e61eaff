"""The answer about a kept change that lands by a pull request: whether there is one, and what comes next."""

from state.answers import Answer, Next, one_line, sentence
from state.cycles import cycle
from state.experiments import Experiment
from state.publishing import PullRequest, pull_requests_of
from tools.answering import answer
from tools.engine.cycle.situation import observe
from tools.engine.experiment.opening import required
from tools.engine.forge.publishing import destination
from tools.engine.session import Session
from tools.published import STANDS, after_branch


def proposed_answer(session: Session, decided: Experiment, *, repeated: bool = False) -> Answer:
    """Where a proposed change stands. It lands once upstream's branch, as git fetched it, holds it."""
    found = required(session, decided.id)
    with session.store.reading() as connection:
        made = [each for each in pull_requests_of(connection, found.id) if each.state != "failed"]
        of_cycle = cycle(connection, found.cycle)
    newest, target = made[-1] if made else None, of_cycle.target if of_cycle else "the target"
    stands = f"its branch {STANDS[newest.state]}" if newest else "no branch of it was made yet"
    data = {
        "state": found.state, "target": target, "branch": newest.branch.branch if newest else None, "url": newest.url if newest else None,
        "archive_note": f".factory/archive/experiments/{found.id:03d}.md",
        "for_the_person": f"Kept: {sentence(found.title)} It lands by a pull request.",
    }  # fmt: skip
    summary = f"Experiment {found.id} is kept, and lands on {target} by a pull request: {stands}. {target} has not moved here."
    situation = observe(session, ended=found.cycle)
    return answer(session, one_line(summary, 300), data, situation=situation, next_action=_next(session, found, newest), repeated=repeated)


def _next(session: Session, found: Experiment, newest: PullRequest | None) -> Next | None:
    """Its pull request; without a forge its branch, which is the person's to push."""
    if newest is None:
        action, do = ("branch", "Make its branch.") if destination(session.repository) is None else ("open", "Open its pull request.")
        return Next(do=do, tool="clean_pr", arguments={"experiments": [found.id], "action": action}, role="ceo")
    if newest.state == "closed":
        return Next(do="Tell the person that its pull request was closed there; verdict(undo) gives it up.", role="ceo")
    return after_branch(session, newest) if newest.state in ("prepared", "pushed") else None
