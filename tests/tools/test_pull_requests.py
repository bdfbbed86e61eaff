"""Kept experiments for upstream: what a branch holds, that it is measured, and that its pull request is opened once, by a person's word."""

import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest

from state.store import Store
from tests.support.everything import events_of, everything
from tests.support.host import Host, changes_nothing
from tests.support.pull_requests import GITLAB_REMOTE, Upstream, connect, make_upstream
from tests.support.repositories import git
from tests.support.scored_states import SCORE, SCORED, opened, scored_md
from tests.support.states import States, approve
from tests.tools.test_backlog import typed
from tools.engine.jobs.running import Jobs
from tools.engine.publishing.opening import withdraw
from tools.engine.repository.location import locate
from tools.engine.session import Host as Caller
from tools.engine.session import Session

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


def refs_of(project: Path) -> set[str]:
    """Every ref but the factory's own, with its commit."""
    return {line for line in git(project, "for-each-ref", "--format=%(refname) %(objectname)").splitlines() if "refs/factory/" not in line}


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
        opened = await host.done("clean_pr", **approved["next"]["arguments"])
        assert upstream.branches == {"main": first, branch: git(project, "rev-parse", branch)}
        assert (opened["data"]["state"], opened["data"]["number"]) == ("draft", 7)
        (pull,) = upstream.pulls
        assert (pull["base"], pull["head"], pull["draft"]) == ("main", f"pat:{branch}", True)
        assert "| composite |" in pull["body"]
        assert "Threshold 0.100" in pull["body"]
        assert "**Why:**" not in pull["body"]
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


@asynccontextmanager
async def a_session(project: Path) -> AsyncIterator[Session]:
    """What a tool would work with."""
    repository = locate(project)
    async with anyio.create_task_group() as tasks:
        store = Store(repository.common / "refactory")
        yield Session(repository, store, Caller("claude", "host", 1.0), Jobs(tasks), variables=dict(os.environ))
        store.close()


async def prepared(host: Host, **asked: object) -> dict[str, object]:
    """The branch made; answers what clean_pr said."""
    data = (await host.done("clean_pr", **{"experiments": [1], "action": "branch", "clean": "yes", **asked}))["data"]
    assert isinstance(data, dict)
    return data


async def approved(host: Host) -> None:
    assert (await host.done("request_approval", what="publish"))["data"]["status"] == "approved", host.text


async def test_nothing_of_the_persons_is_touched_by_a_branch(scored: States, upstream: Upstream) -> None:
    project = await published(scored)
    connect(project, upstream, first_commit(project))
    (project / SCORE).write_text("0.9\n", encoding="utf-8")
    (project / "words.txt").write_text("staged\n", encoding="utf-8")
    git(project, "add", "words.txt")
    before, refs = everything(project), refs_of(project)
    async with scored.open_here() as host:
        made = await prepared(host)
    after = everything(project)
    assert refs_of(project) - refs == {f"refs/heads/{made['branch']} {git(project, 'rev-parse', str(made['branch']))}"}
    changed = {name for name in {*before.files, *after.files} if before.files.get(name) != after.files.get(name)}
    assert [name for name in changed if not name.startswith(".factory/")] == []


async def test_a_commit_is_the_persons_and_speaks_of_the_factory_only_where_nothing_is_stripped(scored: States, upstream: Upstream) -> None:
    project = await published(scored)
    connect(project, upstream, first_commit(project))
    async with scored.open_here() as host:
        clean, whole = await prepared(host), await prepared(host, clean="no")
    said = [git(project, "log", "-1", "--format=%an <%ae>%n%B", str(each["branch"])) for each in (clean, whole)]
    assert said[0] == "Pat <pat@example.org>\nScore more"
    assert "Factory-Experiment: 1" in said[1]
    assert clean["branch"] != whole["branch"]
    assert paths_of(project, first_commit(project), str(whole["branch"])) == [{str(path) for path in CHANGE}]


async def test_a_tree_that_needs_what_is_stripped_is_refused_with_what_fails_and_no_branch_is_made(scored: States, upstream: Upstream) -> None:
    needs = "## Hard Constraints\n\n- name: speed_is_known\n  check: test ! -f notes.txt || test -f benchmarks/speed.txt\n"

    async def drive(host: Host) -> None:
        await approve(host, scored_md(f"{needs}\n{CLEAN}"))
        await opened(host)
        await land_change(host)

    await scored.reach("needs what is stripped", "fresh", drive)
    project = await scored.put("needs what is stripped")
    connect(project, upstream, first_commit(project))
    async with scored.open_here() as host:
        refused = await host.refused_after_writing("GATE", "clean_pr", action="branch")
        assert refused["refused"]["where"] == ["speed_is_known: does not hold, and does at the base"]
        assert refused["next"].get("tool") is None
        heads = git(project, "for-each-ref", "--format=%(refname:short)", "refs/heads").split()
        assert heads == ["main"]
        await host.refused_after_writing("GATE", "clean_pr", action="branch")
        landed = await host.call("verdict", experiment=1, decision="keep", reason="It is better.")
        assert landed["options"][0]["tool"] == "clean_pr"
        assert (await prepared(host, clean="no"))["state"] == "prepared"


async def test_a_crash_between_push_and_pull_request_is_taken_up_once(scored: States, upstream: Upstream) -> None:
    project = await published(scored)
    connect(project, upstream, first_commit(project))
    async with scored.open_here() as host:
        await approved(host)
        upstream.fails((r"-X POST", 1, "gh: connection reset"))
        await host.refused_after_writing("NO_NETWORK", "clean_pr", experiments=[1], action="open", clean="yes")
        assert len(upstream.branches) == 2
        assert (await host.done("experiment_history", experiment=1))["data"]["pull_requests"][0]["state"] == "pushed"
        upstream.fails()
        assert (await host.done("clean_pr", experiments=[1], action="open", clean="yes"))["data"]["state"] == "draft"
    async with scored.open_here() as host:  # whose answer was lost
        assert (await host.done("clean_pr", experiments=[1], action="open", clean="yes"))["repeated"]
    assert len(upstream.pulls) == 1
    said = json.loads((project / ".factory/experiments/001/verdict.json").read_text(encoding="utf-8"))
    assert (said["pr_number"], said["pull_request"]["state"]) == (7, "draft")
    assert "pull request 7" in (project / ".factory/strategy/pull_requests.md").read_text(encoding="utf-8")


async def test_there_is_never_a_second_pull_request_for_an_experiment(scored: States, upstream: Upstream) -> None:
    project = await published(scored)
    connect(project, upstream, first_commit(project))
    async with scored.open_here() as host:
        await approved(host)
        await host.done("clean_pr", experiments=[1], action="open", clean="yes")
        await host.done("clean_pr", experiments=[1], action="branch", clean="no")
        refused = await host.refused("DUPLICATE", "clean_pr", experiments=[1], action="open", clean="no")
        assert refused["refused"]["where"] == ["https://github.com/pat/slug/pull/7"]
        upstream.become(state="closed")
        await host.refused_after_writing("ALREADY_DECIDED", "clean_pr", experiments=[1], action="open", clean="yes")
        upstream.become(merged_at="2026-11-22T00:00:00Z")
        await host.refused_after_writing("ALREADY_DECIDED", "clean_pr", experiments=[1], action="ready")
    assert len(upstream.pulls) == 1


async def test_without_a_forge_the_branch_is_made_and_is_the_persons_to_push(scored: States) -> None:
    project = await published(scored)
    async with scored.open_here() as host:
        await host.refused("NO_FORGE", "clean_pr", experiments=[1], action="open")
        await host.refused("NOTHING_TO_APPROVE", "request_approval", what="publish")
        made = await host.done("clean_pr", experiments=[1], action="branch", clean="yes")
    assert "theirs to push" in made["next"]["do"]
    assert paths_of(project, "main^1", made["data"]["branch"]) == [{"notes.txt", SCORE}]


async def test_a_push_that_is_refused_there_is_said_and_nothing_is_forced(scored: States, upstream: Upstream) -> None:
    project = await published(scored)
    first = first_commit(project)
    connect(project, upstream, first)
    async with scored.open_here() as host:
        await approved(host)
        branch = str((await prepared(host))["branch"])
        hook = upstream.remote / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
        hook.chmod(0o755)
        await host.refused("PROTECTED_BRANCH", "clean_pr", experiments=[1], action="open", clean="yes")
        hook.unlink()
        other = git(project, "commit-tree", f"{first}^{{tree}}", "-p", first, "-m", "somebody's")
        git(project, "push", "-q", str(upstream.remote), f"{other}:refs/heads/{branch}")
        refused = await host.refused("PROTECTED_BRANCH", "clean_pr", experiments=[1], action="open", clean="yes")
        assert "other commits" in refused["refused"]["what"]
    assert (upstream.branches[branch], upstream.pulls) == (other, [])


async def test_pushing_runs_nothing_of_the_repositorys_own_choosing(scored: States, upstream: Upstream, tmp_path: Path) -> None:
    project = await published(scored)
    connect(project, upstream, first_commit(project))
    ran, program = tmp_path / "ran", tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {ran}\n", encoding="utf-8")
    program.chmod(0o755)
    for name in ("core.sshCommand", "credential.helper", "core.askPass", "remote.origin.receivepack", "core.fsmonitor", "core.gitProxy"):
        git(project, "config", name, str(program))
    hook = project / ".git" / "hooks" / "pre-push"
    hook.parent.mkdir(exist_ok=True)
    shutil.copy(program, hook)
    async with scored.open_here() as host:
        await approved(host)
        assert (await host.done("clean_pr", experiments=[1], action="open", clean="yes"))["data"]["state"] == "draft"
    assert not ran.exists()


async def test_a_standing_order_covers_publishing_only_where_it_names_it(scored: States, upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    project = await published(scored)
    connect(project, upstream, first_commit(project))
    monkeypatch.setenv("FACTORY_AUTO_APPROVE", "evaluation,plan,spec")
    async with scored.open_here(says=None) as host:
        waiting = await host.call("request_approval", what="publish")
        assert waiting["data"]["status"] == "waiting"
        assert "--publish" in waiting["data"]["ask"]["command"]
    monkeypatch.setenv("FACTORY_AUTO_APPROVE", "publish")
    async with scored.open_here(says=None) as host:
        assert (await host.done("request_approval", what="publish"))["data"]["by"] == "standing_order"
        assert (await host.done("clean_pr", experiments=[1], action="open", clean="yes"))["data"]["state"] == "draft"


async def test_a_merge_request_of_gitlab_is_a_draft_and_then_ready(scored: States, upstream: Upstream) -> None:
    project = await published(scored)
    connect(project, upstream, first_commit(project), GITLAB_REMOTE)
    async with scored.open_here() as host:
        await approved(host)
        assert (await host.done("clean_pr", experiments=[1], action="open", clean="yes"))["data"]["state"] == "draft"
        assert upstream.pulls[0]["title"] == "Draft: Score more"
        assert (await host.done("clean_pr", experiments=[1], action="ready"))["data"]["state"] == "ready"
    assert upstream.pulls[0]["title"] == "Score more"
    assert all(call.startswith("glab api projects/group%2Fsub%2Fslug") for call in upstream.asked)


async def test_from_a_fork_the_branch_goes_to_ones_own_and_the_pull_request_to_upstream(scored: States, upstream: Upstream) -> None:
    project = await published(scored)
    first = first_commit(project)
    connect(project, upstream, first)
    git(project, "remote", "add", "upstream", "https://github.com/Team/Slug.git")
    git(project, "update-ref", "refs/remotes/upstream/main", first)
    async with scored.open_here() as host:
        await approved(host)
        opened = await host.done("clean_pr", experiments=[1], action="open", clean="yes")
    assert any(call.startswith("gh api repos/team/slug/pulls -X POST") for call in upstream.asked)
    assert upstream.pulls[0]["head"] == f"pat:{opened['data']['branch']}"
    assert "opened in: github.com/team/slug" in host.shown[-1]


async def test_what_went_upstream_as_it_is_and_what_was_not_kept_are_refused(scored: States, upstream: Upstream) -> None:
    project = await published(scored)
    connect(project, upstream, first_commit(project))
    git(project, "update-ref", "refs/remotes/origin/main", "main")
    async with scored.open_here() as host:
        refused = await host.refused("OUT_OF_ORDER", "clean_pr", experiments=[1], action="open")
        assert "origin/main holds experiment 1 already" in refused["refused"]["what"]
        unknown = await host.refused("UNKNOWN_ID", "clean_pr", experiments=[1, 9], action="branch")
        assert (unknown["next"]["arguments"], unknown["next"]["fill"]) == ({"action": "branch"}, ["experiments"])
        await host.refused("OUT_OF_ORDER", "clean_pr", experiments=[1], action="ready")
    async with scored.open("begun") as host:
        await host.refused("OUT_OF_ORDER", "clean_pr", experiments=[1])
        await host.refused("OUT_OF_ORDER", "clean_pr")


async def test_what_is_taken_back_is_closed_with_the_reason_or_said_to_be_still_open(scored: States, upstream: Upstream) -> None:
    project = await published(scored)
    connect(project, upstream, first_commit(project))
    async with scored.open_here() as host:
        await approved(host)
        await host.done("clean_pr", experiments=[1], action="open", clean="yes")
    async with a_session(project) as session:
        upstream.fails((r"state=closed", 1, "gh: connection reset"))
        withdraw(session, 1, "it broke the build")
        assert "still open" in session.warnings[0]
        upstream.fails()
        withdraw(session, 1, "it broke the build")
    assert upstream.pulls[0]["state"] == "closed"
    assert any("body=Taken back: it broke the build" in call for call in upstream.asked)
    assert events_of(project)[-1] == "pull_request.closed"


async def test_a_person_who_asks_for_a_pull_request_is_led_to_its_preview(scored: States) -> None:
    await published(scored)
    async with scored.open_here() as host:
        status = await host.done("project_status", request="open a pull request for experiment 1")
        assert (status["next"]["tool"], status["next"]["arguments"]) == ("clean_pr", {"experiments": [1], "action": "preview"})
        assert status["data"]["intent"]["kind"] == "pull_request"
        assert (await host.done("clean_pr", **status["next"]["arguments"]))["data"]["files"]["kept"]


async def test_in_a_terminal_it_takes_the_names_of_the_original(scored: States, capsys: pytest.CaptureFixture[str]) -> None:
    project = str(await published(scored))
    for flags, stripped in ((["--clean-pr"], 2), (["--no-clean-pr"], 0), ([], 0)):
        assert await typed("clean-pr", project, "--exp", "1", *flags, "--json") == 0
        assert len(json.loads(capsys.readouterr().out)["data"]["files"].get("stripped", ())) == stripped
    assert await typed("clean-pr", project, "--exp", "7") == 1


async def to_be_proposed(scored: States) -> Path:
    """An experiment that passes the gate where changes land by pull requests."""

    async def drive(host: Host) -> None:
        await approve(host, scored_md(f"{CLEAN}- land_by: pull_request\n"))
        await opened(host)
        await host.measured(CHANGE)

    await scored.reach("to be proposed", "fresh", drive)
    return await scored.put("to be proposed")


async def test_where_factory_md_says_so_what_is_kept_lands_by_its_pull_request_once_upstream_holds_it(scored: States, upstream: Upstream) -> None:
    project = await to_be_proposed(scored)
    first = first_commit(project)
    connect(project, upstream, first)
    main = git(project, "rev-parse", "main")
    async with scored.open_here() as host:
        kept = await host.keep()
        assert (kept["data"]["state"], kept["at"].get("cycle"), git(project, "rev-parse", "main")) == ("proposed", None, main), host.text
        assert (kept["next"]["tool"], kept["next"]["arguments"]) == ("clean_pr", {"experiments": [1], "action": "open"})
        await approved(host)
        made = await host.done("clean_pr", **kept["next"]["arguments"])
        assert made["data"]["state"] == "draft"
        again = await host.keep()
        assert (again["repeated"], again["data"]["state"], again["data"]["url"]) == (True, "proposed", made["data"]["url"])
        tree = git(project, "rev-parse", f"{made['data']['branch']}^{{tree}}")
        squashed = git(project, "commit-tree", tree, "-p", first, "-m", "squashed there")
        later = git(project, "commit-tree", f"{first}^{{tree}}", "-p", squashed, "-m", "and changed since")
        git(project, "update-ref", "refs/remotes/origin/main", later)
        said = "upstream holds experiment 1 by now: the next call that writes takes it in as landed"
        assert said in (await host.call("project_status"))["warnings"]
        said = f"experiment 1 has landed: upstream holds what was proposed of it since {squashed[:7]}"
        assert said in (await host.call("clean_pr", experiments=[1]))["warnings"]
        landed = await host.keep()
        assert (landed["data"]["state"], landed["data"]["commit"]) == ("landed", squashed[:7]), host.text
        measured, there = git(project, "rev-parse", "refs/factory/backup/001^{tree}"), git(project, "rev-parse", f"{squashed}^{{tree}}")
        assert (landed["data"]["measured_tree"], landed["data"]["tree"]) == (measured[:7], there[:7])
        assert landed["summary"].startswith(
            f"Experiment 1 landed upstream: origin/main holds it since {squashed[:7]}, whose tree is not the one measured here ({measured[:7]})."
        )
    assert events_of(project).count("experiment.taken") == 1


async def test_a_proposed_change_is_given_up_by_an_undo_that_closes_its_pull_request(scored: States, upstream: Upstream) -> None:
    project = await to_be_proposed(scored)
    connect(project, upstream, first_commit(project))
    async with scored.open_here() as host:
        await approved(host)
        await host.keep()
        await host.done("clean_pr", experiments=[1], action="open")
        undone = await host.done("verdict", experiment=1, decision="undo", reason="It is not wanted.")
    assert (undone["data"]["state"], upstream.pulls[0]["state"]) == ("undone", "closed")
    assert undone["summary"].startswith(
        "Experiment 1 is given up: it was proposed and never landed, so main has nothing of it; pull request 7 is closed"
    )


async def test_without_a_forge_what_is_kept_leads_to_its_branch(scored: States) -> None:
    await to_be_proposed(scored)
    async with scored.open_here() as host:
        kept = await host.keep()
        assert kept["next"]["arguments"] == {"experiments": [1], "action": "branch"}, host.text
        status = await host.done("project_status")
        assert status["data"]["waits"] == ["experiment 1: lands by a pull request: no branch of it was made yet: clean_pr makes it"]
        branch = (await host.done("clean_pr", **kept["next"]["arguments"]))["data"]["branch"]
        again = await host.keep()
        assert f"the branch {branch} is theirs to push" in again["next"]["do"], host.text


async def taken(host: Host, first: str) -> tuple[str, dict[str, Any]]:
    """A proposed change that upstream squashed onto `first` and that was fetched; answers that commit, and what keep says of it."""
    await host.keep()
    branch = (await host.done("clean_pr", experiments=[1], action="branch"))["data"]["branch"]
    squashed = git(host.project, "commit-tree", git(host.project, "rev-parse", f"{branch}^{{tree}}"), "-p", first, "-m", "squashed there")
    git(host.project, "update-ref", "refs/remotes/origin/main", squashed)
    return squashed, await host.keep()


async def test_an_undo_of_what_upstream_alone_holds_says_where_it_is_and_what_takes_it_back(scored: States, upstream: Upstream) -> None:
    project = await to_be_proposed(scored)
    first = first_commit(project)
    connect(project, upstream, first)
    async with scored.open_here() as host:
        squashed, _ = await taken(host, first)
        main = git(project, "rev-parse", "main")
        said = await host.call("verdict", experiment=1, decision="undo", reason="It is not wanted.")
        assert (said["data"]["state"], git(project, "rev-parse", "main")) == ("landed", main), host.text
        assert said["summary"] == (
            f"Experiment 1 is not undone: origin/main holds it since {squashed[:7]}, and main here does not. Nothing has moved."
        )
        assert "git pull, and undo again" in said["next"]["do"]
        assert f"git revert {squashed[:7]}" in said["next"]["do"]
        git(project, "merge", "-q", "--no-edit", "origin/main")
        undone = await host.done("verdict", **said["next"]["arguments"], reason="It is not wanted.")
        assert (undone["data"]["state"], (project / SCORE).read_text()) == ("undone", SCORED[SCORE]), host.text
        assert not (project / "notes.txt").exists()
        assert any(warning.startswith("origin/main still holds it") for warning in undone["warnings"])
    assert git(project, "show", f"origin/main:{SCORE}") == "0.6"


async def test_an_undo_of_what_was_merged_and_not_fetched_says_so(scored: States, upstream: Upstream) -> None:
    project = await to_be_proposed(scored)
    connect(project, upstream, first_commit(project))
    async with scored.open_here() as host:
        await approved(host)
        await host.keep()
        await host.done("clean_pr", experiments=[1], action="open")
        upstream.become(state="closed", merged_at="2026-11-22T00:00:00Z")
        said = await host.call("verdict", experiment=1, decision="undo", reason="It is not wanted.")
    assert (said["data"]["state"], said["data"]["url"]) == ("proposed", upstream.pulls[0]["html_url"]), host.text
    assert said["summary"].startswith("Experiment 1 is not undone: pull request 7 is merged")
