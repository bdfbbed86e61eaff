"""Several processes that find the same original at once and one on a full disk."""

import json
from pathlib import Path

import pytest

from state.importing import lies_at
from state.store import Store
from tests.support.appenders import go
from tests.support.importers import start_importing
from tests.support.originals import make_original
from tests.support.stores import assert_sound, files_of, log_of

LEFT = ("agents/", ".bob_auth", ".store.lock")


def theirs(folder: Path) -> dict[str, bytes]:
    """The files that belong to the history of an original."""
    return {name: content for name, content in files_of(folder).items() if not name.startswith(LEFT)}


def assert_imported_once(store: Store, folder: Path, before: dict[str, bytes]) -> None:
    """Everything came over, once, and lies where it is to lie."""
    kinds = [json.loads(line)["type"] for line in log_of(store)]
    once = ("original.imported", "original.moved", "original.experiments", "original.files")
    assert [kinds.count(kind) for kind in once] == [1, 1, 1, 1]
    assert kinds.count("backlog.added") == 5
    assert {name: (folder / lies_at(name)).read_bytes() for name in before} == before
    assert (folder / "imported/README.txt").is_file()
    assert_sound(store)


def test_eight_processes_at_once_import_once(tmp_path: Path) -> None:
    folder, store = make_original(tmp_path / ".factory"), tmp_path / "refactory"
    before = theirs(folder)
    processes = [start_importing(store, folder) for _ in range(8)]
    for process in processes:
        go(process)
    said = [process.communicate(timeout=240)[0].strip() for process in processes]
    assert sorted(said) == ["13", *["nothing"] * 7]
    assert_imported_once(Store(store), folder, before)


@pytest.mark.parametrize("limit", [200, 4_000, 60_000])
def test_a_full_disk_leaves_nothing_half_imported(tmp_path: Path, limit: int) -> None:
    folder, store = make_original(tmp_path / ".factory"), tmp_path / "refactory"
    before = theirs(folder)
    process = start_importing(store, folder, limit)
    go(process)
    said = process.communicate(timeout=240)[0]
    assert said.startswith("STORE_BROKEN"), said
    assert theirs(folder) == before
    assert log_of(Store(store)) == []
    again = start_importing(store, folder)
    go(again)
    assert again.communicate(timeout=240)[0] == "13\n"
    assert_imported_once(Store(store), folder, before)
