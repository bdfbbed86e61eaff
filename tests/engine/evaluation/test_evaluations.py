"""What factory.md measures itself: cases that the command cannot look into, means of runs, and names that never stand for ours."""

from pathlib import Path
from typing import Any

import pytest

from state.configuration import Configuration
from state.measurement import TIER_WEIGHTS, ReadingState
from tests.support.python_projects import Project, discovered
from tests.support.repositories import make_repository

DOUBLE = "read n; echo $((n * 2))"
GOLD = {"gold/one.in": "1\n", "gold/one.out": "2\n", "gold/two.in": "2\n", "gold/two.out": "4\n"}
# Tells whatever it finds of a word wherever a program may look for it, and answers right.
SPY = (
    "read n; grep -rs S[E]CRET . .. $HOME $TMPDIR >&2; env | grep S[E]CRET >&2; tr '\\0' ' ' < /proc/$$/cmdline | grep S[E]CRET >&2; echo $((n * 2))"
)


def make(folder: Path, files: dict[str, str], **evaluation: Any) -> Project:
    """A project that only its own command measures."""
    root = make_repository(folder / "project", {"answer.sh": DOUBLE, **files})
    settings = {"goal": "Answer.", "modifiable": ["**"], "guards": ["None"], "project_evaluations": [{"name": "answers", **evaluation}]}
    return discovered(root, Configuration.model_validate(settings))


async def measured(project: Project, tree: str = "") -> Any:
    (sample,) = await project.measure(tree or project.base, ["project:answers"])
    return sample


async def test_each_case_is_answered_by_a_process_of_its_own_and_the_share_that_agrees_counts(tmp_path: Path) -> None:
    files = {**GOLD, "gold/wrong.in": "3\n", "gold/wrong.out": "7\n", "gold/dies.in": "x\n", "gold/dies.out": "0\n"}
    reading = (await measured(make(tmp_path, files, command="sh answer.sh", cases="gold/", compare="number"))).readings[0]
    assert reading.value == 0.5
    assert reading.facts == {"cases": 4, "passed": 2, "failing": "dies, wrong"}


async def test_nothing_of_what_is_expected_is_where_the_command_could_read_it(tmp_path: Path) -> None:
    lines = '{"input": "1", "expected": "SECRET"}\n{"input": "2", "expected": "4"}\n'
    sample = await measured(make(tmp_path, {"answer.sh": SPY, "cases.jsonl": lines}, command="sh answer.sh", cases="cases.jsonl"))
    assert sample.readings[0].facts == {"cases": 2, "passed": 1, "failing": "line 1"}
    assert sample.output == "2"  # the answer to the first, and nothing that the search found
    assert "SECRET" not in sample.model_dump_json()


async def test_cases_that_a_candidate_changes_or_adds_do_not_count(tmp_path: Path) -> None:
    project = make(tmp_path, GOLD, command="sh answer.sh", cases="gold")
    easy = {"answer.sh": "cat >/dev/null; echo 5", "gold/one.out": "5\n", "gold/three.in": "3\n", "gold/three.out": "5\n"}
    assert (await measured(project, project.candidate(easy))).readings[0].facts["cases"] == 2
    assert (await measured(project, project.candidate(easy))).readings[0].value == 0.0


async def test_other_expectations_are_another_measurement(tmp_path: Path) -> None:
    project = make(tmp_path, GOLD, command="sh answer.sh", cases="gold")
    other = make(tmp_path / "other", {**GOLD, "gold/one.out": "3\n"}, command="sh answer.sh", cases="gold")
    assert (await measured(project)).instrument != (await measured(other)).instrument


async def test_a_case_that_takes_too_long_fails_alone(tmp_path: Path) -> None:
    files = {**GOLD, "answer.sh": 'read n; test "$n" = 1 && sleep 600; echo $((n * 2))'}
    reading = (await measured(make(tmp_path, files, command="sh answer.sh", cases="gold", case_timeout=0.5))).readings[0]
    assert (reading.value, reading.facts["failing"]) == (0.5, "one (time)")


async def test_cases_that_take_too_long_together_give_no_number(tmp_path: Path) -> None:
    reading = (await measured(make(tmp_path, GOLD, command="sleep 600", cases="gold", timeout=0.5, case_timeout=600))).readings[0]
    assert (reading.state, reading.reason) == (ReadingState.TIMEOUT, "0 of 2 cases were answered within 0.5 s")


async def test_a_command_that_is_not_there_is_no_wrong_answer(tmp_path: Path) -> None:
    reading = (await measured(make(tmp_path, GOLD, command="no-such-program", cases="gold"))).readings[0]
    assert (reading.state, reading.reason) == (ReadingState.ERROR, "command not found: no-such-program")


async def test_cases_that_cannot_be_read_are_unavailable_with_the_reason(tmp_path: Path) -> None:
    reading = (await measured(make(tmp_path, {"gold/one.in": "1"}, command="sh answer.sh", cases="gold"))).readings[0]
    assert (reading.state, reading.reason) == (ReadingState.UNAVAILABLE, "the case one has no .out")


async def test_the_mean_of_runs_counts_with_their_spread(tmp_path: Path) -> None:
    count = "n=$(cat $HOME/n 2>/dev/null || echo 1); echo $((n + 1)) > $HOME/n; echo 0.$n"
    sample = await measured(make(tmp_path, {"count.sh": count}, command="sh count.sh", runs=3))
    assert sample.readings[0].value == pytest.approx(0.2)
    assert sample.readings[0].facts == {"exit_code": 0, "runs": 3, "spread": pytest.approx(0.1)}


async def test_a_run_that_gives_no_number_is_the_last(tmp_path: Path) -> None:
    count = "n=$(cat $HOME/n 2>/dev/null || echo 1); echo $((n + 1)) > $HOME/n; test $n = 2 && exit 3; echo 0.$n"
    reading = (await measured(make(tmp_path, {"count.sh": count}, command="sh count.sh", runs=9))).readings[0]
    assert (reading.value, reading.state) == (None, ReadingState.ERROR)
    assert reading.reason.startswith("run 2 of 2: exit code 3")


async def test_names_in_what_a_score_prints_never_stand_for_our_dimensions(tmp_path: Path) -> None:
    ours = sorted(name for tier in TIER_WEIGHTS.values() for name in tier)
    printed = ", ".join(f'{{"name": "{name}", "score": 1}}' for name in ours)
    project = make(tmp_path, {"score.sh": f"echo '{{\"results\": [{printed}]}}'"}, command="sh score.sh")
    readings = await project.readings(project.base)
    assert readings.keys() - {"guard_patterns", "config_parser"} == {"answers"}
    assert set(readings["answers"].facts) == {"exit_code", *(f"score of {name}" for name in ours)}
