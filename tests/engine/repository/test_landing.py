"""A branch and the checkout that holds it move together, or neither does."""

from pathlib import Path

import pytest

from tests.support.landings import FILES, make_landing, make_project, refused, status
from tests.support.repositories import commit, git, git_process
from tools.engine.repository.landing import land
from tools.engine.repository.location import Repository
from tools.engine.repository.outcome import Landed, Landing, Moved, Outcome, Waiting


def assert_landed(repository: Repository, landing: Landing, outcome: Outcome) -> None:
    assert outcome == Landed("followed", repository.root)
    assert git(repository.root, "rev-parse", landing.ref) == landing.new
    assert not list(repository.common.glob("factory-*"))
    assert not list(repository.common.glob("**/*.lock"))


def assert_waits(repository: Repository, landing: Landing, outcome: Outcome, *paths: str) -> Waiting:
    assert isinstance(outcome, Waiting)
    assert outcome.paths == paths
    assert git(repository.root, "rev-parse", landing.ref) == landing.old
    assert not list(repository.common.glob("factory-*"))
    return outcome


def test_a_clean_checkout_follows_its_branch(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    assert_landed(repository, landing, land(repository, landing))
    assert status(repository) == ""
    assert (repository.root / "touched.txt").read_text() == "one\nTWO\nthree\n"
    assert (repository.root / "added/new.txt").read_text() == "new\n"
    assert not (repository.root / "removed.txt").exists()


def test_an_edit_that_the_landing_does_not_touch_stays_byte_for_byte_and_is_still_shown(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    (repository.root / "apart.txt").write_bytes(b"mine\r\n\xff")
    (repository.root / "untracked.txt").write_text("mine too\n")
    (repository.root / "folder/deep.txt").write_text("staged\n")
    git(repository.root, "add", "folder/deep.txt")
    assert_landed(repository, landing, land(repository, landing))
    assert (repository.root / "apart.txt").read_bytes() == b"mine\r\n\xff"
    assert status(repository) == " M apart.txt\nM  folder/deep.txt\n?? untracked.txt"


def test_an_edit_of_a_touched_file_makes_the_landing_wait(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    (repository.root / "touched.txt").write_text("mine\n")
    assert_waits(repository, landing, land(repository, landing), "touched.txt")
    assert (repository.root / "touched.txt").read_text() == "mine\n"
    assert status(repository) == " M touched.txt"


def test_a_staged_change_of_a_touched_file_makes_the_landing_wait(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    (repository.root / "touched.txt").write_text("staged\n")
    git(repository.root, "add", "touched.txt")
    (repository.root / "touched.txt").write_text(FILES["touched.txt"])
    assert_waits(repository, landing, land(repository, landing), "touched.txt")
    assert status(repository) == "MM touched.txt"


def test_an_edit_of_a_file_that_the_landing_deletes_makes_it_wait(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    (repository.root / "removed.txt").write_text("mine\n")
    assert_waits(repository, landing, land(repository, landing), "removed.txt")
    assert (repository.root / "removed.txt").read_text() == "mine\n"


def test_a_touched_file_that_the_person_deleted_is_not_brought_back(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    (repository.root / "touched.txt").unlink()
    assert_waits(repository, landing, land(repository, landing), "touched.txt")
    assert not (repository.root / "touched.txt").exists()


def test_every_path_in_the_way_is_named_at_once(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    (repository.root / "touched.txt").write_text("mine\n")
    (repository.root / "removed.txt").write_text("mine\n")
    (repository.root / "added").mkdir()
    (repository.root / "added/new.txt").write_text("mine\n")
    assert_waits(repository, landing, land(repository, landing), "added/new.txt", "removed.txt", "touched.txt")


def test_an_untracked_file_in_the_way_is_not_overwritten(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    (repository.root / "added").mkdir()
    (repository.root / "added/new.txt").write_text("mine\n")
    assert_waits(repository, landing, land(repository, landing), "added/new.txt")
    assert (repository.root / "added/new.txt").read_text() == "mine\n"


def test_an_ignored_file_in_the_way_is_not_overwritten_as_git_would(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    (repository.common / "info").mkdir(exist_ok=True)
    (repository.common / "info/exclude").write_text("added/\n")
    (repository.root / "added").mkdir()
    (repository.root / "added/new.txt").write_text("my secret\n")
    assert_waits(repository, landing, land(repository, landing), "added/new.txt")
    assert (repository.root / "added/new.txt").read_text() == "my secret\n"


def test_an_ignored_file_below_a_folder_whose_place_a_file_takes_is_not_removed(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path, {"place": "a file now\n"})
    (repository.common / "info").mkdir(exist_ok=True)
    (repository.common / "info/exclude").write_text("place/\n")
    (repository.root / "place").mkdir()
    (repository.root / "place/cache.bin").write_text("mine\n")
    assert_waits(repository, landing, land(repository, landing), "place/cache.bin")
    assert (repository.root / "place/cache.bin").read_text() == "mine\n"


def test_an_untracked_file_in_the_place_of_a_new_folder_makes_the_landing_wait(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    (repository.root / "added").write_text("mine\n")
    assert_waits(repository, landing, land(repository, landing), "added")


def test_nothing_is_written_through_an_untracked_symlink(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    outside = tmp_path / "outside"
    outside.mkdir()
    (repository.root / "added").symlink_to(outside)
    assert_waits(repository, landing, land(repository, landing), "added")
    assert list(outside.iterdir()) == []


def test_an_untracked_file_that_is_what_the_landing_brings_is_no_obstacle(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    (repository.root / "added").mkdir()
    (repository.root / "added/new.txt").write_text("new\n")
    assert_landed(repository, landing, land(repository, landing))
    assert status(repository) == ""


def test_edits_that_are_what_the_landing_brings_are_no_obstacle(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    (repository.root / "touched.txt").write_text("one\nTWO\nthree\n")
    (repository.root / "removed.txt").unlink()
    assert_landed(repository, landing, land(repository, landing))
    assert status(repository) == ""


def test_a_file_that_the_person_no_longer_tracks_stays_when_the_landing_deletes_it(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    git(repository.root, "rm", "-q", "--cached", "removed.txt")
    assert_landed(repository, landing, land(repository, landing))
    assert status(repository) == "?? removed.txt"


def test_a_file_takes_the_place_of_a_tracked_folder(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    root = repository.root
    git(root, "switch", "-q", "--detach")
    git(root, "rm", "-q", "folder/deep.txt")
    new = commit(root, {"folder": "a file now\n"}, "folder is a file")
    git(root, "switch", "-q", "main")
    landing = Landing(landing.ref, landing.old, new)
    assert_landed(repository, landing, land(repository, landing))
    assert (root / "folder").read_text() == "a file now\n"
    assert status(repository) == ""


def test_names_with_spaces_line_ends_and_other_scripts_land(tmp_path: Path) -> None:
    names = {"with space.txt": "1\n", "line\nend.txt": "2\n", "größe/日本.txt": "3\n", 'quote".txt': "4\n"}
    repository, landing = make_project(tmp_path, dict(names))
    (repository.root / "line\nend.txt").write_text("mine\n")
    assert_waits(repository, landing, land(repository, landing), "line\nend.txt")
    (repository.root / "line\nend.txt").unlink()
    assert_landed(repository, landing, land(repository, landing))
    assert status(repository) == ""
    assert {name: (repository.root / name).read_text() for name in names} == names


def test_a_merge_in_progress_makes_the_landing_wait(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    root = repository.root
    git(root, "branch", "other")
    commit(root, {"apart.txt": "ours\n"}, "ours")
    git(root, "switch", "-q", "other")
    commit(root, {"apart.txt": "theirs\n"}, "theirs")
    git(root, "switch", "-q", "main")
    landing = make_landing(repository, {"touched.txt": "landed\n"})
    assert refused(root, "merge", "other")
    outcome = assert_waits(repository, landing, land(repository, landing), str(root))
    assert "merge" in outcome.reason
    git(root, "merge", "--abort")
    assert_landed(repository, landing, land(repository, landing))


def test_a_rebase_of_the_branch_makes_the_landing_wait_although_head_is_detached(tmp_path: Path) -> None:
    repository, _ = make_project(tmp_path)
    root = repository.root
    git(root, "branch", "other")
    commit(root, {"apart.txt": "ours\n"}, "ours")
    git(root, "switch", "-q", "other")
    commit(root, {"apart.txt": "theirs\n"}, "theirs")
    git(root, "switch", "-q", "main")
    landing = make_landing(repository, {"touched.txt": "landed\n"})
    assert refused(root, "rebase", "other")
    outcome = assert_waits(repository, landing, land(repository, landing), str(root))
    assert "rebase" in outcome.reason


def test_a_held_index_lock_makes_the_landing_wait_and_is_not_removed(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    lock = repository.common / "index.lock"
    lock.write_text("somebody's")
    assert_waits(repository, landing, land(repository, landing), str(lock))
    assert lock.read_text() == "somebody's"
    lock.unlink()
    assert_landed(repository, landing, land(repository, landing))


def test_a_ref_that_no_checkout_holds_moves_alone(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    git(repository.root, "switch", "-q", "-c", "elsewhere")
    (repository.root / "touched.txt").write_text("mine\n")
    assert land(repository, landing) == Landed("not checked out")
    assert git(repository.root, "rev-parse", "main") == landing.new
    assert status(repository) == " M touched.txt"


@pytest.mark.parametrize("held", [True, False])
def test_a_ref_that_moved_is_not_moved_back(tmp_path: Path, held: bool) -> None:
    repository, landing = make_project(tmp_path)
    theirs = commit(repository.root, {"apart.txt": "theirs\n"}, "theirs")
    if not held:
        git(repository.root, "switch", "-q", "-c", "elsewhere")
    assert land(repository, landing) == Moved(theirs)
    assert git(repository.root, "rev-parse", "main") == theirs
    assert status(repository) == ""


def test_a_ref_that_is_gone_is_not_made_again(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    git(repository.root, "switch", "-q", "-c", "elsewhere")
    git(repository.root, "branch", "-q", "-D", "main")
    assert land(repository, landing) == Moved("")
    assert refused(repository.root, "rev-parse", "--verify", "--quiet", "main")


def test_a_linked_worktree_that_holds_the_branch_follows(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    git(repository.root, "switch", "-q", "-c", "elsewhere")
    linked = tmp_path / "linked"
    git(repository.root, "worktree", "add", "-q", str(linked), "main")
    (linked / "apart.txt").write_text("mine\n")
    assert land(repository, landing) == Landed("followed", linked)
    assert git(linked, "status", "--porcelain") == " M apart.txt"
    assert (linked / "touched.txt").read_text() == "one\nTWO\nthree\n"
    assert (repository.root / "touched.txt").read_text() == FILES["touched.txt"]


def test_two_checkouts_of_the_branch_make_the_landing_wait(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    linked = tmp_path / "linked"
    git(repository.root, "worktree", "add", "-q", "--force", str(linked), "main")
    assert_waits(repository, landing, land(repository, landing), str(repository.root), str(linked))


def test_a_checkout_whose_folder_is_missing_makes_the_landing_wait(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    git(repository.root, "switch", "-q", "-c", "elsewhere")
    linked = tmp_path / "linked"
    git(repository.root, "worktree", "add", "-q", str(linked), "main")
    linked.rename(tmp_path / "on another disk")
    assert_waits(repository, landing, land(repository, landing), str(linked))


@pytest.mark.parametrize(
    "attempted",
    [
        ("commit", "-q", "--allow-empty", "-m", "mine"),
        ("switch", "-q", "-c", "mine"),
        ("switch", "-q", "other"),
        ("symbolic-ref", "HEAD", "refs/heads/other"),
    ],
)
def test_a_person_cannot_move_the_checkout_away_in_the_middle(tmp_path: Path, attempted: tuple[str, ...]) -> None:
    repository, landing = make_project(tmp_path)
    git(repository.root, "branch", "other")
    said: list[str] = []

    def interfere(point: str) -> None:
        if point == "prepared":
            done = git_process(repository.root, *attempted)
            assert done.returncode != 0
            said.append(done.stderr)

    assert_landed(repository, landing, land(repository, landing, interfere))
    assert len(said) == 1
    assert "lock" in said[0]
    assert status(repository) == ""
    assert git(repository.root, "symbolic-ref", "HEAD") == "refs/heads/main"


def test_a_landing_is_told_of_every_point_in_order(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    points: list[str] = []
    land(repository, landing, points.append)
    assert points == ["locked", "prepared", "refreshed", "tree", "ref", "index"]


def test_files_already_written_are_taken_back_when_a_filter_of_the_user_fails(tmp_path: Path) -> None:
    change = {
        "touched.txt": "changed\n",
        "removed.txt": None,
        "folder/deep.txt": None,
        "aaa.txt": "new\n",
        "bbb/new.txt": "new\n",
        "z.dat": "large\n",
    }
    repository, landing = make_project(tmp_path, change)
    (repository.common / "info").mkdir(exist_ok=True)
    (repository.common / "info/attributes").write_text("*.dat filter=large\n")
    git(repository.root, "config", "filter.large.smudge", "false")
    git(repository.root, "config", "filter.large.required", "true")
    (repository.root / "apart.txt").write_text("mine\n")
    (repository.root / "aaa.txt").write_text("new\n")
    (repository.root / "folder/deep.txt").unlink()
    mine = " M apart.txt\n D folder/deep.txt\n?? aaa.txt"
    assert status(repository) == mine
    outcome = assert_waits(repository, landing, land(repository, landing))
    assert "smudge filter large failed" in outcome.said
    assert status(repository) == mine
    assert (repository.root / "touched.txt").read_text() == FILES["touched.txt"]
    git(repository.root, "config", "filter.large.smudge", "cat")
    git(repository.root, "config", "filter.large.clean", "cat")
    assert_landed(repository, landing, land(repository, landing))
    assert status(repository) == " M apart.txt"


def test_a_filter_that_fails_to_read_the_checkout_makes_the_landing_wait_with_its_words(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path)
    (repository.common / "info").mkdir(exist_ok=True)
    (repository.common / "info/attributes").write_text("*.txt filter=broken\n")
    git(repository.root, "config", "filter.broken.clean", "false")
    git(repository.root, "config", "filter.broken.required", "true")
    (repository.root / "touched.txt").write_text("mine\n")
    outcome = assert_waits(repository, landing, land(repository, landing), str(repository.root))
    assert "clean filter 'broken' failed" in outcome.said
    assert (repository.root / "touched.txt").read_text() == "mine\n"


def test_the_users_filters_run_and_hooks_do_not(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path, {"upper.txt": "small\n"})
    (repository.common / "info").mkdir(exist_ok=True)
    (repository.common / "info/attributes").write_text("upper.txt filter=upper\n")
    git(repository.root, "config", "filter.upper.smudge", "tr a-z A-Z")
    git(repository.root, "config", "filter.upper.clean", "tr A-Z a-z")
    for name in ("reference-transaction", "post-index-change", "post-checkout", "post-merge"):
        hook = repository.common / "hooks" / name
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/hook-ran\nexit 1\n")
        hook.chmod(0o755)
    assert_landed(repository, landing, land(repository, landing))
    assert (repository.root / "upper.txt").read_text() == "SMALL\n"
    assert not (tmp_path / "hook-ran").exists()


def test_line_ends_are_those_that_the_user_configured(tmp_path: Path, home: Path) -> None:
    (home / ".gitconfig").write_text("[core]\n\tautocrlf = true\n")
    repository, landing = make_project(tmp_path, {"added.txt": "a\nb\n"})
    assert_landed(repository, landing, land(repository, landing))
    assert (repository.root / "added.txt").read_bytes() == b"a\r\nb\r\n"


def test_files_left_out_by_a_sparse_checkout_stay_left_out(tmp_path: Path) -> None:
    repository, landing = make_project(tmp_path, {"folder/deep.txt": "changed\n", "touched.txt": "changed\n"})
    git(repository.root, "sparse-checkout", "set", "--no-cone", "/*", "!/folder/")
    assert not (repository.root / "folder").exists()
    assert_landed(repository, landing, land(repository, landing))
    assert not (repository.root / "folder").exists()
    assert status(repository) == ""


def test_a_submodule_that_the_landing_moves_is_left_to_the_person(tmp_path: Path) -> None:
    repository, _ = make_project(tmp_path)
    root = repository.root
    other = make_project(tmp_path / "second")[0].root
    git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "sub")
    commit(root, {}, "with submodule")
    there = git(root / "sub", "rev-parse", "HEAD")
    moved = commit(other, {"apart.txt": "new\n"}, "moved")
    git(root / "sub", "fetch", "-q")
    tree = git(root, "rev-parse", "HEAD^{tree}")
    git(root, "update-index", "--cacheinfo", f"160000,{moved},sub")
    new = git(root, "commit-tree", git(root, "write-tree"), "-p", "HEAD", "-m", "moved")
    git(root, "read-tree", tree)
    landing = Landing("refs/heads/main", git(root, "rev-parse", "HEAD"), new)
    assert_landed(repository, landing, land(repository, landing))
    assert git(root / "sub", "rev-parse", "HEAD") == there
    assert status(repository) == " M sub"
