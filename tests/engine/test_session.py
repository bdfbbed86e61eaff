"""A session records what happened whatever becomes of the readable files: they are no truth."""

from collections.abc import Callable
from pathlib import Path

import anyio
import pytest

from state.store import Store
from tests.support.repositories import make_repository
from tests.support.stores import cycle_started, log_of
from tools.engine.jobs.running import Jobs
from tools.engine.repository.location import locate
from tools.engine.session import Host, Session


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A session on a project of one file; it has no work to do."""

    made: list[Jobs] = []

    async def make() -> None:
        async with anyio.create_task_group() as tasks:
            made.append(Jobs(tasks))

    anyio.run(make)
    repository = locate(make_repository(tmp_path / "project", {"a.txt": "a\n"}))
    return Session(repository, Store(repository.common / "refactory"), Host("claude", "host", 1.0), made[0])


def linked(views: Path) -> None:
    """`.factory` leads elsewhere."""
    (views.parent / "elsewhere").mkdir()
    views.symlink_to("elsewhere")


def in_the_way(views: Path) -> None:
    """`.factory` is a file."""
    views.write_text("mine\n", encoding="utf-8")


def edited(views: Path) -> None:
    """Somebody wrote into the log."""
    views.mkdir()
    (views / "events.jsonl").write_text("a letter\n", encoding="utf-8")


def test_what_is_recorded_is_readable_at_once(session: Session) -> None:
    event, repeated = session.record(cycle_started(), key="cycle")
    assert (event.actor, event.channel, repeated) == ("host", "claude", False)
    assert (session.views / "events.jsonl").read_text(encoding="utf-8").splitlines() == log_of(session.store)
    assert session.record(cycle_started(), key="cycle") == (event, True)
    assert session.warnings == []


@pytest.mark.parametrize("trouble", [linked, in_the_way, edited])
def test_trouble_with_the_views_is_a_warning_and_the_call_goes_on(session: Session, trouble: Callable[[Path], None]) -> None:
    trouble(session.views)
    session.record(cycle_started())
    assert len(log_of(session.store)) == 1
    assert len(session.warnings) == 1
    assert session.warnings[0].startswith("the readable files in .factory are behind: ")
    assert not list((session.views.parent).glob("elsewhere/*")), "nothing was written through the link"
