"""Examining: everything of a project that the doctor looks at, each check by itself; nothing is changed."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from state.database import USABLE
from state.errors import Refusal
from state.experiments import OPEN_STATES, open_experiments
from state.integrity.findings import REBUILD, REPAIR, Check, Fault, check_of
from state.integrity.settling import settled
from state.integrity.surroundings import disk, locks, private, readable_folder
from state.integrity.verifying import verify
from state.jobs import Job, running_jobs
from state.landings import landed_commits, unfinished_landing
from state.rows import one
from state.store import Store
from state.views import Difference, compare
from state.views.comparing import WHOLE
from state.views.log import NAME as LOG
from tools.engine.jobs.running import is_running
from tools.engine.repository.anchors import read_anchors, read_trailers
from tools.engine.repository.location import Repository
from tools.engine.repository.own_folder import why_unusable
from tools.engine.repository.worktrees import listing
from tools.engine.upkeep.refs import NAME as REFS
from tools.engine.upkeep.refs import refs_check

Look = Callable[[Repository, Store], tuple[str, list[Fault]]]
_OTHERS: Final = ("newer re:factory", "another program")  # a database that is not ours to restore
_AT_ONCE: Final = "the next call that changes something takes it up; or now: refactory start-cycle"


def log_of(repository: Repository) -> Path:
    """The copy of the events among the readable files."""
    return repository.factory_folder / LOG


def store_of(repository: Repository) -> Store:
    """The project's store as it is, whatever git and the log know of it."""
    return Store(repository.store_folder)


def verified(repository: Repository, store: Store) -> list[Check]:
    """The history held against its hashes, its tables, log, objects, and what git knows of it."""
    try:
        with store.reading() as connection:
            landed = landed_commits(connection)
        anchors = read_anchors(repository)
        trailers, others = read_trailers(repository, landed)
        checks = verify(store, log_of(repository), [*anchors, *trailers])
    except Refusal as refusal:
        return [_unusable(refusal)]
    try:
        checks.append(refs_check(repository, store))
    except Refusal as refusal:
        checks.append(Check(REFS, "not looked at", (_fault_of(refusal),)))
    if others:
        said = f"{others} commits name another chain: another clone landed them, or a store that is gone"
        checks.append(Check("other chains", said))
    return checks


def examined(repository: Repository, store: Store) -> list[Check]:
    """All that the doctor looks at. A store that cannot be opened leaves only what surrounds it."""
    around = [private(store.folder), disk(store.folder), readable_folder(repository.factory_folder), locks(store.folder)]
    checks = verified(repository, store)
    if any(check.name == "store" for check in checks):
        return [*around, *checks]
    return [*around, *checks, *(_asked(name, look, repository, store) for name, look in _LOOKS)]


def _asked(name: str, look: Look, repository: Repository, store: Store) -> Check:
    try:
        return check_of(name, *look(repository, store))
    except Refusal as refusal:
        return Check(name, "not looked at", (_fault_of(refusal),))


def readable_files(repository: Repository, store: Store) -> tuple[str, list[Fault]]:
    """Whether the readable files are what the store says."""
    found = settled(store, lambda: compare(store, repository.factory_folder), lambda found: not any(map(_may_settle, found)))
    wrong = [
        each for each in found if each.path != log_of(repository).name or each.kind not in ("missing", "behind", "torn", "edited")
    ]  # the log's own
    return "as the store has them", [Fault(f".factory/{each.path}", _said(each), "what the store says", REPAIR) for each in wrong]


def _may_settle(found: Difference) -> bool:
    """Whether another server may be writing just that."""
    return found.kind in ("behind", "torn") or (found.kind == "missing" and found.path == WHOLE)


def _said(found: Difference) -> str:
    if found.path == WHOLE and found.kind == "missing":
        return "the folder of the readable files is gone"
    return f"{found.kind.replace('_', ' ')} {found.detail}".strip()


def worktrees(repository: Repository, store: Store) -> tuple[str, list[Fault]]:
    """Whether each open experiment has its worktree, and no decided one."""
    faults, count = [], 0
    with store.reading() as connection:
        for experiment in open_experiments(connection):
            count += 1
            if experiment.state != "kept" and not Path(experiment.worktree).is_dir():
                what = f"the worktree of experiment {experiment.id} is gone, with the edits that were neither reviewed nor measured"
                mend = f"refactory start-experiment --item H{experiment.hypothesis} makes it anew, as it was last captured"
                faults.append(Fault(experiment.worktree, what, "a worktree until the verdict", mend))
        for worktree in listing(repository)[1:]:
            row = one(connection, "SELECT id, state FROM experiments WHERE worktree = ?", str(worktree.path))
            if row and row["state"] not in OPEN_STATES:
                what = f"the worktree of experiment {row['id']}, which is {row['state']}, is left over"
                faults.append(Fault(str(worktree.path), what, "none after the verdict", _AT_ONCE))
    return f"{count} experiments are open", faults


def checkout(repository: Repository, store: Store) -> tuple[str, list[Fault]]:
    """Whether new work can be begun in the main checkout."""
    del store
    found = why_unusable(repository)
    if found is None or found.code != "UNSUPPORTED_REPO":
        return "on a branch", []
    return "", [Fault(str(repository.root), found.what, "a branch, with nothing of the factory's tracked", found.expected)]


def jobs(repository: Repository, store: Store) -> tuple[str, list[Fault]]:
    """Whether every job that the store calls running has a living server."""
    del repository
    with store.reading() as connection:
        running = running_jobs(connection)
    gone = interrupted(store, running)
    faults = [Fault(job.name, f"interrupted: {job.server}, which ran it, is gone", "a living server, or an end", REPAIR) for job in gone]
    return f"{len(running)} running", faults


def interrupted(store: Store, running: list[Job]) -> list[Job]:
    """The jobs that nobody does any more."""
    return [job for job in running if not is_running(store, job.id)]


def landing(repository: Repository, store: Store) -> tuple[str, list[Fault]]:
    """Whether a landing was begun and not ended."""
    del repository
    with store.reading() as connection:
        found = unfinished_landing(connection)
    if found is None:
        return "none is unfinished", []
    return "", [Fault(found.ref, f"a landing of {found.purpose} was begun and not ended", "an end to it", _AT_ONCE)]


def _unusable(refusal: Refusal) -> Check:
    return Check("store", "it cannot be opened", (_fault_of(refusal),))


def _fault_of(refusal: Refusal) -> Fault:
    """What a refusal says, with what mends it: to somebody who asks the doctor, `ask the doctor` is no answer."""
    expected = USABLE if refusal.expected.startswith(USABLE) else refusal.expected
    mend = {"BUSY": "the same command again in a while"}.get(refusal.code, expected if any(word in refusal.what for word in _OTHERS) else REBUILD)
    return Fault(refusal.where[0] if refusal.where else "the store", refusal.what, expected, mend)


_LOOKS: Final[tuple[tuple[str, Look], ...]] = (
    ("checkout", checkout),
    ("readable files", readable_files),
    ("worktrees", worktrees),
    ("jobs", jobs),
    ("landing", landing),
)
