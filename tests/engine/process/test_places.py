"""What a confined command sees of the disk, as the list that every means of confinement is given."""

import os
from pathlib import Path

import pytest

from tools.engine.process.supervisor.bubblewrap import bubblewrap_arguments
from tools.engine.process.supervisor.job import Job, Sandbox, make_job
from tools.engine.process.supervisor.places import EMPTY, SCRATCH, SEEN, WRITTEN, places


def job(directory: Path, program: str = "sh", path: str = "/usr/bin") -> Job:
    return make_job([program], str(directory), {"PATH": path})


def sandbox(**folders: list[Path]) -> Sandbox:
    made = Sandbox(b"/usr/bin/bwrap", network=False, room=1000)
    for kind, paths in folders.items():
        setattr(made, kind, [os.fsencode(path) for path in paths])
    return made


def placed(work: Job, wanted: Sandbox) -> dict[str, str]:
    return {os.fsdecode(place.path): place.kind for place in places(work, wanted)}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Real folders `a`, `a/b`, `a/b/c`."""
    (tmp_path / "a" / "b" / "c").mkdir(parents=True)
    return tmp_path


def test_without_a_wish_shared_folders_are_the_commands_own_and_sockets_are_gone() -> None:
    found = placed(job(Path("/usr")), sandbox())
    assert {path: kind for path, kind in found.items() if path in ("/tmp", "/var/tmp", "/dev/shm", "/run")} == {
        path: kind for path, kind in {"/tmp": SCRATCH, "/var/tmp": SCRATCH, "/dev/shm": SCRATCH, "/run": EMPTY}.items() if Path(path).is_dir()
    }
    assert set(found.values()) <= {SCRATCH, EMPTY}


def test_the_more_exact_path_comes_later_and_the_stronger_word_wins(tree: Path) -> None:
    above, below, lowest = tree / "a", tree / "a" / "b", tree / "a" / "b" / "c"
    wanted = sandbox(writable=[above, lowest], hidden=[below, above], visible=[lowest, below])
    found = [(path, kind) for path, kind in placed(job(Path("/usr")), wanted).items() if path.startswith(str(above))]
    assert found == [(str(above), WRITTEN), (str(below), SEEN), (str(lowest), WRITTEN)]


def test_the_commands_own_folder_stays_in_a_hidden_one_but_is_no_reason_to_lock_a_writable_one(tree: Path) -> None:
    above, below = tree / "a", tree / "a" / "b"
    assert placed(job(below), sandbox(hidden=[above]))[str(below)] == SEEN
    assert str(below) not in placed(job(below), sandbox(writable=[above]))


@pytest.mark.parametrize("reason", ["directory", "program", "path", "visible", "writable"])
def test_what_a_command_needs_of_a_shared_folder_stays(tree: Path, reason: str) -> None:
    shared = next((folder for folder in (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm")) if tree.is_relative_to(folder)), None)
    if shared is None:
        pytest.skip("the tests' folders are in no shared folder")
    needed, elsewhere = tree / "a" / "b", Path("/usr")
    work = {"directory": job(needed), "program": job(elsewhere, program=str(needed / "x")), "path": job(elsewhere, path=f"/bin:{needed}")}
    found = placed(work.get(reason, job(elsewhere)), sandbox(**({reason: [needed]} if reason in ("visible", "writable") else {})))
    assert found[str(shared / needed.relative_to(shared).parts[0])] == SEEN
    assert found.get(str(needed)) == {"visible": SEEN, "writable": WRITTEN}.get(reason)


def test_bubblewrap_is_told_the_same_places_in_the_same_order(tree: Path) -> None:
    wanted = sandbox(writable=[tree / "a" / "b" / "c"], hidden=[tree / "a"], visible=[tree / "a" / "b"])
    arguments = [os.fsdecode(word) for word in bubblewrap_arguments(job(tree), wanted, 7)]
    told = [word for word in arguments[arguments.index("/proc") + 1 : arguments.index("--remount-ro")] if word.startswith(str(tree / "a"))]
    above, below, lowest = str(tree / "a"), str(tree / "a" / "b"), str(tree / "a" / "b" / "c")
    assert told == [above, below, below, lowest, lowest]
    assert arguments[-4:] == ["--chdir", str(tree), "--", "sh"]
    assert {"--unshare-net", "--unshare-pid", "--die-with-parent"} <= set(arguments)
