"""The answers about branches and pull requests: what one would hold, what was measured of it, and where it stands; the same whoever asks."""

import shlex
from typing import Any, Final

from state.answers import Answer, Next, one_line, quoted, short
from state.publishing import PullRequest
from tools.answering import answer
from tools.engine.forge.publishing import destination
from tools.engine.publishing.making import made, require_passing
from tools.engine.publishing.preparing import Proposal
from tools.engine.repository.remotes import remotes_of
from tools.engine.session import Session

SHOWN: Final = 40
STANDS: Final = {
    "prepared": "is there, and nothing was pushed", "pushed": "is pushed, and has no pull request yet", "draft": "is a draft",
    "ready": "is ready for review", "closed": "is closed", "merged": "is merged",
}  # fmt: skip


def proposal_answer(session: Session, proposal: Proposal, found: PullRequest | None) -> Answer:
    """What the branch would hold. Nothing was made."""
    stripped = len(proposal.files.stripped)
    there = f"The branch {STANDS[found.state]}." if found else "Nothing was made or measured."
    summary = (
        f"{_experiments(proposal.numbers)} on {short(proposal.base.commit)} of {proposal.base.into}: {_files(len(proposal.files.kept))}, "
        f"{f'{stripped} stripped' if proposal.rules.clean else 'none stripped, as it is not made clean'}. {there}"
    )
    data = {
        "files": _listed(proposal), "branch": proposal.branch, "commits": len(proposal.commits), "into": quoted(proposal.base.into),
        "clean": proposal.rules.clean, "exclude": [*proposal.rules.defaults, *proposal.rules.exclude], "include": list(proposal.rules.include),
        "measured": _measured(found) if found else None, "url": found.url if found else None,
    }  # fmt: skip
    do = "Make the branch: its tree is measured first."
    on = Next(do=do, tool="clean_pr", arguments=_call(proposal, "branch"), role="ceo")
    return answer(session, one_line(summary, 300), data, next_action=on)


def prepared_answer(session: Session, key: str, *, repeated: bool = False) -> Answer:
    """The branch that a job made, or that was there. Raises Refusal GATE where its tree does not pass."""
    return pull_request_answer(session, made(session, require_passing(session, key)), repeated=repeated)


def pull_request_answer(session: Session, found: PullRequest, *, repeated: bool = False) -> Answer:
    """Where a branch stands, and what comes next."""
    branch = found.branch
    name = f"Pull request {found.number} ({branch.branch})" if found.number is not None else f"The branch {branch.branch}"
    checked = f"{found.checked.tests} tests pass on its tree" if found.checked.tests else "its tree was measured"
    summary = f"{name} {STANDS[found.state]}: {_experiments(branch.experiments)}, {_files(branch.kept)}, {branch.stripped} stripped; {checked}."
    data = {
        "state": found.state, "branch": branch.branch, "commit": short(branch.commit), "base": short(branch.base), "into": quoted(branch.into),
        "clean": branch.clean, "files": {"kept": branch.kept, "stripped": branch.stripped, "listed_in": _list_of(session, branch.files)},
        "measured": _measured(found), "number": found.number, "url": found.url, "reason": found.reason,
    }  # fmt: skip
    return answer(session, one_line(summary, 300), data, next_action=after_branch(session, found), repeated=repeated)


def after_branch(session: Session, found: PullRequest) -> Next | None:
    """What follows: the draft, its promotion, or nothing; without a forge the person's own push."""
    numbers = list(found.branch.experiments)
    clean = "yes" if found.branch.clean else "no"
    match found.state:
        case "prepared" | "pushed" if destination(session.repository) is None:
            remotes = remotes_of(session.repository)
            push = f"git push {shlex.quote(quoted(remotes.own))} {found.branch.branch}" if remotes else "a remote, and git push there"
            return Next(do=f"No remote is on a forge: tell the person that the branch {found.branch.branch} is theirs to push ({push}).", role="ceo")
        case "prepared" | "pushed":
            call = {"experiments": numbers, "action": "open", "clean": clean}
            return Next(do="If the person wants it upstream: push it and open a draft.", tool="clean_pr", arguments=call, role="ceo")
        case "draft":
            do = f"Tell the person where it is: {found.url}. clean_pr(ready) marks it as ready for review, when they say so."
            return Next(do=do, role="ceo")
        case "ready":
            return Next(do=f"Tell the person that {found.url} waits for review.", role="ceo")
        case _:
            return None


def _call(proposal: Proposal, action: str) -> dict[str, Any]:
    return {"experiments": list(proposal.numbers), "action": action, "clean": "yes" if proposal.rules.clean else "no"}


def _listed(proposal: Proposal) -> dict[str, Any]:
    """The first files of both kinds, with how many there are beyond them."""
    kept = [quoted(path) for path in proposal.files.kept]
    stripped = [f"{quoted(path)} ({why})" for path, why in proposal.files.stripped]
    return {
        name: [*rows[:SHOWN], *([f"and {len(rows) - SHOWN} more"] if len(rows) > SHOWN else [])]
        for name, rows in (("kept", kept), ("stripped", stripped))
    }


def _measured(found: PullRequest) -> dict[str, Any]:
    return {"tests": found.checked.tests, "notes": list(found.checked.notes)}


def _list_of(session: Session, name: str) -> str:
    """The file with the names of all files."""
    return str(session.store.object_file(name))


def _experiments(numbers: tuple[int, ...]) -> str:
    return f"Experiment{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"


def _files(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"
