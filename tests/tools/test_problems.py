"""What does not fit a shape, in words that name what may stand there."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from mcp_server.catalogue import ROWS
from mcp_server.schema import checked_arguments
from state.cycles import Hypothesis
from state.errors import Refusal, counted
from tests.support.states import EXPLOIT, States
from tools.engine.experiment.review import Review
from tools.problems import problems_of_shape


def said(shape: type[BaseModel], value: dict[str, Any], under: str = "") -> list[str]:
    """The problems of a value that does not fit."""
    with pytest.raises(ValidationError) as found:
        shape.model_validate(value)
    return [str(problem) for problem in problems_of_shape(found.value, shape, under)]


def test_what_is_missing_is_said_with_what_may_stand_there() -> None:
    assert said(Review, {"role": "reviewer"}, "report") == [
        "report.reviewer: found nothing; expected text of 1 to 200 characters",
        "report.independence: found nothing; expected one of subagent, other_session, person, fresh_pass",
        "report.decision: found nothing; expected one of pass, changes, fail",
        "report.quotes: found nothing; expected a list of at most 50 items, each an object with at, text",
    ]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"category": "repair"}, 'H1.category: found "repair"; expected one of fix, exploit, explore, combine'),
        ({"titel": "x"}, "H1.titel: found a field that it does not take; expected one of"),
        ({"titel": "x"}, "did you mean title?"),
        ({"title": 3}, "H1.title: found 3; expected text"),
        ({"files": ["a", 3]}, "H1.files[2]: found 3; expected text"),
        ({"files": 3}, "H1.files: found 3; expected a list, each text"),
    ],
)
def test_another_value_is_shown_beside_what_may_stand_there(change: dict[str, Any], problem: str) -> None:
    assert problem in " ".join(said(Hypothesis, {**EXPLOIT, **change}, "H1"))


@pytest.mark.parametrize(
    ("tool", "arguments", "problem"),
    [
        ("get_job", {"job": "X"}, 'job: found "X"; expected text that matches ^J[0-9]{1,9}$'),
        ("run_eval", {"experiment": 0}, "experiment: found 0; expected a number of at least 1"),
        ("run_eval", {"experiment": True}, "experiment: found true; expected a whole number from 1 to 999999999"),
        ("propose_hypotheses", {"hypotheses": []}, "hypotheses: found 0 items; expected at least 1"),
        ("verdict", {"experiment": 1, "decision": "keep", "reason": ""}, "reason: found 0 characters; expected text of 1 to 500 characters"),
    ],
)
def test_arguments_are_spoken_of_in_the_same_words(tool: str, arguments: dict[str, Any], problem: str) -> None:
    with pytest.raises(Refusal) as refused:
        checked_arguments(ROWS[tool], arguments)
    assert [str(each) for each in refused.value.problems] == [problem]
    assert refused.value.what == f"{tool}: 1 problem"


def test_one_is_one_and_none_and_more_are_many() -> None:
    assert [counted(range(number)) for number in range(3)] == ["0 problems", "1 problem", "2 problems"]


async def test_a_report_that_only_names_its_role_is_told_what_a_review_holds(states: States) -> None:
    async with states.open("begun") as host:
        answer = await host.refused("BAD_REPORT", "submit_report", experiment=1, summary="s", report={"role": "reviewer"})
        problems = {problem["where"]: problem for problem in answer["refused"]["problems"]}
        assert problems["report.independence"]["found"] == "nothing"
        assert "subagent" in problems["report.independence"]["expected"]
        answer = await host.refused("BAD_REPORT", "submit_report", experiment=1, summary="s", report={})
        (problem,) = answer["refused"]["problems"]
        assert (problem["where"], problem["found"]) == ("report.role", "nothing")
        assert problem["expected"].startswith("one of reviewer, researcher, strategist")


async def test_a_proposal_with_one_fault_has_one_problem(states: States) -> None:
    async with states.open("approved") as host:
        await host.done("start_cycle")
        answer = await host.refused("BAD_HYPOTHESIS", "propose_hypotheses", hypotheses=[{**EXPLOIT, "category": "repair"}])
        assert answer["refused"]["what"] == "1 problem; none was accepted"
