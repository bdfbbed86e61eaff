"""What of the factory's own worktrees, branches and backups nothing needs any more: listed, and taken away where a person asks for it.

A person's worktrees and branches are never among it: what counts is what the store says that an experiment was given.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from state.answers import one_line
from state.decisions import last_place, place_of
from state.experiments import Experiment, decided_experiments
from state.locks import worktrees_locked
from state.losses import GIVEN_UP_AT_MOST, LossAccepted
from state.store import Store, head
from tools.engine.repository.backup import backup
from tools.engine.repository.capture import capture
from tools.engine.repository.git import GitFailed
from tools.engine.repository.location import Repository, branch_ref
from tools.engine.repository.own_refs import drop_ref, own_refs
from tools.engine.repository.worktrees import Worktree, lingers, listing, remove

Kind = Literal["worktree", "branch", "backup"]
_KEEPING: Final = ("refs/factory/backup/", "refs/factory/kept/", "refs/factory/undone/")


@dataclass(frozen=True)
class Stale:
    """One thing that may go: where it is, why, its size in bytes (worktrees) or commits of its own, and the experiment that it was given to.

    `left` says why it is left alone all the same.
    """

    kind: Kind
    where: str
    why: str
    size: int
    experiment: int
    left: str = ""


def stale(repository: Repository, store: Store, backups: int | None = None) -> list[Stale]:
    """Everything that may go; nothing is changed. `backups`: those beyond so many of the newest ones too."""
    with store.reading() as connection:
        decided = decided_experiments(connection)
        places = {each.id: place_of(connection, each.id) or 0 for each in decided}
        last = last_place(connection)
    checkouts, refs = listing(repository)[1:], own_refs(repository)
    found = [item for each in decided for item in (*_worktrees(each, checkouts), *_branches(repository, each, checkouts, refs))]
    if backups is not None:
        beyond = [each for each in decided if 0 < places[each.id] <= last - backups]
        found += [item for each in beyond for item in _backups(repository, each, refs)]
    return found


def collect(repository: Repository, store: Store, found: list[Stale]) -> list[str]:
    """Take away what was listed and may go: edits are captured first, and a branch becomes a backup; answers what was done.

    Raises Refusal BUSY while another server works on a worktree, or when git cannot move a ref now.
    """
    going = [item for item in found if not item.left]
    with store.reading() as connection:
        decided = {each.id: each for each in decided_experiments(connection)}
    with worktrees_locked(store, "collecting what nothing needs"):
        of_work = (each for each in going if each.kind != "backup" and each.experiment in decided)
        done = [_taken_away(repository, decided[item.experiment], item) for item in of_work]
    return done + _given_up(repository, store, [item for item in going if item.kind == "backup"])


def _worktrees(experiment: Experiment, checkouts: list[Worktree]) -> Iterator[Stale]:
    path = Path(experiment.worktree)
    own = _registered(path, checkouts)
    if own is None and not lingers(path):
        return
    left = ""
    if own is None and path.exists():
        left = "git does not know it as a worktree any more, so that nothing in it can be captured: look at it, and remove it yourself"
    elif own is not None and not own.missing and own.ref != f"refs/heads/{experiment.branch}":
        left = f"it stands on {own.ref or 'a commit of its own'}, not on {experiment.branch}: somebody uses it"
    yield Stale("worktree", str(path), _ended(experiment), _size(path), experiment.id, left)


def _branches(repository: Repository, experiment: Experiment, checkouts: list[Worktree], refs: dict[str, str]) -> Iterator[Stale]:
    ref = branch_ref(repository, experiment.branch)
    if ref not in refs:
        return
    users = [each.path for each in checkouts if each.ref == ref and os.path.realpath(each.path) != os.path.realpath(experiment.worktree)]
    left = f"{users[0]} stands on it" if users else ""
    yield Stale("branch", experiment.branch, _ended(experiment), _commits(repository, experiment, refs[ref]), experiment.id, left)


def _backups(repository: Repository, experiment: Experiment, refs: dict[str, str]) -> Iterator[Stale]:
    names = [f"{folder}{experiment.id:03d}" for folder in _KEEPING]
    for ref, commit in sorted(refs.items()):
        if any(ref == name or ref.startswith(f"{name}-") for name in names):
            why = f"{_ended(experiment)}; its patch stays in the store"
            yield Stale("backup", ref, why, _commits(repository, experiment, commit), experiment.id)


def _taken_away(repository: Repository, experiment: Experiment, item: Stale) -> str:
    if item.kind == "worktree":
        path = Path(experiment.worktree)
        if path.is_dir() and _registered(path, listing(repository)[1:]) is not None:
            title = one_line(experiment.title, 60)
            capture(repository, path, experiment.branch, f"Experiment {experiment.id}: {title}\n\nAs it was collected.\n")
        remove(repository, path)
        return f"the worktree {path} is gone"
    kept = backup(repository, experiment.branch, experiment.id)
    return f"branch {experiment.branch} is kept as {kept.ref}" if kept.removed else f"branch {experiment.branch} stays: a checkout stands on it"


def _given_up(repository: Repository, store: Store, found: list[Stale]) -> list[str]:
    """Drop backups, and write down first that a person gave them up: who looks for them later is told."""
    done: list[str] = []
    for first in range(0, len(found), GIVEN_UP_AT_MOST):
        portion = found[first : first + GIVEN_UP_AT_MOST]
        with store.writing() as connection:
            sequence, _ = head(connection)
            names = tuple(item.where for item in portion)
            loss = LossAccepted(kept=sequence, reached=sequence, why=("old backups were collected",), lost_refs=names)
            store.append(loss, actor="user", channel="terminal")
        for item in portion:
            drop_ref(repository, item.where)
            done.append(f"{item.where} is gone")
    return done


def _registered(path: Path, checkouts: list[Worktree]) -> Worktree | None:
    return next((each for each in checkouts if os.path.realpath(each.path) == os.path.realpath(path)), None)


def _ended(experiment: Experiment) -> str:
    return f"experiment {experiment.id} is {experiment.shown_state}"


def _commits(repository: Repository, experiment: Experiment, commit: str) -> int:
    """How many commits hang on a ref beyond the experiment's base; 0 where the base is gone."""
    try:
        return int(repository.git.text("rev-list", "--count", commit, f"^{experiment.base}"))
    except GitFailed:
        return 0


def _size(path: Path) -> int:
    """The bytes of the files below a folder; nothing where it cannot be looked at."""
    return sum(status.st_size for place, _, names in os.walk(path) for name in names if (status := _looked_at(Path(place) / name)) is not None)


def _looked_at(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except OSError:  # it went while it was looked at
        return None
