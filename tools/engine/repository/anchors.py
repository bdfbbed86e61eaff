"""The heads of the event chain, kept in git: each anchor is an empty commit on `refs/factory/chain` whose message names sequence and hash.

Commits that the factory lands name them too, in a trailer.
"""

import re
from typing import Final

from state.errors import Refusal
from state.integrity.evidence import Anchor
from tools.engine.repository.git import GitFailed, decode
from tools.engine.repository.location import Repository
from tools.engine.repository.merging import merge_commit
from tools.engine.repository.refs import read_branch

CHAIN: Final = "refs/factory/chain"
_KEPT: Final = "refs/factory/kept/"
_MESSAGE: Final = re.compile(r"chain (\d+) ([0-9a-f]{64})")
_TRAILER: Final = re.compile(r"(\d+) ([0-9a-f]{64})")
_TRIES: Final = 5
_AS_THEY_WERE: Final = "the store as it was; what can be done about it: refactory doctor"


def anchor(repository: Repository, sequence: int, chain_hash: str) -> Anchor | None:
    """Anchor that event `sequence` has `chain_hash` (SHA-256, hexadecimal); where a later event is anchored already, that anchor is the answer.

    Raises Refusal STORE_BROKEN when another hash is anchored for this event, BUSY when other processes keep moving the ref.
    """
    for _ in range(_TRIES):
        tip = repository.git.run("rev-parse", "--verify", "--quiet", CHAIN).stdout.decode().strip()
        last = _parsed(tip, repository.git.text("log", "-1", "--format=%s", tip)) if tip else None
        if last and last.seq == sequence and last.hash != chain_hash:
            what = f"event {sequence} was anchored with hash {last.hash}, and now has {chain_hash}"
            raise Refusal("STORE_BROKEN", what, where=(CHAIN,), expected=_AS_THEY_WERE)
        if last and last.seq >= sequence:
            return last if last.seq > sequence else None
        empty = repository.git.text("mktree", standard_input=b"")
        commit = merge_commit(repository, empty, [tip] if tip else [], f"chain {sequence} {chain_hash}")
        if _moved(repository, commit, tip or "0" * len(commit)):
            return None
    raise Refusal("BUSY", f"{CHAIN} is moved by other processes all the time", where=(CHAIN,))


def last_anchor(repository: Repository) -> Anchor | None:
    """The newest anchor; where there never was one, git is not even asked. Raises Refusal STORE_BROKEN for a commit on the ref that is none."""
    reftable = (repository.common / "reftable").exists()
    tip = repository.git.run("rev-parse", "--verify", "--quiet", CHAIN).stdout.decode().strip() if reftable else read_branch(repository.common, CHAIN)
    return _parsed(tip, repository.git.text("log", "-1", "--format=%s", tip)) if tip else None


def read_anchors(repository: Repository) -> list[Anchor]:
    """Every anchor, oldest first. Raises Refusal STORE_BROKEN for a commit on the ref that is none."""
    if not repository.git.ok("show-ref", "--verify", "--quiet", CHAIN):
        return []
    lines = repository.git.text("log", "--first-parent", "--reverse", "--format=%H %s", CHAIN).split("\n")
    return [_parsed(*line.split(" ", 1)) for line in lines]


def read_trailers(repository: Repository, landed: frozenset[str]) -> tuple[list[Anchor], int]:
    """What the trailers say of commits that are this store's: those in `landed`, and all that were kept here.

    Answers also how many other commits of the branches carry one: another clone's store landed them, or one that is gone.
    """
    kept = set(repository.git.text("for-each-ref", "--format=%(objectname)", _KEPT).split())
    shape = "--format=%H %(trailers:key=Factory-Chain,valueonly,separator=%x20)"
    lines = repository.git.text("log", "--grep=^Factory-Chain: ", shape, "--branches", f"--glob={_KEPT}*").split("\n")
    ours, others = [], 0
    for commit, _, words in (line.partition(" ") for line in lines if line):
        found = _TRAILER.fullmatch(words.strip())
        if found is None or commit not in kept | landed:
            others += 1
        else:
            ours.append(Anchor(int(found[1]), found[2], f"the trailer of commit {commit[:12]}"))
    return ours, others


def give_up_anchors(repository: Repository, name: str) -> str:
    """Begin the anchors anew: what there is moves to `refs/factory/backup/chain-NAME`; answers that ref, or nothing where there was none."""
    tip = decode(repository.git.run("rev-parse", "--verify", "--quiet", CHAIN).stdout).strip()
    if not tip:
        return ""
    aside = f"refs/factory/backup/chain-{name}"
    repository.git.bytes_("update-ref", aside, tip)
    repository.git.bytes_("update-ref", "-d", CHAIN, tip)
    return aside


def _parsed(commit: str, message: str) -> Anchor:
    found = _MESSAGE.fullmatch(message)
    if found is None:
        raise Refusal("STORE_BROKEN", f"commit {commit} on {CHAIN} is no anchor", where=(CHAIN,), expected="only commits that the factory made")
    return Anchor(int(found[1]), found[2], f"{CHAIN} at {commit[:12]}")


def _moved(repository: Repository, new: str, old: str) -> bool:
    try:
        repository.git.bytes_("update-ref", CHAIN, new, old)
    except GitFailed as error:
        if trouble := error.of_the_disk(repository.common):
            raise trouble from error
        return False  # somebody anchored in between; the next try sees what
    return True
