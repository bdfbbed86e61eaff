"""Measurements whose material is gone or another than it was: they do not count, and everything goes on with new ones."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.everything import events_of
from tests.support.host import Host
from tests.support.repositories import git
from tests.support.scored_states import BETTER, SCORE
from tests.support.states import States


def _gone(path: Path) -> None:
    path.unlink()


def _flipped(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])


def _objects(project: Path) -> list[Path]:
    return [path for path in sorted((project / ".git" / "refactory" / "objects").rglob("*")) if path.is_file()]


def _samples(project: Path) -> int:
    return events_of(project).count("sample.taken")


def _of_the_base(project: Path) -> int:
    """How many samples there are of the tree that the experiment is compared with."""
    tree = git(project, "rev-parse", "main^{tree}")
    with closing(sqlite3.connect(project / ".git" / "refactory" / "factory.db")) as connection:
        question = "SELECT COUNT(*) FROM samples JOIN records ON record = key WHERE tree = ? AND part = 'project:score'"
        return int(connection.execute(question, (tree,)).fetchone()[0])


def _forget_the_baseline(project: Path) -> None:
    """As where the server died between the last sample and the baseline."""
    with closing(sqlite3.connect(project / ".git" / "refactory" / "factory.db")) as connection:
        connection.execute("DELETE FROM baselines")
        connection.commit()


@pytest.mark.parametrize("damage", [_gone, _flipped])
async def test_a_cycle_begins_although_the_materials_of_its_baseline_are_lost(scored: States, damage: Callable[[Path], None]) -> None:
    async with scored.open("approved") as host:
        taken = _samples(host.project)
        for path in _objects(host.project):
            damage(path)
        _forget_the_baseline(host.project)
        answer = await host.done("start_cycle", mode="improve")
        assert answer["next"]["tool"] == "propose_hypotheses", host.text
        assert _samples(host.project) == 2 * taken


@pytest.mark.parametrize("damage", [_gone, _flipped])
async def test_an_experiment_is_measured_and_lands_although_materials_are_lost_at_every_step(scored: States, damage: Callable[[Path], None]) -> None:
    async with scored.open("begun") as host:
        await _measured_after(host, damage, BETTER)
        before = _of_the_base(host.project)
        await _measured_after(host, damage, {SCORE: "0.7\n"})
        assert _of_the_base(host.project) > before, "the base is measured again too, and that is recorded"
        for path in _objects(host.project):
            damage(path)
        assert (await host.keep())["data"]["state"] == "landed", host.text


async def _measured_after(host: Host, damage: Callable[[Path], None], edit: dict[str, str | None]) -> None:
    for path in _objects(host.project):
        damage(path)
    answer = await host.measured(edit)
    assert answer["next"]["tool"] == "verdict", host.text


async def test_measurements_that_are_whole_are_not_taken_again(scored: States) -> None:
    async with scored.open("approved") as host:
        taken = _samples(host.project)
        _forget_the_baseline(host.project)
        await host.done("start_cycle", mode="improve")
        assert _samples(host.project) == taken


async def test_a_store_that_cannot_keep_what_is_measured_is_named_as_what_is_in_the_way(scored: States) -> None:
    async with scored.open("approved") as host:
        for path in _objects(host.project):
            path.unlink()
            path.mkdir()
        _forget_the_baseline(host.project)
        answer = await host.refused_after_writing("STORE_BROKEN", "start_cycle", mode="improve")
        assert "refactory doctor" in answer["refused"]["expected"]
