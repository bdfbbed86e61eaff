"""The project of the fault tests, the walk through every writing tool on it, and its facts in a form that does not depend on time."""

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from state.store import Store, dump, events_after, replay
from state.views import export
from tests.support.repositories import git, make_repository, write_files
from tests.support.reviews import review

FILES: Final = {"slug.py": "def slug(text: str) -> str:\n    return text.lower()\n", "quality.txt": "quality: 0.5\n"}
FACTORY_MD: Final = """## Goal

Slugs.

## Scope

### Modifiable

- slug.py
- quality.txt

## Guards

- Do not break slugs

## Eval

### Threshold

0.1

## Project Eval

- name: quality
  command: cat quality.txt
  parse: regex
  pattern: "quality: ([0-9.]+)"
"""
# What must be equal however often a call was tried. Jobs, landings and events count tries, and are looked at by themselves.
QUESTIONS: Final = (
    "SELECT id, mode, target, state FROM cycles ORDER BY id",
    "SELECT id, cycle, place, category, title, state FROM hypotheses ORDER BY id",
    "SELECT id, hypothesis, cycle, title, state, tree, review_tree, delta, decision, reason, lesson, backup FROM experiments ORDER BY id",
    "SELECT role, experiment, tree, decision, summary FROM reports ORDER BY id",
    "SELECT hash, subject, channel, comment FROM approvals ORDER BY hash",
    "SELECT hash, text, base FROM drafts ORDER BY hash",
    "SELECT verdict, n FROM totals ORDER BY verdict",
    "SELECT purpose, experiment, ref FROM landings WHERE state = 'landed' ORDER BY seq",
)
CHANGING: Final = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z|\b[0-9A-HJKMNP-TV-Z]{26}\b|\b[0-9a-f]{7,64}\b")
NO_VIEWS: Final = ("worktrees/", "events.jsonl")
_MARKS: Final = re.compile(r"(?:^|/)(?:[^/]*\.lock|factory-[^/]*|\.gone-[^/]*|\.[^/]+\.(?:new|[a-z0-9_]{8}))$")
_LOCKED_FILES: Final = re.compile(r"^\.git/refactory/(?:[a-z]+|jobs/J\d+)\.lock$")  # they are locked, and stay; git's locks are there or not


@dataclass(frozen=True)
class Step:
    """One call of the walk. `before` is what a person does in the project ahead of it; its `arguments` may depend on what stands there.

    `starts_a_job`: it leaves a measurement of the target under way, which is waited for, and started again if it was interrupted.
    """

    name: str
    tool: str
    arguments: Callable[[Path], dict[str, Any]]
    before: Callable[[Path], object] = Path.exists
    starts_a_job: bool = False


def hypotheses() -> list[dict[str, str]]:
    """The set of the walk."""
    titles = ("Raise the quality", "Raise it more")
    return [{"title": title, "category": "exploit", "dimension": "quality", "what": "Write a better number", "why": "W1"} for title in titles]


def worktree(project: Path, number: int) -> Path:
    """Where an experiment is edited."""
    return project / ".factory" / "worktrees" / f"{number:03d}"


def reported(number: int) -> Callable[[Path], dict[str, Any]]:
    """The arguments of a review that passes the experiment."""
    return lambda project: {"experiment": number, "summary": "Looked at it.", "report": review(project, worktree(project, number))}


def edited(number: int, quality: str) -> Callable[[Path], None]:
    """What the builder does."""
    return lambda project: write_files(worktree(project, number), {"quality.txt": f"quality: {quality}\n"})


def given(**arguments: Any) -> Callable[[Path], dict[str, Any]]:
    """Arguments that stand before the walk begins."""
    return lambda _project: arguments


WALK: Final = (
    Step("discover", "discover_project", given(factory_md=FACTORY_MD)),
    Step("approve", "request_approval", given(what="evaluation"), starts_a_job=True),
    Step("start the cycle", "start_cycle", given(mode="improve")),
    Step("propose", "propose_hypotheses", given(hypotheses=hypotheses())),
    Step("start", "start_experiment", given(item="H1")),
    Step("review", "submit_report", reported(1), edited(1, "0.7")),
    Step("measure", "run_eval", given(experiment=1)),
    Step("keep", "verdict", given(experiment=1, decision="keep", reason="Better.")),
    Step("start the second", "start_experiment", given(item="H2")),
    Step("review the second", "submit_report", reported(2), edited(2, "0.6")),
    Step("revert", "verdict", given(experiment=2, decision="revert", reason="Worse.", lesson="Look first.")),
)


def make_project(root: Path) -> Path:
    """The repository before the factory comes."""
    return make_repository(root, FILES)


def assert_sound(project: Path) -> list[str]:
    """The chain is whole and its replay gives the live tables; answers the log's lines."""
    database = project / ".git" / "refactory" / "factory.db"
    if not database.is_file() or not database.stat().st_size:
        return []
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'events'").fetchone():
            return []
        lines = [event.line() for event in events_after(connection, 0, 1_000_000)]
        with closing(replay(lines)) as rebuilt:
            assert dump(rebuilt) == dump(connection), "the replay is not the live store"
    return lines


def facts(project: Path) -> dict[str, Any]:
    """All that a call must have done, once, however often it was tried: tables, refs by their trees, checkout, views; and what is left over."""
    bring_views_up_to_date(project)
    return {"tables": tables(project), **repository_facts(project), "views": views(project), "left over": left_over(project)}


def tables(project: Path) -> list[list[tuple[Any, ...]]]:
    """The answers to QUESTIONS."""
    database = project / ".git" / "refactory" / "factory.db"
    if not database.is_file():
        return [[] for _ in QUESTIONS]
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return [connection.execute(question).fetchall() for question in QUESTIONS]


def repository_facts(project: Path) -> dict[str, Any]:
    """Branches and the factory's refs by their trees, the target's own history, and the checkouts."""
    refs = git(
        project, "for-each-ref", "--format=%(refname) %(tree)", "refs/heads", "refs/factory/backup", "refs/factory/kept", "refs/factory/undone"
    )
    return {
        "refs": [
            line for line in refs.splitlines() if "-kept" not in line and "-undone" not in line
        ],  # a try that was cut off has a commit of its own
        "history": git(project, "log", "--first-parent", "--format=%s %T", "main").splitlines(),
        "checkout": git(project, "status", "--porcelain", "--branch").splitlines(),
        "checkouts": [line for line in git(project, "worktree", "list", "--porcelain").splitlines() if not line.startswith("HEAD")],
        "intact": git(project, "fsck", "--connectivity-only", "--no-dangling"),
    }


def views(project: Path) -> dict[str, str]:
    """The readable files, but for the log, with times and ids taken out."""
    folder = project / ".factory"
    names = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()] if folder.is_dir() else []
    return {name: CHANGING.sub("·", (folder / name).read_text("utf-8")) for name in names if not name.startswith(NO_VIEWS)}


def left_over(project: Path) -> list[str]:
    """Locks of git, private copies of an index, half-made files and folders on their way out, wherever they lie."""
    found = [path.relative_to(project).as_posix() for path in project.rglob("*")]
    return sorted(name for name in found if _MARKS.search(name) and not _LOCKED_FILES.match(name))


def bring_views_up_to_date(project: Path) -> None:
    """What the next writer does, whoever it is."""
    store = Store(project / ".git" / "refactory")
    try:
        export(store, project / ".factory")
    finally:
        store.close()


def logged(project: Path) -> list[str]:
    """The lines of events.jsonl."""
    return (project / ".factory" / "events.jsonl").read_text("utf-8").splitlines()


def types(lines: list[str]) -> list[str]:
    """The kinds of the events."""
    return [str(json.loads(line)["type"]) for line in lines]
