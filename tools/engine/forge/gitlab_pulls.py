"""Merge requests of GitLab, through `glab api`; a draft is one by its title."""

import re
from typing import Any, Final, Literal
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from tools.engine.forge.asking import Door, ask, unknown_form
from tools.engine.forge.pulls import Draft, Head, Page, Pull
from tools.engine.forge.references import Project

DRAFT: Final = "Draft: "
_MARKED: Final = re.compile(r"^(?:\[draft\]|\(draft\)|draft:)\s*", re.IGNORECASE)


class _Merge(BaseModel):
    """As GitLab's API has it."""

    iid: int
    web_url: Page
    state: str
    draft: bool = False
    title: str


class _Known(BaseModel):
    id: int


def find_on_gitlab(door: Door, head: Head) -> list[Pull]:
    """Those of this branch, the newest first. Raises Refusal as `ask` does."""
    question = f"{_of(door.project)}/merge_requests?source_branch={quote(head.branch, safe='')}&state=all"
    said = ask(door, question, what=f"merge requests of {head.branch}")
    if not isinstance(said, list):
        raise unknown_form("glab")
    return [_read(each) for each in said]


def open_on_gitlab(door: Door, wanted: Draft) -> Pull:
    """Open a draft; from a fork it is asked for there. Raises Refusal as `ask` does."""
    words = {"title": f"{DRAFT}{wanted.title}", "source_branch": wanted.head.branch, "target_branch": wanted.into, "description": wanted.body}
    fork = wanted.head.project != door.project
    more = {"target_project_id": str(_number(door))} if fork else {}
    fields = [part for name, text in {**words, **more}.items() for part in ("-f", f"{name}={text}")]
    where = f"{_of(wanted.head.project)}/merge_requests"
    return _read(ask(door, where, "-X", "POST", *fields, what=f"a merge request into {wanted.into}"))


def promote_on_gitlab(door: Door, pull: Pull) -> None:
    """Take the draft away. Raises Refusal as `ask` does."""
    _change(door, pull, f"title={_MARKED.sub('', pull.title)}")


def close_on_gitlab(door: Door, pull: Pull, reason: str) -> None:
    """Close it, the reason said there. Raises Refusal as `ask` does."""
    what = f"merge request {pull.number}"
    ask(door, f"{_of(door.project)}/merge_requests/{pull.number}/notes", "-X", "POST", "-f", f"body={reason}", what=what)
    _change(door, pull, "state_event=close")


def _change(door: Door, pull: Pull, field: str) -> None:
    ask(door, f"{_of(door.project)}/merge_requests/{pull.number}", "-X", "PUT", "-f", field, what=f"merge request {pull.number}")


def _number(door: Door) -> int:
    try:
        return _Known.model_validate(ask(door, _of(door.project), what=door.project.path)).id
    except ValidationError as error:
        raise unknown_form("glab") from error


def _of(project: Project) -> str:
    return f"projects/{quote(project.path, safe='')}"


def _read(said: Any) -> Pull:
    try:
        found = _Merge.model_validate(said)
    except ValidationError as error:
        raise unknown_form("glab") from error
    return Pull(found.iid, found.web_url, _state(found.state), found.draft, found.title)


def _state(said: str) -> Literal["open", "closed", "merged"]:
    if said == "merged":
        return "merged"
    return "closed" if said == "closed" else "open"
