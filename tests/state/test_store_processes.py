"""Several processes on one store: raced, locked out, killed at any moment."""

import json
import random
from pathlib import Path

import pytest

from state.errors import Refusal
from state.store import Store
from tests.support.appenders import go, hold_the_lock, start_appending
from tests.support.stores import append, assert_sound, cycle_started, log_of

KILLS = 12


def test_eight_processes_append_without_a_gap_or_a_double(tmp_path: Path) -> None:
    folder = tmp_path / "refactory"
    processes = [start_appending(folder, f"writer {number}", 50) for number in range(8)]
    for process in processes:
        go(process)  # all at once, on a store that is still to be made
    said = [process.communicate(timeout=120)[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0] * 8
    store = Store(folder)
    lines = [json.loads(line) for line in log_of(store)]
    assert [line["seq"] for line in lines] == list(range(1, 401))
    assert len({line["id"] for line in lines}) == 400
    assert sorted(int(seq) for each in said for seq in each) == list(range(1, 401))
    for number in range(8):
        own = [line["payload"]["job"] for line in lines if line["channel"] == f"writer {number}"]
        assert own == list(range(1, 51)), "each writer's events stand in its order"
    assert_sound(store)


def test_a_process_killed_while_appending_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    folder, acknowledged = tmp_path / "refactory", list[tuple[int, str]]()
    moments = random.Random(7)
    for kill in range(KILLS):
        process = start_appending(folder, f"life {kill}", -1)
        go(process)
        assert process.stdout is not None
        for _ in range(moments.randrange(1, 12)):
            acknowledged.append((int(process.stdout.readline()), f"life {kill}"))
        process.kill()
        rest = process.communicate(timeout=60)[0]  # said before it died, read after
        acknowledged += [(int(line), f"life {kill}") for line in rest.splitlines(keepends=True) if line.endswith("\n")]
        assert process.returncode == -9
    store = Store(folder)
    written = {(line["seq"], line["channel"]) for line in map(json.loads, log_of(store))}
    assert set(acknowledged) <= written
    assert len(written) <= len(acknowledged) + KILLS, "at most one event of each life was written and not acknowledged"
    assert_sound(store)
    assert append(store, cycle_started()).seq == len(written) + 1


def test_a_store_that_another_process_is_writing_to_is_busy(tmp_path: Path) -> None:
    store = Store(tmp_path / "refactory", wait=0.05)
    append(store, cycle_started())
    holder = hold_the_lock(store.path)
    with pytest.raises(Refusal, match="another process has been writing") as caught:
        append(store, cycle_started(2, "next"))
    assert caught.value.code == "BUSY"
    assert len(log_of(store)) == 1, "reading goes on meanwhile"
    go(holder)
    holder.communicate(timeout=60)
    assert append(store, cycle_started(2, "next")).seq == 2
