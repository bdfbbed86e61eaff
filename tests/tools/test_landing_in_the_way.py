"""A kept change whose landing something of the person's stands in the way of: it waits, the target stays, nothing of theirs is touched."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.everything import files_of, refs_of
from tests.support.host import Host
from tests.support.repositories import commit, git, git_process
from tests.support.scored_states import BETTER, WORDS, opened
from tests.support.states import States

ADDED = "more.txt"
TRACKED = ".gitignore"
CHANGE = "seven\n"


def _edit(project: Path) -> None:
    (project / WORDS).write_text((project / WORDS).read_text() + "my own\n")


def _stage(project: Path) -> None:
    _edit(project)
    git(project, "add", WORDS)


def _stage_a_deletion(project: Path) -> None:
    git(project, "rm", "-q", WORDS)


def _untracked(project: Path) -> None:
    (project / ADDED).write_text("# mine\n")


def _merge(project: Path) -> None:
    assert git_process(project, "merge", "side").returncode == 1


def _lock(project: Path) -> None:
    (project / ".git/index.lock").write_text("")


def _unlock(project: Path) -> None:
    (project / ".git/index.lock").unlink()


def _undo(project: Path) -> None:
    git(project, "reset", "-q", "--hard")


def _remove(project: Path) -> None:
    (project / ADDED).unlink()


def _abort(project: Path) -> None:
    git(project, "merge", "--abort")


WAYS: list[tuple[Callable[[Path], None], Callable[[Path], None], str]] = [
    (_edit, _undo, WORDS),
    (_stage, _undo, WORDS),
    (_stage_a_deletion, _undo, WORDS),
    (_untracked, _remove, ADDED),
    (_merge, _abort, "merge"),
    (_lock, _unlock, "index.lock"),
]


async def _go_ahead(host: Host) -> None:
    commit(host.project, {"README.md": "# main\n"}, "main")


async def _measure(host: Host) -> None:
    await host.measured({**BETTER, ADDED: "more\n", WORDS: (host.project / WORDS).read_text() + CHANGE})
    git(host.project, "checkout", "-q", "-b", "side", "main~1")
    commit(host.project, {"README.md": "# side\n"}, "side")
    git(host.project, "checkout", "-q", "main")


@pytest.fixture
async def touching(scored: States) -> States:
    """State `touching`: the candidate changes a tracked file and adds one; a branch `side` clashes with the target in a third."""
    await scored.reach("ahead", "approved", _go_ahead)
    await scored.reach("begun ahead", "ahead", opened)
    await scored.reach("touching", "begun ahead", _measure)
    return scored


@pytest.mark.parametrize(("put", "clear", "named"), WAYS)
async def test_what_is_in_the_way_is_named_and_left_and_the_change_lands_when_it_is_gone(
    touching: States, put: Callable[[Path], None], clear: Callable[[Path], None], named: str
) -> None:
    async with touching.open("touching") as host:
        put(host.project)
        checkout, tip = _checkout(host.project), git(host.project, "rev-parse", "main")
        for _ in range(2):  # the same again waits again
            answer = await host.keep()
            assert answer["data"]["state"] == "kept", host.text
            assert "not landed yet" in answer["summary"]
            assert named in host.text
            assert (answer["next"]["tool"], answer["next"]["arguments"]["decision"]) == ("verdict", "keep")
            assert git(host.project, "rev-parse", "main") == tip
            assert _checkout(host.project) == checkout
        await host.refused("OUT_OF_ORDER", "verdict", experiment=1, decision="abandon", reason="r", lesson="l")
        await host.refused("ALREADY_DECIDED", "run_eval", experiment=1)
        status = await host.call("project_status")
        assert (status["next"]["tool"], "experiment 1 is kept, and not landed yet" in status["summary"]) == ("verdict", True), host.text
        assert (named in status["data"]["waits"][0], _checkout(host.project)) == (True, checkout), host.text
        clear(host.project)
        assert "nothing is in the way any more" in (await host.call("project_status"))["data"]["waits"][0]
        landed = await host.keep()
        assert landed["data"]["state"] == "landed", host.text
        assert (host.project / WORDS).read_text().endswith(CHANGE)
        assert git(host.project, "status", "--porcelain") == ""
        assert (host.project / ".factory/worktrees/001").exists() is False


async def test_edits_apart_from_the_change_are_left_byte_for_byte(touching: States) -> None:
    async with touching.open("touching") as host:
        project = host.project
        (project / "README.md").write_bytes(b"# mine\r\nwith no end")
        (project / TRACKED).write_text((project / TRACKED).read_text() + "# staged\n")
        git(project, "add", TRACKED)
        (project / TRACKED).write_text((project / TRACKED).read_text() + "# and not staged\n")
        (project / "notes.txt").write_text("untracked\n")
        (project / "debug.log").write_text("ignored\n")
        mine = {name: (project / name).read_bytes() for name in ("README.md", TRACKED, "notes.txt", "debug.log")}
        status = git(project, "status", "--porcelain")
        assert (await host.keep())["data"]["state"] == "landed", host.text
        assert {name: (project / name).read_bytes() for name in mine} == mine
        assert git(project, "status", "--porcelain") == status
        assert git(project, "show", f":{TRACKED}").endswith("# staged")


async def test_a_target_that_no_checkout_holds_moves_alone(touching: States) -> None:
    async with touching.open("touching") as host:
        git(host.project, "checkout", "-q", "-b", "elsewhere")
        before, tip = files_of(host.project), git(host.project, "rev-parse", "main")
        assert (await host.keep())["data"]["state"] == "landed", host.text
        assert git(host.project, "rev-parse", "main^1") == tip
        after = files_of(host.project)
        assert {name: after[name] for name in before if not name.startswith(".factory/")} == {
            name: content for name, content in before.items() if not name.startswith(".factory/")
        }


async def test_a_person_who_commits_in_the_way_gets_both_changes(touching: States) -> None:
    async with touching.open("touching") as host:
        _untracked(host.project)
        assert (await host.keep())["data"]["state"] == "kept"
        (host.project / ADDED).unlink()
        commit(host.project, {"README.md": "# committed meanwhile\n"}, "meanwhile")
        answer = await host.keep()
        while answer["next"].get("tool") == "get_job":
            await host.done("get_job", **answer["next"]["arguments"])
            answer = await host.keep()
        assert "refused" not in answer, host.text
        assert answer["data"]["state"] == "landed", host.text
        assert (host.project / "README.md").read_text() == "# committed meanwhile\n"
        assert (host.project / WORDS).read_text().endswith(CHANGE)


def _checkout(project: Path) -> dict[str, bytes | str]:
    """Every byte of the person's checkout and git's index, and the refs that are theirs."""
    files = {name: content for name, content in files_of(project).items() if not name.startswith(".factory/")}
    return {**files, "refs": "\n".join(line for line in refs_of(project).splitlines() if "refs/factory" not in line)}
