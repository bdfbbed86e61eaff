"""Pull requests opened, promoted and closed: approved by a person once, each step found again where a server died in between."""

from typing import Final

from state.answers import one_line
from state.approvals import approval
from state.errors import Refusal
from state.publishing import (
    PullRequest,
    PullRequestClosed,
    PullRequestOpened,
    PullRequestPromoted,
    PullRequestPushed,
    pull_request,
    pull_requests_of,
)
from tools.engine.approving import publish_hash
from tools.engine.forge.publishing import Destination, PullRequests, destination
from tools.engine.forge.pulls import Draft, Head, Pull
from tools.engine.publishing.kept import kept_experiments
from tools.engine.publishing.making import open_elsewhere
from tools.engine.publishing.wording import body, title
from tools.engine.repository.pushing import Push, push
from tools.engine.session import Session, server_record

REASON: Final = 500  # characters of what is said where one is closed


def require_destination(session: Session) -> Destination:
    """Where pull requests go. Raises Refusal NO_FORGE where no remote names a forge."""
    found = destination(session.repository)
    if found is None:
        expected = "a remote origin on GitHub or GitLab; without one, clean_pr(branch) makes the branch, and the person pushes it"
        raise Refusal("NO_FORGE", "this repository has no remote on a forge", expected=expected)
    return found


def require_approved(session: Session, to: Destination) -> None:
    """Raises Refusal NEEDS_APPROVAL until a person said that branches may be pushed there and pull requests opened."""
    content = publish_hash(to)
    with session.store.reading() as connection:
        found = approval(connection, content)
    if found is None:
        what = f"nobody approved pushing to {to.own.host}/{to.own.path} and opening pull requests in {to.upstream.path}"
        raise Refusal("NEEDS_APPROVAL", what, where=(f"publish {content[:7]}",), expected="a person's approval: request_approval(publish)")


def opened(session: Session, found: PullRequest, to: Destination) -> PullRequest:
    """Push the branch, and open its draft, each unless it was done already.

    Raises Refusal DUPLICATE where another one is open for an experiment of it, ALREADY_DECIDED where it was closed there, and what pushing and the
    forge raise.
    """
    branch = found.branch
    if other := open_elsewhere(session, branch.experiments, branch.key):
        what = f"pull request {other.number} is open for experiment {', '.join(map(str, other.branch.experiments))} already"
        raise Refusal("DUPLICATE", what, where=(other.url,), expected="the same experiments and patterns as there, or that one closed first")
    requests = PullRequests(to, session.variables)
    there = requests.find(branch.branch)
    if there is None:
        push(
            session.repository, Push(to.address, branch.commit, branch.branch, frozenset({branch.into, "main", "master", "HEAD"})), session.variables
        )
        _record_push(session, found, to)
        there = requests.begin(_draft(session, found, to))
    return _seen(session, found, there)


def promoted(session: Session, found: PullRequest, to: Destination) -> PullRequest:
    """Ask for a draft to be reviewed. Raises Refusal OUT_OF_ORDER where there is none, and what the forge raises."""
    requests = PullRequests(to, session.variables)
    there = requests.find(found.branch.branch)
    if there is None:
        raise Refusal("OUT_OF_ORDER", f"there is no pull request of {found.branch.branch}", expected="clean_pr(open) first")
    now = _seen(session, found, there)
    if there.draft:
        requests.promote(there)
        server_record(session, PullRequestPromoted(key=now.branch.key, experiments=now.branch.experiments))
    return _again(session, now)


def withdraw(session: Session, experiment: int, reason: str) -> None:
    """Close the pull requests that are open for an experiment which is taken back. What the forge does not let happen is a warning."""
    with session.store.reading() as connection:
        found = [each for each in pull_requests_of(connection, experiment) if each.is_on_the_forge]
    to = destination(session.repository) if found else None
    for each in found:
        try:
            _close(session, each, to, reason)
        except Refusal as refusal:
            session.warnings.append(
                f"pull request {each.number} is still open, and experiment {experiment} is taken back: {refusal.what} ({each.url})"
            )


def _close(session: Session, found: PullRequest, to: Destination | None, reason: str) -> None:
    if to is None:
        raise Refusal("NO_FORGE", "no remote names its forge any more", expected="the remote that it was opened by")
    requests = PullRequests(to, session.variables)
    there = requests.find(found.branch.branch)
    said = one_line(f"Taken back: {reason}", REASON)
    if there is not None and there.state == "open":
        requests.close(there, said)
    how = "merged" if there is not None and there.state == "merged" else "closed"
    server_record(session, PullRequestClosed.model_validate({**_of(found), "how": how, "reason": said}))


def _draft(session: Session, found: PullRequest, to: Destination) -> Draft:
    kept, _ = kept_experiments(session, found.branch.experiments)
    words = body(kept, found.checked, to.upstream.path)
    return Draft(Head(to.own, found.branch.branch), found.branch.into, title([each.experiment for each in kept]), words)


def _seen(session: Session, found: PullRequest, there: Pull) -> PullRequest:
    """Write down how it stands there, if that is not known. Raises Refusal ALREADY_DECIDED where it is closed or merged."""
    if there.state != "open":
        if found.state != there.state:
            server_record(session, PullRequestClosed.model_validate({**_of(found), "how": there.state}))
        what = f"pull request {there.number} of {found.branch.branch} was {there.state}"
        expected = "nothing more: git fetch brings it here" if there.state == "merged" else "the person opening it again there, or other experiments"
        raise Refusal("ALREADY_DECIDED", what, where=(there.url,), expected=expected)
    if (found.state, found.number) != ("draft" if there.draft else "ready", there.number):
        server_record(session, PullRequestOpened.model_validate({**_of(found), "number": there.number, "url": there.url, "draft": there.draft}))
    return _again(session, found)


def _record_push(session: Session, found: PullRequest, to: Destination) -> None:
    server_record(session, PullRequestPushed.model_validate({**_of(found), "address": f"{to.own.host}/{to.own.path}"}))


def _of(found: PullRequest) -> dict[str, object]:
    return {"key": found.branch.key, "experiments": found.branch.experiments}


def _again(session: Session, found: PullRequest) -> PullRequest:
    with session.store.reading() as connection:
        return pull_request(connection, found.branch.key) or found
