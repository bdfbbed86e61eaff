"""The walk of a host through odd repositories: it lands, or says why not; nothing else of the person's changes, and no program of theirs runs."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.host import Host, open_host
from tests.support.odd_repositories import NOT_UTF8, ODD, Odd, git_directory, plant, reftable
from tests.support.repositories import git
from tests.support.scored_states import EXPLOIT, SCORE, scored_md

LANDED = (SCORE, "factory.md")
# What may look into a repository whose every program is a canary without waking one.
QUIET = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "i18n.logOutputEncoding=UTF-8", "--no-optional-locks")
TITLE = "Größer, and nothing else"


@dataclass(frozen=True)
class Theirs:
    """All of a repository that is the person's, but for what landing changes: the target, and the paths that the change touches."""

    refs: list[str]
    settings: dict[str, bytes]
    index: list[str]
    files: dict[str, bytes]


def theirs(project: Path, odd: Odd) -> Theirs:
    """What is the person's now."""
    inner = git_directory(project)
    refs = git(project, *QUIET, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    ours = ("refs/heads/factory/", "refs/factory/", f"refs/heads/{odd.target} ")
    kept = [*inner.glob("config*"), inner / "HEAD", *inner.glob("info/*"), *(inner / "hooks").iterdir(), *inner.glob("logs/refs/stash")]
    listed = git(project, *QUIET, "ls-files", "-z", "-v", "--stage").split("\0")
    changed = {*LANDED, *odd.edits}
    return Theirs(
        refs=[ref for ref in refs if not ref.startswith(ours)],
        settings={str(path): path.read_bytes() for path in kept if path.is_file()},
        index=[line for line in listed if line.partition("	")[2] not in changed],
        files={name: content for name, content in files_below(project).items() if name not in changed},
    )  # fmt: skip


def files_below(top: Path) -> dict[str, bytes]:
    """Every file of a checkout but git's and the factory's own, by its name."""
    found: dict[str, bytes] = {}
    for place, folders, files in os.walk(top):
        folders[:] = [name for name in folders if name not in (".git", ".factory")]
        paths = [Path(place) / name for name in files if name != ".git"]
        found |= {str(path.relative_to(top)): path.read_bytes() for path in paths if not path.is_symlink()}
    return found


async def walked(host: Host, odd: Odd) -> tuple[dict[str, Any], str]:
    """The walk from the person's wish to the verdict, as far as it goes: its last answer, and all that was said on the way."""
    said = ""
    worktree = host.project / ".factory" / "worktrees" / "001"
    quotes = [{"at": f"{SCORE}:1", "text": "0.6"}, *({"at": f"{name}:1", "text": "new"} for name in odd.edits if name != NOT_UTF8)]
    report = {
        "role": "reviewer", "reviewer": "reviewer-1", "independence": "subagent", "decision": "pass", "quotes": quotes,
        "guards": [{"guard": "Do not delete the words", "holds": True, "evidence": f"looked at {SCORE}:1"}],
    }  # fmt: skip
    steps: list[tuple[str, dict[str, Any]]] = [
        ("project_status", {"request": "improve this project"}),
        ("discover_project", {"factory_md": scored_md()}),
        ("request_approval", {"what": "evaluation"}),
        ("start_cycle", {"mode": "improve"}),
        ("propose_hypotheses", {"hypotheses": [{**EXPLOIT, "title": TITLE}]}),
        ("start_experiment", {"item": "H1"}),
        ("submit_report", {"experiment": 1, "summary": "Looked at it.", "report": report}),
        ("run_eval", {"experiment": 1}),
        ("verdict", {"experiment": 1, "decision": "keep", "reason": "Besser."}),
    ]
    for tool, arguments in steps:
        if tool == "submit_report":
            edit(worktree, odd)
        answer = await host.call(tool, **arguments)
        said += host.text
        while answer["next"].get("tool") == "get_job":
            answer = await host.call("get_job", **answer["next"]["arguments"])
            said += host.text
        if "refused" in answer:
            break
    return answer, said


def edit(worktree: Path, odd: Odd) -> None:
    """What the builder writes."""
    for name, text in {SCORE: "0.6\n", **dict.fromkeys(odd.edits, "new\n")}.items():
        (worktree / name).write_text(text)


@pytest.mark.parametrize("odd", [pytest.param(odd, id=odd.make.__name__, marks=() if odd.daily else pytest.mark.thorough) for odd in ODD])
async def test_an_odd_repository_is_worked_in_or_refused_and_keeps_all_that_is_the_persons(
    tmp_path: Path, odd: Odd, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    odd.make(project)
    canary = plant(project) if odd.make is not reftable else None
    before = theirs(project, odd) if canary else None
    if canary:
        canary.trace.unlink(missing_ok=True)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "another"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    async with open_host(project) as host:
        answer, said = await walked(host, odd)
    assert canary is None or canary.ran() == ""
    assert odd.says in said
    if odd.refused:
        assert answer["refused"]["code"] == odd.refused, said
        assert answer["next"]["do"]
    else:
        assert answer["data"]["state"] == "landed", said
        landed = git(project, *QUIET, "log", "-1", "--format=%B", odd.target)
        assert landed.startswith(TITLE)
        assert (project / SCORE).read_text() == "0.6\n"
        assert all((project / name).read_text() == "new\n" for name in odd.edits)
    assert before is None or theirs(project, odd) == before


async def test_a_partial_clone_works_once_the_command_that_the_refusal_names_was_given(tmp_path: Path) -> None:
    (odd,) = (each for each in ODD if each.make.__name__ == "partial_and_sparse")
    odd.make(tmp_path / "project")
    async with open_host(tmp_path / "project") as host:
        answer, said = await walked(host, odd)
        assert "git fetch --refetch --no-filter" in said
        git(tmp_path / "project", "fetch", "-q", "--refetch", "--no-filter")
        answer = await host.call("start_cycle", mode="improve")
        while answer["next"].get("tool") == "get_job":
            answer = await host.call("get_job", **answer["next"]["arguments"])
        assert "refused" not in answer, host.text
