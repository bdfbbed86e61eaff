"""Evaluations that take longer than a call may: joined, waited for, stopped, and taken up after their server was killed."""

import signal
from dataclasses import dataclass
from pathlib import Path

import anyio.to_thread
import pytest

from tests.support import stdio
from tests.support.everything import events_of
from tests.support.host import Host
from tests.support.processes import eventually
from tests.support.repositories import git
from tests.support.scored_states import BETTER, EVALUATION, begun, scored_md
from tests.support.states import States

PATIENCE = 60.0  # seconds until a test gives up on an evaluation that should reach the gate


@dataclass(frozen=True)
class Gate:
    """A file without which the project's evaluation does not end; beside it the id of the process that waits for it."""

    file: Path

    @property
    def command(self) -> str:
        return f"echo $$ > {self.file}.pid; until [ -e {self.file} ]; do sleep 0.05; done; echo 0.5"

    def open(self) -> None:
        self.file.write_text("open")

    def waits(self) -> bool:
        """Whether an evaluation stands before the gate."""
        pid = self.file.with_name(f"{self.file.name}.pid")
        return pid.is_file() and pid.read_text().strip() != "" and Path("/proc", pid.read_text().strip()).exists()


@pytest.fixture
async def gate(scored: States, monkeypatch: pytest.MonkeyPatch) -> Gate:
    """State `gated`: an experiment reviewed, its evaluation ends only once the gate is open; calls do not wait."""
    monkeypatch.setenv("FACTORY_CONFINEMENT", "none")  # the gate lies outside of the room
    gate = Gate(scored.shelf / "gate")
    gate.open()

    async def prepare(host: Host) -> None:
        await begun(host, scored_md(evaluation=f"{EVALUATION}- name: gated\n  command: {gate.command}\n"))
        host.edit(BETTER)
        await host.reviewed()

    await scored.reach("gated", "fresh", prepare)
    gate.file.unlink()
    monkeypatch.setenv("FACTORY_WAIT_SECONDS", "0")
    return gate


async def test_a_running_evaluation_is_joined_waited_for_and_keeps_verdicts_out(scored: States, gate: Gate) -> None:
    async with scored.open("gated") as host:
        started = await host.call("run_eval", experiment=1)
        job = started["data"]["job"]
        assert (started["data"]["status"], started["next"]["arguments"]) == ("running", {"job": job})
        assert "done" not in started["summary"]
        joined = await host.call("run_eval", experiment=1)
        assert joined["data"]["job"] == job
        for decision in ("keep", "revert", "abandon"):
            refused = await host.call("verdict", experiment=1, decision=decision, reason="r", lesson="l")
            assert refused["refused"]["code"] == "OUT_OF_ORDER", host.text
            assert job in refused["refused"]["what"]
            assert refused["next"]["tool"] == "get_job"
        assert await anyio.to_thread.run_sync(eventually, gate.waits, PATIENCE)
        waiting = await host.call("get_job", job=job)
        assert (waiting["data"]["status"], waiting["next"]["tool"]) == ("running", "get_job")
        assert (await host.call("project_status"))["at"]["waiting_for"] == f"job: {job}"
        gate.open()
        measured = await host.done("get_job", job=job)
        assert measured["next"]["tool"] == "verdict", host.text
        assert (await host.keep())["data"]["state"] == "landed"
    assert events_of(scored.place).count("job.started") == 2  # the baseline's, and one


async def test_a_stopped_evaluation_leaves_no_process_and_goes_on_from_what_was_finished(scored: States, gate: Gate) -> None:
    async with scored.open("gated") as host:
        job = (await host.call("run_eval", experiment=1))["data"]["job"]
        assert await anyio.to_thread.run_sync(eventually, gate.waits, PATIENCE)
        answer = await host.call("cancel_job", job=job)
        assert (answer["data"]["status"], answer["next"]["tool"]) == ("cancelled", "run_eval"), host.text
        assert eventually(lambda: not gate.waits())
        again = await host.call("cancel_job", job=job)
        assert again["data"]["status"] == "cancelled"
        assert (await host.call("get_job", job=job))["next"]["tool"] == "run_eval"
        samples = events_of(host.project).count("sample.taken")
        gate.open()
        await host.done("run_eval", experiment=1)
        taken = events_of(host.project).count("sample.taken") - samples
        assert (await host.done("run_eval", experiment=1))["repeated"] is True
        assert 1 <= taken <= 3  # the tests were finished, and are not run again


async def test_an_edit_while_measuring_is_not_what_was_measured(scored: States, gate: Gate) -> None:
    async with scored.open("gated") as host:
        job = (await host.call("run_eval", experiment=1))["data"]["job"]
        host.edit({"late.txt": "late\n"})
        gate.open()
        measured = await host.done("get_job", job=job)
        assert measured["next"]["tool"] == "submit_report", host.text
        refused = await host.refused("NOT_MEASURED", "verdict", experiment=1, decision="keep", reason="r")
        assert refused["next"]["tool"] == "submit_report"


async def test_another_server_joins_a_running_job_and_cannot_stop_it(scored: States, gate: Gate) -> None:
    async with scored.open("gated") as host, scored.open_here() as other:
        job = (await host.call("run_eval", experiment=1))["data"]["job"]
        assert (await other.call("run_eval", experiment=1))["data"]["job"] == job
        answer = await other.call("cancel_job", job=job)
        assert answer["data"]["status"] == "running", other.text
        assert "only that server can stop it" in answer["warnings"][0]
        gate.open()
        assert (await other.done("get_job", job=job))["next"]["tool"] == "verdict"
        assert (await other.keep())["data"]["state"] == "landed"


async def test_a_job_whose_server_was_killed_reads_interrupted_and_is_started_again(scored: States, gate: Gate, tmp_path: Path) -> None:
    project = await scored.put("gated")
    with stdio.running_server(project, tmp_path, stdio.MODULE, {"FACTORY_WAIT_SECONDS": "0", "FACTORY_CONFINEMENT": "none"}) as dying:
        dying.greet()
        job = dying.call("run_eval", experiment=1)["data"]["job"]
        assert eventually(gate.waits, PATIENCE)
        dying.process.send_signal(signal.SIGKILL)
        dying.process.wait()
    assert eventually(lambda: not gate.waits())
    async with scored.open_here() as host:
        status = await host.call("project_status")
        assert (status["next"]["tool"], status["next"]["arguments"]) == ("run_eval", {"experiment": 1}), host.text
        dead = await host.call("get_job", job=job)
        assert (dead["data"]["status"], dead["next"]["tool"]) == ("interrupted", "run_eval")
        assert (await host.call("cancel_job", job=job))["data"]["status"] in ("interrupted", "cancelled")
        gate.open()
        measured = await host.done("run_eval", experiment=1)
        assert measured["next"]["tool"] == "verdict"
        assert (await host.keep())["data"]["state"] == "landed"
        assert git(project, "status", "--porcelain") == ""
