"""The tools as hosts get them: each as its snapshot says, annotated, slim, and together within a budget of tokens."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from mcp_server.catalogue import CATALOGUE, ROWS
from mcp_server.reference import BEFORE_THE_MODEL, DESCRIPTION, SHOWN, SIZE_BEGIN, SIZE_END, WHOLE_LIST, about_tokens, size_said, with_size
from mcp_server.server import build_server
from tests.support.sources import CHECKOUT

README = CHECKOUT / "README.md"
SNAPSHOTS = Path(__file__).parent / "tools"
ERAS = ("auto", "legacy")
COSTLY_WORDS = {"ge", "le", "minimum", "maximum", "$ref", "$defs", "anyOf", "oneOf", "allOf", "default", "title", "additionalProperties"}


async def listed(era: str) -> list[dict[str, Any]]:
    """`tools/list` of the server, as it goes over the wire."""
    async with Client(build_server(), mode=era) as client:
        return [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in (await client.list_tools()).tools]


def stored() -> dict[str, Any]:
    """The snapshots, by the names of their files."""
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in SNAPSHOTS.glob("*.json")}


def store(tools: dict[str, dict[str, Any]]) -> None:
    """Write the snapshots anew; those of tools that are gone go too."""
    for stale in SNAPSHOTS.glob("*.json"):
        stale.unlink()
    for name, tool in tools.items():
        (SNAPSHOTS / f"{name}.json").write_text(json.dumps(tool, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def schemas(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A schema and every schema within it."""
    yield schema
    inner = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    for each in inner:
        yield from schemas(each)


@pytest.mark.parametrize("era", ERAS)
async def test_every_tool_is_listed_as_its_snapshot_says(era: str, updating: bool) -> None:
    found = {tool["name"]: tool for tool in await listed(era)}
    if updating and era == ERAS[0]:
        store(found)
    assert found == stored(), "if the change is meant: .venv/bin/pytest --update-contract tests/contract"


@pytest.mark.parametrize("era", ERAS)
async def test_arguments_are_listed_in_the_order_of_the_snapshot(era: str) -> None:
    found = {tool["name"]: list(tool["inputSchema"]["properties"]) for tool in await listed(era)}
    assert found == {name: list(tool["inputSchema"]["properties"]) for name, tool in stored().items()}


async def test_the_list_has_the_order_of_the_catalogue() -> None:
    assert [tool["name"] for tool in await listed("auto")] == [row.name for row in CATALOGUE]


async def test_every_tool_has_a_title_a_description_and_all_four_hints() -> None:
    for tool in await listed("auto"):
        assert tool["title"], tool["name"]
        assert 20 <= len(tool["description"]) <= 500, tool["name"]
        hints = tool["annotations"]
        assert hints["title"] == tool["title"]
        assert hints["readOnlyHint"] is (ROWS[tool["name"]].effect == "reads")
        assert hints["destructiveHint"] is False, f"{tool['name']}: no tool destroys; hosts refuse such tools when nobody is there to ask"
        assert hints["idempotentHint"] is not ROWS[tool["name"]].repeats
        assert hints["openWorldHint"] is ROWS[tool["name"]].outside


async def test_a_tool_that_reads_can_be_repeated() -> None:
    assert not [row.name for row in CATALOGUE if row.effect == "reads" and row.repeats]


async def test_only_the_first_tool_stays_loaded_in_hosts_that_defer_tools() -> None:
    assert {tool["name"]: tool["_meta"] for tool in await listed("auto") if "_meta" in tool} == {"project_status": {"anthropic/alwaysLoad": True}}


async def test_schemas_hold_no_words_that_cost_tokens_and_tell_nothing() -> None:
    for tool in await listed("auto"):
        for schema in schemas(tool["inputSchema"]):
            assert not COSTLY_WORDS & schema.keys(), tool["name"]
            assert "type" in schema or "enum" in schema, tool["name"]


async def test_every_tool_takes_the_project_and_names_only_arguments_that_it_has() -> None:
    for tool in await listed("auto"):
        schema = tool["inputSchema"]
        assert "project" in schema["properties"], tool["name"]
        assert set(schema.get("required", ())) <= schema["properties"].keys() - {"project"}, tool["name"]


async def test_the_list_stays_within_its_budget_of_tokens_and_each_description_within_its_characters() -> None:
    tools = await listed("auto")
    assert about_tokens({"tools": tools}) <= WHOLE_LIST
    assert sum(about_tokens({name: tool[name] for name in BEFORE_THE_MODEL}) for tool in tools) <= SHOWN
    assert max(len(tool["description"]) for tool in tools) < DESCRIPTION


async def test_the_readme_says_what_the_list_costs(updating: bool) -> None:
    tools, text = await listed("auto"), README.read_text(encoding="utf-8")
    if updating:
        text = with_size(text, tools)
        README.write_text(text, encoding="utf-8")
    assert f"{SIZE_BEGIN}\n{size_said(tools)}\n{SIZE_END}" in text, "if the change is meant: .venv/bin/pytest --update-contract tests/contract"
