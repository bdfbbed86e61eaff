"""Who may do what, as the briefs of the roles say it: no two of them contradict each other, and each is handed in as its example shows."""

import pytest

import prompts
from tools.engine.experiment.review import Review
from tools.engine.roles.shapes import Decision, Lesson, RecordReading
from tools.report import OF_A_CYCLE

# What exactly these roles may call. A tool that decides has one role that decides with it.
ONLY: dict[str, frozenset[str]] = {
    "verdict": frozenset(("ceo",)),
    "request_approval": frozenset(("ceo",)),
    "discover_project": frozenset(("ceo",)),
    "propose_hypotheses": frozenset(("strategist",)),
    "run_eval": frozenset(("builder", "evaluator")),
    "start_experiment": frozenset(("builder", "ceo")),
}
# Words that one role is told, and that must not stand in the brief of the other.
CLAIMS = (
    ("builder", "Hand in nothing", "submit_report"),
    ("ceo", "Never edit files yourself", "Edit only inside"),
    ("researcher", "Edit nothing", "Edit only inside"),
    ("evaluator", "none from you", "your own numbers"),
)
SHAPES = {**OF_A_CYCLE, "reviewer": Review, "evaluator": RecordReading, "archivist": Lesson, "ceo": Decision}


@pytest.mark.parametrize("tool", ONLY)
def test_what_decides_is_called_by_the_roles_that_decide_and_by_no_other(tool: str) -> None:
    assert {name for name in prompts.names("roles") if tool in prompts.role(name).tools} == ONLY[tool]


@pytest.mark.parametrize(("role", "told", "contrary"), CLAIMS)
def test_no_brief_says_the_contrary_of_what_it_says(role: str, told: str, contrary: str) -> None:
    words = prompts.role(role)
    text = f"{words.body}{words.contract}{' '.join(words.tools)}"
    assert told in text
    assert contrary not in text


@pytest.mark.parametrize("role", [name for name in prompts.names("roles") if prompts.role(name).example.get("role")])
def test_the_example_of_a_brief_is_a_report_of_that_role(role: str) -> None:
    example = prompts.role(role).example
    assert example["role"] == role
    SHAPES[role].model_validate(example)


def test_only_a_builder_hands_in_no_report_and_shows_none() -> None:
    assert [name for name in prompts.names("roles") if not prompts.role(name).example] == ["builder"]
