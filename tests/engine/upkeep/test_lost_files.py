"""The readable files gone or behind: a fault that is mended, but no fault where a server is just writing them."""

import shutil
import threading

import pytest

from state.integrity.settling import settled
from state.views import export
from tests.support.doctors import asked, found
from tests.support.kept_stores import Kept
from tests.support.stores import append, cycle_started, files_of


def test_a_folder_that_is_gone_is_said_and_comes_back_whole(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    before = files_of(kept.log.parent)
    shutil.rmtree(kept.log.parent)
    faults = found(capsys)
    assert {"log", "readable files"} == set(faults)
    assert {fault["mend"] for each in faults.values() for fault in each} == {"refactory doctor --repair"}
    assert asked(capsys, "doctor", "--repair")[0] == 0
    assert files_of(kept.log.parent) == before


@pytest.mark.parametrize("lines", [0, 7, 19])
def test_a_log_that_is_behind_is_said_and_mended(kept: Kept, capsys: pytest.CaptureFixture[str], lines: int) -> None:
    before = kept.log.read_bytes()
    kept.log.write_bytes(b"".join(before.splitlines(keepends=True)[:lines]))
    for command in ("verify", "doctor"):
        (fault,) = found(capsys, command)["log"]
        assert (fault["found"], fault["mend"]) == (f"it ends at event {lines}", "refactory doctor --repair")
    assert asked(capsys, "doctor", "--repair")[0] == 0
    assert kept.log.read_bytes() == before


def test_a_log_that_is_gone_is_said_and_mended(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    before = kept.log.read_bytes()
    kept.log.unlink()
    assert found(capsys, "verify")["log"][0]["expected"] == "a line for each of 20 events"
    assert asked(capsys, "doctor", "--repair")[0] == 0
    assert kept.log.read_bytes() == before


def test_what_another_server_is_just_writing_is_waited_for(kept: Kept) -> None:
    append(kept.store, cycle_started(70, "goes on"))
    looks = []

    def look() -> int:
        looks.append(len(kept.log.read_bytes().splitlines()))
        if len(looks) == 2:
            writer.start()  # it waits for the lock that is held now
        return looks[-1]

    writer = threading.Thread(target=lambda: export(kept.store, kept.log.parent))
    assert settled(kept.store, look, lambda seen: seen == 21) == 21
    writer.join()
    assert looks[:2] == [20, 20]
