"""The registry of projects: each there once by its canonical path, its figures as they are now, an earlier factory's list taken over once."""

import json
import multiprocessing
import os
from pathlib import Path
from typing import Any

import pytest

from state.earlier_registry import earlier_projects
from state.errors import Refusal
from state.registry import Progress, Project
from state.registry_folder import Registry, progress_of
from state.store import Store
from tests.support.registering import register
from tests.support.stores import append_all, assert_sound, log_of, walk

ONE = Progress(kept=1, at="2026-11-21T10:00:00.000Z", score=0.75)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / ".factory"


def checkout(path: Path) -> Path:
    """A folder that looks like a main checkout."""
    (path / ".git").mkdir(parents=True)
    return path


def view(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "registry.json").read_text(encoding="utf-8"))
    return content


def earlier(folder: Path, content: object) -> None:
    """A registry.json that another program left."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "registry.json").write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")


def types(folder: Path) -> list[str]:
    store = Store(folder)
    lines = [json.loads(line)["type"] for line in log_of(store)]
    assert_sound(store)
    store.close()
    return lines


def test_looking_at_an_empty_registry_writes_nothing(folder: Path) -> None:
    assert Registry(folder).projects() == []
    assert not folder.exists()


def test_a_project_is_registered_once_and_its_view_has_the_fields_that_other_tools_know(folder: Path, tmp_path: Path) -> None:
    registry = Registry(folder)
    assert registry.note(tmp_path / "slugs", Progress())
    assert not registry.note(tmp_path / "slugs", Progress())
    (found,) = registry.projects()
    (row,) = view(folder)["projects"]
    assert row == {
        "path": str(tmp_path / "slugs"), "name": "slugs", "registered_at": found.registered_at, "last_experiment_at": None, "experiment_count": 0,
        "latest_score": None,
    }  # fmt: skip
    assert view(folder)["updated_at"] == found.registered_at
    assert types(folder) == ["project.registered"]
    registry.close()


def test_the_folder_and_what_lies_in_it_are_for_their_owner_alone(folder: Path, tmp_path: Path) -> None:
    folder.mkdir(parents=True, mode=0o755)
    folder.chmod(0o755)
    Registry(folder).note(tmp_path / "slugs", Progress())
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in folder.iterdir() if path.stat().st_mode & 0o077] == []


def test_a_folder_that_a_person_chose_keeps_its_permissions(tmp_path: Path) -> None:
    chosen = tmp_path / "shared"
    chosen.mkdir()
    chosen.chmod(0o755)
    Registry(chosen).note(tmp_path / "slugs", Progress())
    assert chosen.stat().st_mode & 0o777 == 0o755


def test_links_lead_to_one_project_and_to_one_folder(tmp_path: Path) -> None:
    real = checkout(tmp_path / "real")
    (tmp_path / "link").symlink_to(real)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".factory").symlink_to(tmp_path / "elsewhere")
    registry = Registry(tmp_path / ".factory")
    registry.note(tmp_path / "link", Progress())
    registry.note(real, Progress())
    assert [project.path for project in registry.projects()] == [str(real)]
    assert (tmp_path / "elsewhere" / "registry.json").is_file()


def test_progress_is_told_when_it_changed_and_makes_up_for_what_could_not_be_told(folder: Path, tmp_path: Path) -> None:
    registry = Registry(folder)
    registry.note(tmp_path / "slugs", Progress())
    assert registry.note(tmp_path / "slugs", ONE)
    assert not registry.note(tmp_path / "slugs", ONE)
    later = ONE.model_copy(update={"kept": 3, "reverted": 2})
    registry.note(tmp_path / "slugs", later)
    (found,) = registry.projects()
    assert (found.experiments, found.kept, found.reverted, found.latest_score) == (5, 3, 2, 0.75)
    assert view(folder)["projects"][0]["experiment_count"] == 5
    assert types(folder) == ["project.registered", "project.advanced", "project.advanced"]


def test_the_progress_of_a_project_is_read_from_its_own_store(tmp_path: Path) -> None:
    store = Store(tmp_path / "refactory")
    with store.reading() as connection:
        assert progress_of(connection) == Progress()
    append_all(store, walk(store))
    with store.reading() as connection:
        found = progress_of(connection)
    assert (found.kept, found.reverted, found.abandoned) == (1, 1, 0)
    assert found.at is not None
    assert found.score is not None


def test_a_project_that_was_forgotten_is_gone_until_it_is_worked_on_again(folder: Path, tmp_path: Path) -> None:
    registry = Registry(folder)
    registry.note(tmp_path / "slugs", ONE)
    assert registry.forget(str(tmp_path / "slugs"))
    assert not registry.forget(str(tmp_path / "slugs"))
    assert view(folder)["projects"] == []
    registry.note(tmp_path / "slugs", ONE)
    assert [project.kept for project in registry.projects()] == [1]
    assert types(folder) == ["project.registered", "project.advanced", "project.forgotten", "project.registered", "project.advanced"]


def test_a_path_that_is_no_text_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="no UTF-8"):
        Registry(folder).note(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")), Progress())


def test_the_newest_stands_first(folder: Path, tmp_path: Path) -> None:
    registry = Registry(folder)
    for name, at in (("old", "2026-01-01T00:00:00.000Z"), ("new", "2099-01-01T00:00:00.000Z")):
        registry.note(tmp_path / name, Progress(kept=1, at=at))
    registry.note(tmp_path / "begun", Progress())
    assert [project.name for project in registry.projects()] == ["new", "begun", "old"]


def test_eight_processes_at_once_lose_and_double_nothing(folder: Path, tmp_path: Path) -> None:
    earlier(folder, {"projects": [{"path": str(checkout(tmp_path / "before")), "name": "before", "experiment_count": 4}]})
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(8)
    roots = [str(tmp_path / ("same" if number % 2 else f"project-{number}")) for number in range(8)]
    workers = [context.Process(target=register, args=(str(folder), root, ready)) for root in roots]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0] * 8
    expected = {str(tmp_path / "before"), *roots}
    assert {project.path for project in Registry(folder).projects()} == expected
    assert {row["path"] for row in view(folder)["projects"]} == expected
    kinds = types(folder)
    assert kinds.count("registry.imported") == 1
    assert kinds.count("project.registered") == len(expected)
    assert {project.kept for project in Registry(folder).projects() if project.name.startswith("project-")} == {3}


def test_an_earlier_registry_is_taken_over_once_and_kept_beside(folder: Path, tmp_path: Path) -> None:
    kept, lost = checkout(tmp_path / "kept"), tmp_path / "lost"
    worktree = tmp_path / "worktree"
    worktree.mkdir()
    (worktree / ".git").write_text("gitdir: /x\n", encoding="utf-8")
    content = {
        "projects": [
            {
                "path": str(kept), "name": "Kept", "registered_at": "2026-01-02T03:04:05+00:00", "last_experiment_at": "2026-02-03T04:05:06",
                "experiment_count": 12, "latest_score": 0.61,
            },
            {"path": str(lost), "name": "lost"}, {"path": str(worktree), "name": "worktree"}, {"path": str(kept), "name": "twice"},
        ],
        "updated_at": "2026-02-03",
    }  # fmt: skip
    earlier(folder, content)
    registry = Registry(folder)
    registry.note(tmp_path / "mine", Progress())
    found = {project.name: project for project in registry.projects()}
    assert set(found) == {"Kept", "mine"}
    assert found["Kept"] == Project(
        path=str(kept), name="Kept", registered_at="2026-01-02T03:04:05+00:00", last_experiment_at="2026-02-03T04:05:06", kept=0, reverted=0,
        abandoned=0, claimed=12, latest_score=0.61,
    )  # fmt: skip
    assert found["Kept"].experiments == 12
    assert json.loads((folder / "registry.json.imported").read_text(encoding="utf-8")) == content
    registry.note(kept, ONE)
    assert next(project for project in registry.projects() if project.name == "Kept").experiments == 1
    again = Registry(folder)
    again.note(tmp_path / "third", Progress())
    assert len(again.projects()) == 3
    assert types(folder).count("registry.imported") == 1


@pytest.mark.parametrize(
    "content",
    [
        "", "{", "[]", '{"projects": 3}', "[" * 100_000, '{"projects": [1, null, "x", {}, {"path": 3}, {"path": "relative"}, {"path": "/a\\u0000"}]}',
        '{"projects": [{"path": "/\\ud800"}, {"path": "/", "latest_score": NaN}]}',
    ],
)  # fmt: skip
def test_an_earlier_registry_that_is_none_stops_nobody_and_is_kept(folder: Path, tmp_path: Path, content: str) -> None:
    earlier(folder, content)
    registry = Registry(folder)
    registry.note(tmp_path / "mine", Progress())
    assert [project.name for project in registry.projects()] == ["mine"]
    assert (folder / "registry.json.imported").read_text(encoding="utf-8") == content


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"latest_score": float("nan")}, (0, None, None)), ({"latest_score": True}, (0, None, None)), ({"experiment_count": -1}, (0, None, None)),
        ({"experiment_count": "7"}, (0, None, None)), ({"last_experiment_at": "yesterday"}, (0, None, None)), ({"latest_score": 1}, (0, None, 1.0)),
        ({"last_experiment_at": "2026-01-01"}, (0, "2026-01-01", None)), ({"name": "a\n\x1b[31mb"}, (0, None, None)),
    ],
)  # fmt: skip
def test_of_an_earlier_entry_only_what_is_right_is_taken(tmp_path: Path, fields: dict[str, object], expected: tuple[object, ...]) -> None:
    file = tmp_path / "registry.json.imported"
    file.write_text(json.dumps({"projects": [{"path": str(checkout(tmp_path / "a")), **fields}]}), encoding="utf-8")
    ((found,), left) = earlier_projects(file)
    assert (found.claimed, found.at, found.score) == expected
    assert found.name in ("a", "a b")
    assert left == []


def test_taking_over_goes_on_where_a_kill_cut_it_off(folder: Path, tmp_path: Path) -> None:
    """Set aside and not yet recorded: the next one records it."""
    earlier(folder, {"projects": [{"path": str(checkout(tmp_path / "before")), "name": "before"}]})
    (folder / "registry.json").rename(folder / "registry.json.imported")
    registry = Registry(folder)
    registry.note(tmp_path / "mine", Progress())
    assert {project.name for project in registry.projects()} == {"before", "mine"}


def test_what_was_kept_before_is_never_written_over(folder: Path, tmp_path: Path) -> None:
    earlier(folder, {"projects": []})
    (folder / "registry.json.imported").write_text("older", encoding="utf-8")
    Registry(folder).note(tmp_path / "mine", Progress())
    assert (folder / "registry.json.imported").read_text(encoding="utf-8") == "older"
    assert json.loads((folder / "registry.json.imported-2").read_text(encoding="utf-8")) == {"projects": []}


@pytest.mark.parametrize("damage", ["folder", "garbage", "link"])
def test_a_registry_that_cannot_be_used_says_which_file(folder: Path, tmp_path: Path, damage: str) -> None:
    folder.mkdir(parents=True)
    database = folder / "factory.db"
    match damage:
        case "folder":
            database.mkdir()
        case "garbage":
            database.write_bytes(b"no database at all" * 100)
        case _:
            database.symlink_to(tmp_path / "nowhere" / "factory.db")
    with pytest.raises((Refusal, OSError)) as caught:
        Registry(folder).note(tmp_path / "mine", Progress())
    assert "factory.db" in f"{caught.value} {getattr(caught.value, 'where', '')}"
