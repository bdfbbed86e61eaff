"""What is said to a model names only what exists: tools, their arguments, roles."""

import ast
import re
from typing import Any

import pytest
from mcp import Client

import prompts
from mcp_server.catalogue import CATALOGUE, ROWS
from mcp_server.instructions import INSTRUCTIONS
from mcp_server.schema import input_schema
from mcp_server.server import build_server
from state.errors import KIND_OF_CODE
from tests.support.sources import CHECKOUT, PACKAGES, called_name, nodes
from tools.engine.cycle.next_step import TOOLS_OF_A_CYCLE

FIRST_LINE_LIMIT = 250  # all that one host shows of a server
INSTRUCTIONS_LIMIT = 1500
SNAKE_CASE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
WORDS = [file for kind in ("roles", "plans", "modes") for file in sorted((CHECKOUT / "prompts" / kind).glob("*.md"))]


def named_calls() -> list[tuple[str, dict[str, ast.expr]]]:
    """Every Next(…) and Option(…) of the code: where it stands, and its keyword arguments."""
    found = [(f"{path}:{call.lineno}", call) for path, call in nodes(ast.Call) if called_name(call) in ("Next", "Option")]
    return [(where, {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}) for where, call in found]


def literal(expression: ast.expr | None) -> Any:
    """The constant that an expression is; None where it is computed."""
    return expression.value if isinstance(expression, ast.Constant) else None


def strings(expression: ast.expr | None) -> set[str]:
    """The constant keys of a dict, or the constant strings of a tuple."""
    match expression:
        case ast.Dict(keys=parts) | ast.Tuple(elts=parts):
            return {part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)}
        case _:
            return set()


@pytest.mark.parametrize("era", ["auto", "legacy"])
async def test_the_instructions_reach_the_host(era: str) -> None:
    async with Client(build_server(), mode=era) as client:
        assert client.instructions == INSTRUCTIONS


def test_the_first_line_of_the_instructions_says_what_to_call_first() -> None:
    first = INSTRUCTIONS.splitlines()[0]
    assert len(first) <= FIRST_LINE_LIMIT
    assert "Call project_status first" in first
    assert len(INSTRUCTIONS) <= INSTRUCTIONS_LIMIT


def test_the_instructions_name_only_tools_that_exist() -> None:
    named = set(SNAKE_CASE.findall(re.sub(r"`[^`]*`", "", INSTRUCTIONS)))
    assert named, "the pattern finds the tools that are named"
    assert named <= ROWS.keys()


def test_descriptions_name_only_tools_and_arguments_that_exist() -> None:
    for row in CATALOGUE:
        properties = input_schema(row)["properties"]
        known = ROWS.keys() | properties.keys() | {value for each in properties.values() for value in each.get("enum", ())}
        assert set(SNAKE_CASE.findall(row.description)) <= known, row.name


def test_every_next_call_in_the_code_names_a_tool_of_the_catalogue() -> None:
    named = {where: literal(keywords["tool"]) for where, keywords in named_calls() if literal(keywords.get("tool"))}
    assert len(named) > 10, "the calls are found"
    assert {where: tool for where, tool in named.items() if tool not in ROWS} == {}


def test_every_next_call_in_the_code_gives_and_asks_for_arguments_that_its_tool_takes() -> None:
    wrong = {}
    for where, keywords in named_calls():
        tool = literal(keywords.get("tool"))
        given = strings(keywords.get("arguments")) | strings(keywords.get("fill"))
        if tool in ROWS and (unknown := given - input_schema(ROWS[tool])["properties"].keys()):
            wrong[where] = unknown
    assert wrong == {}


def test_every_refusal_in_the_code_has_a_code_that_is_known() -> None:
    raised = {f"{path}:{call.lineno}": literal(call.args[0]) for path, call in nodes(ast.Call) if called_name(call) == "Refusal" and call.args}
    assert len(raised) > 20, "the refusals are found"
    assert {where: code for where, code in raised.items() if code is not None and code not in KIND_OF_CODE} == {}


def test_tools_ahead_names_tools_of_the_catalogue() -> None:
    assert set(TOOLS_OF_A_CYCLE) <= ROWS.keys()


@pytest.mark.parametrize("role", prompts.names("roles"))
def test_a_role_is_given_only_tools_that_exist(role: str) -> None:
    words = prompts.role(role)
    assert words.tools
    assert set(words.tools) <= ROWS.keys()
    assert len(words.contract.splitlines()) in (2, 3)


def test_get_role_knows_exactly_the_roles_that_have_words() -> None:
    assert sorted(input_schema(ROWS["get_role"])["properties"]["role"]["enum"]) == list(prompts.names("roles"))


@pytest.mark.parametrize("file", WORDS, ids=lambda file: file.stem)
def test_prompts_speak_of_nothing_that_the_code_does_not_know(file: Any) -> None:
    code = "\n".join(source.read_text(encoding="utf-8") for package in PACKAGES for source in (CHECKOUT / package).rglob("*.py"))
    known = set(SNAKE_CASE.findall(code))
    examples = set(re.findall(r"(?:test_\w+)", file.read_text(encoding="utf-8")))
    assert set(SNAKE_CASE.findall(file.read_text(encoding="utf-8"))) - examples <= known
