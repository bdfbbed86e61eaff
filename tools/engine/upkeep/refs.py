"""The refs that the store knows of: anchors of its chain, backups of decided experiments, what waits to land; missing ones made again."""

import hashlib
from typing import Final

from state.integrity.evidence import Anchor, anchored_events
from state.integrity.expected_refs import ExpectedRef, expected_refs
from state.integrity.findings import GIVE_UP, REPAIR, Check, Fault, check_of
from state.integrity.settling import settled
from state.losses import given_up, refs_given_up
from state.store import Store, head
from state.verdicts import verdict_on
from tools.engine.experiment.deciding import PATCH_LIMIT
from tools.engine.repository.anchors import CHAIN, anchor, read_anchors
from tools.engine.repository.changes import patch_text
from tools.engine.repository.location import Repository, branch_ref
from tools.engine.repository.own_refs import is_there, keeper_of, loose_commits, make_ref, own_refs

NAME: Final = "refs"
_LOST: Final = f"fetch {{}} from another clone, or {GIVE_UP}"


def refs_check(repository: Repository, store: Store) -> Check:
    """Whether git still has the refs that the store's events speak of. Raises Refusal STORE_BROKEN."""
    return settled(store, lambda: _looked(repository, store), lambda check: check.passed)


def _looked(repository: Repository, store: Store) -> Check:
    with store.reading() as connection:
        due, begun_anew = anchored_events(connection), bool(given_up(connection))
    held = read_anchors(repository)
    faults = [_missing_anchor(due, held)] if due and (not held or held[-1].seq < due[-1]) else []
    faults += [_missing(repository, each) for each in missing_refs(repository, store)]
    said = "those of the events and of every experiment are there"
    if held and len(due) > 1 and held[0].seq > due[1] and not begun_anew:
        said += f"; but what was anchored before event {held[0].seq} is gone: {CHAIN} was made anew, and nothing in it holds earlier events"
    return check_of(NAME, said, faults)


def _missing_anchor(due: list[int], held: list[Anchor]) -> Fault:
    found = f"it is behind: it ends at event {held[-1].seq}" if held else "it is gone, with all anchors"
    return Fault(CHAIN, found, f"an anchor of event {due[-1]}, or of a later one", REPAIR)


def missing_refs(repository: Repository, store: Store) -> list[ExpectedRef]:
    """The refs of decided experiments that are gone, their branches too; those given up do not count."""
    with store.reading() as connection:
        expected, accepted = expected_refs(connection), refs_given_up(connection)
    there = own_refs(repository)  # behind the question to the store: what is decided has its ref by then, or its branch still
    gone = [each for each in expected if each.ref not in there and each.ref not in accepted]
    unkept = (each for each in gone if each.waits or branch_ref(repository, each.branch) not in there)
    return [each for each in unkept if each.recorded or is_there(repository, each.commit)]


def _missing(repository: Repository, kept: ExpectedRef) -> Fault:
    if not is_there(repository, kept.commit):
        what = f"it is gone, and commit {kept.commit[:12]}, which it held, is not in this repository any more"
        return Fault(kept.ref, what, "a ref that keeps the commits of an experiment", _LOST.format(kept.commit[:12]))
    keeper = keeper_of(repository, kept.commit)
    what = f"it is gone: {keeper} still keeps the commit that it held last" if keeper else "it is gone: its commits are kept by nothing else"
    return Fault(kept.ref, what, f"commit {kept.commit[:12]}, or a later one of experiment {kept.experiment}", REPAIR)


def refs_mended(repository: Repository, store: Store) -> list[str]:
    """Anchor the chain again where its anchors are gone or behind, and let each missing ref hold its commit where that still exists.

    To be called only where the anchors that there are hold. Raises Refusal STORE_BROKEN or BUSY.
    """
    return [*_anchored(repository, store), *(said for each in missing_refs(repository, store) if (said := _made(repository, store, each)))]


def _anchored(repository: Repository, store: Store) -> list[str]:
    with store.reading() as connection:
        due, (sequence, chain) = anchored_events(connection), head(connection)
    held = read_anchors(repository)
    if not due or (held and held[-1].seq >= due[-1]):
        return []
    anchor(repository, sequence, chain)
    lost = f"it ended at event {held[-1].seq}" if held else "it was gone, and earlier anchors with it: against them nothing can be held any more"
    return [f"{CHAIN} anchors event {sequence} now; {lost}"]


def _made(repository: Repository, store: Store, kept: ExpectedRef) -> str:
    commit, proof = _tip(repository, store, kept)
    if not commit or not make_ref(repository, kept.ref, commit):
        return ""
    return f"{kept.ref} holds commit {commit[:12]} again{proof}"


def _tip(repository: Repository, store: Store, kept: ExpectedRef) -> tuple[str, str]:
    """The commit that a ref held: of a backup the one whose patch is that of the verdict, though it was made after the last capture.

    Where there is none, the one captured last, and what to say of that; nothing where no commit is left.
    """
    captured = kept.commit if is_there(repository, kept.commit) else ""
    if kept.waits or not is_there(repository, kept.base):
        return captured, ""
    with store.reading() as connection:
        given = verdict_on(connection, kept.experiment)
    wanted = given.diff if given else ""
    if captured and _patch_hash(repository, kept.base, captured) == wanted:
        return captured, ""
    loose = loose_commits(repository, f"Experiment {kept.experiment}: ")
    found = next((commit for commit in loose if _patch_hash(repository, kept.base, commit) == wanted), "")
    return (found, "") if found else (captured, ", which was captured last; what was edited after that is not in it" if captured else "")


def _patch_hash(repository: Repository, base: str, commit: str) -> str:
    return hashlib.sha256(patch_text(repository, base, commit, PATCH_LIMIT).text.encode()).hexdigest()


def lost_refs(repository: Repository, store: Store) -> list[str]:
    """The refs whose commits are gone too: what is left to give up once all others are made again."""
    return [each.ref for each in missing_refs(repository, store)]
