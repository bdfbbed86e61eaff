"""Kept experiments for upstream: previewed, made as a branch that is measured, opened as a draft, marked as ready."""

from typing import Annotated, Literal

from pydantic import Field

from state.answers import Answer
from state.decisions import newest_in
from state.errors import Refusal
from state.publishing import pull_requests_of
from tools.arguments import Number
from tools.engine.experiment.deciding import take_up
from tools.engine.publishing.checking import check_plan
from tools.engine.publishing.kept import KEPT
from tools.engine.publishing.making import known, made, require_not_upstream, require_passing
from tools.engine.publishing.opening import opened, promoted, require_approved, require_destination
from tools.engine.publishing.preparing import propose_branch
from tools.engine.session import Session
from tools.measured import job_answer
from tools.published import proposal_answer, pull_request_answer

Experiments = Annotated[list[Number], Field(max_length=50, description="Default: the newest kept.")]


def clean_pr(
    session: Session,
    experiments: Experiments | None = None,
    action: Literal["preview", "branch", "open", "ready"] = "preview",
    clean: Literal["auto", "yes", "no"] = "auto",
) -> Answer:
    """Turn kept experiments into a branch or pull request; clean: no factory files, evals or benchmarks in any commit.

    preview lists files; branch stays local; open pushes a draft; ready promotes it.
    """
    take_up(session)
    numbers = tuple(experiments or _newest(session))
    if action == "ready":
        return _ready(session, numbers)
    proposal = propose_branch(session, numbers, clean)
    found = known(session, proposal)
    if action == "preview":
        return proposal_answer(session, proposal, found)
    if action == "open":
        require_not_upstream(session, proposal)
        require_approved(session, require_destination(session))
    if found is None:
        job = session.wait(session.launch(check_plan(session, proposal)))
        if job.state != "done":
            return job_answer(session, job)
    branch = made(session, require_passing(session, proposal.key))
    if action == "branch":
        return pull_request_answer(session, branch, repeated=found is not None)
    now = opened(session, branch, require_destination(session))
    return pull_request_answer(session, now, repeated=found is not None and found.is_on_the_forge)


def _ready(session: Session, numbers: tuple[int, ...]) -> Answer:
    """The draft of exactly these experiments, whatever was stripped of it."""
    with session.store.reading() as connection:
        known_ones = [
            each for each in pull_requests_of(connection, numbers[0]) if {*each.branch.experiments} == {*numbers} and each.number is not None
        ]
    if not known_ones:
        raise Refusal("OUT_OF_ORDER", "there is no pull request of these experiments", expected="clean_pr(open) first")
    to = require_destination(session)
    require_approved(session, to)
    found = next((each for each in known_ones if each.is_on_the_forge), known_ones[-1])
    return pull_request_answer(session, promoted(session, found, to), repeated=found.state == "ready")


def _newest(session: Session) -> tuple[int, ...]:
    with session.store.reading() as connection:
        found = newest_in(connection, KEPT)
    if found is None:
        raise Refusal("OUT_OF_ORDER", "nothing was kept here yet", expected="an experiment that was kept: start_cycle first")
    return (found,)
