"""strategy/pull_requests.md: every branch that was made of kept experiments, and what became of it."""

from state.publishing import PullRequest, every_pull_request
from state.views.text import code, line, page
from state.views.view import Source


def every(source: Source) -> bytes | None:
    """All of them, the newest first; nothing while there is none."""
    found = every_pull_request(source.connection)
    return page("# Pull requests", *map(_one, reversed(found))) if found else None


def _one(found: PullRequest) -> str:
    branch = found.branch
    numbers = ", ".join(map(str, branch.experiments))
    facts = [
        f"- experiments: {numbers}", f"- into: {code(branch.into)}, from {branch.base[:7]}, as {branch.commit[:7]}",
        f"- files: {branch.kept} kept, {branch.stripped} stripped{'' if branch.clean else ' (not clean)'}",
        f"- tests that pass: {found.checked.tests}", *(f"- fails: {line(each)}" for each in found.checked.failing),
        *(f"- note: {line(each)}" for each in found.checked.notes),
        *([f"- pull request {found.number}: {line(found.url)}"] if found.number is not None else []),
        *([f"- reason: {line(found.reason)}"] if found.reason else []),
    ]  # fmt: skip
    return f"## {branch.branch}: {found.state}\n\n" + "\n".join(facts)
