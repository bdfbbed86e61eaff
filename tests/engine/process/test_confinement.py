"""Confined commands: what they can see, write and reach, by each of the means that this machine has."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from tests.support.processes import eventually, plain_environment, processes_in
from tools.engine.process import Command, Confine, Confinement, Finished, confinement, live_groups, supervise
from tools.engine.process.supervision import supervise_by

ROOT = Path(__file__).parents[3]
LONG = 60.0  # seconds: a time limit that no test comes near


async def shell(means: Confinement, folder: Path, script: str, confine: Confine | None = None, limit: float = LONG) -> Finished:
    confine = confine or Confine(writable=(folder,))
    return await supervise_by(means, Command(("sh", "-c", script), folder, plain_environment(folder), limit, confine=confine))


async def said(means: Confinement, folder: Path, script: str, confine: Confine | None = None) -> list[str]:
    """What a script printed that ended well, confined as it was to be."""
    done = await shell(means, folder, script, confine)
    assert (done.exit_code, done.confinement) == (0, means), done
    return done.stdout.split()


@pytest.fixture
def rooms(tmp_path: Path) -> Path:
    """Folders `open`, `open/closed`, `secret`, `secret/tool`, `secret/work`, each with a file `mark`."""
    for name in ("open", "open/closed", "secret", "secret/tool", "secret/work"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mark").write_text(name)
    return tmp_path


async def test_only_the_folders_that_were_named_can_be_written(means: Confinement, rooms: Path) -> None:
    home = Path.home()
    writing = f'for place in open . "{home}" /etc /usr /; do (echo > $place/new) 2>/dev/null && echo $place; done; rm secret/mark open/mark; true'
    assert await said(means, rooms, writing, Confine(writable=(rooms / "open",))) == ["open"]
    assert (rooms / "open" / "new").exists()
    assert not (rooms / "open" / "mark").exists()
    assert (rooms / "secret" / "mark").exists()
    assert not (home / "new").exists()


async def test_a_hidden_folder_is_empty_but_for_what_stays_visible_or_writable(means: Confinement, rooms: Path) -> None:
    secret = rooms / "secret"
    confine = Confine(writable=(secret / "work",), hidden=(secret,), visible=(secret / "tool",))
    looking = (
        "ls secret; cat secret/*/mark; for place in secret secret/tool secret/work; do (echo > $place/new) 2>/dev/null && echo wrote $place; done"
    )
    assert await said(means, rooms, looking + "; true", confine) == ["tool", "work", "secret/toolsecret/workwrote", "secret/work"]


async def test_within_a_writable_folder_others_can_be_hidden_or_kept_from_writing(means: Confinement, rooms: Path) -> None:
    confine = Confine(writable=(rooms,), hidden=(rooms / "secret",), visible=(rooms / "open" / "closed",))
    looking = "ls secret; cat open/closed/mark; for place in secret open/closed open; do (echo > $place/new) 2>/dev/null && echo ,$place; done"
    assert await said(means, rooms, looking, confine) == ["open/closed,open"]


async def test_folders_are_named_by_links_as_well(means: Confinement, rooms: Path) -> None:
    (rooms / "link").symlink_to(rooms / "secret")
    assert await said(means, rooms, "ls secret link", Confine(hidden=(rooms / "link",))) == ["link:", "secret:"]


async def test_the_servers_own_program_and_files_can_be_hidden(means: Confinement, folder: Path) -> None:
    confine = Confine(hidden=(ROOT, Path(sys.prefix), Path(sys.base_prefix)))
    assert await said(means, folder, f"ls -A {ROOT}; ls -A {sys.base_prefix}; echo seen", confine) == ["seen"]


async def test_a_hidden_folder_that_is_not_there_is_no_matter_a_writable_one_is(means: Confinement, folder: Path) -> None:
    assert await said(means, folder, "echo run", Confine(hidden=(folder / "missing",), visible=(folder / "missing",))) == ["run"]
    with pytest.raises(NotADirectoryError, match="missing"):
        await shell(means, folder, "true", Confine(writable=(folder / "missing",)))


@pytest.mark.parametrize("shared", ["/tmp", "/var/tmp", "/dev/shm"])
async def test_a_shared_folder_for_temporary_files_is_the_commands_own(means: Confinement, folder: Path, shared: str) -> None:
    name = f"of-the-command-{os.getpid()}"
    assert await said(means, folder, f"echo there > {shared}/{name}; cat {shared}/{name}") == ["there"]
    assert not Path(shared, name).exists()


@pytest.fixture
def places_in_shared_folders() -> Iterator[list[Path]]:
    """A folder with a secret, and one to work in, both directly in /dev/shm."""
    made = [Path("/dev/shm") / f"{name}-{os.getpid()}" for name in ("secret", "work")]
    for place in made:
        (place / "below").mkdir(parents=True)
    yield made
    for place in made:
        for file in place.glob("below/*"):
            file.unlink()
        (place / "below").rmdir()
        place.rmdir()


async def test_in_a_shared_folder_the_commands_folders_work_and_others_are_not_seen(means: Confinement, places_in_shared_folders: list[Path]) -> None:
    secret, work = places_in_shared_folders
    script = f"pwd; ls /dev/shm; echo > new; [ -e {secret} ]; echo $?; (echo > ../new) 2>/dev/null; echo $?"
    words = await said(means, work / "below", script, Confine(writable=(work / "below",)))
    assert words == [str(work / "below"), work.name, "1", "2"]
    assert (work / "below" / "new").exists()


LOCAL_SERVER = """
import socket, threading
server = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=lambda: server.accept()[0].sendall(b"local")).start()
print(socket.create_connection(server.getsockname()).recv(9).decode())
"""
CONNECTING = "import socket, sys; socket.create_connection(('127.0.0.1', int(sys.argv[1])), 5); print('reached')"


async def test_without_a_network_a_server_of_the_commands_own_works_and_no_other_is_reached(means: Confinement, folder: Path) -> None:
    (folder / "local.py").write_text(LOCAL_SERVER)
    (folder / "connecting.py").write_text(CONNECTING)
    with socket.create_server(("127.0.0.1", 0)) as server:
        connecting = f"/usr/bin/env python3 -I connecting.py {server.getsockname()[1]} 2>&1 | tail -n 1"
        words = await said(means, folder, f"/usr/bin/env python3 -I local.py; {connecting}")
        assert words[:2] == ["local", "ConnectionRefusedError:"]
        done = await shell(means, folder, connecting, Confine(network=True))
    assert (done.stdout, done.confinement, done.network) == ("reached\n", means, "open")


async def test_sockets_of_services_and_devices_of_the_machine_are_not_there(means: Confinement, folder: Path) -> None:
    assert await said(means, folder, "ls /run") == []
    devices = set(await said(means, folder, "ls /dev; echo x > /dev/null; head -c 1 /dev/zero | wc -c"))
    assert {"null", "zero", "full", "random", "urandom", "tty", "shm", "pts", "ptmx", "fd", "stdin", "1"} <= devices
    assert {name for name in devices if name.startswith(("vd", "sd", "nvme", "loop", "mem", "kmsg"))} == set()


async def test_shared_memory_semaphores_and_terminals_work(means: Confinement, folder: Path) -> None:
    using = "import multiprocessing as m, os, pty; m.Lock(); m.Pool(2).map(abs, [1]); print(len(pty.openpty()))"
    assert await said(means, folder, f"/usr/bin/env python3 -I -c '{using}'") == ["2"]


async def test_it_is_alone_and_cannot_look_into_what_stands_around_it(means: Confinement, folder: Path) -> None:
    looking = "kill -STOP 1; kill -KILL 1; kill -KILL -1; ls /proc | grep -c '^[0-9]'; cat /proc/1/mem 2>&1 | head -c 0; echo alive"
    counted, alive = await said(means, folder, looking)
    assert (int(counted) < 9, alive) == (True, "alive")


@pytest.mark.skipif(os.geteuid() != 0, reason="nobody but root could")
async def test_root_has_no_power_over_the_machine(means: Confinement, folder: Path) -> None:
    setting = Path("/proc/sys/vm/swappiness")
    before = setting.read_bytes()
    trying = f"for file in {setting} /proc/sysrq-trigger /sys/power/state; do (echo 1 > $file) 2>/dev/null && echo $file; done"
    looking = "grep CapEff /proc/self/status"
    assert await said(means, folder, f"{trying}; {looking}; mount -o remount,rw / 2>/dev/null || echo refused") == ["CapEff:", "0" * 16, "refused"]
    assert setting.read_bytes() == before


@pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 3", 3), ("kill -SEGV $$", -11), ("kill -KILL $$", -9)])
async def test_the_exit_code_is_the_commands_own(means: Confinement, folder: Path, script: str, code: int) -> None:
    done = await shell(means, folder, script)
    expected = 128 - code if code < 0 and means == "bubblewrap" else code
    assert (done.outcome, done.exit_code, done.children_killed, done.confinement) == ("exited", expected, 0, means)


@pytest.mark.parametrize(("name", "reason"), [("no-such-program", "No such file"), ("./missing", "No such file"), ("./text", "Permission denied")])
async def test_a_command_that_cannot_be_run_is_an_outcome_with_its_reason(means: Confinement, folder: Path, name: str, reason: str) -> None:
    (folder / "text").write_text("not a program")
    done = await supervise_by(means, Command((name,), folder, plain_environment(folder), LONG, confine=Confine()))
    assert (done.outcome, done.exit_code, done.stdout) == ("not_found", None, "")
    assert done.stderr.startswith(f"{name}: {reason}")


MISBEHAVIOURS = {
    "ignores SIGTERM": "trap '' TERM; echo ready; while :; do sleep 600; done",
    "double fork and setsid": "(setsid sh -c \"trap '' TERM; sleep 600 & wait\" &) ; echo ready; sleep 600",
    "stopped": "echo ready; kill -STOP $$; sleep 600",
    "flood of zombies": "echo ready; while :; do (true &); done",
}
misbehaviour = pytest.mark.parametrize("script", MISBEHAVIOURS.values(), ids=MISBEHAVIOURS.keys())


@misbehaviour
async def test_nothing_is_left_when_a_confined_command_is_cancelled(means: Confinement, folder: Path, script: str) -> None:
    command = Command(("sh", "-c", script), folder, plain_environment(folder), LONG, confine=Confine(writable=(folder,)))
    with anyio.fail_after(30), anyio.CancelScope() as scope:
        await supervise_by(means, command, lambda _line: scope.cancel())
    assert scope.cancelled_caught
    assert processes_in(folder) == set()


async def test_the_time_limit_holds_and_the_processes_inside_are_counted(means: Confinement, folder: Path) -> None:
    done = await shell(means, folder, "sleep 600 & sleep 600 & wait", limit=1.0)
    assert (done.outcome, done.children_killed, done.survivors, done.confinement) == ("timeout", 2, 0, means)
    assert processes_in(folder) == set()


def test_nothing_outlives_a_server_that_is_killed(means: Confinement, folder: Path, tmp_path: Path) -> None:
    script = MISBEHAVIOURS["double fork and setsid"]
    server = f"""
import anyio
from pathlib import Path
from tools.engine.process import Command, Confine
from tools.engine.process.supervision import supervise_by
confine = Confine(writable=(Path({str(folder)!r}),))
command = Command(("sh", "-c", {script!r}), Path({str(folder)!r}), {plain_environment(folder)!r}, 60, confine=confine)
anyio.run(supervise_by, {means!r}, command, lambda line: Path({str(tmp_path / "ready")!r}).touch())
"""
    with subprocess.Popen([sys.executable, "-c", server], cwd=ROOT) as process:
        assert eventually((tmp_path / "ready").exists)
        assert processes_in(folder) != set()
        process.send_signal(signal.SIGKILL)
    assert eventually(lambda: processes_in(folder) == set(), seconds=5)


async def test_nothing_outlives_a_supervisor_that_is_killed(means: Confinement, folder: Path) -> None:
    def kill(_line: str) -> None:
        assert processes_in(folder) != set()
        for supervisor in live_groups():
            os.kill(supervisor, signal.SIGKILL)

    command = Command(("sh", "-c", "setsid sleep 600 & echo ready; wait"), folder, plain_environment(folder), LONG, confine=Confine())
    done = await supervise_by(means, command, kill)
    assert (done.outcome, done.confinement) == ("cancelled", "none")  # nobody is left to say how it was confined
    assert eventually(lambda: processes_in(folder) == set())


async def test_what_a_confined_command_leaves_behind_goes_with_it(means: Confinement, folder: Path) -> None:
    with anyio.fail_after(30):
        done = await shell(means, folder, "(setsid sleep 600 &); until [ $(ls /proc | grep -c '^[0-9]') -gt 3 ]; do :; done; exit 5")
    assert (done.outcome, done.exit_code) == ("exited", 5)
    assert done.children_killed >= (1 if means == "namespaces" else 0)  # with bubblewrap the kernel ends it, before it was counted
    assert processes_in(folder) == set()


async def test_a_command_that_cannot_be_confined_runs_as_it_is_and_that_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "bwrap").write_text("#!/bin/sh\necho 'bwrap: not allowed here' >&2; exit 1\n")
    (folder / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    done = await supervise_by("bubblewrap", Command(("cat",), folder, plain_environment(folder), LONG, stdin=b"once", confine=Confine()))
    assert (done.outcome, done.exit_code, done.stdout) == ("exited", 0, "once")
    assert (done.confinement, done.network) == ("none", "open")


async def test_a_person_can_turn_it_off_and_a_command_that_asks_for_nothing_gets_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asking = Command(("true",), folder, plain_environment(folder), LONG, confine=Confine())
    assert (await supervise(Command(("true",), folder, plain_environment(folder), LONG))).confinement == "none"
    monkeypatch.setenv("FACTORY_CONFINEMENT", "none")
    assert confinement() == "none"
    assert (await supervise(asking)).confinement == "none"


def test_what_this_machine_offers_is_what_a_command_gets(folder: Path, offered: frozenset[Confinement]) -> None:
    done = anyio.run(supervise, Command(("true",), folder, plain_environment(folder), LONG, confine=Confine()))
    assert confinement() == done.confinement
    assert (done.confinement == "none") == (offered == frozenset())
