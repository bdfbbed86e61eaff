"""An answer in a terminal: where it names a call of a tool, the subcommand that a person would type stands instead."""

from typing import Any

import pytest

from mcp_server.catalogue import CATALOGUE
from mcp_server.typed import as_typed, typed_text


@pytest.mark.parametrize(
    ("call", "line"),
    [
        ({"tool": "request_approval", "arguments": {"what": "evaluation"}}, "refactory request-approval --what evaluation"),
        ({"tool": "discover_project", "fill": ["goal"]}, "refactory discover-project --goal GOAL"),
        ({"tool": "get_job", "arguments": {"job": "J1 of two"}}, "refactory get-job --job 'J1 of two'"),
        ({"tool": "submit_report", "arguments": {"report": {"role": "reviewer"}}, "fill": ["summary", "report"]},
         """refactory submit-report --report '{"role": "reviewer"}' --summary SUMMARY"""),
    ],
)  # fmt: skip
def test_a_call_is_the_line_that_a_person_types(call: dict[str, Any], line: str) -> None:
    assert as_typed(call) == line


def test_the_next_call_and_the_others_stand_as_commands_without_roles() -> None:
    option = {"tool": "verdict", "arguments": {"experiment": 2, "decision": "revert"}, "why": "give it up"}
    lines = typed_text({"summary": "Begun.", "next": {"tool": "run_eval", "do": "Measure it.", "role": "ceo"}, "options": [option]}).splitlines()
    assert lines[1] == "next: refactory run-eval: Measure it."
    assert lines[-1] == "- refactory verdict --experiment 2 --decision revert: give it up"


def test_where_it_is_the_persons_turn_they_are_told_at_once() -> None:
    lines = typed_text({"summary": "No.", "next": {"do": "Tell the person: it takes pytest.", "role": "ceo"}}).splitlines()
    assert lines[1] == "next: it takes pytest."


@pytest.mark.parametrize(
    ("said", "reads"),
    [
        ("discover_project, then request_approval", "refactory discover-project, then refactory request-approval"),
        ("a person's approval: request_approval(evaluation)", "a person's approval: refactory request-approval --what evaluation"),
        ("request_approval(kind=evaluation) first", "refactory request-approval --kind evaluation first"),
        ('discover_project {}, then request_approval {"what": "evaluation"}',
         "refactory discover-project, then refactory request-approval --what evaluation"),
        ("give the whole text as factory_md", "give the whole text as --factory-md"),
        ("without one, clean_pr(branch) makes the branch", "without one, refactory clean-pr --action branch makes the branch"),
        ("verdict(keep), which takes it up again", "refactory verdict --decision keep, which takes it up again"),
        ("clean: no, or other patterns", "--no-clean-pr, or other patterns"),
        ("the verdict of experiment 1 stands", "the verdict of experiment 1 stands"),
    ],
)  # fmt: skip
def test_sentences_name_commands_and_options(said: str, reads: str) -> None:
    refused = {"code": "NEEDS_APPROVAL", "kind": "person", "what": "no", "expected": said}
    assert f"expected: {reads}" in typed_text({"summary": "no", "refused": refused}).splitlines()
    assert typed_text({"summary": said}) == reads


def test_what_the_project_says_is_left_as_it_is() -> None:
    data = {"draft": "Keep start_experiment\nand run_eval", "tools_ahead": ["start_cycle", "run_eval"]}
    text = typed_text({"summary": "Done.", "data": data})
    assert "Keep start_experiment\nand run_eval" in text
    assert "- start-cycle\n- run-eval" in text


def test_contracts_and_briefs_name_commands() -> None:
    text = typed_text({"summary": "The brief.", "contract": "submit_report comes first.", "data": {"brief": "Then run_eval.", "tools": ["run_eval"]}})
    assert text.splitlines() == [
        "The brief.", "contract: refactory submit-report comes first.", "brief: Then refactory run-eval.", "tools:", "- run-eval",
    ]  # fmt: skip


def test_every_tool_has_its_command() -> None:
    assert [as_typed({"tool": row.name}) for row in CATALOGUE] == [f"refactory {row.command}" for row in CATALOGUE]
