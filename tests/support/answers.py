"""What must hold of every answer that the server gives, whatever was asked."""

import json
from collections.abc import Iterator
from typing import Any

from mcp.types import CallToolResult, TextContent
from pydantic import ValidationError

from mcp_server.catalogue import ROWS
from mcp_server.schema import arguments_model
from state.errors import KIND_OF_CODE

LIMIT = 10_000
# Refused before it was clear which project is meant.
WITHOUT_PROJECT = frozenset({"NO_PROJECT", "UNSUPPORTED_REPO", "BAD_ARGUMENTS", "UNKNOWN_TOOL", "INTERNAL"})


def checked(result: CallToolResult) -> dict[str, Any]:
    """The structured content of an answer, once all that must hold of every answer was asserted."""
    structure: dict[str, Any] | None = result.structured_content
    block = result.content[0]
    assert structure is not None
    assert isinstance(block, TextContent)
    assert len(result.content) == 1
    assert max(len(block.text), len(json.dumps(structure, ensure_ascii=False))) < LIMIT
    assert max(map(len, block.text.splitlines())) <= 500
    assert len(structure["summary"]) <= 300
    assert len(structure.get("warnings", ())) <= 5
    assert len(structure.get("options", ())) <= 2
    result.model_dump_json()  # goes over the wire: no lone surrogates
    _every_leaf_in(block.text, structure)
    _next_is_a_call(structure)
    assert result.is_error == ("refused" in structure)
    if refused := structure.get("refused"):
        assert KIND_OF_CODE[refused["code"]] == refused["kind"]
        assert refused["what"].strip()
        assert len(refused.get("problems", ())) <= 20
        assert block.text.startswith(f"REFUSED {refused['code']} ({refused['kind']}): ")
    if "refused" not in structure or structure["refused"]["code"] not in WITHOUT_PROJECT:
        assert structure["project"].startswith("/")
    return structure


def leaves(value: Any) -> Iterator[Any]:
    """Every value that is neither a list nor an object."""
    if isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    else:
        yield value


def _every_leaf_in(text: str, structure: dict[str, Any]) -> None:
    unfolded = text.replace("\n", "")
    for leaf in leaves(structure):
        for line in leaf.splitlines() if isinstance(leaf, str) else (json.dumps(leaf),):
            escaped = json.dumps(line, ensure_ascii=False)[1:-1]  # as it stands in the arguments of `next`
            assert line in unfolded or escaped in unfolded, f"{leaf!r} is not in the text:\n{text}"


def _next_is_a_call(structure: dict[str, Any]) -> None:
    """`next` names a tool of the catalogue, or none, and its arguments are what that tool takes, but for those still to be filled in."""
    action = structure["next"]
    assert action["do"].strip()
    tool = action.get("tool")
    if tool is None:
        assert not action.get("arguments")
        return
    fill = action.get("fill", ())
    model = arguments_model(ROWS[tool].name)
    assert set(fill) <= set(model.model_fields)
    try:
        model.model_validate(action.get("arguments", {}))
    except ValidationError as error:
        left = [fault for fault in error.errors() if fault["type"] != "missing" or fault["loc"][0] not in fill]
        assert not left, f"next is no call of {tool}: {left}"
