"""The heads of the event chain, kept in git: each anchor is an empty commit on `refs/factory/chain` whose message names sequence and hash."""

import re
from typing import Final

from state.errors import Refusal
from tools.engine.repository.git import GitFailed
from tools.engine.repository.location import Repository
from tools.engine.repository.merging import merge_commit

_REF: Final = "refs/factory/chain"
_MESSAGE: Final = re.compile(r"chain (\d+) ([0-9a-f]{64})")
_TRIES: Final = 5
_AS_THEY_WERE: Final = f"the store as it was, from a backup of .git/refactory; whoever gives the old history up: git update-ref -d {_REF}"


def anchor(repository: Repository, sequence: int, chain_hash: str) -> None:
    """Anchor that event `sequence` has `chain_hash` (SHA-256, hexadecimal); nothing to do where this or a later one is anchored already.

    Raises Refusal STORE_BROKEN when another hash is anchored for this event, BUSY when other processes keep moving the ref.
    """
    for _ in range(_TRIES):
        tip = repository.git.run("rev-parse", "--verify", "--quiet", _REF).stdout.decode().strip()
        last = _parsed(tip, repository.git.text("log", "-1", "--format=%s", tip)) if tip else (-1, "")
        if last[0] == sequence and last[1] != chain_hash:
            what = f"event {sequence} was anchored with hash {last[1]}, and now has {chain_hash}"
            raise Refusal("STORE_BROKEN", what, where=(_REF,), expected=_AS_THEY_WERE)
        if last[0] >= sequence:
            return
        empty = repository.git.text("mktree", standard_input=b"")
        commit = merge_commit(repository, empty, [tip] if tip else [], f"chain {sequence} {chain_hash}")
        if _moved(repository, commit, tip or "0" * len(commit)):
            return
    raise Refusal("BUSY", f"{_REF} is moved by other processes all the time", where=(_REF,))


def read_anchors(repository: Repository) -> list[tuple[int, str]]:
    """Every anchor as (sequence, hash), oldest first. Raises Refusal STORE_BROKEN for a commit on the ref that is none."""
    if not repository.git.ok("show-ref", "--verify", "--quiet", _REF):
        return []
    lines = repository.git.text("log", "--first-parent", "--reverse", "--format=%H %s", _REF).split("\n")
    return [_parsed(*line.split(" ", 1)) for line in lines]


def _parsed(commit: str, message: str) -> tuple[int, str]:
    found = _MESSAGE.fullmatch(message)
    if found is None:
        raise Refusal("STORE_BROKEN", f"commit {commit} on {_REF} is no anchor", where=(_REF,), expected="only commits that the factory made")
    return int(found[1]), found[2]


def _moved(repository: Repository, new: str, old: str) -> bool:
    try:
        repository.git.bytes_("update-ref", _REF, new, old)
    except GitFailed as error:
        if trouble := error.of_the_disk(repository.common):
            raise trouble from error
        return False  # somebody anchored in between; the next try sees what
    return True
