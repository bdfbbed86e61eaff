"""An original's `.factory` that looks nearly as ours does is known by what the store cannot have written, and read line by line."""

from pathlib import Path

import pytest

from state.backlog import BacklogAdded, backlog_page
from state.import_due import is_import_due
from state.imported import imported_page
from state.importing import lies_at, take_over
from state.store import Store
from state.views import compare, export
from tests.support.layouts import whole_layout
from tests.support.odd_originals import BACKLOG, ITEMS, RESULTS, make_odd_original
from tests.support.originals import put
from tests.support.stores import append, append_all, assert_sound, begun, cycle_started, files_of

HEADER = RESULTS.splitlines()[0]
THEIRS = (
    ("results.tsv", RESULTS),
    ("results.tsv", "1\t2026-05-01T10:00:00Z\tAdd cart tests\n"),
    ("results.tsv", "\ufeffid\ttimestamp\r\n1\t2026-05-01T10:00:00Z\r\n"),
    ("config.json", '{"goal": "Carts."}'),
    ("strategy/backlog.md", BACKLOG),
    ("strategy/backlog.md", "# Backlog\n\n- One\n"),
    ("strategy/backlog.md", "# Backlog\n## Tests\n- [ ] One\n"),
    ("strategy/backlog.md", "# Backlog\n\n- [x] Done\n"),
    ("strategy/backlog.md", "Later:\n\n* One\n"),
    ("strategy/backlog.md", "Later:\n\n1. One\n"),
    ("experiments/001/verdict.json", '{"decision": "keep"}'),
    ("experiments/first/hypothesis.md", "One\n"),
    ("archive/experiments/001.md", "One\n"),
    ("archive/2026-05.md", "May\n"),
    ("archive/notes/deep/idea.md", "An idea.\n"),
)
NOBODYS = (
    ("results.tsv", ""),
    ("results.tsv", f"{HEADER}\n\n"),
    ("config.json", '{"goal": "Carts.", "approved": "h"}'),
    ("config.json", "{"),
    ("strategy/backlog.md", "# Backlog\n\nNothing waits.\n"),
    ("strategy/current.md", "# Cycle 1\n"),
    ("experiments/notes.md", "Mine.\n"),
    ("archive/strategies/001.md", "# Cycle 1\n"),
    ("archive/sources/001.md", "# Sources\n"),
    ("archive/picture.png", b"\x89PNG"),
    ("agents/builder.md", "Mine.\n"),
    ("worktrees/001/experiments/001/verdict.json", "{}"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_odd_original(tmp_path / ".factory")


@pytest.mark.parametrize(("name", "content"), THEIRS)
def test_what_a_store_without_anything_cannot_have_written_is_theirs(store: Store, tmp_path: Path, name: str, content: str) -> None:
    place = put(tmp_path / "one", {name: content})
    assert is_import_due(store, place)
    append(store, cycle_started())
    assert is_import_due(store, place), "a cycle alone writes no such thing"


@pytest.mark.parametrize(("name", "content"), NOBODYS)
def test_what_may_be_ours_without_any_experiment_is_not_theirs(store: Store, tmp_path: Path, name: str, content: str | bytes) -> None:
    assert not is_import_due(store, put(tmp_path / "one", {name: content}))


def test_all_that_can_be_read_is_imported_and_the_rest_is_said_by_line(store: Store, folder: Path) -> None:
    found = take_over(store, folder)
    assert found is not None
    assert (found.verdicts, found.items) == ({"keep": 2, "revert": 1, "error": 2}, 4)
    with store.reading() as connection:
        experiments = imported_page(connection, before=None, limit=10)
        items = backlog_page(connection, limit=10, state=None)
    assert [(each.id, each.verdict, each.hypothesis) for each in reversed(experiments)] == [
        (1, "keep", "Add cart tests"), (2, "revert", "Rewrite totals"), (3, "error", "Use decimals"), (5, "error", "Round half even"),
        (6, "keep", "Check quantities"),
    ]  # fmt: skip
    assert [(item.text, item.state) for item in items] == [(text, "open") for text in ITEMS]
    assert [problem.partition("; expected")[0] for problem in found.problems] == [
        "results.tsv:4: found verdict 'crash'",
        "results.tsv:5: found timestamp ''",
        "results.tsv:5: found 1 columns",
        "results.tsv:6: found verdict ''",
        "results.tsv:6: found 3 columns",
        "results.tsv:7: found timestamp '2026-05-06'",
        "strategy/backlog.md:3: found 'What to do next.'",
        "strategy/backlog.md:8: found an item that is done",
    ]
    assert_sound(store)


def test_nothing_of_them_is_lost_or_written_over(store: Store, folder: Path) -> None:
    before = files_of(folder)
    take_over(store, folder)
    append(store, cycle_started())
    assert export(store, folder).aside is None
    after = files_of(folder)
    assert {name: after.get(lies_at(name)) for name in before} == before
    assert {"archive/experiments/original-001.md", "archive/2026-05.md", "archive/notes/deep/idea.md"} <= after.keys()
    assert compare(store, folder) == []


def test_an_item_of_our_own_hides_no_results_of_theirs(store: Store, folder: Path) -> None:
    append(store, BacklogAdded(item=1, text="cover  REPORT.py", source="user"))
    found = take_over(store, folder)
    assert found is not None
    assert found.items == 3
    with store.reading() as connection:
        assert [item.source for item in backlog_page(connection, limit=10)] == ["user", *["original"] * 3]


def test_with_a_log_of_ours_everything_beside_it_is_ours(store: Store, folder: Path) -> None:
    put(folder, {"events.jsonl": f"{append(store, cycle_started()).line()}\n"})
    assert not is_import_due(store, folder)


def test_our_files_without_their_log_stay_ours_where_the_store_has_experiments(tmp_path: Path) -> None:
    store, folder = whole_layout(tmp_path)
    append(store, BacklogAdded(item=1, text="One", source="user"))
    export(store, folder)
    whole = files_of(folder)
    (folder / "events.jsonl").unlink()
    assert not is_import_due(store, folder)
    assert take_over(store, folder) is None
    exported = export(store, folder)
    assert (exported.troubles, exported.behind, exported.aside) == ((), 0, None)
    assert files_of(folder) == whole


def test_our_backlog_without_its_log_stays_ours(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "ours"
    append_all(store, [BacklogAdded(item=1, text="One", source="user"), cycle_started()])
    export(store, folder)
    (folder / "events.jsonl").unlink()
    assert not is_import_due(store, folder)


@pytest.mark.parametrize("name", ["last_eval.json", "config.json", "results.tsv"])
def test_what_ours_never_says_is_theirs_beside_experiments_of_our_own(store: Store, tmp_path: Path, name: str) -> None:
    append_all(store, [cycle_started(), *begun(1)])
    content = {"last_eval.json": "{}", "config.json": '{"goal": "a"}', "results.tsv": f"{HEADER}\n1\t2026-05-01T10:00:00\n"}[name]
    assert is_import_due(store, put(tmp_path / "one", {name: content}))
