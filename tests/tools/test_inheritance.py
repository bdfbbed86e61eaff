"""A project that an original re:factory worked on: its history comes over with the first call that writes, and is never taken for measured."""

import json
from pathlib import Path

import pytest

from tests.support.everything import events_of, everything
from tests.support.host import Host, assert_same, open_host
from tests.support.odd_originals import FILES, make_odd_original
from tests.support.originals import GOAL, make_original, put, results_tsv, row
from tests.support.quick_projects import factory_md, make_quick_project
from tests.support.repositories import git

IMPORTED = "imported 13 experiments, 5 backlog items of an earlier factory; originals in .factory/imported"
IDEA = {"title": "Keep digits", "category": "exploit", "dimension": "capability_surface", "what": "Keep digits in slugs.", "why": "F1"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = make_quick_project(tmp_path / "project")
    make_original(root / ".factory")
    (root / ".git" / "info" / "exclude").write_text(".factory/\n")
    return root


async def approved(host: Host) -> None:
    """The project as the quick one is measured, approved and with its baseline."""
    await host.done("discover_project", factory_md=factory_md())
    await host.done("request_approval", what="evaluation")


async def begun(host: Host) -> int:
    """The number of the first experiment of ours."""
    await approved(host)
    await host.done("start_cycle")
    await host.done("propose_hypotheses", hypotheses=[IDEA])
    answer = await host.done("start_experiment", item="H1")
    return int(answer["data"]["experiment"])


async def test_the_status_says_what_would_come_over_and_changes_nothing(project: Path) -> None:
    async with open_host(project) as host:
        before = everything(project)
        answer = await host.call("project_status")
        assert answer["warnings"] == ["the next call that writes imports 13 experiments, 5 backlog items of an earlier factory from .factory"]
        assert_same(before, everything(project))


async def test_nothing_is_promised_and_nothing_moved_while_git_tracks_their_files(project: Path) -> None:
    git(project, "add", "--force", ".factory")
    git(project, "commit", "-qm", "Their files")
    async with open_host(project) as host:
        status = await host.call("project_status")
        assert not [warning for warning in status.get("warnings", []) if "import" in warning]
        assert (await host.call("experiment_history"))["summary"] == "0 kept, 0 reverted, 0 abandoned."
        await host.call("discover_project", factory_md=factory_md())
    assert git(project, "status", "--porcelain") == ""
    assert not (project / ".factory" / "imported").exists()


async def test_the_first_call_that_writes_imports_once_and_says_so(project: Path) -> None:
    async with open_host(project) as host:
        first = await host.done("discover_project", factory_md=factory_md())
        assert first["warnings"][0] == IMPORTED
        assert "1 odd things" not in first["warnings"][0]
        again = await host.done("discover_project", factory_md=factory_md())
        assert not [warning for warning in again.get("warnings", []) if "import" in warning]
        status = await host.call("project_status")
        assert status["data"]["backlog"] == {"open": 5}
        assert "warnings" not in status
    assert events_of(project).count("original.imported") == 1
    assert git(project, "status", "--porcelain") == ""


async def test_our_numbers_begin_behind_theirs(project: Path) -> None:
    async with open_host(project) as host:
        assert await begun(host) == 14
        assert git(project, "branch", "--list", "factory/*").split()[-1] == "factory/014"
        missing = await host.refused("UNKNOWN_ID", "check_experiment", experiment=15)
        assert missing["refused"]["what"] == "no experiment 15 here; the last is 14"


async def test_an_imported_experiment_can_only_be_looked_at(project: Path) -> None:
    async with open_host(project) as host:
        await begun(host)
        for tool, arguments in (
            ("check_experiment", {"experiment": 3}),
            ("run_eval", {"experiment": 3}),
            ("verdict", {"experiment": 3, "decision": "keep", "reason": "It claims so."}),
            ("experiment_history", {"experiment": 14, "compare_with": 3}),
            ("experiment_history", {"experiment": 3, "compare_with": 14}),
        ):
            answer = await host.refused("UNKNOWN_ID", tool, **arguments)
            assert "imported from an earlier factory" in answer["refused"]["what"]


async def test_the_history_pages_across_both_with_the_totals_apart(project: Path) -> None:
    async with open_host(project) as host:
        await begun(host)
        seen: list[int] = []
        cursor = ""
        while True:
            answer = await host.done("experiment_history", cursor=cursor)
            assert answer["summary"] == (
                "0 kept, 0 reverted, 0 abandoned. Imported from an earlier factory: 13 (2 error, 7 keep, 3 revert, 1 unfinished), "
                "nothing of it measured here."
            )
            seen += [line["experiment"] for line in answer["data"]["experiments"]]
            cursor = answer.get("more", "")
            if not cursor:
                break
        assert seen == list(range(14, 0, -1))


@pytest.mark.parametrize(
    ("state", "numbers"), [("open", [14]), ("held", []), ("kept", [11, 10, 8, 6, 5, 3, 1]), ("reverted", [12, 7, 2]), ("abandoned", [13, 9, 4])]
)
async def test_the_history_finds_both_by_state(project: Path, state: str, numbers: list[int]) -> None:
    async with open_host(project) as host:
        await begun(host)
        answer = await host.done("experiment_history", state=state)
        assert [line["experiment"] for line in answer["data"].get("experiments", [])] == numbers


async def test_claims_stand_apart_from_what_was_measured(project: Path) -> None:
    async with open_host(project) as host:
        await begun(host)
        answer = await host.done("experiment_history", experiment=3)
        data = answer["data"]
        assert data["imported"] is True
        assert data["claimed"] == {"verdict": "keep", "before": 0.61, "after": 0.64, "delta": 0.03}
        assert "delta" not in data
        assert "state" not in data
        assert data["citations"] == ["https://example.org/paper", "#12"]
        assert data["issue"] == 103
        assert data["notes"].startswith("ceo:keep")
        assert [Path(name).read_bytes() != b"" for name in data["files"]] == [True] * 3
        status = await host.call("project_status")
        assert "0.64" not in json.dumps(status)


async def test_the_readable_files_go_on_where_theirs_ended(project: Path) -> None:
    before = (project / ".factory/results.tsv").read_text(encoding="utf-8").splitlines()
    async with open_host(project) as host:
        await begun(host)
        await host.done("verdict", experiment=14, decision="abandon", reason="Cannot be built.")
        lines = (project / ".factory/results.tsv").read_text(encoding="utf-8").splitlines()
        assert lines[: len(before)] == before
        assert [line.split("\t")[0] for line in lines[len(before) :]] == ["14"]
        backlog = (project / ".factory/strategy/backlog.md").read_text(encoding="utf-8")
        assert "- Support Unicode (B1)\n- Add a command line with --help and --version (B2)\n" in backlog
        assert (project / ".factory/archive/experiments/slug-003.md").is_file()
        assert (project / ".factory/agents/builder.md").read_text() == "Always run the linter.\n"
        assert "approved" in json.loads((project / ".factory/config.json").read_text())


async def test_their_goal_is_proposed_where_there_is_no_factory_md(project: Path) -> None:
    async with open_host(project) as host:
        answer = await host.done("discover_project")
        assert GOAL in answer["data"]["draft"]
        assert "the goal is the earlier factory's" in answer["warnings"]


async def test_deleted_readable_files_come_back_with_theirs(project: Path) -> None:
    async with open_host(project) as host:
        await host.done("discover_project", factory_md=factory_md())
        whole = {path.relative_to(project): path.read_bytes() for path in (project / ".factory" / "imported").rglob("*") if path.is_file()}
        git(project, "clean", "-fdxq")
        assert not (project / ".factory").exists()
        await host.done("discover_project", factory_md=factory_md(goal="Other slugs."))
        assert {path.relative_to(project): path.read_bytes() for path in (project / ".factory" / "imported").rglob("*") if path.is_file()} == whole
        assert len((project / ".factory/results.tsv").read_text(encoding="utf-8").splitlines()) == 13


async def test_files_that_cannot_be_read_are_a_warning_until_an_experiment_needs_its_number(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        if path.name == "hypothesis.md" and ".factory/experiments" in str(path):
            raise PermissionError(13, "Permission denied", str(path))
        return whole(path)

    async with open_host(project) as host:
        with monkeypatch.context() as patch:
            patch.setattr(Path, "read_bytes", read_bytes)
            await approved(host)
            answer = await host.done("start_cycle")
            assert any("wait to be imported" in warning and "Permission denied" in warning for warning in answer["warnings"])
            await host.done("propose_hypotheses", hypotheses=[IDEA])
            assert (project / ".factory/results.tsv").read_bytes() == results_tsv(row(number) for number in range(1, 13)), "nothing is written over"
            refused = await host.refused_after_writing("STORE_BROKEN", "start_experiment", item="H1")
            assert "Permission denied" in refused["refused"]["what"]
        assert (await host.done("start_experiment", item="H1"))["data"]["experiment"] == 14


async def test_history_of_an_empty_original_changes_no_words(project: Path, tmp_path: Path) -> None:
    other = make_quick_project(tmp_path / "other")
    put(other / ".factory", {"strategy/backlog.md": "- One thing\n"})
    async with open_host(other) as host:
        answer = await host.done("discover_project", factory_md=factory_md())
        assert answer["warnings"] == ["imported 0 experiments, 1 backlog item of an earlier factory; originals in .factory/imported"]
        history = await host.done("experiment_history")
        assert history["summary"] == "0 kept, 0 reverted, 0 abandoned. Imported from an earlier factory: 0, nothing of it measured here."


async def test_an_original_that_looks_nearly_as_ours_is_said_beforehand_and_imported(tmp_path: Path) -> None:
    root = make_quick_project(tmp_path / "odd")
    make_odd_original(root / ".factory")
    to_come = "the next call that writes imports 5 experiments, 4 backlog items of an earlier factory from .factory"
    async with open_host(root) as host:
        before = everything(root)
        assert (await host.call("project_status"))["warnings"] == [to_come]
        history = await host.call("experiment_history")
        assert history["summary"] == f"0 kept, 0 reverted, 0 abandoned. {to_come[0].upper()}{to_come[1:]}."
        unknown = await host.refused("UNKNOWN_ID", "experiment_history", experiment=3)
        assert unknown["refused"]["what"] == f"no experiment 3 here; {to_come}"
        assert_same(before, everything(root))
        done = await host.done("discover_project", factory_md=factory_md())
        assert done["warnings"][0] == "imported 5 experiments, 4 backlog items of an earlier factory; originals in .factory/imported"
        assert not [warning for warning in done["warnings"] if "put aside" in warning]
        assert (await host.done("experiment_history", experiment=3))["data"]["claimed"]["verdict"] == "error"
    assert (root / ".factory/imported/config.json").read_text() == FILES["config.json"]
    assert (root / ".factory/archive/experiments/original-001.md").read_text() == FILES["archive/experiments/001.md"]


async def test_a_file_in_the_place_of_ours_is_put_aside_with_one_warning(tmp_path: Path) -> None:
    root = make_quick_project(tmp_path / "noted")
    put(root / ".factory", {"strategy/current.md": "Mine.\n", "draft/factory.md": "# Mine\n", "notes.md": "Mine.\n"})
    async with open_host(root) as host:
        answer = await host.done("discover_project", factory_md=factory_md())
        (aside,) = (root / ".factory" / "replaced").iterdir()
        said = f"files in .factory that were not as this factory writes them were put aside: .factory/replaced/{aside.name}"
        assert [warning for warning in answer["warnings"] if "put aside" in warning] == [said]
        again = await host.done("discover_project", factory_md=factory_md(goal="Other slugs."))
        assert not [warning for warning in again.get("warnings", []) if "put aside" in warning]
    assert {path.relative_to(aside).as_posix(): path.read_text() for path in aside.rglob("*") if path.is_file()} == {
        "strategy/current.md": "Mine.\n", "draft/factory.md": "# Mine\n",
    }  # fmt: skip
    assert (root / ".factory/notes.md").read_text() == "Mine.\n"


async def test_files_of_theirs_beside_experiments_of_our_own_are_said_not_to_be_imported(tmp_path: Path) -> None:
    root = make_quick_project(tmp_path / "late")
    async with open_host(root) as host:
        assert await begun(host) == 1
        (root / ".factory/events.jsonl").unlink()
        put(root / ".factory", {"last_eval.json": "{}"})
        status = await host.call("project_status")
        assert status["warnings"] == ["files of an earlier factory in .factory are not imported: this project has experiments of its own already"]
