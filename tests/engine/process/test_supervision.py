"""Commands under supervision: what comes back, and that nothing is left, however a command misbehaves."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import anyio
import pytest

from tests.support.processes import eventually, plain_environment, processes_in
from tools.engine.process import Command, Finished, kill_everything, live_groups, supervise

LONG = 60.0  # seconds: a time limit that no test comes near
ROOT = Path(__file__).parents[3]

# Each runs until it is stopped, and says `ready` once all its processes are there.
MISBEHAVIOURS = {
    "hangs": "echo ready; sleep 600",
    "ignores SIGTERM": "trap '' TERM; echo ready; while :; do sleep 600; done",
    "background child": "sleep 600 & echo ready; wait",
    "double fork and setsid": "(setsid sh -c \"trap '' TERM; sleep 600 & wait\" &) ; echo ready; sleep 600",
    "stopped": "echo ready; kill -STOP $$; sleep 600",
    "stopped daemon": "setsid sh -c 'kill -STOP $$; sleep 600' & echo ready; wait",
    "stops its supervisor": "echo ready; kill -STOP $PPID; sleep 600",
    "two hundred sleepers": "i=0; while [ $i -lt 200 ]; do sleep 600 & i=$((i+1)); done; echo ready; wait",
    "endless output": "echo ready; exec yes",
    "flood of zombies": "echo ready; while :; do (true &); done",
}
misbehaviour = pytest.mark.parametrize("script", MISBEHAVIOURS.values(), ids=MISBEHAVIOURS.keys())


def command(folder: Path, *argv: str, limit: float = LONG, raw_output: Path | None = None, raw_limit: int = 1024) -> Command:
    return Command(argv, folder, plain_environment(folder), limit, raw_output, raw_limit)


async def shell(folder: Path, script: str, limit: float = LONG) -> Finished:
    return await supervise(command(folder, "sh", "-c", script, limit=limit))


def open_descriptors() -> list[str]:
    return sorted(entry.name for entry in Path("/proc/self/fd").iterdir())


@pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 3", 3), ("kill -KILL $$", -9), ("kill -SEGV $$", -11), ("exit 255", 255)])
async def test_the_exit_code_is_the_commands_own(folder: Path, script: str, code: int) -> None:
    done = await shell(folder, script)
    assert (done.outcome, done.exit_code, done.children_killed, done.survivors) == ("exited", code, 0, 0)


async def test_both_streams_come_back_apart(folder: Path) -> None:
    done = await shell(folder, "echo out; echo err >&2")
    assert (done.stdout, done.stderr, done.dropped) == ("out\n", "err\n", 0)
    assert 0 < done.seconds < LONG


async def test_bytes_that_are_no_text_are_replaced(folder: Path) -> None:
    done = await shell(folder, r"printf 'a\377b'")
    assert done.stdout == "a\ufffdb"


async def test_output_of_a_gigabyte_leaves_its_end_and_a_small_server(folder: Path) -> None:
    size = 1024**3
    script = f"""
import anyio, resource
from pathlib import Path
from tools.engine.process import Command, supervise
command = Command(("sh", "-c", "head -c {size} /dev/zero; echo the end"), Path({str(folder)!r}), {plain_environment(folder)!r}, 300)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
done = anyio.run(supervise, command)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, len(done.stdout), done.dropped, done.stdout.endswith("the end\\n"))
"""
    printed = await anyio.to_thread.run_sync(lambda: subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True))
    grown, kept, dropped, complete = printed.stdout.split()
    assert (int(kept), int(dropped), complete) == (1024 * 1024, size + len("the end\n") - 1024 * 1024, b"True")
    assert int(grown) < 20 * 1024  # KiB


async def test_the_raw_output_holds_both_streams_up_to_its_limit(folder: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    await supervise(command(folder, "sh", "-c", "echo one; echo two >&2", raw_output=raw))
    assert sorted(raw.read_text().splitlines()) == ["one", "two"]
    await supervise(command(folder, "sh", "-c", "yes | head -c 5000", raw_output=raw, raw_limit=1001))
    assert raw.read_text() == "y\n" * 500 + "y"


async def test_raw_output_that_cannot_be_written_is_an_error(folder: Path) -> None:
    with pytest.raises(OSError, match="No space left"):
        await supervise(command(folder, "echo", "lost", raw_output=Path("/dev/full")))
    with pytest.raises(FileNotFoundError):
        await supervise(command(folder, "echo", "lost", raw_output=folder / "missing" / "raw"))
    assert live_groups() == ()


async def test_the_last_line_is_told_while_the_command_runs(folder: Path) -> None:
    told: list[str] = []

    def go_on(line: str) -> None:
        told.append(line)
        (folder / "seen").touch()

    await supervise(command(folder, "sh", "-c", "echo first; while [ ! -e seen ]; do sleep 0.01; done; echo second; printf third"), go_on)
    assert told == ["first", "second"]


async def test_an_error_of_the_listener_ends_the_command_and_is_raised(folder: Path) -> None:
    def fail(line: str) -> None:
        raise RuntimeError(line)

    with pytest.raises(RuntimeError, match="ready"):
        await supervise(command(folder, "sh", "-c", "echo ready; sleep 600"), fail)
    assert eventually(lambda: processes_in(folder) == set())


@pytest.mark.parametrize(
    ("name", "reason"), [("no-such-program", "No such file"), ("./no-such-program", "No such file"), ("./text", "Permission denied")]
)
async def test_a_command_that_cannot_be_run_is_an_outcome_with_its_reason(folder: Path, name: str, reason: str) -> None:
    (folder / "text").write_text("not a program")
    done = await supervise(command(folder, name))
    assert (done.outcome, done.exit_code, done.stdout) == ("not_found", None, "")
    assert done.stderr.startswith(f"{name}: {reason}")


async def test_a_name_is_looked_up_in_the_commands_own_search_path(folder: Path) -> None:
    for place, mode in (("first", 0o644), ("second", 0o755)):
        program = folder / place / "tool"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\necho {place}\n")
        program.chmod(mode)
    done = await supervise(Command(("tool",), folder, {"PATH": f"{folder}/missing:{folder}/first:{folder}/second"}, LONG))
    assert done.stdout == "second\n"
    assert (await supervise(Command(("sh",), folder, {}, LONG))).outcome == "not_found"


async def test_a_missing_folder_is_not_mistaken_for_a_missing_command(folder: Path) -> None:
    with pytest.raises(NotADirectoryError, match="missing"):
        await supervise(command(folder / "missing", "true"))


async def test_the_environment_holds_nothing_but_what_was_given(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    given = {"PATH": "/usr/bin:/bin", "WORDS": "several words\nand a second line", "BYTES": os.fsdecode(b"\xff\xfe")}
    done = await supervise(Command(("cat", "/proc/self/environ"), folder, given, LONG))
    assert done.stdout.split("\0") == ["PATH=/usr/bin:/bin", "WORDS=several words\nand a second line", "BYTES=\ufffd\ufffd", ""]


async def test_an_environment_larger_than_a_pipe_arrives_whole(folder: Path) -> None:
    environment = plain_environment(folder) | {f"NAME{number}": "x" * 1000 for number in range(500)}
    done = await supervise(Command(("sh", "-c", "echo ${#NAME0} ${#NAME499}; env | wc -c"), folder, environment, LONG))
    assert done.stdout.split()[:2] == ["1000", "1000"]
    assert int(done.stdout.split()[2]) > 500_000


async def test_the_command_inherits_no_descriptor(folder: Path) -> None:
    inheritable = [os.open(os.devnull, os.O_RDONLY) for _ in range(10)]
    try:
        for descriptor in inheritable:
            os.set_inheritable(descriptor, True)
        done = await supervise(command(folder, "ls", "/proc/self/fd"))
    finally:
        for descriptor in inheritable:
            os.close(descriptor)
    assert done.stdout.split() == ["0", "1", "2", "3"]  # 3 is the folder that ls is reading


async def test_the_command_starts_in_its_folder_with_its_limits_and_all_signals_as_they_are_by_default(folder: Path) -> None:
    done = await shell(folder, "pwd; ulimit -c; ulimit -f; exec grep -E 'SigIgn|SigBlk' /proc/self/status")
    place, core, size, *signals = done.stdout.splitlines()
    assert (place, core) == (str(folder), "0")
    assert int(size) * 512 == 4 * 1024**3  # the shell counts blocks of 512 bytes
    assert [line.split()[1] for line in signals] == ["0" * 16, "0" * 16]


async def test_a_command_that_reads_its_input_finds_its_end(folder: Path) -> None:
    done = await supervise(command(folder, "cat"))
    assert (done.outcome, done.stdout) == ("exited", "")


async def test_the_project_is_not_on_the_path_of_the_supervisor(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("select", "resource", "signal", "ctypes"):
        (folder / f"{name}.py").write_text("raise SystemExit('the module of the project was imported')")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    assert (await supervise(command(folder, "true"))).exit_code == 0


@misbehaviour
async def test_at_the_time_limit_everything_ends_soon(folder: Path, script: str) -> None:
    begun = time.monotonic()
    done = await shell(folder, script, limit=1.0)
    assert time.monotonic() - begun < 1.0 + 3.0
    assert (done.outcome, done.exit_code, done.survivors) == ("timeout", None, 0)
    assert processes_in(folder) == set()
    assert live_groups() == ()


@misbehaviour
async def test_on_cancellation_everything_ends_and_the_cancellation_goes_on(folder: Path, script: str) -> None:
    finished: list[Finished] = []
    with anyio.fail_after(30), anyio.CancelScope() as scope:
        finished.append(await supervise(command(folder, "sh", "-c", script), lambda _line: scope.cancel()))
    assert scope.cancelled_caught
    assert finished == []
    assert processes_in(folder) == set()


@misbehaviour
async def test_kill_everything_leaves_nothing(folder: Path, script: str) -> None:
    killed: list[int] = []

    def kill(_line: str) -> None:
        assert len(live_groups()) == 1
        killed.append(kill_everything())
        assert processes_in(folder) == set()

    with anyio.fail_after(30):
        done = await supervise(command(folder, "sh", "-c", script), kill)
    assert killed[0] == 1
    assert (done.outcome, done.exit_code) == ("cancelled", None)
    assert kill_everything() == 0


async def test_a_command_that_stops_its_supervisor_again_and_again_ends_at_its_time_limit(folder: Path) -> None:
    begun = time.monotonic()
    done = await shell(folder, "while :; do kill -STOP $PPID; done", limit=0.5)
    assert time.monotonic() - begun < 0.5 + 3.0
    assert done.outcome == "timeout"
    assert eventually(lambda: processes_in(folder) == set())


@misbehaviour
def test_nothing_outlives_a_server_that_is_killed(folder: Path, tmp_path: Path, script: str) -> None:
    server = f"""
import anyio
from pathlib import Path
from tools.engine.process import Command, supervise
command = Command(("sh", "-c", {script!r}), Path({str(folder)!r}), {plain_environment(folder)!r}, 60)
anyio.run(supervise, command, lambda line: Path({str(tmp_path / "ready")!r}).touch())
"""
    with subprocess.Popen([sys.executable, "-c", server], cwd=ROOT) as process:
        assert eventually((tmp_path / "ready").exists)
        assert processes_in(folder) != set()
        process.send_signal(signal.SIGKILL)
    assert eventually(lambda: processes_in(folder) == set(), seconds=5)


LEFT_BEHIND = {
    "background child": ("sleep 600 & exit 5", 1),
    "daemon": ("(setsid sleep 600 &) ; exit 5", 1),
    "stubborn daemons": (
        """
        for name in 1 2 3; do
            (setsid sh -c "trap '' TERM; touch $name; while :; do sleep 600; done" &)
        done
        until [ -e 1 -a -e 2 -a -e 3 ]; do sleep 0.01; done
        exit 5
        """,
        3,
    ),
}


@pytest.mark.parametrize(("script", "killed"), LEFT_BEHIND.values(), ids=LEFT_BEHIND.keys())
async def test_what_a_command_leaves_behind_is_killed_and_counted(folder: Path, script: str, killed: int) -> None:
    with anyio.fail_after(30):
        done = await shell(folder, script)
    assert (done.outcome, done.exit_code) == ("exited", 5)
    assert done.children_killed >= killed
    assert processes_in(folder) == set()


async def test_a_process_out_of_reach_that_holds_the_output_does_not_hold_us_up(folder: Path) -> None:
    held: list[int] = []

    def hold_the_output(line: str) -> None:  # as somebody would who got the descriptor through a socket
        held.append(os.open(f"/proc/{line}/fd/1", os.O_WRONLY))
        (folder / "held").touch()

    try:
        with anyio.fail_after(30):
            done = await supervise(command(folder, "sh", "-c", "echo $$; until [ -e held ]; do sleep 0.01; done"), hold_the_output)
    finally:
        os.close(held[0])
    assert (done.outcome, done.exit_code) == ("exited", 0)


async def test_a_command_that_kills_its_supervisor_gains_nothing(folder: Path) -> None:
    with anyio.fail_after(30):
        done = await shell(folder, "sleep 600 & kill -KILL $PPID; sleep 600")
    assert (done.outcome, done.exit_code) == ("cancelled", None)
    assert eventually(lambda: processes_in(folder) == set())


async def test_commands_side_by_side_end_each_for_itself(folder: Path) -> None:
    done: dict[str, Finished] = {}

    async def one(name: str, script: str, limit: float) -> None:
        done[name] = await shell(folder, script, limit)

    async with anyio.create_task_group() as group:
        group.start_soon(one, "short", "echo short; exit 4", LONG)
        group.start_soon(one, "hanging", "sleep 600", 0.5)
    assert (done["short"].exit_code, done["hanging"].outcome) == (4, "timeout")


async def test_no_descriptor_of_the_server_is_used_up(folder: Path) -> None:
    await shell(folder, "true")
    before = open_descriptors()
    for script in ("true", "exit 1", "sleep 600"):
        await shell(folder, script, limit=0.3)
    await supervise(command(folder, "no-such-program"))
    assert open_descriptors() == before
