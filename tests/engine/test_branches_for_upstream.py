"""The commits for upstream: whatever a change is made of arrives there as it is, and what is stripped is in none of them."""

import os
from pathlib import Path

import pytest

from state.cycles import Hypothesis
from state.errors import Refusal
from state.experiments import Experiment
from tests.support.repositories import commit, git, make_repository
from tools.engine.publishing.kept import Kept
from tools.engine.publishing.preparing import commits_of
from tools.engine.publishing.stripping import DEFAULTS, Rules
from tools.engine.repository.location import Repository, locate
from tools.engine.repository.objects import diff

CLEAN = Rules(clean=True, defaults=DEFAULTS)
FILES = {"a.txt": "one\ntwo\nthree\n", "b.txt": "b\n", "run.sh": "true\n", "old/name.txt": "moved as it is\n"}
IDEA = Hypothesis(title="Change", category="exploit", dimension="none", what="Change it.", why="W1")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "project", FILES)


def kept(project: Path, base: str, number: int = 1, title: str = "Change") -> Kept:
    """What stands on the branch now, as the change that an experiment made on `base`."""
    experiment = Experiment(
        id=number, hypothesis=number, arm=1, cycle=1, title=title, category="exploit", state="landed", base=base, branch="b", worktree="w",
        candidate=git(project, "rev-parse", "HEAD"), tree=git(project, "rev-parse", "HEAD^{tree}"), review_tree=None, merging=None, merge_commit=None,
        delta=None, assessment=None, decision="keep", reason=None, lesson=None, approved_tree=None, backup=None, undo_commit=None, undo_reason=None,
        started_at="2026-11-20T10:00:00.000Z", ended_at="2026-11-20T11:00:00.000Z",
    )  # fmt: skip
    return Kept(experiment, IDEA, {}, None, "main")


def head(project: Path) -> str:
    return git(project, "rev-parse", "HEAD")


def changed(repository: Repository, base: str, commits: tuple[str, ...]) -> list[set[str]]:
    """The paths that each commit changes."""
    return [{change.path for change in diff(repository, before, after)} for before, after in zip((base, *commits), commits, strict=False)]


def test_what_a_change_is_made_of_arrives_as_it_is(project: Path) -> None:
    first = head(project)
    git(project, "mv", "old/name.txt", "new.txt")
    (project / "a.txt").unlink()
    (project / "run.sh").chmod(0o755)
    (project / "picture.bin").write_bytes(bytes(range(256)))
    (project / "link").symlink_to("b.txt")
    Path(os.fsdecode(os.fsencode(project) + b"/na\xefve.txt")).write_text("odd\n", encoding="utf-8")
    (project / "benchmarks").mkdir()
    Path(os.fsdecode(os.fsencode(project) + b"/benchmarks/\xff\n.txt")).write_text("odd\n", encoding="utf-8")
    git(project, "update-index", "--add", "--cacheinfo", f"160000,{first},lib")
    git(project, "add", "-A", "--", ".", ":!lib")
    git(project, "commit", "-qm", "change")
    repository = locate(project)
    whole = {change.path: change for change in diff(repository, first, head(project))}
    commits, stripped = commits_of(repository, (kept(project, first),), first, CLEAN)
    (made,) = commits
    assert list(stripped) == ["benchmarks/\udcff\n.txt"]
    assert {change.path: change for change in diff(repository, first, made)} == {path: each for path, each in whole.items() if path not in stripped}
    assert {whole[path].new_mode for path in ("lib", "run.sh", "link")} == {"160000", "100755", "120000"}


def test_of_a_file_that_moves_into_what_is_stripped_only_the_loss_is_seen_upstream(project: Path) -> None:
    first = head(project)
    (project / "benchmarks").mkdir()
    git(project, "mv", "b.txt", "benchmarks/b.txt")
    git(project, "commit", "-qm", "move")
    repository = locate(project)
    commits, stripped = commits_of(repository, (kept(project, first),), first, CLEAN)
    assert (changed(repository, first, commits), list(stripped)) == ([{"b.txt"}], ["benchmarks/b.txt"])


def test_a_change_is_put_on_what_is_upstream_without_what_landed_before_it(project: Path) -> None:
    first = head(project)
    base = commit(project, {"factory.md": "# Factory\n", "a.txt": "one\ntwo\nthree\nfour of ours\n"}, "ours")
    commit(project, {"a.txt": "ONE\ntwo\nthree\nfour of ours\n", "benchmarks/x.txt": "x\n"}, "change")
    repository = locate(project)
    commits, _ = commits_of(repository, (kept(project, base),), first, CLEAN)
    assert changed(repository, first, commits) == [{"a.txt"}]
    assert git(project, "show", f"{commits[-1]}:a.txt") == "ONE\ntwo\nthree"


def test_several_changes_are_a_commit_each_and_one_of_which_nothing_is_left_is_none(project: Path) -> None:
    first = head(project)
    made = []
    for number, files in enumerate(({"a.txt": "1\n"}, {"benchmarks/x.txt": "x\n"}, {"c.txt": "c\n", "benchmarks/x.txt": "y\n"}), 1):
        base = head(project)
        commit(project, files, "change")
        made.append(kept(project, base, number, f"Change {number}"))
    repository = locate(project)
    commits, stripped = commits_of(repository, tuple(made), first, CLEAN)
    assert changed(repository, first, commits) == [{"a.txt"}, {"c.txt"}]
    assert [git(project, "log", "-1", "--format=%s", each) for each in commits] == ["Change 1", "Change 3"]
    assert list(stripped) == ["benchmarks/x.txt"]
    assert commits_of(repository, tuple(made), first, CLEAN)[0] == commits
    for each in git(project, "rev-list", f"{first}..{commits[-1]}").splitlines():
        assert "benchmarks" not in git(project, "ls-tree", "-r", "--name-only", each)


def test_a_change_that_needs_another_one_is_refused_without_it(project: Path) -> None:
    first = head(project)
    base = commit(project, {"a.txt": "another\n"}, "one")
    commit(project, {"a.txt": "another still\n"}, "two")
    with pytest.raises(Refusal) as refused:
        commits_of(locate(project), (kept(project, base),), first, CLEAN)
    assert (refused.value.code, refused.value.where) == ("CONFLICT", ("a.txt",))


def test_a_merge_within_a_change_is_none_upstream(project: Path) -> None:
    first = head(project)
    git(project, "switch", "-qc", "side")
    commit(project, {"c.txt": "c\n"}, "side")
    git(project, "switch", "-q", "main")
    base = commit(project, {"d.txt": "d\n"}, "target went on")
    git(project, "merge", "-q", "--no-edit", "side")
    repository = locate(project)
    commits, _ = commits_of(repository, (kept(project, base),), first, CLEAN)
    assert changed(repository, first, commits) == [{"c.txt"}]
    assert len(git(project, "rev-list", "--parents", "-1", commits[-1]).split()) == 2


def test_a_change_that_git_would_carry_along_a_rename_into_what_is_stripped_is_refused(tmp_path: Path) -> None:
    lines = "".join(f"line {number}\n" for number in range(20))
    project = make_repository(tmp_path / "project", {"internal/a.txt": lines})
    first = head(project)
    (project / "src").mkdir()
    git(project, "mv", "internal/a.txt", "src/a.txt")
    git(project, "commit", "-qm", "moved, and not upstream")
    base = head(project)
    commit(project, {"src/a.txt": f"{lines}more\n"}, "change")
    with pytest.raises(Refusal) as refused:
        commits_of(locate(project), (kept(project, base),), first, Rules(clean=True, exclude=("internal/**",)))
    assert (refused.value.code, refused.value.where) == ("CONFLICT", ("internal/a.txt",))
