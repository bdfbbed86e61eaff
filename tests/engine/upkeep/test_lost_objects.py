"""What the store lost of its objects: found elsewhere and kept again, put aside where it was altered, given up only by a person."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mcp_server.command_line import main
from state.events import Event
from state.samples import SampleTaken
from tests.support.doctors import asked, found, said
from tests.support.everything import everything
from tests.support.histories import sample
from tests.support.kept_experiments import revert
from tests.support.kept_stores import Kept
from tests.support.repositories import git
from tests.support.stores import append, log_of


def _gone(path: Path) -> None:
    path.unlink()


def _flipped(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES = pytest.mark.parametrize("damage", [_gone, _flipped, _folder])


@DAMAGES
def test_a_patch_is_kept_again_from_its_readable_file(kept: Kept, capsys: pytest.CaptureFixture[str], damage: Callable[[Path], None]) -> None:
    made = revert(kept)
    content = made.patch.read_bytes()
    damage(made.patch)
    assert set(found(capsys)) == {"objects"}, "the readable file, which has the right hash, is not called edited"
    code, document = asked(capsys, "doctor", "--repair")
    assert (code, made.patch.read_bytes(), made.readable.read_bytes()) == (0, content, content)
    assert any(line.endswith("is kept again, from .factory/experiments/003/changes.diff") for line in document["done"])
    assert bool(list(made.patch.parent.glob("*.broken-*"))) is (damage is not _gone), "what was altered is put aside"


@DAMAGES
def test_a_patch_is_kept_again_from_git(kept: Kept, capsys: pytest.CaptureFixture[str], damage: Callable[[Path], None]) -> None:
    made = revert(kept, edited_later=True)
    content = made.patch.read_bytes()
    damage(made.patch)
    shutil.rmtree(kept.log.parent)
    code, document = asked(capsys, "doctor", "--repair")
    assert (code, made.patch.read_bytes(), made.readable.read_bytes()) == (0, content, content)
    assert any(f"from git: {git(kept.repository.root, 'rev-parse', '--short=7', 'HEAD')}..{made.commit[:7]}" in line for line in document["done"])


def test_a_patch_comes_back_from_what_an_earlier_repair_put_aside(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    path = next(each for each in kept.store.objects.rglob("*") if each.is_file())
    content = path.read_bytes()
    path.unlink()
    aside = kept.log.parent / "replaced" / "01J" / "experiments" / "001"
    aside.mkdir(parents=True)
    (kept.log.parent / "experiments" / "001" / "changes.diff").rename(aside / "changes.diff")
    assert asked(capsys, "doctor", "--repair")[0] == 0
    assert path.read_bytes() == content


def test_a_lost_store_gets_its_patches_back_when_it_is_rebuilt(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    made = revert(kept)
    kept.store.close()
    shutil.rmtree(kept.store.folder)
    made.readable.unlink()
    assert asked(capsys, "doctor", "--rebuild")[0] == 0
    assert made.readable.is_file()


def test_the_material_of_a_measurement_that_is_gone_is_said_and_no_fault(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    name = kept.store.keep_object(b'{"outcomes":{}}')
    append(kept.store, SampleTaken(sample=sample("tests", 1.0).plain(), material=name))
    kept.export()
    path = next(each for each in kept.store.objects.rglob(name[2:]))
    _flipped(path)
    assert found(capsys, "verify")["objects"][0]["mend"] == "refactory doctor --repair"
    assert asked(capsys, "doctor", "--repair")[0] == 0
    assert list(path.parent.glob("*.broken-*")), "never overwritten, never thrown away"
    for command in ("doctor", "verify"):
        assert f"what 1 measurements need is gone, and is measured again when it is wanted: {path}" in said(capsys, "objects", command)


def _lose_the_patch(kept: Kept) -> Path:
    """The patch of experiment 1, whose commits never were in this project, is gone everywhere."""
    path = next(each for each in kept.store.objects.rglob("*") if each.is_file())
    path.unlink()
    (kept.log.parent / "experiments" / "001" / "changes.diff").unlink()
    return path


def test_a_patch_that_is_lost_for_good_stays_a_fault_until_a_person_gives_it_up(
    kept: Kept, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _lose_the_patch(kept)
    assert asked(capsys, "doctor", "--repair")[0] == 1
    assert set(found(capsys)) == {"objects"}
    assert "refactory doctor --repair --accept-loss" in found(capsys)["objects"][0]["mend"]
    monkeypatch.setenv("CLAUDECODE", "1")
    before = everything(kept.repository.root)
    assert main(["doctor", "--repair", "--accept-loss"]) == 1
    assert everything(kept.repository.root) == before
    assert "CLAUDECODE" in capsys.readouterr().err
    monkeypatch.delenv("CLAUDECODE")
    code, document = asked(capsys, "doctor", "--repair", "--accept-loss")
    assert code == 0
    assert [line for line in document["done"] if line.startswith("given up: object ") and "the patch of experiment 1" in line]
    last = Event.model_validate_json(log_of(kept.store)[-1])
    assert (last.type, last.actor, len(last.payload["lost_objects"])) == ("loss.accepted", "user", 1)
    for command in ("doctor", "verify"):
        assert "the patch of experiment 1" in said(capsys, "given up", command)
    assert asked(capsys, "doctor", "--repair", "--accept-loss")[1]["done"] == [], "once"


def test_nothing_is_given_up_that_is_there(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    revert(kept)
    before = everything(kept.repository.root)
    code, document = asked(capsys, "doctor", "--repair", "--accept-loss")
    assert (code, document["done"]) == (0, [])
    assert everything(kept.repository.root) == before
