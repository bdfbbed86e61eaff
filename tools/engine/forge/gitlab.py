"""Issues of GitLab, through `glab api`; whether one is one's own takes the names of those who belong to the project."""

from typing import Any, Final, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, TypeAdapter, ValidationError

from state.errors import Refusal
from state.issues import Issue
from tools.engine.forge.asking import Door, ask, unknown_form
from tools.engine.forge.fetched import Listing, issue
from tools.engine.forge.references import Project

MEMBERS: Final = 100  # that are asked for: the most that GitLab gives at once

_Shape = TypeVar("_Shape")


class _User(BaseModel):
    username: str


class _Issue(BaseModel):
    """As GitLab's API has it."""

    iid: int
    title: str
    description: str | None
    web_url: str
    state: str
    updated_at: str
    author: _User | None
    labels: list[str]


_ISSUES: Final = TypeAdapter(list[_Issue])
_USERS: Final = TypeAdapter(list[_User])


def one_of_gitlab(door: Door, number: int) -> Issue:
    """One issue. Raises Refusal as `ask` does."""
    said = _asked(door, f"{_of(door.project)}/issues/{number}", f"issue {number} in {door.project.path}")
    (found,) = _read(_ISSUES, [said])
    return _ours(door.project, found, _people(door))


def open_ones_of_gitlab(door: Door, limit: int) -> Listing:
    """The newest open issues, `limit` at most. Raises Refusal as `ask` does."""
    question = f"{_of(door.project)}/issues?state=opened&order_by=created_at&sort=desc&per_page={limit + 1}"
    found = _read(_ISSUES, _asked(door, question, f"issues of {door.project.path}"))
    people = _people(door)
    return Listing(tuple(_ours(door.project, each, people) for each in found[:limit]), complete=len(found) <= limit)


def _people(door: Door) -> frozenset[str]:
    """The signed-in person, and those who belong to the project as far as the forge shows them."""
    (me,) = _read(_USERS, [_asked(door, "user", "the signed-in person")])
    try:
        members = _read(_USERS, _asked(door, f"{_of(door.project)}/members/all?per_page={MEMBERS}", f"the members of {door.project.path}"))
    except Refusal as refusal:
        if refusal.code not in ("UNKNOWN_ID", "NO_FORGE"):
            raise
        members = []  # who may not see them is told of one's own alone
    return frozenset(each.username for each in (me, *members))


def _asked(door: Door, question: str, what: str) -> Any:
    return ask(door, question, what=what)


def _of(project: Project) -> str:
    return f"projects/{quote(project.path, safe='')}"


def _read(shape: TypeAdapter[_Shape], said: Any) -> _Shape:
    try:
        return shape.validate_python(said)
    except ValidationError as error:
        raise unknown_form("glab") from error


def _ours(project: Project, found: _Issue, people: frozenset[str]) -> Issue:
    author = found.author.username if found.author else ""
    return issue(
        project, found.web_url, found.iid, title=found.title, body=found.description or "", is_open=found.state == "opened", own=author in people,
        author=author, labels=tuple(found.labels), updated_at=found.updated_at,
    )  # fmt: skip
