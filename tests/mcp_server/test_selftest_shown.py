"""What a person sees of a drill: how far it is, the table, the same as JSON, and the exit code."""

import json
from dataclasses import replace

import pytest

from mcp_server.commands.selftest import GOT_THROUGH, NOT_HELD, STOPPED, exit_code
from mcp_server.selftest import Drilled
from mcp_server.selftest_progress import Progress, about
from mcp_server.selftest_shown import as_json, as_table, refusal_as_json
from state.errors import Refusal
from state.measurement import Root
from tools.engine.drill.breaks import CONTROL, PLAINLY
from tools.engine.drill.dimensions import Felt
from tools.engine.drill.outcome import GAIN, Trial
from tools.engine.drill.table import CHEATS

BY_NAME = {cheat.name: cheat for cheat in CHEATS if not cheat.languages or "python" in cheat.languages}
ROOT = Root(language="python", test_runner="pytest")
TRIALS = (
    Trial(CONTROL, "stopped", (GAIN,), root="python:", was_measured=True),
    Trial(PLAINLY, "stopped", ("tests_kept",), root="python:", was_measured=True),
    Trial(BY_NAME["padding"], "stopped", (GAIN,), root="python:", was_measured=True),
    Trial(BY_NAME["equal to everything"], "stopped", (GAIN,), root="python:", was_measured=True),
    Trial(BY_NAME["outside the scope"], "stopped", ("scope",), root="python:"),
    Trial(BY_NAME["noqa"], "no place for it", evidence=("lint has no finding to be silenced",), root="python:"),
)
DRILLED = Drilled(TRIALS, (Felt("coverage", True, (), (), 0.5),), (ROOT,))


def through(name: str) -> Drilled:
    return replace(DRILLED, trials=(*TRIALS, Trial(BY_NAME[name], "got through", evidence=("landed",), root="python:", was_measured=True)))


def test_the_table_says_of_each_what_stopped_it_and_counts_what_it_shows() -> None:
    table = as_table(DRILLED)
    assert "scope, before anything was measured" in table
    assert "5 trials: 4 stopped, 1 no place for it" in table
    assert "coverage                         by nothing that was broken: dead." in table


def test_what_only_lacked_a_gain_is_told_apart_by_what_it_is_after() -> None:
    table = as_table(DRILLED)
    assert "Stopped only because they gained nothing: equal to everything. Hidden inputs" in table
    assert "what gains nothing is not kept: padding." in table


@pytest.mark.parametrize(("name", "said"), [("padding", "a bug of re:factory's"), ("evaluation forged", "`cases` in ## Project Eval")])
def test_what_got_through_comes_with_what_to_do(name: str, said: str) -> None:
    last = as_table(through(name)).splitlines()[-1]
    assert last.startswith(f"Got through: {name}. ")
    assert said in last


def test_json_counts_the_same_trials_as_the_table() -> None:
    document = json.loads(as_json(DRILLED))
    assert document["ends"] == {"stopped": 4, "held": 0, "bounded": 0, "got through": 0, "not tried": 0, "no place for it": 1}
    assert [trial["name"] for trial in document["trials"]] == [trial.cheat.name for trial in TRIALS]
    assert document["dimensions"][0]["dead"]
    assert document["passed"]


def test_a_drill_that_was_refused_is_json_too() -> None:
    refused = json.loads(refusal_as_json(Refusal("NEEDS_APPROVAL", "nobody approved", expected="request_approval")))
    assert (refused["passed"], refused["refused"]["code"]) == (False, "NEEDS_APPROVAL")


@pytest.mark.parametrize(
    ("drilled", "code"),
    [
        (DRILLED, STOPPED),
        (through("padding"), GOT_THROUGH),
        (replace(DRILLED, trials=(*TRIALS, Trial(BY_NAME["noqa"], "not tried"))), NOT_HELD),
        (replace(DRILLED, nothing="an honest comment was held"), NOT_HELD),
    ],
)
def test_the_exit_code_tells_what_got_through_from_what_was_not_tried(drilled: Drilled, code: int) -> None:
    assert exit_code(drilled) == code


def test_a_terminal_sees_the_trial_that_is_under_way(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress(terminal=True, total=3)
    progress.begins("padding")
    progress.ended(TRIALS[2])
    said = capsys.readouterr().err
    assert "selftest: 1 of 3: padding …" in said
    assert said.endswith("\rselftest: 1 of 3: padding: stopped by improved_or_proven (0.0 s)\n")


def test_a_log_gets_lines_that_stay_alone(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress(terminal=False, total=3)
    progress.begins("padding")
    progress.foretell(2.0)
    progress.wipe()
    assert capsys.readouterr().err == "selftest: as long as the control, 2.0 s each, the rest takes about 10 seconds\n"


@pytest.mark.parametrize(("seconds", "said"), [(4.0, "about 10 seconds"), (62.0, "about 60 seconds"), (150.0, "about 2 minutes")])
def test_a_guessed_time_is_said_roughly(seconds: float, said: str) -> None:
    assert about(seconds) == said
