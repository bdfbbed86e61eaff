"""What git lost of the factory's refs: said by doctor and verify, made again where the commits exist, and never in silence."""

import pytest

from tests.support.doctors import asked, found, said
from tests.support.everything import everything
from tests.support.kept_experiments import REF, revert
from tests.support.kept_stores import Kept, make_kept
from tests.support.repositories import git

CHAIN = "refs/factory/chain"


def _drop(kept: Kept, ref: str) -> None:
    git(kept.repository.root, "update-ref", "-d", ref)


def test_anchors_that_are_gone_are_said_and_made_again_with_a_word_that_stays(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    _drop(kept, CHAIN)
    for command in ("verify", "doctor"):
        (fault,) = found(capsys, command)["refs"]
        assert (fault["where"], fault["found"], fault["mend"]) == (CHAIN, "it is gone, with all anchors", "refactory doctor --repair")
    code, document = asked(capsys, "doctor", "--repair")
    assert (code, len(document["done"])) == (0, 1)
    assert "earlier anchors with it" in document["done"][0]
    assert git(kept.repository.root, "log", "-1", "--format=%s", CHAIN).startswith("chain 20 ")
    assert "what was anchored before event 20 is gone" in said(capsys, "refs")


def test_anchors_that_are_behind_are_said_and_continued(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    git(kept.repository.root, "update-ref", CHAIN, f"{CHAIN}~1")
    assert found(capsys, "verify")["refs"][0]["found"] == "it is behind: it ends at event 10"
    assert asked(capsys, "doctor", "--repair")[0] == 0
    assert git(kept.repository.root, "rev-list", "--count", CHAIN) == "3"
    assert "is gone" not in said(capsys, "refs")


@pytest.mark.parametrize("edited_later", [False, True])
def test_a_backup_that_is_gone_is_said_and_made_again_as_it_was(kept: Kept, capsys: pytest.CaptureFixture[str], *, edited_later: bool) -> None:
    made = revert(kept, edited_later=edited_later)
    _drop(kept, REF)
    before = everything(kept.repository.root)
    for command in ("verify", "doctor"):
        (fault,) = found(capsys, command)["refs"]
        assert (fault["where"], fault["found"]) == (REF, "it is gone: its commits are kept by nothing else")
    assert everything(kept.repository.root) == before
    code, document = asked(capsys, "doctor", "--repair")
    assert (code, document["done"]) == (0, [f"{REF} holds commit {made.commit[:12]} again"])
    assert git(kept.repository.root, "rev-parse", REF) == made.commit


def test_a_backup_whose_last_edits_are_gone_holds_what_was_captured_and_says_so(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    made = revert(kept, edited_later=True)
    captured = git(kept.repository.root, "rev-parse", f"{made.commit}~1")
    git(kept.repository.root, "update-ref", "refs/heads/person", captured)
    _drop(kept, REF)
    git(kept.repository.root, "reflog", "expire", "--expire=now", "--all")
    git(kept.repository.root, "gc", "--prune=now", "-q")
    assert "refs/heads/person still keeps" in found(capsys)["refs"][0]["found"]
    code, document = asked(capsys, "doctor", "--repair")
    assert (code, len(document["done"])) == (0, 1)
    assert "what was edited after that is not in it" in document["done"][0]
    assert git(kept.repository.root, "rev-parse", REF) == captured


def test_a_backup_whose_commits_are_gone_is_a_fault_until_a_person_gives_it_up(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    revert(kept)
    _drop(kept, REF)
    git(kept.repository.root, "reflog", "expire", "--expire=now", "--all")
    git(kept.repository.root, "gc", "--prune=now", "-q")
    assert asked(capsys, "doctor", "--repair")[0] == 1
    (fault,) = found(capsys)["refs"]
    assert "--accept-loss" in fault["mend"]
    code, document = asked(capsys, "doctor", "--repair", "--accept-loss")
    assert (code, document["done"]) == (0, [f"given up: {REF}, whose commits are gone"])
    assert REF in said(capsys, "given up")


def test_a_branch_that_still_stands_keeps_what_its_backup_would(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    made = revert(kept)
    git(kept.repository.root, "update-ref", "refs/heads/factory/003", made.commit)
    _drop(kept, REF)
    assert found(capsys) == {}


def test_a_history_that_anchors_speak_against_is_not_anchored_anew(
    kept: Kept, capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = make_kept(tmp_path_factory.mktemp("other"), anchored=(4, 10))
    git(kept.repository.root, "fetch", "-q", str(other.repository.root), f"+{CHAIN}:{CHAIN}")
    assert {"anchors", "refs"} <= set(found(capsys))
    refs = everything(kept.repository.root).refs
    assert asked(capsys, "doctor", "--repair")[0] == 1
    assert everything(kept.repository.root).refs == refs
