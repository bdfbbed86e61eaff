"""What the command line says of itself: every tool is a command, and what is given as JSON shows its fields."""

import pytest

from mcp_server.catalogue import CATALOGUE
from mcp_server.command_line import COMMANDS, main
from mcp_server.json_fields import json_fields


def helped(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


def test_the_help_names_every_command_and_the_list_of_tools_every_tool_with_its_title(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert all(f" {command.name} {command.words}" in shown for command in COMMANDS)
    assert main(["tools"]) == 0
    listed = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert listed == [f"{row.command} {row.title}" for row in CATALOGUE]


def test_the_help_of_hypotheses_shows_their_fields_and_marks_what_must_be_there(capsys: pytest.CaptureFixture[str]) -> None:
    shown = helped(capsys, "propose-hypotheses")
    assert "--hypotheses is JSON, each with (*: must be there):" in shown
    for name in ("title", "category", "dimension", "what", "why"):
        assert f"\n  * {name} " in shown
    for name in ("files", "own_checks", "sources", "differs"):
        assert f"\n    {name} " in shown
    assert "fix | exploit | explore | combine" in shown


def test_the_help_of_a_report_shows_the_fields_of_each_role(capsys: pytest.CaptureFixture[str]) -> None:
    review, *others = helped(capsys, "submit-report").split("or, with:")
    assert "* role          reviewer" in review
    assert "* independence  subagent | other_session | person | fresh_pass" in review
    assert "  guards        a list, each with:\n      * guard     text\n      * holds     true or false\n        evidence  text\n" in review
    assert len(others) == 8
    assert "* role      ceo\n  * decision  proceed | redirect | abort\n" in others[-1]


@pytest.mark.parametrize("field", [{"type": "string"}, {"type": "array", "items": {"type": "string"}}, {"type": "object"}])
def test_what_has_no_fields_of_its_own_gets_no_lines(field: dict[str, object]) -> None:
    assert json_fields("get_role", "role", field) == []


def test_flags_that_an_earlier_factory_had_are_taken_and_yes_or_no_is_a_flag_alone(capsys: pytest.CaptureFixture[str]) -> None:
    shown = helped(capsys, "start-cycle")
    assert "--spec SPEC, --prompt SPEC" in shown
    assert "--dry-run" in shown
    assert "--dry-run DRY_RUN" not in shown
    assert "--directory DIRECTORY, --dir DIRECTORY" in helped(capsys, "create-project")


@pytest.mark.parametrize(("word", "meant"), [("docter", "doctor"), ("statsu", "status"), ("run-evl", "run-eval"), ("xyzzy", "")])
def test_a_command_that_does_not_exist_is_wrong_usage_and_the_one_meant_is_named(word: str, meant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([word]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"refactory: no command {word!r}; ")
    assert (f"did you mean {meant}? " if meant else "refactory --help") in said
