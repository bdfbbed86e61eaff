"""Issues of GitHub, through `gh api graphql`: one question brings an issue with whether it is one's own."""

from typing import Any, Final

from pydantic import BaseModel, Field, ValidationError

from state.issues import Issue
from tools.engine.forge.asking import Door, ask, unknown_form
from tools.engine.forge.fetched import Listing, issue
from tools.engine.forge.references import Project

BELONGING: Final = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})  # what GitHub says of people of the repository
_FIELDS: Final = "number title body url state authorAssociation viewerDidAuthor updatedAt author { login } labels(first: 20) { nodes { name } }"
_ONE: Final = (
    f"query($owner: String!, $name: String!, $number: Int!) {{ repository(owner: $owner, name: $name) {{ issue(number: $number) {{ {_FIELDS} }} }} }}"
)
_OPEN: Final = (
    "query($owner: String!, $name: String!, $first: Int!) { repository(owner: $owner, name: $name) { "
    f"issues(first: $first, states: OPEN, orderBy: {{field: CREATED_AT, direction: DESC}}) {{ totalCount nodes {{ {_FIELDS} }} }} }} }}"
)


class _Login(BaseModel):
    login: str


class _Label(BaseModel):
    name: str


class _Labels(BaseModel):
    nodes: list[_Label]


class _Issue(BaseModel):
    """As GitHub's API has it; a deleted account is no author."""

    number: int
    title: str
    body: str
    url: str
    state: str
    association: str = Field(alias="authorAssociation")
    mine: bool = Field(alias="viewerDidAuthor")
    updated_at: str = Field(alias="updatedAt")
    author: _Login | None
    labels: _Labels | None


def one_of_github(door: Door, number: int) -> Issue:
    """One issue. Raises Refusal as `ask` does; a pull request is none."""
    said = _asked(door, _ONE, f"issue {number} in {door.project.path}", number=number)
    return _read(door.project, said.get("issue"))


def open_ones_of_github(door: Door, limit: int) -> Listing:
    """The newest open issues, `limit` at most. Raises Refusal as `ask` does."""
    said = _asked(door, _OPEN, f"issues of {door.project.path}", first=limit).get("issues")
    if not isinstance(said, dict) or not isinstance(said.get("nodes"), list) or not isinstance(said.get("totalCount"), int):
        raise unknown_form("gh")
    return Listing(tuple(_read(door.project, node) for node in said["nodes"]), complete=said["totalCount"] <= len(said["nodes"]))


def _asked(door: Door, query: str, what: str, **numbers: int) -> dict[str, Any]:
    owner, _, name = door.project.path.partition("/")
    typed = [part for key, value in numbers.items() for part in ("-F", f"{key}={value}")]
    said = ask(door, "graphql", "-f", f"query={query}", "-f", f"owner={owner}", "-f", f"name={name}", *typed, what=what)
    found = said.get("data", {}).get("repository") if isinstance(said, dict) and isinstance(said.get("data", {}), dict) else None
    if not isinstance(found, dict):
        raise unknown_form("gh")
    return found


def _read(project: Project, node: Any) -> Issue:
    try:
        found = _Issue.model_validate(node)
    except ValidationError as error:
        raise unknown_form("gh") from error
    return issue(
        project, found.url, found.number, title=found.title, body=found.body, is_open=found.state == "OPEN",
        own=found.mine or found.association in BELONGING, author=found.author.login if found.author else "",
        labels=tuple(label.name for label in found.labels.nodes) if found.labels else (), updated_at=found.updated_at,
    )  # fmt: skip
