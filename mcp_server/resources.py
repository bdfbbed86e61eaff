"""Resources: what hosts can show or attach. No route depends on one; each has its tool."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

import anyio.to_thread
from mcp import MCPError
from mcp.types import (
    INVALID_PARAMS,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextResourceContents,
)

import prompts
from mcp_server.catalogue import ROWS
from mcp_server.rendering import structure_of, text_of
from mcp_server.schema import input_schema
from mcp_server.slugs import folder_named, folders_by_slug, registered
from mcp_server.workshop import Workshop
from state.answers import Answer, quoted
from state.errors import Refusal
from tools.document import Document, archive_document, contract_document, experiment_document, handover_document, strategy_document
from tools.engine.repository.git import GitFailed
from tools.engine.session import Session

LIMIT: Final = 100 * 1024  # bytes of one resource
MARKDOWN: Final = "text/markdown"
PLAIN: Final = "text/plain"
JSON: Final = "application/json"
PROJECTS: Final = "factory://projects"
SCHEMA: Final = "factory://schema/{tool}"


@dataclass(frozen=True)
class Place:
    """One kind of document of a project: its address below `factory://{project}/`, what it is, and how it is read from a session and the words."""

    path: str
    title: str
    read: Callable[[Session, list[str]], Document]
    mime: str = MARKDOWN

    @property
    def uri(self) -> str:
        """The template of its address."""
        return f"factory://{{project}}/{self.path}"


def _answered(name: str, session: Session, **arguments: Any) -> Document:
    """What a reading tool answers, as text."""
    found: Answer = ROWS[name].function(session, **arguments)
    return Document(text_of(structure_of(found)))


def _role(session: Session, words: list[str]) -> Document:
    if words[0] not in prompts.names("roles"):
        raise Refusal("UNKNOWN_ID", f"there is no role {quoted(words[0])}", expected=f"one of {', '.join(prompts.names('roles'))}")
    return _answered("get_role", session, role=words[0])


def _experiment_file(session: Session, words: list[str]) -> Document:
    return experiment_document(session, _number(words[0]), words[1])


def _number(word: str) -> int:
    if not re.fullmatch(r"A?[0-9]{1,9}", word):
        raise Refusal("UNKNOWN_ID", f"{quoted(word)} is no number of an experiment", expected="such as 12")
    return int(word.removeprefix("A"))


PLACES: Final = (
    Place("status", "Project status and next step", lambda session, _: _answered("project_status", session), PLAIN),
    Place("handover", "What is needed to go on", lambda session, _: handover_document(session), PLAIN),
    Place("factory.md", "The approved contract, as committed", lambda session, _: contract_document(session)),
    Place("experiments/{n}", "One experiment", lambda session, words: _answered("experiment_history", session, experiment=_number(words[0])), PLAIN),
    Place("experiments/{n}/{file}", "Its diff, review, record or output", _experiment_file, PLAIN),
    Place("strategy/{name}", "A page of the strategy", lambda session, words: strategy_document(session, words[0])),
    Place("archive/{id}", "The archive note of a decided experiment", lambda session, words: archive_document(session, _number(words[0]))),
    Place("roles/{role}", "A role's brief for this project", _role, PLAIN),
)  # fmt: skip


def listed() -> ListResourcesResult:
    """The one resource with an address of its own."""
    projects = Resource(uri=PROJECTS, name="projects", title="Projects of this factory", mime_type=JSON)
    return ListResourcesResult(resources=[projects])


def templates() -> ListResourceTemplatesResult:
    """Everything else, by pattern."""
    found = [ResourceTemplate(uri_template=each.uri, name=each.path, title=each.title, mime_type=each.mime) for each in PLACES]
    schema = ResourceTemplate(uri_template=SCHEMA, name="schema/{tool}", title="Arguments and answer of a tool", mime_type=JSON)
    return ListResourceTemplatesResult(resource_templates=[*found, schema])


async def read(workshop: Workshop, uri: str, host: str) -> ReadResourceResult:
    """The document at an address. Raises MCPError with what there is, where there is no such document."""
    try:
        document, mime = await anyio.to_thread.run_sync(_read, workshop, uri, host, limiter=workshop.threads)
    except Refusal as refusal:
        raise MCPError(code=INVALID_PARAMS, message=f"{refusal.what}; expected: {refusal.expected}") from refusal
    except (GitFailed, OSError) as error:
        raise MCPError(code=INVALID_PARAMS, message=f"{quoted(uri)} cannot be read now: {quoted(str(error))}") from error
    return ReadResourceResult(contents=[TextResourceContents(uri=uri, mime_type=mime, text=_cut(document))])


def _read(workshop: Workshop, uri: str, host: str) -> tuple[Document, str]:
    if uri == PROJECTS:
        return _projects(workshop), JSON
    if words := _words(SCHEMA, uri):
        return _schema(words[0]), JSON
    for place in PLACES:
        if words := _words(place.uri, uri):
            session = workshop.session(str(folder_named(workshop, words[0])), host)
            return place.read(session, words[1:]), place.mime
    known = ", ".join((PROJECTS, *(each.uri for each in PLACES), SCHEMA))
    raise Refusal("UNKNOWN_ID", f"there is no resource {quoted(uri)}", expected=known)


def _words(template: str, uri: str) -> list[str]:
    """What stands in the places of a template; nothing where the address is another."""
    pattern = re.sub(r"\\\{\w+\\\}", "([^/]+)", re.escape(template))
    found = re.fullmatch(pattern, uri)
    return [unquote(word) for word in found.groups()] if found else []


def _projects(workshop: Workshop) -> Document:
    """Every project with its slug and how far it is."""
    known = {each.path: each for each in registered(workshop)}
    rows = [
        {"project": slug, "path": str(folder)}
        | (known[str(folder)].model_dump(include={"kept", "reverted", "abandoned", "latest_score"}) if str(folder) in known else {})
        for slug, folder in folders_by_slug(workshop).items()
    ]
    return Document(json.dumps({"projects": rows}, indent=2, ensure_ascii=False))


def _schema(tool: str) -> Document:
    """A tool's arguments, and the shape that every answer has."""
    if tool not in ROWS:
        raise Refusal("UNKNOWN_ID", f"there is no tool {quoted(tool)}", expected=f"one of {', '.join(ROWS)}")
    row = ROWS[tool]
    shape = {"tool": tool, "description": row.description, "arguments": input_schema(row), "answer": Answer.model_json_schema()}
    return Document(json.dumps(shape, indent=2, ensure_ascii=False))


def _cut(document: Document) -> str:
    """The text within the limit; a longer one ends with where the whole of it lies."""
    content = document.text.encode("utf-8", "replace")
    if len(content) <= LIMIT:
        return content.decode()
    end = f"\n… cut at {LIMIT // 1024} KB; the whole: {document.path or 'ask the tool for one part of it'}\n"
    return content[: LIMIT - len(end.encode())].decode("utf-8", "ignore") + end
