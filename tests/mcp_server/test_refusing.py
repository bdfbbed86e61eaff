"""A refusal with more to say than an answer holds: what is left out is counted, in the text and in the structure."""

import pytest

from mcp_server.refusing import SHOWN, refused_answer
from mcp_server.rendering import structure_of, text_of
from state.errors import Problem, Refusal


@pytest.mark.parametrize(("code", "tool"), [("BAD_CONFIG", "discover_project"), ("BAD_ARGUMENTS", "verdict"), ("BAD_REPORT", "submit_report")])
def test_the_text_says_how_many_problems_there_are_where_not_all_are_shown(code: str, tool: str) -> None:
    problems = [Problem(f"factory.md:{line}", "that", "this") for line in range(1, 32)]
    structure = structure_of(refused_answer(None, tool, {}, Refusal(code, "31 problems", problems=problems)))
    lines = text_of(structure).splitlines()
    assert len([line for line in lines if line.startswith("problem: ")]) == SHOWN
    assert lines[lines.index("problems: the first 20 of 31") + 1].startswith("problem: where=factory.md:1;")
    assert structure["total"] == 31


def test_nothing_is_counted_where_all_problems_are_shown() -> None:
    refusal = Refusal("BAD_CONFIG", "problems", problems=[Problem("a", "b", "c")] * SHOWN)
    assert "the first" not in text_of(structure_of(refused_answer(None, "discover_project", {}, refusal)))


def test_places_that_are_left_out_are_counted() -> None:
    refusal = Refusal("NO_PROJECT", "too many", where=[f"place {number}" for number in range(SHOWN + 11)])
    where = structure_of(refused_answer(None, "project_status", {}, refusal))["refused"]["where"]
    assert (len(where), where[-1]) == (SHOWN + 1, "and 11 more")
