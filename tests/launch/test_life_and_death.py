"""How the server ends: whatever ends it, it is gone within two seconds, with every process it started and nothing half written."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.processes import eventually
from tests.support.repositories import write_files
from tests.support.restless_suites import assert_whole, make_restless_project, restless, start_measuring
from tests.support.stdio import CONSOLE_SCRIPT, Host, greeted, running_server
from tools.engine.process.supervisor import descendants, read_process

LIMIT = 2.0  # seconds
ALLOWED = {"FACTORY_AUTO_APPROVE": "evaluation", "FACTORY_WAIT_SECONDS": "600"}
# A host of its own between the test and the server: it can be killed while the test still holds the pipes.
PARENT = (
    "import subprocess, sys, pathlib; server = subprocess.Popen(sys.argv[2:]); pathlib.Path(sys.argv[1]).write_text(str(server.pid)); server.wait()"
)


@dataclass(frozen=True)
class Running:
    """A server under test, and the process that started it."""

    host: Host
    server: int

    def ended(self) -> bool:
        """Whether the server is gone."""
        return read_process(str(self.server)) is None


@contextmanager
def served(folder: Path, home: Path) -> Iterator[Running]:
    """A greeted server whose parent is a process between it and the test."""
    note = home / "server.pid"
    with running_server(folder, home, (sys.executable, "-I", "-c", PARENT, str(note), *CONSOLE_SCRIPT), ALLOWED) as host:
        greeted(host)
        server = int(note.read_text())
        try:
            yield Running(host, server)
        finally:
            if read_process(str(server)) is not None:
                os.kill(server, signal.SIGKILL)


def send(*numbers: signal.Signals) -> Callable[[Running], None]:
    """The end by signals, one 0.1 s after the other as a real host sends them."""

    def end(running: Running) -> None:
        for number in numbers:
            if eventually(running.ended, 0.1):
                return
            os.kill(running.server, number)

    return end


def hang_up(running: Running) -> None:
    running.host.hang_up()


def kill_the_parent(running: Running) -> None:
    running.host.process.kill()


ENDS = {
    "SIGTERM": send(signal.SIGTERM),
    "SIGINT": send(signal.SIGINT),
    "SIGHUP": send(signal.SIGHUP),
    "SIGINT then SIGTERM": send(signal.SIGINT, signal.SIGTERM),
    "standard input closed": hang_up,
    "parent killed, pipes held open": kill_the_parent,
}
all_ends = pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())


@pytest.fixture(scope="module")
def restless_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: what a killed server leaves in it is what the next one finds."""
    return make_restless_project(tmp_path_factory.mktemp("restless") / "project")


@all_ends
def test_an_idle_server_ends_within_two_seconds(end: Callable[[Running], None], project: Path, home: Path) -> None:
    with served(project, home) as running:
        running.host.call("discover_project", goal="Slugs.")
        end(running)
        assert eventually(running.ended, LIMIT)
    assert_whole(project)


@all_ends
def test_a_server_that_measures_ends_within_two_seconds_with_all_that_it_started(
    end: Callable[[Running], None], restless_project: Path, home: Path
) -> None:
    with served(restless_project, home) as running:
        start_measuring(running.host)
        assert eventually(lambda: restless(running.server), 60), running.host.log.read_text()
        started = [process.identifier for process in descendants(running.server)]
        end(running)
        assert eventually(running.ended, LIMIT)
        assert eventually(lambda: all(read_process(str(identifier)) is None for identifier in started), LIMIT)
    assert_whole(restless_project)


@all_ends
def test_a_server_whose_probe_hangs_ends_within_two_seconds_and_takes_the_probe_along(
    end: Callable[[Running], None], project: Path, home: Path
) -> None:
    hanging = project / ".venv" / "bin" / "python"
    write_files(project, {".venv/bin/python": "#!/bin/sh\nsleep 600 & sleep 600\n"})
    hanging.chmod(0o755)
    with served(project, home) as running:
        running.host.ask("tools/call", {"name": "discover_project", "arguments": {"goal": "Slugs."}})
        assert eventually(lambda: len(descendants(running.server)) > 2, 60), running.host.log.read_text()
        started = [process.identifier for process in descendants(running.server)]
        end(running)
        assert eventually(running.ended, LIMIT)
        assert eventually(lambda: all(read_process(str(identifier)) is None for identifier in started), LIMIT)


def test_a_new_server_says_that_the_job_of_a_killed_one_was_interrupted_and_measures_on(tmp_path: Path, home: Path) -> None:
    project = make_restless_project(tmp_path / "restless")
    with served(project, home) as running:
        start_measuring(running.host)
        assert eventually(lambda: restless(running.server), 60), running.host.log.read_text()
        os.kill(running.server, signal.SIGKILL)
        assert eventually(running.ended, LIMIT)
    with served(project, home) as running:
        said = running.host.call("get_job", job="J1")
        start_measuring(running.host)
        assert eventually(lambda: restless(running.server), 60), running.host.log.read_text()
    assert said["data"]["status"] == "interrupted"
    assert said["next"]["tool"] == "run_eval"
    assert_whole(project)
