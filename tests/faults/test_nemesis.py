"""Eight servers on one project, each called at random and some killed: nothing that was acknowledged is lost, doubled or out of order.

`NEMESIS_CALLS` (calls of each server), `NEMESIS_KILLS` (of each) and `FAULTS_SEED` make it longer or another.
"""

import json
import os
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.support.faults import SEED
from tests.support.faults_project import assert_sound, left_over, logged, make_project, tables
from tests.support.nemesis import Caller, draft, experiments
from tests.support.nemesis_history import judge
from tests.support.repositories import git

pytestmark = pytest.mark.thorough

SERVERS = 8
CALLS = int(os.environ.get("NEMESIS_CALLS", "20"))
KILLS = int(os.environ.get("NEMESIS_KILLS", "0"))


def test_eight_servers_doing_everything_at_once_lose_double_and_misorder_nothing(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    (tmp_path / "home").mkdir()
    callers = [
        Caller(f"claude-code-{number}", project, tmp_path / "home", random.Random(f"{SEED} {number}"), KILLS or int(number < 3))
        for number in range(SERVERS)
    ]
    callers[0].following = {"tool": "discover_project", "arguments": {"factory_md": draft(1)}}
    try:
        with ThreadPoolExecutor(SERVERS) as threads:
            list(threads.map(lambda caller: caller.run(CALLS), callers))
        callers[0].settle()
        assert [said for caller in callers for said in caller.logs if "Traceback" in said or "incident" in said] == []
        log = [json.loads(line) for line in assert_sound(project)]
        assert judge([caller.history for caller in callers], log).wrong == []
        assert_all_is_done(project, log)
    except AssertionError as error:
        error.add_note(f"seed {SEED}")
        raise


def assert_all_is_done(project: Path, log: list[dict[str, Any]]) -> None:
    """Every landed commit is what its experiment measured; checkout, worktrees, locks and readable files are as after any single call."""
    states = experiments(project)
    assert set(states.values()) <= {"landed", "reverted", "error"}
    assert any(event["type"] == "landing.done" for event in log)
    measured = {event["payload"]["experiment"]: event["payload"]["tree"] for event in log if event["type"] == "experiment.measured"}
    landed = [event["payload"] for event in log if event["type"] == "landing.done" and event["payload"]["outcome"] == "landed"]
    history = git(project, "log", "--first-parent", "--format=%H", "main").splitlines()
    assert sorted(history[:-1]) == sorted(done["commit"] for done in landed)
    for done in landed:
        if "experiment" in done:
            assert git(project, "rev-parse", f"{done['commit']}^{{tree}}") == measured[done["experiment"]]
    assert git(project, "status", "--porcelain") == ""
    assert git(project, "worktree", "list").count("\n") == 0
    assert git(project, "for-each-ref", "refs/heads").count("\n") == 0
    assert git(project, "fsck", "--connectivity-only", "--no-dangling") == ""
    assert left_over(project) == []
    assert logged(project) == assert_sound(project)
    lines = (project / ".factory" / "results.tsv").read_text("utf-8").splitlines()[1:]
    assert sorted(int(line.split("\t")[0]) for line in lines) == sorted(states)
    assert len(tables(project)[2]) == len(states)
