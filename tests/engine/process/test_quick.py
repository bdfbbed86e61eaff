"""Short commands whose whole output is wanted."""

import sys
from pathlib import Path

import pytest

from tests.support.processes import eventually, plain_environment, processes_in
from tools.engine.process import CommandNotFound, ProcessTimeout, Quick, run_quick


def quick(folder: Path, *argv: str, standard_input: bytes | None = None, timeout: float = 60) -> Quick:
    return run_quick(argv, directory=folder, environment=plain_environment(folder), standard_input=standard_input, timeout=timeout)


def test_exit_code_and_both_streams_come_back(folder: Path) -> None:
    assert quick(folder, "sh", "-c", "echo out; echo err >&2; exit 3") == Quick(3, b"out\n", b"err\n")


def test_an_end_by_a_signal_is_a_negative_exit_code(folder: Path) -> None:
    assert quick(folder, "sh", "-c", "kill -SEGV $$").exit_code == -11


def test_bytes_go_in_and_come_out_unchanged_however_many_they_are(folder: Path) -> None:
    data = bytes(range(256)) * 20_000
    assert quick(folder, "cat", standard_input=data).stdout == data


@pytest.mark.parametrize("given", [None, b""])
def test_a_command_that_reads_its_input_finds_it_empty(folder: Path, given: bytes | None) -> None:
    assert quick(folder, "cat", standard_input=given) == Quick(0, b"", b"")


def test_a_command_that_does_not_read_its_input_is_no_error(folder: Path) -> None:
    assert quick(folder, "true", standard_input=b"x" * 1_000_000).exit_code == 0


def test_a_time_limit_kills_the_whole_group(folder: Path) -> None:
    with pytest.raises(ProcessTimeout, match=r"did not answer within 0\.3 s") as caught:
        quick(folder, "sh", "-c", "trap '' TERM; sleep 600 & sleep 600", timeout=0.3)
    assert caught.value.argv[0] == "sh"
    assert eventually(lambda: processes_in(folder) == set())


def test_a_process_left_in_the_group_neither_holds_us_up_nor_stays(folder: Path) -> None:
    assert quick(folder, "sh", "-c", "sleep 600 & echo done", timeout=60).stdout == b"done\n"
    assert eventually(lambda: processes_in(folder) == set())


def test_a_daemon_that_left_the_group_does_not_hold_us_up_although_it_holds_the_output(folder: Path) -> None:
    script = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    print(os.getpid(), flush=True)\n    time.sleep(600)\nos.wait3(os.WNOHANG)"
    done = quick(folder, sys.executable, "-c", script, timeout=60)
    assert done.exit_code == 0
    assert eventually(lambda: processes_in(folder) != set())
    for process in processes_in(folder):
        quick(folder, "kill", "-KILL", str(process))
    assert eventually(lambda: processes_in(folder) == set())


def test_a_command_that_does_not_exist_is_named(folder: Path) -> None:
    with pytest.raises(CommandNotFound, match="cannot run no-such-program: No such file") as caught:
        quick(folder, "no-such-program")
    assert caught.value.name == "no-such-program"


def test_a_file_that_may_not_be_executed_is_no_command(folder: Path) -> None:
    (folder / "script").write_text("#!/bin/sh\n")
    with pytest.raises(CommandNotFound, match="Permission denied"):
        quick(folder, "./script")


def test_a_missing_folder_is_not_mistaken_for_a_missing_command(folder: Path) -> None:
    with pytest.raises(NotADirectoryError, match="missing"):
        run_quick(["true"], directory=folder / "missing", environment=plain_environment(folder))


def test_no_command_at_all_is_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="found none"):
        quick(folder)


def test_the_command_is_looked_up_in_its_own_search_path(folder: Path) -> None:
    program = folder / "only-here"
    program.write_text("#!/bin/sh\necho found\n")
    program.chmod(0o755)
    assert run_quick(["only-here"], directory=folder, environment={"PATH": str(folder)}).stdout == b"found\n"
