"""A tool as a subcommand, stopped by the person who started it."""

from pathlib import Path

from tests.support.processes import eventually, plain_environment
from tests.support.quick_projects import factory_md, make_quick_project
from tests.support.recorded import events
from tests.support.stdio import CONSOLE_SCRIPT
from tests.support.terminals import at_a_terminal
from tools.engine.process.supervisor import descendants, read_process

COMMAND = CONSOLE_SCRIPT[0]
CTRL_C = b"\x03"


def test_ctrl_c_stops_a_running_evaluation_with_its_processes_and_says_so_in_one_line(tmp_path: Path) -> None:
    project = make_quick_project(tmp_path / "project")
    (tmp_path / "home").mkdir()
    environment = {**plain_environment(tmp_path / "home"), "FACTORY_AUTO_APPROVE": "evaluation"}
    for arguments in (["discover-project", "--factory-md", factory_md(command="sleep 600")], ["request-approval", "--what", "evaluation"]):
        with at_a_terminal([COMMAND, *arguments], project, environment) as terminal:
            assert terminal.end() == 0, terminal.shown
    with at_a_terminal([COMMAND, "run-eval"], project, environment) as terminal:
        assert terminal.shows("eval_command: started"), terminal.shown
        started = [process.identifier for process in descendants(terminal.process.pid)]
        terminal.press(CTRL_C)
        assert terminal.end() == 130, terminal.shown
    assert terminal.shown.endswith("refactory: stopped\n")
    assert "Traceback" not in terminal.shown
    assert eventually(lambda: all(read_process(str(identifier)) is None for identifier in started))
    assert [event["payload"]["outcome"] for event in events(project) if event["type"] == "job.ended"] == ["cancelled"]
