"""The boundary around a tool: a crash becomes an incident, a failure outside a refusal, and a call that nobody waits for wedges nothing."""

import errno
import logging
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mcp_server.calling import call_tool
from mcp_server.catalogue import ROWS, Row
from state.answers import Answer
from tests.support.quick_projects import factory_md
from tests.support.stdio import ERAS, greeted, running_server
from tools.engine.repository.git import GitFailed
from tools.engine.session import Session

SECRET = "a line of the project's own"
CRASHING = f"""
import sys
from mcp_server import catalogue

def project_status(session):
    raise ValueError({SECRET!r})

catalogue.ROWS["project_status"] = catalogue.Row(project_status, "Crashing", "reads")
from mcp_server.command_line import main
sys.exit(main(["serve"]))
"""
WAITING_CALLS = 60  # more than there are worker threads


def nowhere(project: str) -> Session:
    """Opens no session: the tools of these tests look at none."""
    return None  # type: ignore[return-value]  # on purpose: see above


async def called(monkeypatch: pytest.MonkeyPatch, tool: Callable[..., Any]) -> Answer:
    """The answer of a tool that the catalogue does not hold otherwise."""
    monkeypatch.setitem(ROWS, tool.__name__, Row(tool, "A tool of a test", "reads"))
    return await call_tool(tool.__name__, {}, nowhere)


async def test_a_crash_becomes_an_incident_and_its_words_go_to_the_log_only(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def crash_of_a_test(session: Session) -> Answer:
        raise KeyError(SECRET)

    with caplog.at_level(logging.ERROR, "refactory"):
        answer = await called(monkeypatch, crash_of_a_test)
    assert answer.refused is not None
    assert answer.refused.code == "INTERNAL"
    incident = re.search(r"incident ([0-9a-f]{6})", answer.refused.what)
    assert incident is not None
    assert SECRET not in answer.model_dump_json()
    assert f"incident {incident[1]} in crash_of_a_test" in caplog.text
    assert SECRET in caplog.text


async def test_a_failure_of_git_is_a_refusal_with_git_s_words_as_untrusted(monkeypatch: pytest.MonkeyPatch) -> None:
    def git_of_a_test(session: Session) -> Answer:
        raise GitFailed(["update-ref"], 128, "fatal: no room")

    answer = await called(monkeypatch, git_of_a_test)
    assert answer.refused is not None
    assert (answer.refused.code, answer.refused.what) == ("BUSY", "git update-ref failed")
    assert answer.data["untrusted"]["text"] == "fatal: no room"


async def test_a_failure_of_the_system_is_a_refusal_that_names_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def system_of_a_test(session: Session) -> Answer:
        raise OSError(errno.ENOSPC, "No space left on device", "/full/file")

    answer = await called(monkeypatch, system_of_a_test)
    assert answer.refused is not None
    assert "/full/file" in answer.refused.where
    assert "No space left on device" in answer.refused.what


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
async def test_the_end_of_the_process_is_no_incident(error: type[BaseException], monkeypatch: pytest.MonkeyPatch) -> None:
    def end_of_a_test(session: Session) -> Answer:
        raise error

    with pytest.raises(error):
        await called(monkeypatch, end_of_a_test)


def test_a_crash_reaches_the_host_as_an_answer_and_the_traceback_reaches_standard_error_only(project: Path, home: Path) -> None:
    script = home / "crashing.py"
    script.write_text(CRASHING)
    with running_server(project, home, (sys.executable, str(script))) as host:
        result = greeted(host).request("tools/call", {"name": "project_status", "arguments": {}})["result"]
        again = host.call("experiment_history")
        host.hang_up()
        wire = b"\n".join(host.rest()).decode()
    assert result["isError"] is True
    assert result["structuredContent"]["refused"]["code"] == "INTERNAL"
    assert "INTERNAL" in result["content"][0]["text"]
    assert "refused" not in again
    assert SECRET not in wire
    assert "Traceback" not in wire
    said = host.log.read_text()
    assert "Traceback" in said
    assert SECRET in said


@pytest.mark.parametrize("era", ERAS)
def test_calls_that_are_cancelled_while_they_wait_leave_room_for_others_and_the_job_alone(era: str, project: Path, home: Path) -> None:
    allowed = {"FACTORY_AUTO_APPROVE": "evaluation", "FACTORY_WAIT_SECONDS": "600"}
    with running_server(project, home, extra=allowed, era=era) as host:
        greeted(host).call("discover_project", factory_md=factory_md(command="sleep 600"))
        job = host.call("request_approval", what="evaluation")["data"]["job"]
        waiting = [host.ask("tools/call", {"name": "get_job", "arguments": {"job": job}}) for _ in range(WAITING_CALLS)]
        for number in waiting:
            host.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": number, "reason": "Esc"}})
        status = host.call("project_status")
        stopped = host.call("cancel_job", job=job)
    assert status["at"]["waiting_for"] == f"job: {job}"
    assert stopped["data"]["status"] == "cancelled"
