"""`refactory approve CODE --plan` and `--spec`: a person's word on work, bound to exactly what is shown, typed where they sit."""

import json
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.host import Host, open_host
from tests.support.procedure_states import PLAN, RESEARCH, SPEC, report
from tests.support.processes import plain_environment
from tests.support.recorded import approvals
from tests.support.repositories import make_repository
from tests.support.scored_states import SCORED, scored_md
from tests.support.stdio import CONSOLE_SCRIPT
from tests.support.terminals import at_a_terminal


async def asked(host: Host, mode: str, work: dict[str, Any]) -> list[str]:
    """Have the server say what a person is to type for a plan or a spec that waits for them."""
    await host.done("start_cycle", mode=mode)
    await report(host, RESEARCH)
    await report(host, work)
    if mode == "build":
        await host.done("discover_project", factory_md=scored_md())
    data = (await host.call("request_approval", what="plan" if mode == "build" else "spec"))["data"]
    return shlex.split(data["ask"]["command"])


def status(project: Path, environment: dict[str, str]) -> dict[str, Any]:
    """Where the project stands, as a command of its own says."""
    command = [CONSOLE_SCRIPT[0], "project-status", "--json"]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, check=True, stdin=subprocess.DEVNULL)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize(("mode", "work"), [("build", PLAN), ("interactive", SPEC)])
async def test_the_code_typed_again_approves_what_was_shown_and_starts_it(tmp_path: Path, home: Path, mode: str, work: dict[str, Any]) -> None:
    project, environment = make_repository(tmp_path / "project", SCORED), plain_environment(home)
    async with open_host(project, None) as host:
        command = await asked(host, mode, work)
    with at_a_terminal([CONSOLE_SCRIPT[0], *command[command.index("approve") :]], tmp_path, environment) as terminal:
        assert terminal.shows("or anything else not to: "), terminal.shown
        terminal.type(command[command.index("approve") + 1])
        assert terminal.end() == 0, terminal.shown
    assert ("$ cat score.txt" if mode == "build" else "How many words?") in terminal.shown
    assert {approval["channel"].split()[0] for approval in approvals(project)} == {"terminal"}
    assert status(project, environment)["next"]["arguments"] == ({"item": "P1"} if mode == "build" else {"mode": "build"})


async def test_a_plan_that_changed_since_voids_the_code(tmp_path: Path, home: Path) -> None:
    project, environment = make_repository(tmp_path / "project", SCORED), plain_environment(home)
    async with open_host(project, None) as host:
        command = await asked(host, "build", PLAN)
        await report(host, {**PLAN, "deferred": []})
    with at_a_terminal([CONSOLE_SCRIPT[0], *command[command.index("approve") :]], tmp_path, environment) as terminal:
        assert terminal.end() == 1, terminal.shown
    assert "is no code for what stands above" in terminal.shown
    assert approvals(project) == []
