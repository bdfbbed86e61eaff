"""Pull requests of GitHub, through `gh api`."""

from typing import Any, Final, Literal

from pydantic import BaseModel, ValidationError

from tools.engine.forge.asking import Door, ask, unknown_form
from tools.engine.forge.pulls import Draft, Head, Page, Pull

# Only this interface can take the draft away.
_PROMOTE: Final = "mutation($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) { pullRequest { isDraft } } }"


class _Pull(BaseModel):
    """As GitHub's API has it."""

    number: int
    html_url: Page
    state: str
    draft: bool = False
    merged_at: str | None = None
    node_id: str
    title: str


def find_on_github(door: Door, head: Head) -> list[Pull]:
    """Those of this branch, the newest first. Raises Refusal as `ask` does."""
    owner = head.project.path.partition("/")[0]
    said = ask(door, f"{_of(door)}?head={owner}:{head.branch}&state=all", what=f"pull requests of {head.branch}")
    if not isinstance(said, list):
        raise unknown_form("gh")
    return [_read(each) for each in said]


def open_on_github(door: Door, wanted: Draft) -> Pull:
    """Open a draft. Raises Refusal as `ask` does."""
    owner = wanted.head.project.path.partition("/")[0]
    words = {"title": wanted.title, "head": f"{owner}:{wanted.head.branch}", "base": wanted.into, "body": wanted.body}
    fields = [part for name, text in words.items() for part in ("-f", f"{name}={text}")]
    return _read(ask(door, _of(door), "-X", "POST", *fields, "-F", "draft=true", what=f"a pull request into {wanted.into}"))


def promote_on_github(door: Door, pull: Pull) -> None:
    """Take the draft away. Raises Refusal as `ask` does."""
    ask(door, "graphql", "-f", f"query={_PROMOTE}", "-f", f"id={pull.handle}", what=f"pull request {pull.number}")


def close_on_github(door: Door, pull: Pull, reason: str) -> None:
    """Close it, the reason said there. Raises Refusal as `ask` does."""
    ask(door, f"repos/{door.project.path}/issues/{pull.number}/comments", "-X", "POST", "-f", f"body={reason}", what=f"pull request {pull.number}")
    ask(door, f"{_of(door)}/{pull.number}", "-X", "PATCH", "-f", "state=closed", what=f"pull request {pull.number}")


def _of(door: Door) -> str:
    return f"repos/{door.project.path}/pulls"


def _read(said: Any) -> Pull:
    try:
        found = _Pull.model_validate(said)
    except ValidationError as error:
        raise unknown_form("gh") from error
    return Pull(found.number, found.html_url, _state(found), found.draft, found.title, found.node_id)


def _state(found: _Pull) -> Literal["open", "closed", "merged"]:
    if found.merged_at is not None:
        return "merged"
    return "open" if found.state == "open" else "closed"
