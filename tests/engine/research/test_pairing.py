"""Pairs: the record alone decides the order, what was broken off is gone on with, and a lost or discarded run is in no pair."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from state.runs import Run, RunTaken, Side, runs_for
from state.store import Store
from tests.support.stores import append
from tools.engine.research import pairing
from tools.engine.research.course import Course, Ran
from tools.engine.research.pairing import Block, Candidate, Pairs, Place, discarded_at_the_end, discarded_pairs, places_of, sides_of
from tools.engine.session import Session

BASE, ONE, TWO = "b" * 40, "1" * 40, "2" * 40
ALONE = Block(1, "pair", BASE, (Candidate(ONE, 7),))
BOTH = Block(1, "pair", BASE, (Candidate(ONE, 7), Candidate(TWO, 8)))


class StoppedError(Exception):
    """The server died."""


class Workshop:
    """What pairs are written down in: a store, and no views."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder)

    def write_views(self) -> None:
        """There are none."""


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    workshop = Workshop(tmp_path / "refactory")
    yield workshop
    workshop.store.close()


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Every run that was made, as tree and seed; a run dies once `stop` runs were made."""
    made: list[tuple[str, int]] = []

    async def run_once(course: Course, tree: str, base_tree: str, seed: int) -> Ran:
        del course, base_tree
        if len(made) == STOP[0]:
            STOP[0] = -1
            raise StoppedError
        made.append((tree, seed))
        return Ran("pass", float(len(made)), 1.0, 0.0, "2026-11-20T10:00:00.000Z")

    monkeypatch.setattr(pairing, "run_once", run_once)
    monkeypatch.setattr(pairing, "rooms_at_work", lambda: BESIDE.pop(0) if BESIDE else 0)
    STOP[0] = -1
    BESIDE.clear()
    return made


STOP: list[int] = [-1]
BESIDE: list[int] = []


def pairs_in(workshop: Workshop) -> Pairs:
    return Pairs(cast("Session", workshop), cast("Course", None), lambda _message: None)


def stored(workshop: Workshop) -> list[Run]:
    with workshop.store.reading() as connection:
        return runs_for(connection, 1, "pair")


def run(number: int, pair: int, side: Side, **changes: Any) -> Run:
    given = {
        "number": number,
        "campaign": 1,
        "purpose": "pair",
        "pair": pair,
        "side": side,
        "tree": BASE,
        "seed": 1,
        "status": "pass",
        "seconds": 1.0,
    }
    return Run.model_validate({**given, "at": "2026-11-20T10:00:00.000Z", "attempt": 7 if side == "candidate" else None, **changes})


def test_both_orders_come_up_about_as_often_and_no_caller_chooses_them() -> None:
    first = sum(places_of(ALONE, pair)[0].side == "candidate" for pair in range(1000))
    assert 400 <= first <= 600
    again = Block(1, "pair", "another base", (Candidate("another tree", 7),))
    assert [places_of(again, pair) for pair in range(50)] == [places_of(ALONE, pair) for pair in range(50)]


def test_with_several_candidates_each_place_is_as_likely_for_the_base() -> None:
    places = [[place.side for place in places_of(BOTH, pair)].index("base") for pair in range(3000)]
    assert all(850 <= places.count(place) <= 1150 for place in range(3))


def test_a_group_alternates_and_keeps_its_order() -> None:
    grouped = places_of(Block(1, "pair", BASE, (Candidate(ONE, 7),), group=3), 1)
    assert [place.turn for place in grouped] == [0, 0, 1, 1, 2, 2]
    assert len({tuple(place.side for place in grouped[turn : turn + 2]) for turn in (0, 2, 4)}) == 1


async def test_both_runs_of_a_pair_have_one_seed_and_of_an_a_a_each_side_its_own(workshop: Workshop, ran: list[tuple[str, int]]) -> None:
    await pairs_in(workshop).take(ALONE)
    assert len({seed for _, seed in ran}) == 1
    ran.clear()
    await pairs_in(workshop).take(Block(1, "calibrate", BASE, (Candidate(BASE),), own_seeds=True))
    assert (len(ran), len({seed for _, seed in ran})) == (2, 2)


async def test_a_pair_that_was_broken_off_is_gone_on_with_and_not_begun_anew(workshop: Workshop, ran: list[tuple[str, int]]) -> None:
    STOP[0] = 1
    with pytest.raises(StoppedError):
        await pairs_in(workshop).take(ALONE)
    other = Block(1, "pair", BASE, (Candidate(TWO, 8),))
    assert await pairs_in(workshop).take(other) == 2  # its own pair, and not the rest of the other one's
    assert await pairs_in(workshop).take(ALONE) == 1
    assert [(each.pair, each.attempt) for each in stored(workshop) if each.pair == 1 and each.side == "candidate"] == [(1, 7)]
    assert ran[0][1] == ran[-1][1]
    assert await pairs_in(workshop).take(ALONE) == 3


async def test_what_was_begun_for_two_is_ended_for_the_one_that_is_left(workshop: Workshop, ran: list[tuple[str, int]]) -> None:
    STOP[0] = 0
    with pytest.raises(StoppedError):
        await pairs_in(workshop).take(BOTH)
    append(workshop.store, RunTaken(run=run(1, 1, "base", serves=(7, 8))))
    assert await pairs_in(workshop).take(ALONE) == 1
    assert [(each.side, each.serves) for each in stored(workshop)] == [("base", (7, 8)), ("candidate", (7, 8))]


async def test_a_pair_beside_part_of_which_something_else_ran_is_discarded_but_not_for_ever(workshop: Workshop, ran: list[tuple[str, int]]) -> None:
    BESIDE.extend([1, 0, 0, 0] * 9)
    assert [await pairs_in(workshop).take(ALONE) for _ in range(4)] == [1, 2, 3, 4]
    assert discarded_pairs(stored(workshop)) == 3
    assert [each.discarded for each in stored(workshop)] == [True] * 6 + [False] * 2
    BESIDE[:] = [1, 1, 1, 1]  # beside all of it: a pair as good as any
    assert await pairs_in(workshop).take(ALONE) == 5


def test_only_whole_pairs_that_count_have_sides() -> None:
    runs = [run(1, 1, "base"), run(2, 1, "candidate"), run(3, 2, "base"), run(4, 3, "base", discarded=True), run(5, 3, "candidate", discarded=True)]
    runs += [run(6, 4, "candidate", status="fail"), run(7, 4, "base"), run(8, 1, "candidate", attempt=8)]
    found = sides_of(runs, 7)
    assert {pair: [each.number for side in sides for each in side] for pair, sides in found.items()} == {1: [1, 2], 4: [7, 6]}
    assert discarded_at_the_end(runs[3:5]) == 1


def test_a_place_of_the_base_is_nobodys() -> None:
    assert {place.attempt for place in places_of(BOTH, 1) if place.side == "base"} == {None}
    assert Place(0, "candidate", 7) in places_of(BOTH, 1)
