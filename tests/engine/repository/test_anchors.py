"""Heads of the event chain, anchored in git."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from state.errors import Refusal
from tests.support.repositories import git, make_repository
from tools.engine.repository.anchors import anchor, read_anchors
from tools.engine.repository.location import Repository, locate

ONE, TWO = "1" * 64, "2" * 64


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return locate(make_repository(tmp_path / "project", {"a.txt": "a\n"}))


def test_anchors_are_read_back_in_order_and_anchoring_again_adds_none(repository: Repository) -> None:
    assert read_anchors(repository) == []
    for sequence, chain_hash in ((3, ONE), (3, ONE), (9, TWO), (9, TWO), (3, ONE)):
        anchor(repository, sequence, chain_hash)
    assert read_anchors(repository) == [(3, ONE), (9, TWO)]
    assert git(repository.root, "ls-tree", "-r", "refs/factory/chain") == ""
    assert git(repository.root, "status", "--porcelain") == ""


def test_another_hash_for_an_anchored_event_is_refused(repository: Repository) -> None:
    anchor(repository, 3, ONE)
    with pytest.raises(Refusal) as refused:
        anchor(repository, 3, TWO)
    assert refused.value.code == "STORE_BROKEN"
    assert read_anchors(repository) == [(3, ONE)]


def test_a_commit_that_is_no_anchor_is_noticed(repository: Repository) -> None:
    git(repository.root, "update-ref", "refs/factory/chain", "HEAD")
    for look in (lambda: read_anchors(repository), lambda: anchor(repository, 1, ONE)):
        with pytest.raises(Refusal, match="no anchor"):
            look()


def test_anchors_made_at_the_same_time_lose_none_that_is_later(repository: Repository) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda sequence: anchor(repository, sequence, ONE), range(4)))
    anchors = read_anchors(repository)
    assert anchors[-1] == (3, ONE)
    assert anchors == sorted(set(anchors))
