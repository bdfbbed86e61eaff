"""A landing whose process was killed is finished by the next one, and nothing of the person's is lost."""

import fcntl
from pathlib import Path

import pytest

from tests.support.landings import FILES, land_and_die, make_project, status
from tests.support.repositories import commit, git
from tools.engine.repository.landing import land
from tools.engine.repository.location import Repository
from tools.engine.repository.outcome import Landed, Landing, Moved, Outcome, Waiting
from tools.engine.repository.recovery import recover


def edit_apart(repository: Repository) -> None:
    (repository.root / "apart.txt").write_text("mine\n")
    (repository.root / "folder/deep.txt").write_text("staged\n")
    git(repository.root, "add", "folder/deep.txt")
    (repository.root / "untracked.txt").write_text("mine too\n")


def assert_finished(repository: Repository, landing: Landing, outcome: Outcome) -> None:
    assert outcome == Landed("followed", repository.root)
    assert git(repository.root, "rev-parse", "main") == landing.new
    assert (repository.root / "touched.txt").read_text() == "one\nTWO\nthree\n"
    assert (repository.root / "apart.txt").read_text() == "mine\n"
    assert status(repository) == " M apart.txt\nM  folder/deep.txt\n?? untracked.txt"
    assert not list(repository.common.glob("factory-*"))
    assert not list(repository.common.glob("**/*.lock"))


@pytest.mark.parametrize("point", ["locked", "prepared", "refreshed", "tree", "ref", "index"])
def test_a_landing_killed_at_any_point_is_finished(tmp_path: Path, point: str) -> None:
    repository, landing = make_project(tmp_path)
    edit_apart(repository)
    land_and_die(repository, landing, point)
    assert_finished(repository, landing, recover(repository, landing))
    assert_finished(repository, landing, recover(repository, landing))


def test_a_landing_killed_while_git_writes_the_files_is_finished(tmp_path: Path) -> None:
    change = {"touched.txt": "one\nTWO\nthree\n", "added/new.txt": "new\n", "removed.txt": None, "z.dat": "large\n"}
    repository, landing = make_project(tmp_path, change)
    (repository.common / "info").mkdir(exist_ok=True)
    (repository.common / "info/attributes").write_text("*.dat filter=deadly\n")
    deadly = f"kill -9 $PPID $(cat '{repository.common}/landing-pid')"
    git(repository.root, "config", "filter.deadly.smudge", deadly)
    edit_apart(repository)
    land_and_die(repository, landing, "never reached")
    assert (repository.root / "added/new.txt").exists()
    assert not (repository.root / "z.dat").exists()
    git(repository.root, "config", "filter.deadly.smudge", "cat")
    assert_finished(repository, landing, recover(repository, landing))


@pytest.mark.parametrize("point", ["prepared", "tree"])
def test_an_edit_made_after_a_kill_before_the_ref_moved_is_waited_for(tmp_path: Path, point: str) -> None:
    repository, landing = make_project(tmp_path)
    land_and_die(repository, landing, point)
    (repository.root / "touched.txt").write_text("mine, afterwards\n")
    outcome = recover(repository, landing)
    assert isinstance(outcome, Waiting)
    assert outcome.paths == ("touched.txt",)
    assert git(repository.root, "rev-parse", "main") == landing.old
    assert (repository.root / "touched.txt").read_text() == "mine, afterwards\n"
    assert not (repository.common / "index.lock").exists()


def test_edits_made_after_a_kill_behind_the_moved_ref_stay_edits(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    land_and_die(repository, landing, "ref")
    (repository.root / "touched.txt").write_text("mine, afterwards\n")
    (repository.root / "added/new.txt").write_text("mine too\n")
    (repository.root / "removed.txt").write_text("mine again\n")
    assert recover(repository, landing) == Landed("followed", repository.root)
    assert status(repository) == " M added/new.txt\n M touched.txt\n?? removed.txt"
    assert (repository.root / "touched.txt").read_text() == "mine, afterwards\n"
    assert (repository.root / "removed.txt").read_text() == "mine again\n"


def test_files_that_were_cut_off_in_the_middle_are_written_anew(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    edit_apart(repository)
    land_and_die(repository, landing, "tree")
    (repository.root / "touched.txt").write_text("one\nTW")
    (repository.root / "added/new.txt").write_text("")
    assert_finished(repository, landing, recover(repository, landing))
    assert (repository.root / "added/new.txt").read_text() == "new\n"


@pytest.mark.parametrize("point", ["locked", "tree", "ref", "index"])
def test_a_recovery_that_is_killed_too_is_finished_by_the_next(tmp_path: Path, point: str) -> None:
    repository, landing = make_project(tmp_path)
    edit_apart(repository)
    land_and_die(repository, landing, "tree")
    land_and_die(repository, landing, point, "recover")
    assert_finished(repository, landing, recover(repository, landing))


def test_an_intent_whose_process_never_began_is_carried_out(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    edit_apart(repository)
    assert_finished(repository, landing, recover(repository, landing))


def test_the_index_lock_of_somebody_else_is_never_removed(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    land_and_die(repository, landing, "tree")
    lock = repository.common / "index.lock"
    lock.unlink()
    lock.write_text("somebody's")
    outcome = recover(repository, landing)
    assert isinstance(outcome, Waiting)
    assert lock.read_text() == "somebody's"


def test_the_lock_of_a_process_that_still_lives_is_never_removed(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    lock = repository.common / "factory-lock-of-another"
    (repository.common / "index.lock").hardlink_to(_written(lock))
    with lock.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert isinstance(recover(repository, landing), Waiting)
        assert (repository.common / "index.lock").exists()
    assert recover(repository, landing) == Landed("followed", repository.root)


def _written(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def test_work_after_a_finished_landing_is_not_touched_by_a_late_recovery(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    land(repository, landing)
    (repository.root / "touched.txt").write_text("mine\n")
    (repository.root / "removed.txt").write_text("mine again\n")
    assert recover(repository, landing) == Landed("followed", repository.root)
    assert status(repository) == " M touched.txt\n?? removed.txt"
    assert (repository.root / "removed.txt").read_text() == "mine again\n"


def test_a_branch_that_went_on_after_the_landing_is_left_alone(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    land(repository, landing)
    theirs = commit(repository.root, {"touched.txt": "later\n"}, "later")
    assert recover(repository, landing) == Landed("went on")
    assert git(repository.root, "rev-parse", "main") == theirs


def test_a_branch_that_moved_elsewhere_meanwhile_is_reported(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    land_and_die(repository, landing, "locked")
    (repository.common / "index.lock").unlink()
    theirs = commit(repository.root, {"apart.txt": "theirs\n"}, "theirs")
    assert recover(repository, landing) == Moved(theirs)
    assert (repository.root / "touched.txt").read_text() == FILES["touched.txt"]
    assert status(repository) == ""


def test_a_checkout_that_a_moved_ref_left_behind_follows(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    edit_apart(repository)
    git(repository.root, "update-ref", "refs/heads/main", landing.new, landing.old)
    assert_finished(repository, landing, recover(repository, landing))


def test_a_landed_ref_that_nobody_holds_is_landed(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    git(repository.root, "switch", "-q", "-c", "elsewhere")
    land(repository, landing)
    assert recover(repository, landing) == Landed("not checked out")
