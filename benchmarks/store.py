"""How the store grows: appending with its fold and its fsync, the first page of the history, opening, verifying, and a new version's tables."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from state.chain import Link, insert
from state.cycles import CycleEnded, CycleStarted, HypothesesProposed, Hypothesis, NumberedHypothesis
from state.events import GENESIS, SCHEMA, Payload, new_ulid, utc_now
from state.experiment_pages import Wanted, page
from state.experiments import ExperimentStarted, VerdictGiven
from state.integrity.verifying import verify
from state.jobs import JobEnded
from state.model import canonical
from state.store import Store, head
from state.totals import totals
from tests.support.repositories import make_repository
from tests.support.stdio import CONSOLE_SCRIPT

COMMIT = "c" * 40
ROUNDS = 200
STARTS = 7
SET = 200  # hypotheses proposed at once
FEW = 49  # experiments: a hundred events
MANY = 100_000  # experiments, with two events each
OPENING_SECONDS = 0.3  # that opening a large project may take beyond an empty one


def payloads(experiments: int) -> Iterator[Payload]:
    """What so many decided experiments write, as short as it can be."""
    yield CycleStarted(cycle=1, mode="improve", target="main", base=COMMIT, host="benchmark")
    yield CycleEnded(cycle=1, how="done")
    for start in range(1, experiments + 1, SET):
        numbers = range(start, min(start + SET, experiments + 1))
        ideas = {number: Hypothesis(title=f"Idea {number}", category="exploit", dimension="coverage", what="Try it", why="W1") for number in numbers}
        yield HypothesesProposed(cycle=1, hypotheses=tuple(NumberedHypothesis(id=number, content=idea) for number, idea in ideas.items()))
        for number, idea in ideas.items():
            yield ExperimentStarted(
                experiment=number, hypothesis=number, cycle=1, title=idea.title, category=idea.category, base=COMMIT, branch=f"factory/{number}",
                worktree=f"/worktrees/{number}",
            )  # fmt: skip
            yield VerdictGiven(experiment=number, decision="revert", reason="No gain.", lesson="Measure first.")


def filled(folder: Path, experiments: int) -> Store:
    """A store with so many decided experiments, filled in one transaction: filling is not measured."""
    store, prev = Store(folder), GENESIS
    with store.writing() as connection:
        connection.execute("PRAGMA cache_size = -200000")
        for seq, payload in enumerate(payloads(experiments), 1):
            unhashed = Link(seq, new_ulid(), utc_now(), payload.type, "server", "server", None, SCHEMA, canonical(payload.plain()), prev, "")
            link = unhashed._replace(hash=unhashed.expected_hash())
            insert(connection, link)
            payload.apply(connection, link.event())
            prev = link.hash
    store.close()
    return store


def append_one(store: Store) -> None:
    """One event with its fold and its fsync."""
    store.append(JobEnded(job=1, outcome="done"), actor="server", channel="server")


def first_page(store: Store) -> None:
    """What experiment_history asks first."""
    with store.reading() as connection:
        page(connection, before=None, limit=11)
        page(connection, before=None, limit=11, wanted=Wanted(states=("kept", "landed")))
        totals(connection)


def compare(name: str, work: Callable[[Store], None], small: Store, large: Store, goal: float) -> bool:
    """Print the medians of both and their ratio; measured in turn, so that the machine's other work weighs on both."""
    little, much = in_turn(lambda: work(small), lambda: work(large), ROUNDS)
    print(f"{name}: {little * 1000:.3f} ms and {much * 1000:.3f} ms, ratio {much / little:.2f} (goal at most {goal})")
    return much <= goal * little


def in_turn(one: Callable[[], None], other: Callable[[], None], rounds: int) -> tuple[float, float]:
    """The medians of both, in seconds."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds):
        for work, taken in list(zip((one, other), seconds, strict=True))[:: 1 if turn % 2 else -1]:
            begun = time.perf_counter()
            work()
            taken.append(time.perf_counter() - begun)
    return median(seconds[0]), median(seconds[1])


def project_status(project: Path) -> Callable[[], None]:
    """The first call of a process of its own."""

    def ask() -> None:
        subprocess.run([*CONSOLE_SCRIPT[:1], "project-status"], cwd=project, check=True, stdout=subprocess.DEVNULL)

    return ask


def opening(folder: Path) -> bool:
    """A process that opens the large project, against one that opens an empty one."""
    empty, large = (make_repository(folder / name, {"a.txt": "a\n"}) for name in ("empty", "large"))
    (folder / str(MANY)).rename(large / ".git" / "refactory")
    little, much = in_turn(project_status(empty), project_status(large), STARTS)
    beyond = (much - little) * 1000
    print(f"opening: {little:.3f} s empty and {much:.3f} s, {beyond:.0f} ms beyond (goal at most {OPENING_SECONDS * 1000:.0f}, absolute)")
    return much - little <= OPENING_SECONDS


def timed(name: str, work: Callable[[], object]) -> None:
    """Print how long something takes that is done rarely; no goal."""
    begun, processor = time.perf_counter(), time.process_time()
    work()
    print(f"{name}: {time.perf_counter() - begun:.1f} s, of them {time.process_time() - processor:.1f} s of processor")


def rarely(store: Store, folder: Path) -> None:
    """Verifying all of it, and what a new version does when it first opens it."""
    timed("verifying", lambda: verify(store, folder / "none", []))
    store.close()
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("PRAGMA user_version = 1")
    timed("making the tables of a new version", lambda: first_page(store))


def main() -> int:
    """Measure in a temporary folder; 0 when all goals are reached."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        begun = time.perf_counter()
        few, hundred, half, many = (filled(folder / str(count), count) for count in (FEW, 100, MANY // 2, MANY))
        print(f"filled in {time.perf_counter() - begun:.0f} s")
        for store in (few, half, many):
            with store.reading() as connection:
                print(f"a store of {head(connection)[0]} events")
        reached = [
            compare("append and fold, fsync included", append_one, few, half, 1.5),
            compare("first page of the history", first_page, hundred, many, 2.0),
        ]
        rarely(half, folder)
        for store in (few, hundred, half, many):
            store.close()
        reached.append(opening(folder))
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
