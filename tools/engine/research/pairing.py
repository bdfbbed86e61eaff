"""Pairs of runs: base and candidates back to back in an order that a coin decides, each run written down before the next one begins.

A pair that was broken off is gone on with, not begun anew: dropping it could be a choice made by what its first run gave.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

import anyio.to_thread

from state.instances import keep_instances
from state.runs import PairDiscarded, Purpose, Run, RunTaken, Side, next_pair, next_run, runs_for, runs_of_pair
from tools.engine.evaluation.occupants import rooms_at_work
from tools.engine.research.coins import candidate_first, in_order, seed_of
from tools.engine.research.course import Course, Ran, run_once
from tools.engine.session import Session

BASE: Final = "base"
CANDIDATE: Final = "candidate"  # of a block without attempts
DISCARDED_IN_A_ROW: Final = 3  # pairs; then the machine is taken as it is


@dataclass(frozen=True)
class Candidate:
    """What is held against the base of a block: a tree, and its attempt, None where none is open."""

    tree: str
    attempt: int | None = None


@dataclass(frozen=True)
class Block:
    """One pair, or several that share the base's runs. `group` runs of each side are one unit. Of an A/A each side has a seed of its own:
    equal seeds on one tree would show no noise at all. Without the base, whose value is known, candidates run alone.
    """

    campaign: int
    purpose: Purpose
    base_tree: str
    candidates: tuple[Candidate, ...]
    group: int = 1
    own_seeds: bool = False
    with_base: bool = True
    begun: tuple[int, ...] = ()

    @property
    def served(self) -> tuple[int, ...]:
        """The attempts that its pair was begun for: these give it its coin and its seed, also where some of them are gone by now."""
        return self.begun or tuple(sorted(candidate.attempt for candidate in self.candidates if candidate.attempt is not None))

    def as_begun(self, begun: tuple[int, ...]) -> "Block":
        """What is left to be run of a pair that was begun for these attempts."""
        return replace(self, candidates=tuple(each for each in self.candidates if each.attempt in begun), begun=begun) if begun else self


@dataclass(frozen=True)
class Place:
    """One run of a pair: its turn in the group, its side, and the attempt that it is of; the base's run is everybody's."""

    turn: int
    side: Side
    attempt: int | None = None


@dataclass(frozen=True)
class Pairs:
    """Where pairs are taken: the course, whose session they are written down by, and what is said before each run."""

    session: Session
    course: Course
    say: Callable[[str], None]

    def saying(self, before: str) -> "Pairs":
        """The same, each run announced with these words before it."""
        return replace(self, say=lambda message: self.say(f"{before}, {message}"))

    async def take(self, block: Block) -> int:
        """Run one pair, or the rest of one of these candidates that was broken off; answers its number.

        Where something else ran beside a part of it, it is discarded: another one in its place is taken by whoever asks the budget for it.
        """
        pair, of_pair = await anyio.to_thread.run_sync(_unfinished, self.session, block)
        taken = await anyio.to_thread.run_sync(_taken, self.session, block.campaign, pair)
        for place in places_of(of_pair, pair):
            if place not in taken:
                await self._run(of_pair, pair, place)
        await anyio.to_thread.run_sync(_discard_if_disturbed, self.session, block, pair)
        return pair

    async def _run(self, block: Block, pair: int, place: Place) -> None:
        self.say(place.side)
        seed = _seed(block, pair, place)
        before = await anyio.to_thread.run_sync(rooms_at_work)
        tree = _tree(block, place)
        ran = await run_once(self.course, tree, block.base_tree, seed)
        beside = max(before, await anyio.to_thread.run_sync(rooms_at_work))
        await anyio.to_thread.run_sync(_write_down, self.session, _Taken(block, pair, place, tree, seed), ran, beside)
        self.say(f"{place.side} {ran.value:g}" if ran.value is not None else f"{place.side}: {ran.status}")


def places_of(block: Block, pair: int) -> list[Place]:
    """The runs of a pair, in their order: with one candidate a coin says who goes first, with several all of them are in random order."""
    if len(block.served) > 1:
        labels = in_order(block.campaign, pair, [BASE, *map(str, block.served)])
    else:
        only = str(block.served[0]) if block.served else CANDIDATE
        labels = [only, BASE] if candidate_first(block.campaign, _stream(block), pair) else [BASE, only]
    there = {str(each.attempt) if each.attempt is not None else CANDIDATE: each for each in block.candidates}
    return [
        Place(turn, "base") if label == BASE else Place(turn, "candidate", there[label].attempt)
        for turn in range(block.group)
        for label in labels
        if label in there or (label == BASE and block.with_base)
    ]


def _tree(block: Block, place: Place) -> str:
    if place.side == "base":
        return block.base_tree
    return next(each.tree for each in block.candidates if each.attempt == place.attempt)


def _stream(block: Block, side: str = "") -> str:
    """The word of a stream of coins and seeds: an attempt's, or that of a purpose."""
    attempt = block.served[0] if block.served else ""
    return "/".join(str(part) for part in (block.purpose if block.purpose != "pair" else "", attempt, side) if part)


def _seed(block: Block, pair: int, place: Place) -> int:
    """The seed of a run: that of its pair, or of its side, and within a group of its turn."""
    stream = _stream(block, place.side if block.own_seeds else "")
    return seed_of(block.campaign, f"{stream}.{place.turn}" if place.turn else stream, pair)


@dataclass(frozen=True)
class _Taken:
    """Which run it was."""

    block: Block
    pair: int
    place: Place
    tree: str
    seed: int


def _write_down(session: Session, taken: _Taken, ran: Ran, beside: int) -> None:
    output = session.store.keep_object(ran.output.encode()) if ran.output else ""
    instances = keep_instances(session.store, ran.instances)
    with session.store.writing() as connection:
        run = Run(
            number=next_run(connection), campaign=taken.block.campaign, purpose=taken.block.purpose, attempt=taken.place.attempt, pair=taken.pair,
            serves=taken.block.served, side=taken.place.side, place=taken.place.turn, tree=taken.tree, seed=taken.seed, status=ran.status,
            value=ran.value, cost_usd=ran.cost_usd, seconds=ran.seconds, load=round(ran.load, 2), beside=beside, at=ran.at, instances=instances,
            output=output, reason=ran.reason,
        )  # fmt: skip
        session.store.append(RunTaken(run=run), actor="server", channel="server")
    session.write_views()


def _unfinished(session: Session, block: Block) -> tuple[int, Block]:
    """The newest pair of some of these candidates that was broken off, with what it consists of; else the number of the next one."""
    with session.store.reading() as connection:
        following = next_pair(connection, block.campaign)
        runs = [run for run in runs_for(connection, block.campaign, block.purpose) if not run.discarded]
    by_pair: dict[int, list[Run]] = {}
    for run in runs:
        by_pair.setdefault(run.pair, []).append(run)
    for pair, taken in reversed(by_pair.items()):
        begun = taken[0].serves
        if not _is_ours(block, taken):
            continue
        of_pair = block.as_begun(begun)
        if set(places_of(of_pair, pair)) - set(map(_place_of, taken)):
            return pair, of_pair
    return following, block


def _is_ours(block: Block, taken: list[Run]) -> bool:
    """Whether a pair was begun for some of these candidates; one without attempts, for the same trees."""
    begun = taken[0].serves
    if begun or block.served:
        return bool({*begun} & {each.attempt for each in block.candidates})
    return all(run.tree == _tree(block, _place_of(run)) for run in taken)


def _taken(session: Session, campaign: int, pair: int) -> set[Place]:
    with session.store.reading() as connection:
        return set(map(_place_of, runs_of_pair(connection, campaign, pair)))


def _place_of(run: Run) -> Place:
    return Place(run.place, run.side, run.attempt)


def _discard_if_disturbed(session: Session, block: Block, pair: int) -> None:
    """Write down that a pair does not count, where something else of ours ran beside a part of it only."""
    with session.store.reading() as connection:
        runs = runs_of_pair(connection, block.campaign, pair)
        earlier = [run for run in runs_for(connection, block.campaign, block.purpose) if run.pair < pair]
    loaded = [run.beside > 0 for run in runs]
    if all(loaded) or not any(loaded) or discarded_at_the_end(earlier) >= DISCARDED_IN_A_ROW:
        return
    reason = f"another measurement ran beside {sum(loaded)} of its {len(loaded)} runs"
    session.store.append(PairDiscarded(campaign=block.campaign, pair=pair, reason=reason), actor="server", channel="server")


def discarded_at_the_end(runs: list[Run]) -> int:
    """How many pairs in a row, the newest last, were discarded."""
    pairs = [any(run.discarded for run in of_pair) for _, of_pair in groupby(runs, key=lambda run: run.pair)]
    return next((count for count, discarded in enumerate(reversed(pairs)) if not discarded), len(pairs))


def discarded_pairs(runs: Sequence[Run]) -> int:
    """How many pairs of these runs were discarded."""
    return len({run.pair for run in runs if run.discarded})


def sides_of(runs: list[Run], attempt: int | None) -> Mapping[int, tuple[tuple[Run, ...], tuple[Run, ...]]]:
    """By pair the runs of the base and those of the candidate, in the order of their turns; discarded pairs and unfinished ones are left out."""
    found: dict[int, tuple[tuple[Run, ...], tuple[Run, ...]]] = {}
    for pair, of_pair in groupby(sorted(runs, key=lambda run: (run.pair, run.place)), key=lambda run: run.pair):
        every = [run for run in of_pair if not run.discarded]
        base = tuple(run for run in every if run.side == "base")
        candidate = tuple(run for run in every if run.side == "candidate" and run.attempt == attempt)
        if base and len(base) == len(candidate):
            found[pair] = base, candidate
    return found
