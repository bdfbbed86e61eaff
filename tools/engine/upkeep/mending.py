"""Mending: what can be put right without losing anything, and a lost database restored; each says what it did."""

from state.errors import Refusal
from state.events import new_ulid
from state.folding import refold
from state.integrity.evidence import Anchor
from state.integrity.findings import SHOWN, Check
from state.integrity.rebuilding import Rebuilt, Sources, rebuild
from state.integrity.surroundings import make_private
from state.jobs import JobEnded, running_jobs
from state.landings import landed_commits
from state.losses import GIVEN_UP_AT_MOST, LossAccepted
from state.store import Store, head
from state.views import repair
from tools.engine.repository.anchors import anchor, give_up_anchors, read_anchors, read_trailers
from tools.engine.repository.location import Repository
from tools.engine.upkeep.copies import lost_for_good, objects_mended
from tools.engine.upkeep.examining import interrupted, log_of
from tools.engine.upkeep.refs import NAME as REFS
from tools.engine.upkeep.refs import lost_refs, refs_mended


def mended(repository: Repository, store: Store, checks: list[Check], *, accepted: bool = False) -> list[str]:
    """Put right what `checks` found and what is safe to: leave to read, tables, objects, refs, ends of jobs, readable files; answers what was done.

    `accepted`: a person gives up what of objects and commits cannot be found any more.

    Raises Refusal STORE_BROKEN or BUSY, and OSError, where it could not be done.
    """
    wrong = {check.name for check in checks if check.faults}
    done = []
    if "permissions" in wrong and (count := make_private(store.folder)):
        done.append(f"{count} files of the store are for you alone again")
    if "store" in wrong or "chain" in wrong:  # nothing may be written to a history that does not hold
        return done
    if "tables" in wrong:
        with store.reading() as connection:
            refold(connection, "making the tables anew")
        done.append("the tables were made anew from the events")
    if "objects" in wrong:
        done += objects_mended(repository, store)  # before the readable files are written: one of them may be the last copy of a patch
    if REFS in wrong and "anchors" not in wrong:  # a history that anchors speak against is not anchored anew
        done += refs_mended(repository, store)
    if accepted and "anchors" not in wrong:
        done += _given_up(repository, store)
    if "jobs" in wrong:
        done += _ended(store)
    written = _written(repository, store)  # what was recorded just now too
    return [*done, *written] if wrong & {"readable files", "log", "objects"} else done


def _given_up(repository: Repository, store: Store) -> list[str]:
    """Write down that a person goes on without what is lost for good; nothing where nothing is."""
    objects, refs = lost_for_good(store), lost_refs(repository, store)
    why = [f"{each.needed}, which {each.why}" for each in objects] + [f"{ref}, whose commits are gone" for ref in refs]
    if not why:
        return []
    with store.writing() as connection:
        sequence, _ = head(connection)
        names = tuple(each.needed.name for each in objects[:GIVEN_UP_AT_MOST])
        loss = LossAccepted(kept=sequence, reached=sequence, why=tuple(why[:SHOWN]), lost_objects=names, lost_refs=tuple(refs[:GIVEN_UP_AT_MOST]))
        store.append(loss, actor="user", channel="terminal")
    return [f"given up: {each}" for each in why]


def _ended(store: Store) -> list[str]:
    """Write down the end of jobs whose server is gone."""
    with store.reading() as connection:
        found = running_jobs(connection)
    gone = interrupted(store, found)
    for job in gone:
        store.append(JobEnded(job=job.id, outcome="cancelled", reason="interrupted"), actor="user", channel="terminal")
    return [f"{job.name} is recorded as interrupted" for job in gone]


def _written(repository: Repository, store: Store) -> list[str]:
    repaired = repair(store, repository.factory_folder)
    done = [f".factory/{each.path}, which was {each.kind.replace('_', ' ')}, is written anew" for each in repaired.mended]
    if repaired.aside is not None:
        done.append(f"what stood there lies in {repaired.aside}")
    return done


def restored(repository: Repository, store: Store, *, accepted: bool) -> tuple[Rebuilt, list[str]]:
    """Restore the database from the log, held against every anchor. Where a person accepted a loss, the anchors begin anew behind it.

    Answers also what of its objects was found elsewhere.
    Raises Refusal as `rebuild` does.
    """
    name = new_ulid()
    sources = Sources(log_of(repository), _anchors(repository, store, name, accepted=accepted), accepted, f"refs/factory/backup/chain-{name}")
    done = rebuild(store, sources)
    if done.loss is not None:
        give_up_anchors(repository, name)
        with store.reading() as connection:
            sequence, chain = head(connection)
        anchor(repository, sequence, chain)
    objects = objects_mended(repository, store)  # before the readable files are written, as above
    repair(store, repository.factory_folder)
    return done, objects


def _anchors(repository: Repository, store: Store, name: str, *, accepted: bool) -> tuple[Anchor, ...]:
    """Every anchor that git has of this store; of commits only those that were landed or kept here."""
    try:
        with store.reading() as connection:
            landed = landed_commits(connection)
    except Refusal:  # that is why it is restored
        landed = frozenset()
    try:
        found = read_anchors(repository)
    except Refusal:
        if not accepted:
            raise
        give_up_anchors(repository, name)
        found = []
    return (*found, *read_trailers(repository, landed)[0])
