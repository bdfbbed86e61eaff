"""Pairs of runs: base and candidates back to back in an order that a coin decides, each run written down before the next one begins.

A pair that was broken off is gone on with, not begun anew: dropping it could be a choice made by what its first run gave.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
DISCARDED_IN_A_ROW: Final = 3  # pairs; then the machine is taken as it is


@dataclass(frozen=True)
class Candidate:
    """What is held against the base of a block: a tree, and its attempt, None where none is open."""

    tree: str
    attempt: int | None = None


@dataclass(frozen=True)
class Block:
    """One pair, or several that share the base's runs. `group` runs of each side are one unit. Of an A/A each side has a seed of its own:
    equal seeds on one tree would show no noise at all.
    """

    campaign: int
    purpose: Purpose
    base_tree: str
    candidates: tuple[Candidate, ...]
    group: int = 1
    own_seeds: bool = False


@dataclass(frozen=True)
class Place:
    """One run of a block: its turn in the group, its side, and the candidate that it is of (None: the base's)."""

    turn: int
    side: Side
    candidate: Candidate | None

    @property
    def attempt(self) -> int | None:
        """Whose run it is; the base's run of a block with several candidates serves them all."""
        return self.candidate.attempt if self.candidate else None


@dataclass(frozen=True)
class Pairs:
    """Where pairs are taken: the course, whose session they are written down by, and what is said before each run."""

    session: Session
    course: Course
    say: Callable[[str], None]

    async def take(self, block: Block) -> int:
        """Run one pair, or the rest of one that was broken off; answers its number. Where load makes it worthless it is taken once more."""
        while True:
            pair = await anyio.to_thread.run_sync(_unfinished, self.session, block)
            taken = {_place_of(run) for run in await anyio.to_thread.run_sync(_taken, self.session, block, pair)}
            for place in places_of(block, pair):
                if (place.turn, place.side, place.attempt) not in taken:
                    await self._run(block, pair, place)
            if not await anyio.to_thread.run_sync(_discarded, self.session, block, pair):
                return pair

    async def _run(self, block: Block, pair: int, place: Place) -> None:
        self.say(place.side)
        seed = _seed(block, pair, place)
        before = await anyio.to_thread.run_sync(rooms_at_work)
        tree = place.candidate.tree if place.candidate else block.base_tree
        ran = await run_once(self.course, tree, block.base_tree, seed)
        beside = max(before, await anyio.to_thread.run_sync(rooms_at_work))
        await anyio.to_thread.run_sync(_write_down, self.session, _Taken(block, pair, place, tree, seed), ran, beside)
        self.say(f"{place.side} {ran.value:g}" if ran.value is not None else f"{place.side}: {ran.status}")


def places_of(block: Block, pair: int) -> list[Place]:
    """The runs of a pair, in their order: with one candidate a coin says who goes first, with several all of them are in random order."""
    by_label = {str(candidate.attempt or candidate.tree): candidate for candidate in block.candidates}
    if len(block.candidates) > 1:
        labels = in_order(block.campaign, pair, [BASE, *by_label])
    else:
        first = candidate_first(block.campaign, _stream(block), pair)
        labels = [*by_label, BASE] if first else [BASE, *by_label]
    return [
        Place(turn, "base" if label == BASE else "candidate", None if label == BASE else by_label[label])
        for turn in range(block.group)
        for label in labels
    ]


def _stream(block: Block, side: str = "") -> str:
    """The word of a stream of coins and seeds: an attempt's, or that of a purpose."""
    attempt = min((candidate.attempt for candidate in block.candidates if candidate.attempt is not None), default="")
    return "/".join(map(str, filter(None, (block.purpose if block.purpose != "pair" else "", attempt, side))))


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
            side=taken.place.side, place=taken.place.turn, tree=taken.tree, seed=taken.seed, status=ran.status, value=ran.value,
            cost_usd=ran.cost_usd, seconds=ran.seconds, load=round(ran.load, 2), beside=beside, at=ran.at, instances=instances, output=output,
            reason=ran.reason,
        )  # fmt: skip
        session.store.append(RunTaken(run=run), actor="server", channel="server")
    session.write_views()


def _unfinished(session: Session, block: Block) -> int:
    """The number of the pair of these candidates that was broken off, else that of the next one."""
    wanted = {candidate.attempt for candidate in block.candidates}
    with session.store.reading() as connection:
        following = next_pair(connection, block.campaign)
        last = runs_of_pair(connection, block.campaign, following - 1)
    of_block = bool(last) and last[0].purpose == block.purpose and not last[0].discarded and {run.attempt for run in last} - {None} <= wanted
    whole = (len(block.candidates) + 1) * block.group
    return following - 1 if of_block and len(last) < whole else following


def _taken(session: Session, block: Block, pair: int) -> list[Run]:
    with session.store.reading() as connection:
        return runs_of_pair(connection, block.campaign, pair)


def _place_of(run: Run) -> tuple[int, Side, int | None]:
    return run.place, run.side, run.attempt


def _discarded(session: Session, block: Block, pair: int) -> bool:
    """Whether something else of ours ran beside a part of the pair only, which is then written down."""
    with session.store.reading() as connection:
        runs = runs_of_pair(connection, block.campaign, pair)
        earlier = [run for run in runs_for(connection, block.campaign, block.purpose) if run.pair < pair]
    loaded = [run.beside > 0 for run in runs]
    if all(loaded) or not any(loaded) or discarded_at_the_end(earlier) >= DISCARDED_IN_A_ROW:
        return False
    reason = f"another measurement ran beside {sum(loaded)} of its {len(loaded)} runs"
    session.store.append(PairDiscarded(campaign=block.campaign, pair=pair, reason=reason), actor="server", channel="server")
    return True


def discarded_at_the_end(runs: list[Run]) -> int:
    """How many pairs in a row, the newest last, were discarded."""
    pairs = [any(run.discarded for run in of_pair) for _, of_pair in groupby(runs, key=lambda run: run.pair)]
    return next((count for count, discarded in enumerate(reversed(pairs)) if not discarded), len(pairs))


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
