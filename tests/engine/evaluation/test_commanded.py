"""Scores out of commands: a finite number from 0 to 1 out of a command that ended well, or a state with its reason."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from state.measurement import Reading
from tools.engine.evaluation.commanded import Evaluation, form_of_eval_command, read_evaluation
from tools.engine.evaluation.score import NoScore, ParseForm, score_from_json, score_from_pattern
from tools.engine.process import Command, child_environment, supervise


async def run(folder: Path, command: str, parse: ParseForm, pattern: str = "", limit: float = 30) -> Reading:
    environment = child_environment(home=folder, temporary=folder)
    finished = await supervise(Command(("/bin/sh", "-c", command), folder, environment, limit))
    return read_evaluation(Evaluation("e", command, parse, pattern, limit), finished)


RESULTS = json.dumps({"results": [{"name": "a", "score": 1, "weight": 3, "passed": True, "details": ""}, {"name": "b", "score": 0.2, "weight": 1}]})
GOOD: dict[str, tuple[str, ParseForm, str, float]] = {
    "a number": ("echo 0.5", "json", "", 0.5),
    "an integer": ("echo 1", "json", "", 1.0),
    "an object": ('echo \'{"score": 0.25, "more": [1]}\'', "json", "", 0.25),
    "an object over several lines": ("printf '{\\n\"score\":\\n0.25\\n}\\n'", "json", "", 0.25),
    "a last line after other output": ("echo working; echo 0.75", "json", "", 0.75),
    "the original's results": (f"echo '{RESULTS}'", "json", "", 0.8),
    "noise on stderr": ("echo oops >&2; echo 0.5", "json", "", 0.5),
    "a pattern": ("echo x=1; echo score=0.5", "regex", r"score=(\S+)", 0.5),
    "a pattern of a whole line": ("echo a; echo 0.5", "regex", r"^([\d.]+)$", 0.5),
    "exit 0": ("echo nonsense", "exit_code", "", 1.0),
    "exit 1": ("exit 1", "exit_code", "", 0.0),
    "exit 0 after much output": ("head -c 100000000 /dev/zero", "exit_code", "", 1.0),
}
BAD: dict[str, tuple[str, ParseForm, str, str]] = {
    "NaN": ("echo NaN", "json", "", "not a finite number"),
    "NaN as the score": ("echo '{\"score\": NaN}'", "json", "", "not a finite number"),
    "infinity": ("echo Infinity", "json", "", "not a finite number"),
    "a number too large to be finite": ("echo 1e999", "json", "", "not a finite number"),
    "an integer too large": (f"echo 1{'0' * 400}", "json", "", "too large"),
    "above one": ("echo 7.5", "json", "", "from 0 to 1"),
    "below zero": ("echo '{\"score\": -0.1}'", "json", "", "from 0 to 1"),
    "true": ("echo true", "json", "", "not a number"),
    "null": ("echo '{\"score\": null}'", "json", "", "not a number"),
    "text": ('echo \'{"score": "0.9"}\'', "json", "", "not a number"),
    "another key": ("echo '{\"accuracy\": 0.9}'", "json", "", "no key score"),
    "a key twice": ('echo \'{"score": 0.1, "score": 0.9}\'', "json", "", "twice"),
    "a list": ("echo '[0.9]'", "json", "", "not a number"),
    "no output": ("true", "json", "", "nothing was printed"),
    "no JSON": ("echo fine", "json", "", "neither"),
    "deep nesting": ("head -c 100000 /dev/zero | tr '\\0' '['", "json", "", "neither"),
    "exit 1 after a score": ("echo 0.9; exit 1", "json", "", "exit code 1"),
    "exit 1 after a match": ("echo 0.9; exit 1", "regex", "(.*)", "exit code 1"),
    "empty results": ("echo '{\"results\": []}'", "json", "", "at least one entry"),
    "results out of range": ('echo \'{"results": [{"name": "a", "score": 7.5}]}\'', "json", "", "score of a is 7.5"),
    "results that weigh nothing": ('echo \'{"results": [{"name": "a", "score": 1, "weight": 0}]}\'', "json", "", "sum"),
    "results with a negative weight": ('echo \'{"results": [{"name": "a", "score": 1, "weight": -1}]}\'', "json", "", "below 0"),
    "one result twice": ('echo \'{"results": [{"name": "a", "score": 1}, {"name": "a", "score": 1}]}\'', "json", "", "two results"),
    "no match": ("echo 0.9", "regex", "score=(.*)", "nothing in the output matches"),
    "a match that is no number": ("echo score=nan", "regex", "score=(.*)", "not a number"),
    "a match with an underscore": ("echo score=0_1", "regex", "score=(.*)", "not a number"),
    "an empty match": ("echo score=", "regex", "score=(.*)", "not a number"),
    "a group that did not take part": ("echo b", "regex", "(a)?b", "not a number"),
    "a command that is not there": ("no-such-command-at-all", "exit_code", "", "command not found"),
    "a command that cannot be run": ("/", "exit_code", "", "cannot be run"),
    "a module that is not there": ("python3 -m no_such_runner", "exit_code", "", "command cannot start: No module named no_such_runner"),
    "a program that make misses": ("echo 'make: *** [Makefile:2: test] Error 127' >&2; exit 2", "exit_code", "", "command cannot start"),
    "killed": ("kill -9 $$", "exit_code", "", "killed by signal 9"),
    "100 MB before the score": ("head -c 100000000 /dev/zero; echo; echo 0.9", "json", "", "more output than is kept"),
    "100 MB before the match": ("head -c 100000000 /dev/zero; echo; echo 0.9", "regex", "(0.9)", "more output than is kept"),
}


@pytest.mark.parametrize("name", GOOD)
async def test_a_score_is_read(name: str, tmp_path: Path) -> None:
    command, parse, pattern, value = GOOD[name]

    reading = await run(tmp_path, command, parse, pattern)

    assert (reading.state, reading.reason) == ("measured", "")
    assert reading.value == pytest.approx(value)


@pytest.mark.parametrize("name", BAD)
async def test_what_is_no_score_is_an_error_with_its_reason(name: str, tmp_path: Path) -> None:
    command, parse, pattern, words = BAD[name]

    reading = await run(tmp_path, command, parse, pattern)

    assert reading.state == "error"
    assert reading.value is None
    assert words in reading.reason


async def test_a_command_that_hangs_is_a_timeout(tmp_path: Path) -> None:
    reading = await run(tmp_path, "echo 0.9; sleep 600", "json", limit=0.5)

    assert (reading.state, reading.reason) == ("timeout", "still running after 0.5 s")


def test_the_parts_of_the_originals_results_are_facts() -> None:
    score, parts = score_from_json(RESULTS)

    assert score == pytest.approx(0.8)
    assert parts == {"a": 1.0, "b": 0.2}


def test_the_form_of_the_evaluation_command_follows_from_its_text_alone() -> None:
    assert form_of_eval_command("python eval/score.py") == "json"
    assert form_of_eval_command("make check") == "exit_code"


def is_share_or_refused(read: Callable[[], float]) -> bool:
    try:
        score = read()
    except NoScore as problem:
        return bool(str(problem))
    return math.isfinite(score) and 0 <= score <= 1


@given(st.text())
def test_whatever_is_printed_a_score_is_a_share_or_there_is_none(text: str) -> None:
    assert is_share_or_refused(lambda: score_from_json(text)[0])
    assert is_share_or_refused(lambda: score_from_pattern(text, r"(\S+)"))


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_whatever_json_is_printed_a_score_is_a_share_or_there_is_none(value: object) -> None:
    for shown in (value, {"score": value}, {"results": value}, {"results": [value]}, {"results": [{"name": "a", "score": value}]}):
        text = json.dumps(shown)
        assert is_share_or_refused(lambda: score_from_json(text)[0])  # noqa: B023 - called at once


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.001, 1000)), min_size=1, max_size=8))
def test_results_never_score_outside_of_their_parts(parts: list[tuple[float, float]]) -> None:
    entries = [{"name": str(index), "score": score, "weight": weight} for index, (score, weight) in enumerate(parts)]

    score, _ = score_from_json(json.dumps({"results": entries}))

    assert min(score for score, _ in parts) - 1e-9 <= score <= max(score for score, _ in parts) + 1e-9


def test_a_score_that_is_said_twice_is_none() -> None:
    with pytest.raises(NoScore, match="more than one score"):
        score_from_json('{"score": 0.75}\n{"score": 1.0}\n')


def test_words_and_other_objects_before_a_score_do_not_matter() -> None:
    assert score_from_json('measuring\n{"seconds": 3}\n{"score": 0.75}\n')[0] == 0.75


def test_results_on_lines_of_their_own_are_one_score() -> None:
    text = '{"results": [\n{"name": "a", "score": 0.5},\n{"name": "b", "score": 1.0}\n]}\n'
    assert score_from_json(text)[0] == 0.75
