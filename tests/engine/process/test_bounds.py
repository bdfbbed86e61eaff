"""What commands with all their processes are held to: memory, number of processes, input, files; and what is not counted against them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import pytest

from tests.support.processes import plain_environment, processes_in
from tools.engine.process import Command, Finished, supervise
from tools.engine.process.confine import MOST_MEMORY, default_memory
from tools.engine.process.supervision import INPUT_LIMIT
from tools.engine.process.supervisor.bounds import MEMORY, Bounds
from tools.engine.process.supervisor.table import descendants

LONG = 60.0  # seconds: a time limit that no test comes near
MEGABYTE = 1024 * 1024


async def run(folder: Path, *argv: str, memory: int | None = None, stdin: bytes | None = None) -> Finished:
    with anyio.fail_after(LONG):
        return await supervise(Command(argv, folder, plain_environment(folder), LONG, memory=memory, stdin=stdin))


HUNGRY = "import time; held = bytearray({megabytes} << 20); time.sleep(600)"
HUNGRY_CHILDREN = "import os, time; [os.fork() for _ in range(2)]; held = bytearray({megabytes} << 20); time.sleep(600)"


@pytest.mark.parametrize("script", [HUNGRY.format(megabytes=300), HUNGRY_CHILDREN.format(megabytes=60)], ids=["one process", "four processes"])
async def test_a_command_that_takes_too_much_memory_is_ended_whole(folder: Path, script: str) -> None:
    done = await run(folder, sys.executable, "-I", "-S", "-c", script, memory=200 * MEGABYTE)
    assert (done.outcome, done.exit_code, done.survivors) == ("memory", None, 0)
    assert done.bound == "all its processes together took more than 200 MB of memory"
    assert processes_in(folder) == set()


@contextmanager
def sharing(megabytes: int, processes: int) -> Iterator[None]:
    """A process below this one that holds so much memory, and shares it with others below it."""
    script = f"import os; held = bytearray({megabytes} << 20); ready = [os.fork() for _ in range({processes})]; print(flush=True); input()"
    with subprocess.Popen([sys.executable, "-I", "-S", "-c", f"import os\ntry: {script}\nexcept EOFError: pass"],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdin is not None
        for _ in range(2**processes):
            process.stdout.readline()
        yield
        process.stdin.close()
        process.stdout.read()


def test_memory_that_processes_share_counts_once() -> None:
    with sharing(megabytes=100, processes=2):
        assert sum(process.memory for process in descendants(os.getpid())) > 400 * MEGABYTE
        looked = {limit: Bounds(limit * MEGABYTE) for limit in (300, 80)}
        for bounds in looked.values():
            bounds.next = 0.0
        assert {limit: bounds.exceeded() for limit, bounds in looked.items()} == {300: b"", 80: MEMORY}
        assert looked[80].exceeded() == b"", "it is not yet time to look again"


def test_the_memory_that_a_command_may_take_leaves_some_to_the_machine() -> None:
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert 0 < default_memory() <= min(MOST_MEMORY, machine * 3 // 4)


async def test_a_fork_bomb_is_ended(folder: Path) -> None:
    os.mkfifo(folder / "never")
    done = await run(folder, "sh", "-c", "while :; do (read line < never) & done")
    assert (done.outcome, done.exit_code, done.survivors) == ("processes", None, 0)
    assert done.bound == "it had more than 4,096 processes at once"
    assert processes_in(folder) == set()


@pytest.mark.parametrize("size", [0, 1, 200_000, INPUT_LIMIT])
async def test_a_command_reads_what_it_was_handed_and_then_the_end(folder: Path, size: int) -> None:
    data = (b"0123456789\0bcdef" * (size // 16 + 1))[:size]
    done = await run(folder, "sh", "-c", "cat > read; echo done", stdin=data)
    assert done.stdout == "done\n"
    assert (folder / "read").read_bytes() == data


async def test_too_large_an_input_is_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match=f"{INPUT_LIMIT} bytes as its input; found {INPUT_LIMIT + 1}"):
        await run(folder, "true", stdin=b"x" * (INPUT_LIMIT + 1))


@pytest.mark.parametrize("script", ["exit 3", "head -c 5 >/dev/null; exit 3", "exec <&-; exit 3"])
async def test_a_command_that_does_not_read_its_input_is_not_held_up(folder: Path, script: str) -> None:
    done = await run(folder, "sh", "-c", script, stdin=b"x" * 1_000_000)
    assert (done.outcome, done.exit_code) == ("exited", 3)


async def test_a_crash_leaves_no_core_and_a_file_that_grows_without_end_is_cut(folder: Path) -> None:
    done = await run(folder, "sh", "-c", "kill -ABRT $$")
    assert (done.exit_code, list(folder.iterdir())) == (-6, [])
    done = await run(folder, "dd", "if=/dev/zero", "of=large", "bs=1", "count=1", "seek=4294967296")
    assert done.exit_code not in (0, None)
    assert (folder / "large").stat().st_size <= 4 * 1024**3


async def test_there_is_no_terminal_to_read_from(folder: Path) -> None:
    done = await run(folder, "sh", "-c", "read line < /dev/tty; echo $?; tty")
    assert done.stdout.split("\n")[0] != "0"
    assert "not a tty" in done.stdout


@pytest.mark.skipif(not Path("/proc/self/oom_score_adj").exists(), reason="this system has no such list")
async def test_where_the_machines_memory_runs_out_the_command_goes_before_the_server(folder: Path) -> None:
    own = int(Path("/proc/self/oom_score_adj").read_text())
    done = await run(folder, "cat", "/proc/self/oom_score_adj")
    assert int(done.stdout) > own or own >= 800
