"""`refactory history`, `explain` and `diff`: what was tried, in a terminal; patches are there when the branch is long gone."""

import json
from pathlib import Path

import anyio
import pytest

from mcp_server.command_line import main
from tests.support.host import Host
from tests.support.repositories import git_process
from tests.support.scored_states import BETTER, SCORE
from tests.support.states import States
from tests.tools.test_backlog import typed
from tools.engine.experiment.patches import LATE


async def revert_another(host: Host) -> None:
    """Beside the one that landed."""
    await host.done("start_experiment", item="H2")
    await host.measured({SCORE: "0.4\n"}, 2)
    assert "refused" not in await host.revert(2)


@pytest.fixture
def two(scored: States) -> Path:
    """Experiment 1 landed, experiment 2 was reverted."""

    async def reach() -> Path:
        await scored.reach("landed and reverted", "landed", revert_another)
        return await scored.put("landed and reverted")

    return anyio.run(reach)


def test_what_was_tried_is_listed_explained_and_compared(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", str(two), "--json"]) == 0
    assert [line["experiment"] for line in json.loads(capsys.readouterr().out)["data"]["experiments"]] == [2, 1]
    assert main(["explain", str(two), "2"]) == main(["explain", str(two), "--exp", "2"]) == 0
    assert "would_change" in capsys.readouterr().out
    assert main(["diff", str(two), "--exp1", "1", "--exp2", "2"]) == 0
    assert "side by side" in capsys.readouterr().out


def test_the_patch_of_a_reverted_experiment_is_printed_so_that_git_takes_it(two: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["diff", str(two), "2"]) == 0
    printed = capsys.readouterr()
    assert "experiment 2, reverted" in printed.err
    (tmp_path / "patch").write_text(printed.out)
    assert git_process(two, "apply", str(tmp_path / "patch")).returncode == 0
    assert (two / SCORE).read_text() == "0.4\n" != BETTER[SCORE]


@pytest.mark.parametrize(("state", "found"), [("landed", [1]), ("reverted", [2]), ("undone", []), ("kept", [1])])
def test_every_state_that_is_printed_can_be_asked_for(two: Path, state: str, found: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", str(two), "--state", state, "--json"]) == 0
    assert [line["experiment"] for line in json.loads(capsys.readouterr().out).get("data", {}).get("experiments", [])] == found


async def test_what_is_explained_speaks_of_no_other_experiment(scored: States, capsys: pytest.CaptureFixture[str]) -> None:
    async with scored.open("landed") as host:
        await host.done("start_experiment", item="H2")
    assert await typed("explain", str(host.project), "1") == 0
    shown = capsys.readouterr().out
    assert "decided_by: Kept" in shown
    assert not any(line.startswith(("next:", "contract:", "options:", "at:")) for line in shown.splitlines())


def test_lists_are_typed_as_json_or_as_numbers_and_what_is_neither_is_said(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clean-pr", "--project", str(two), "--exp", "1", "--json"]) == 0
    assert main(["clean-pr", "--project", str(two), "--exp", "1, 2"]) == 1
    assert "experiment 2 is reverted" in capsys.readouterr().out
    assert main(["clean-pr", "--project", str(two), "--exp", "[1,"]) == 2
    assert "--experiments is no valid JSON: Expecting value, line 1, character 4 (counted from 1)" in capsys.readouterr().err


def test_the_backlog_alone_is_listed(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backlog", str(two), "--json"]) == 0
    assert "backlog" in json.loads(capsys.readouterr().out)["summary"]


@pytest.mark.parametrize(("words", "code"), [(["9"], 1), ([], 2), (["1", "2", "3"], 2), (["nowhere", "1"], 2), (["1", "x"], 2)])
def test_wrong_words_are_told_what_was_expected(two: Path, words: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["diff", *([] if "nowhere" in words else [str(two)]), *words]
    try:
        ended = main(given)
    except SystemExit as exit_:
        ended = int(exit_.code or 0)
    assert ended == code
    assert "expected" in capsys.readouterr().err


async def test_edits_that_nobody_captured_are_printed_and_said_to_be_so(scored: States, capsys: pytest.CaptureFixture[str]) -> None:
    async with scored.open("begun") as host:
        host.edit(BETTER)
        brief = await host.done("get_role", role="reviewer")
    assert await typed("diff", str(host.project), "1") == 0
    printed = capsys.readouterr()
    assert "+0.6" in printed.out
    assert f"neither captured nor measured yet: {SCORE}" in printed.err
    assert brief["data"]["change"]["printed_by"].endswith("refactory diff 1")


async def test_an_edit_after_the_measurement_is_told_apart_from_what_was_measured(scored: States, capsys: pytest.CaptureFixture[str]) -> None:
    async with scored.open("measured") as host:
        host.edit({SCORE: "0.7\n"})
        await host.revert()
        told = (await host.done("experiment_history", experiment=1))["data"]
    assert "measured" not in told["gate"]["pass"]
    assert "measured" in told["decided_by"]
    assert told["note"] == LATE
    assert await typed("diff", str(host.project), "1") == 0
    printed = capsys.readouterr()
    assert "+0.7" in printed.out
    assert LATE in printed.err
