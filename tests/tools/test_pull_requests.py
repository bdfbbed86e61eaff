"""Kept experiments for upstream: what a branch holds, that it is measured, and that its pull request is opened once, by a person's word."""

from pathlib import Path

import pytest

from tests.support.everything import events_of
from tests.support.host import Host, changes_nothing
from tests.support.pull_requests import Upstream, connect, make_upstream
from tests.support.repositories import git
from tests.support.scored_states import SCORE
from tests.support.states import States

CLEAN = "## Clean PR\n\n- clean_pr: true\n"
# What an improvement, and the factory's own things beside it, look like.
CHANGE: dict[str, str | None] = {SCORE: "0.6\n", "benchmarks/speed.txt": "fast\n", "tests/deep/eval_slug.txt": "ten\n", "notes.txt": "why\n"}


@pytest.fixture
def upstream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Upstream:
    return make_upstream(tmp_path / "upstream", monkeypatch)


async def land_change(host: Host) -> None:
    """An experiment that brings more than belongs upstream."""
    await host.measured(CHANGE)
    assert (await host.keep())["data"]["state"] == "landed", host.text


async def published(scored: States) -> Path:
    """The project with that experiment landed."""
    await scored.reach("with extras", "begun", land_change)
    return await scored.put("with extras")


def first_commit(project: Path) -> str:
    return git(project, "rev-list", "--max-parents=0", "main")


def paths_of(project: Path, base: str, branch: str) -> list[set[str]]:
    """What each commit of a branch changes, oldest first."""
    commits = git(project, "rev-list", "--reverse", f"{base}..{branch}").splitlines()
    return [set(git(project, "diff", "--name-only", f"{commit}^", commit).splitlines()) for commit in commits]


async def test_a_walk_from_the_preview_to_a_pull_request_that_is_ready_and_the_same_again(scored: States, upstream: Upstream) -> None:
    project = await published(scored)
    first = first_commit(project)
    connect(project, upstream, first)
    async with scored.open_here() as host:
        with changes_nothing(project):
            seen = await host.done("clean_pr", experiments=[1], clean="yes")
        assert seen["data"]["files"] == {
            "kept": ["notes.txt", SCORE], "stripped": ["benchmarks/speed.txt (benchmarks/**)", "tests/deep/eval_slug.txt (tests/**/eval_*)"],
        }  # fmt: skip
        assert (seen["next"]["tool"], seen["next"]["arguments"]) == ("clean_pr", {"experiments": [1], "action": "branch", "clean": "yes"})
        made = await host.done("clean_pr", **seen["next"]["arguments"])
        branch = seen["data"]["branch"]
        assert paths_of(project, first, branch) == [{"notes.txt", SCORE}]
        assert upstream.branches == {"main": first}
        refused = await host.call("clean_pr", **made["next"]["arguments"])
        assert (refused["refused"]["code"], refused["next"]["arguments"]) == ("NEEDS_APPROVAL", {"what": "publish"}), host.text
        approved = await host.done("request_approval", **refused["next"]["arguments"])
        assert "pushed to: file://" in host.shown[-1]
        opened = await host.done("clean_pr", **{**approved["next"]["arguments"], "clean": "yes"})
        assert upstream.branches == {"main": first, branch: git(project, "rev-parse", branch)}
        assert (opened["data"]["state"], opened["data"]["number"]) == ("draft", 7)
        (pull,) = upstream.pulls
        assert (pull["base"], pull["head"], pull["draft"]) == ("main", f"pat:{branch}", True)
        assert "| composite |" in pull["body"]
        assert "Threshold 0.100" in pull["body"]
        ready = await host.done("clean_pr", experiments=[1], action="ready")
        assert (ready["data"]["state"], upstream.pulls[0]["draft"]) == ("ready", False)
        with changes_nothing(project):
            for action in ("branch", "open", "ready"):
                again = await host.done("clean_pr", experiments=[1], action=action, clean="yes")
                assert (again["repeated"], again["data"]["state"], again["data"]["branch"]) == (True, "ready", branch)
        assert len(upstream.pulls) == 1
        assert [kind for kind in events_of(project) if kind.startswith("pull_request")] == [
            "pull_request.prepared", "pull_request.pushed", "pull_request.opened", "pull_request.promoted",
        ]  # fmt: skip
