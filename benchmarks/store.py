"""How the store grows: appending with its fold and its fsync, and the first page of the history, with little and with much in it."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from state.cycles import CycleEnded, CycleStarted, HypothesesProposed, Hypothesis, NumberedHypothesis
from state.events import Payload
from state.experiments import ExperimentStarted, VerdictGiven, page, totals
from state.jobs import JobEnded
from state.store import Store, head

COMMIT = "c" * 40
ROUNDS = 200
SET = 200  # hypotheses proposed at once


def experiments_of(numbers: range) -> list[Payload]:
    """What a set of hypotheses and an experiment for each of them write, as short as it can be."""
    ideas = {number: Hypothesis(title=f"Idea {number}", category="exploit", dimension="coverage", what="Try it", why="W1") for number in numbers}
    payloads: list[Payload] = [
        HypothesesProposed(cycle=1, hypotheses=tuple(NumberedHypothesis(id=number, content=idea) for number, idea in ideas.items()))
    ]
    for number, idea in ideas.items():
        started = ExperimentStarted(
            experiment=number, hypothesis=number, cycle=1, title=idea.title, category=idea.category, base=COMMIT, branch=f"factory/{number}",
            worktree=f"/worktrees/{number}",
        )  # fmt: skip
        payloads += [started, VerdictGiven(experiment=number, decision="revert", reason="No gain.", lesson="Measure first.")]
    return payloads


def append_all(store: Store, payloads: list[Payload]) -> None:
    """All in one transaction: filling is not measured."""
    with store.writing():
        for payload in payloads:
            store.append(payload, actor="server", channel="server")


def filled(folder: Path, experiments: int) -> Store:
    """A store with so many decided experiments."""
    store = Store(folder)
    append_all(store, [CycleStarted(cycle=1, mode="improve", target="main", base=COMMIT, host="benchmark"), CycleEnded(cycle=1, how="done")])
    for start in range(1, experiments + 1, SET):
        append_all(store, experiments_of(range(start, min(start + SET, experiments + 1))))
    return store


def append_one(store: Store) -> None:
    """One event with its fold and its fsync."""
    store.append(JobEnded(job=1, outcome="done"), actor="server", channel="server")


def first_page(store: Store) -> None:
    """What experiment_history asks first."""
    with store.reading() as connection:
        page(connection, before=None, limit=11)
        page(connection, before=None, limit=11, states=("kept", "landed"))
        totals(connection)


def compare(name: str, work: Callable[[Store], None], small: Store, large: Store, goal: float) -> bool:
    """Print the medians of both and their ratio; measured in turn, so that the machine's other work weighs on both."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for turn in range(ROUNDS):
        for store, taken in list(zip((small, large), seconds, strict=True))[:: 1 if turn % 2 else -1]:
            begun = time.perf_counter()
            work(store)
            taken.append(time.perf_counter() - begun)
    little, much = median(seconds[0]), median(seconds[1])
    print(f"{name}: {little * 1000:.3f} ms and {much * 1000:.3f} ms, ratio {much / little:.2f} (goal at most {goal})")
    return much <= goal * little


def main() -> int:
    """Measure in a temporary folder; 0 when both goals are reached."""
    with TemporaryDirectory() as folder:
        few, hundred, many = (filled(Path(folder) / str(count), count) for count in (3, 100, 20_000))
        for store in (few, many):
            with store.reading() as connection:
                print(f"a store of {head(connection)[0]} events")
        reached = [
            compare("append and fold, fsync included", append_one, few, many, 1.5),
            compare("first page of the history", first_page, hundred, many, 2.0),
        ]
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
