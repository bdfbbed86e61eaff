"""The doctor names what is wrong with a project and what mends it, changes nothing unasked, and mends only what loses nothing."""

import fcntl
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from mcp_server.command_line import main
from state.cycles import HypothesesProposed, NumberedHypothesis
from state.errors import Refusal
from state.events import Event
from state.experiments import ExperimentStarted
from state.jobs import JobStarted
from state.landings import LandingIntended
from tests.support.doctors import asked, found
from tests.support.everything import Everything, everything
from tests.support.histories import COMMIT, hypothesis_of
from tests.support.kept_stores import Kept
from tests.support.repositories import git, make_repository
from tests.support.stores import append, append_all, cycle_started, log_of
from tools.engine.repository.worktrees import add
from tools.engine.upkeep.opening import open_store


def test_nothing_is_wrong_with_a_whole_project_and_looking_changes_nothing(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    before = everything(kept.repository.root)
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert main(["verify"]) == 0
    assert all(line.startswith("ok ") for line in (said + capsys.readouterr().out).splitlines())
    assert everything(kept.repository.root) == before
    kept.store.close()


def test_a_project_without_a_store_has_nothing_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = make_repository(tmp_path / "new", {"a.txt": "a\n"})
    before = everything(root)
    for command in ("doctor", "verify"):
        assert main([command, "--project", str(root)]) == 0
    assert everything(root) == before == Everything("", before.refs, before.files)
    assert not (root / ".git" / "refactory").exists()


def test_a_folder_without_a_project_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--project", str(tmp_path)]) == 1
    assert "no git repository" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--accept-loss"])
    assert ended.value.code == 2


def _loosen(kept: Kept) -> None:
    kept.store.folder.chmod(0o755)
    kept.store.path.chmod(0o644)


def _damage_a_table(kept: Kept) -> None:
    with kept.store.writing() as connection:
        connection.execute("DELETE FROM experiments WHERE id = 2")
    kept.store.close()


def _edit_a_view(kept: Kept) -> None:
    (kept.log.parent / "results.tsv").write_text("mine\n", encoding="utf-8")
    (kept.log.parent / "performance_report.json").unlink()


def _edit_the_log(kept: Kept) -> None:
    kept.log.write_text(kept.log.read_text(encoding="utf-8").replace('"actor":"server"', '"actor":"user"', 1), encoding="utf-8")


def _interrupt_a_job(kept: Kept) -> None:
    append(kept.store, JobStarted(job=1, kind="evaluation", key="k", server="process 1"))
    kept.export()


@pytest.mark.parametrize(
    ("damage", "check"),
    [
        (_loosen, "permissions"), (_damage_a_table, "tables"), (_edit_a_view, "readable files"), (_edit_the_log, "log"), (_interrupt_a_job, "jobs"),
    ],
)  # fmt: skip
def test_what_is_safe_to_mend_is_named_and_mended(kept: Kept, capsys: pytest.CaptureFixture[str], damage: Callable[[Kept], None], check: str) -> None:
    damage(kept)
    before, events = everything(kept.repository.root), len(log_of(kept.store))
    kept.store.close()
    faults = found(capsys)
    assert check in faults
    assert all(fault["mend"] == "refactory doctor --repair" for each in faults.values() for fault in each)
    assert everything(kept.repository.root) == before
    code, document = asked(capsys, "doctor", "--repair")
    assert (code, bool(document["done"])) == (0, True)
    assert asked(capsys, "doctor", "--repair")[1]["done"] == []
    assert len(log_of(kept.store)) == events + (check == "jobs")
    assert stat.S_IMODE(kept.store.path.stat().st_mode) == 0o600


def test_a_job_with_a_living_server_is_not_interrupted_and_its_lock_is_named(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    _interrupt_a_job(kept)
    (kept.store.folder / "jobs").mkdir()
    with (kept.store.folder / "jobs" / "J1.lock").open("w", encoding="utf-8") as lock:
        lock.write("process 4711 (job J1)")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        _, document = asked(capsys, "doctor")
    said = {check["name"]: check for check in document["checks"]}
    assert said["locks"]["said"] == "jobs/J1.lock by process 4711 (job J1)"
    assert (said["jobs"]["ok"], said["jobs"]["said"]) == (True, "1 running")


def test_a_store_that_is_gone_is_restored_and_the_patch_comes_back_from_its_readable_file(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    expected = log_of(kept.store)
    kept.store.close()
    shutil.rmtree(kept.store.folder)
    faults = found(capsys)
    assert {"log", "anchors"} <= set(faults)
    assert faults["log"][0]["mend"] == "refactory doctor --rebuild"
    code, document = asked(capsys, "doctor", "--rebuild")
    assert (code, document["done"][0]) == (0, "20 events restored, 20 of them from the log")
    assert document["done"][1].endswith("(the patch of experiment 1) is kept again, from .factory/experiments/001/changes.diff")
    assert log_of(open_store(kept.repository)) == expected


@pytest.mark.parametrize("damage", [b"", b"garbage" * 1000], ids=["empty", "garbage"])
def test_a_database_that_is_none_is_named_and_restored(kept: Kept, capsys: pytest.CaptureFixture[str], damage: bytes) -> None:
    expected = log_of(kept.store)
    kept.store.close()
    kept.store.path.write_bytes(damage)
    assert {fault["mend"] for each in found(capsys).values() for fault in each} == {"refactory doctor --rebuild"}
    assert found(capsys, "verify")
    code, document = asked(capsys, "doctor", "--rebuild")
    assert (code, len(document["done"])) == (0, 2)
    assert log_of(open_store(kept.repository)) == expected


def test_a_loss_is_accepted_only_by_a_person_and_is_an_event(kept: Kept, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    kept.store.close()
    shutil.rmtree(kept.store.folder)
    kept.log.write_bytes(b"".join(kept.log.read_bytes().splitlines(keepends=True)[:12]))
    assert main(["doctor", "--rebuild"]) == 1
    said = capsys.readouterr().err
    assert "ends at event 12: 8 of its events are missing" in said
    assert "--accept-loss" in said
    monkeypatch.setenv("CLAUDECODE", "1")
    assert main(["doctor", "--rebuild", "--accept-loss"]) == 1
    assert "CLAUDECODE" in capsys.readouterr().err
    monkeypatch.delenv("CLAUDECODE")
    old = git(kept.repository.root, "rev-parse", "refs/factory/chain")
    asked(capsys, "doctor", "--rebuild", "--accept-loss")
    last = Event.model_validate_json(log_of(open_store(kept.repository))[-1])
    assert (last.type, last.actor, last.payload["kept"], last.payload["reached"]) == ("loss.accepted", "user", 12, 20)
    assert git(kept.repository.root, "rev-parse", last.payload["aside"]) == old
    assert set(found(capsys)) == {"refs", "landing"}, "event 12 begins a landing, of a commit that this project never had"
    assert append(open_store(kept.repository), cycle_started(70, "goes on")).seq == 14


def test_worktrees_that_are_missing_or_left_over_and_a_landing_that_has_no_end_are_named(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    left = add(kept.repository, 2, "factory/002", "HEAD")
    with kept.store.writing() as connection:
        connection.execute("UPDATE experiments SET worktree = ? WHERE id = 2", (str(left),))
    title = "Idea 3"
    gone = kept.repository.root / ".factory" / "worktrees" / "003"
    append_all(
        kept.store,
        [
            cycle_started(2),
            HypothesesProposed(cycle=2, hypotheses=(NumberedHypothesis(id=3, content=hypothesis_of(title)),)),
            ExperimentStarted(
                experiment=3, hypothesis=3, cycle=2, title=title, category="exploit", base=COMMIT, branch="factory/003", worktree=str(gone)
            ),
            LandingIntended(purpose="experiment", experiment=3, ref="refs/heads/main", old="o", new="n"),
        ],
    )
    kept.export()
    faults = found(capsys)
    assert [fault["where"] for fault in faults["worktrees"]] == [str(gone), str(left)]
    assert "neither reviewed nor measured" in faults["worktrees"][0]["found"]
    assert faults["landing"][0]["where"] == "refs/heads/main"


def test_a_linked_folder_of_readable_files_is_named(kept: Kept, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    kept.log.parent.rename(tmp_path / "elsewhere")
    kept.log.parent.symlink_to(tmp_path / "elsewhere")
    assert found(capsys)["folder"][0]["mend"] == f"rm {kept.log.parent}"


def test_what_another_program_reads_is_the_same_as_what_a_person_reads(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    _damage_a_table(kept)
    _, document = asked(capsys, "doctor")
    main(["doctor"])
    text = capsys.readouterr().out
    for check in document["checks"]:
        assert check["name"] == "disk" or check["said"] in text  # how much room is left changes
        for fault in check["wrong"]:
            assert f"{fault['where']}: {fault['found']}; expected {fault['expected']}" in text
            assert f"mend: {fault['mend']}" in text


def test_the_commits_of_another_clone_are_no_fault(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    git(kept.repository.root, "commit", "--allow-empty", "-m", f"Land\n\nFactory-Chain: 3 {'a' * 64}")
    code, document = asked(capsys, "verify")
    assert code == 0
    assert document["checks"][-1]["said"].startswith("1 commits name another chain")


def test_a_kept_commit_that_names_another_chain_is_a_fault(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    git(kept.repository.root, "commit", "--allow-empty", "-m", f"Land\n\nFactory-Chain: 3 {'a' * 64}")
    git(kept.repository.root, "update-ref", "refs/factory/kept/009", "HEAD")
    git(kept.repository.root, "update-ref", "-d", "refs/factory/chain")
    assert found(capsys, "verify")["anchors"][0]["where"].startswith("the trailer of commit ")


@pytest.mark.parametrize(
    "cleaning",
    [
        ("clean", "-ffdxq"),
        ("stash", "--all"),
        ("gc", "--prune=now", "-q"),
        ("worktree", "prune"),
        ("pack-refs", "--all"),
        ("reflog", "expire", "--all"),
    ],
)
def test_what_people_clean_up_with_loses_nothing(kept: Kept, capsys: pytest.CaptureFixture[str], cleaning: tuple[str, ...]) -> None:
    expected = log_of(kept.store)
    kept.store.close()
    git(kept.repository.root, *cleaning)
    store = open_store(kept.repository)
    assert log_of(store) == expected
    assert append(store, cycle_started(70, "goes on")).seq == 21
    kept.export()
    assert found(capsys) == {}


def test_a_store_whose_files_may_not_be_used_says_which(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    kept.store.close()
    for name in ("factory.db-wal", "factory.db-shm"):
        (kept.store.folder / name).mkdir()
    for command in ("verify", "doctor"):
        assert main([command]) == 1
        said = capsys.readouterr().out
        assert f"{kept.store.folder / 'factory.db-wal'} is a folder" in said
    with pytest.raises(Refusal, match=r"factory\.db-wal is a folder"):
        log_of(open_store(kept.repository))
