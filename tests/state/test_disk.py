"""What lies under a path: networks' disks are told from local ones by the system's own list of mounts."""

from pathlib import Path

import pytest

from state import disk as of_the_system
from state.disk import network_filesystem, room
from state.errors import Refusal
from state.integrity.surroundings import disk
from state.store import Store
from tests.support.stores import append, cycle_started

MOUNTS = """22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 22 0:41 / /home rw,relatime shared:1 - nfs4 server:/home rw
41 40 0:42 / /home/pat/my\\040disk rw,relatime - xfs /dev/vdb rw
42 22 0:43 / /mnt/share rw - cifs //server/share rw
a line that is none
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/work", None), ("/home/pat/project", "nfs4"), ("/home", "nfs4"), ("/homework", None), ("/home/pat/my disk/project", None),
        ("/mnt/share/deep/down", "cifs"),
    ],
)  # fmt: skip
def test_the_innermost_mount_decides(tmp_path: Path, path: str, expected: str | None) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS, encoding="utf-8")
    assert network_filesystem(Path(path), mounts) == expected


def test_where_the_system_does_not_tell_nothing_is_known(tmp_path: Path) -> None:
    assert network_filesystem(tmp_path, tmp_path / "none") is None


def test_room_is_asked_of_the_nearest_folder_there_is(tmp_path: Path) -> None:
    free, everything = room(tmp_path / "not" / "there")
    assert 0 < free <= everything


def test_a_store_is_neither_made_nor_opened_on_a_networks_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"22 1 0:1 / {tmp_path} rw - nfs4 server:/x rw\n", encoding="utf-8")
    before = Store(tmp_path / "before")
    append(before, cycle_started())
    before.close()
    monkeypatch.setattr(of_the_system.network_filesystem, "__defaults__", (mounts,))
    for store in (before, Store(tmp_path / "new")):
        with pytest.raises(Refusal, match=r"network's disk \(nfs4\)") as caught:
            append(store, cycle_started(2, "next"))
        assert (caught.value.code, caught.value.expected) == ("STORE_BROKEN", "a repository on a local disk")
    assert not (tmp_path / "new" / "factory.db").exists()
    assert [fault.found for fault in disk(tmp_path).faults] == ["a network's disk (nfs4)"]
