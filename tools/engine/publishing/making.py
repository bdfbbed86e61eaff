"""The branch itself, made once what it holds was measured, and what is known of it."""

from collections.abc import Sequence

from state.errors import Refusal
from state.publishing import PullRequest, pull_request, pull_requests_of
from tools.engine.publishing.preparing import Proposal
from tools.engine.repository.location import has_branch, make_branch, tip
from tools.engine.repository.merging import is_ancestor
from tools.engine.session import Session


def known(session: Session, proposal: Proposal) -> PullRequest | None:
    """What was prepared of exactly this; None where nothing was, or where it did not pass then."""
    with session.store.reading() as connection:
        found = pull_request(connection, proposal.key)
    return found if found is not None and found.state != "failed" else None


def require_passing(session: Session, key: str) -> PullRequest:
    """What the job of this key prepared. Raises Refusal GATE with what fails in the stripped tree."""
    with session.store.reading() as connection:
        found = pull_request(connection, key)
    if found is None:
        raise Refusal("NOT_MEASURED", "the tree of this branch was not measured", expected="clean_pr with action branch")
    if found.state == "failed":
        what = f"the tree of {found.branch.branch} does not pass without what is stripped from it: nothing was made"
        expected = "other patterns in ## Clean PR, clean: no, or a change that stands without what is stripped"
        raise Refusal("GATE", what, where=found.checked.failing, expected=expected)
    return found


def made(session: Session, found: PullRequest) -> PullRequest:
    """See to it that the branch is there until the forge has it. One that a person went on with stays as it is, and that is said."""
    branch, repository = found.branch, session.repository
    if found.state in ("prepared", "pushed"):
        make_branch(repository, branch.branch, branch.commit)
    if has_branch(repository, branch.branch) and tip(repository, branch.branch) != branch.commit:
        session.warnings.append(
            f"the branch {branch.branch} was changed since it was made: what is pushed is {branch.commit[:7]}, as it was measured"
        )
    return found


def require_not_upstream(session: Session, proposal: Proposal) -> None:
    """Raises Refusal OUT_OF_ORDER for experiments that landed on a branch which was pushed as a whole: upstream has them as they are."""
    base = proposal.base
    commits = {each.experiment.id: each.experiment.merge_commit for each in proposal.kept if each.experiment.merge_commit}
    there = [number for number, commit in commits.items() if base.remote and is_ancestor(session.repository, commit, base.upstream)]
    if there:
        what = f"{base.remote}/{base.into} holds experiment {', '.join(map(str, there))} already"
        raise Refusal("OUT_OF_ORDER", what, where=(base.into,), expected="an experiment that is not upstream")


def open_elsewhere(session: Session, experiments: Sequence[int], key: str) -> PullRequest | None:
    """Another pull request that is open for one of these experiments: there is never a second."""
    with session.store.reading() as connection:
        found = [each for number in experiments for each in pull_requests_of(connection, number)]
    return next((each for each in found if each.is_on_the_forge and each.branch.key != key), None)
