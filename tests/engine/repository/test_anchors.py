"""Heads of the event chain, anchored in git."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from state.errors import Refusal
from state.integrity.evidence import Anchor
from tests.support.repositories import git, make_repository
from tools.engine.repository.anchors import anchor, give_up_anchors, last_anchor, read_anchors, read_trailers
from tools.engine.repository.location import Repository, locate

ONE, TWO = "1" * 64, "2" * 64


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return locate(make_repository(tmp_path / "project", {"a.txt": "a\n"}))


def anchored(repository: Repository) -> list[tuple[int, str]]:
    """Every anchor as sequence and hash."""
    return [(found.seq, found.hash) for found in read_anchors(repository)]


def test_anchors_are_read_back_in_order_and_anchoring_again_adds_none(repository: Repository) -> None:
    assert read_anchors(repository) == []
    for sequence, chain_hash in ((3, ONE), (3, ONE), (9, TWO), (9, TWO), (3, ONE)):
        anchor(repository, sequence, chain_hash)
    assert anchored(repository) == [(3, ONE), (9, TWO)]
    assert git(repository.root, "ls-tree", "-r", "refs/factory/chain") == ""
    assert git(repository.root, "status", "--porcelain") == ""


def test_another_hash_for_an_anchored_event_is_refused(repository: Repository) -> None:
    anchor(repository, 3, ONE)
    with pytest.raises(Refusal) as refused:
        anchor(repository, 3, TWO)
    assert refused.value.code == "STORE_BROKEN"
    assert anchored(repository) == [(3, ONE)]


def test_a_commit_that_is_no_anchor_is_noticed(repository: Repository) -> None:
    git(repository.root, "update-ref", "refs/factory/chain", "HEAD")
    for look in (lambda: read_anchors(repository), lambda: anchor(repository, 1, ONE)):
        with pytest.raises(Refusal, match="no anchor"):
            look()


def test_anchors_made_at_the_same_time_lose_none_that_is_later(repository: Repository) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda sequence: anchor(repository, sequence, ONE), range(4)))
    anchors = anchored(repository)
    assert anchors[-1] == (3, ONE)
    assert anchors == sorted(set(anchors))


def test_the_newest_anchor_is_known_however_git_keeps_the_ref(repository: Repository) -> None:
    assert last_anchor(repository) is None
    anchor(repository, 3, ONE)
    anchor(repository, 9, TWO)
    newest = Anchor(9, TWO, f"refs/factory/chain at {git(repository.root, 'rev-parse', 'refs/factory/chain')[:12]}")
    assert last_anchor(repository) == newest
    git(repository.root, "pack-refs", "--all")
    assert last_anchor(repository) == newest


def test_a_later_anchor_is_the_answer_to_an_earlier_event(repository: Repository) -> None:
    assert anchor(repository, 9, TWO) is None
    assert anchor(repository, 9, TWO) is None
    assert anchor(repository, 3, ONE) == last_anchor(repository)


def test_the_trailers_of_what_landed_here_are_told_from_those_of_another_clone(repository: Repository) -> None:
    def commit(sequence: int, chain_hash: str) -> str:
        git(repository.root, "commit", "--allow-empty", "-m", f"Land\n\nSome words.\n\nFactory-Experiment: 1\nFactory-Chain: {sequence} {chain_hash}")
        return git(repository.root, "rev-parse", "HEAD")

    landed, kept, other = commit(3, ONE), commit(9, TWO), commit(4, TWO)
    git(repository.root, "update-ref", "refs/factory/kept/002", kept)
    git(repository.root, "commit", "--allow-empty", "-m", "Say Factory-Chain: 7 in a sentence")
    found, others = read_trailers(repository, frozenset({landed}))
    assert sorted((item.seq, item.hash) for item in found) == [(3, ONE), (9, TWO)]
    assert others == 1
    assert other[:12] not in "".join(item.where for item in found)
    assert kept[:12] in next(item.where for item in found if item.seq == 9)


def test_anchors_that_are_given_up_stay_below_another_ref(repository: Repository) -> None:
    assert give_up_anchors(repository, "01") == ""
    anchor(repository, 9, TWO)
    tip = git(repository.root, "rev-parse", "refs/factory/chain")
    aside = give_up_anchors(repository, "01")
    assert git(repository.root, "rev-parse", aside) == tip
    assert (last_anchor(repository), read_anchors(repository)) == (None, [])
    assert anchor(repository, 3, ONE) is None
