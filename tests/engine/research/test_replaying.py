"""What the store holds of an attempt is enough to decide it once more: the same looks, numbers and end, from the rows alone."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random

import anyio
import pytest

from state.campaigns import Attempt, AttemptOpened, AttemptPlan, attempt_numbered
from state.instances import Instance, keep_instances, kept_instances
from state.runs import PairDiscarded, Purpose, Run, RunTaken, Side, next_run, runs_of_attempt
from state.store import Store
from tests.support.replays import assert_same, replay
from tests.support.repositories import make_repository
from tools.engine.jobs.running import Jobs
from tools.engine.repository.location import locate
from tools.engine.research.attempts import purpose_of, take_look
from tools.engine.research.looks import FUTILITY, looks_for
from tools.engine.research.pairing import sides_of
from tools.engine.research.replaying import replayed
from tools.engine.session import Host, Session

TARGET = 0.5
TREES: dict[Side, str] = {"base": "8" * 40, "candidate": "7" * 40}
PLAN = AttemptPlan(kind="noisy", alpha=0.00196, spent=0.0, looks=looks_for(3, 30), direction="maximise", futility=FUTILITY)
PLANS = {
    "a gain": (PLAN, 1.5, 0.0),
    "nothing": (PLAN, 0.0, 0.0),
    "down is better": (PLAN.model_copy(update={"direction": "minimise"}), -1.5, 0.0),
    "runs are lost": (PLAN, 1.5, 0.1),
    "most runs are lost": (PLAN, 1.5, 0.5),
    "by the median": (PLAN.model_copy(update={"aggregate": "median"}), 1.5, 0.0),
    "the best of two": (PLAN.model_copy(update={"aggregate": "max", "group": 2, "looks": looks_for(3, 12)}), 1.5, 0.0),
    "all of two": (PLAN.model_copy(update={"aggregate": "all_pass", "group": 2, "looks": looks_for(3, 12)}), 3.0, 0.0),
    "by instances": (PLAN.model_copy(update={"unit": "instance", "inflation": 1.2, "looks": looks_for(3, 6)}), 1.5, 0.0),
    "large": (PLAN.model_copy(update={"steady": 1.4}), 20.0, 0.0),
    "a margin": (PLAN.model_copy(update={"question": "prune", "margin": 2.0}), 0.0, 0.0),
}


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A session on a project of one file; it has no work to do."""
    made: list[Jobs] = []

    async def make() -> None:
        async with anyio.create_task_group() as tasks:
            made.append(Jobs(tasks))

    anyio.run(make)
    repository = locate(make_repository(tmp_path / "project", {"a.txt": "a\n"}))
    store = Store(repository.common / "refactory")
    yield Session(repository, store, Host("claude", "host", 1.0), made[0])
    store.close()


def opened(session: Session, plan: AttemptPlan) -> Attempt:
    payload = AttemptOpened(
        attempt=1, key="k", campaign=1, number=1, experiment=1, cycle=1, tree=TREES["candidate"], base_tree=TREES["base"], plan=plan
    )
    session.store.append(payload, actor="server", channel="server")
    return stored(session)[0]


def stored(session: Session) -> tuple[Attempt, list[Run]]:
    with session.store.reading() as connection:
        attempt = attempt_numbered(connection, 1)
        assert attempt is not None
        return attempt, runs_of_attempt(connection, 1)


def write_down(session: Session, pair: int, run_of: tuple[Side, int], value: float | None, purpose: Purpose = "pair") -> None:
    """A run, with four instances of which more pass as the value is higher."""
    side, place = run_of
    instances = (
        tuple(Instance(name=name, passed=value > least) for name, least in zip("abcd", (-1, 0, 1, 2), strict=True)) if value is not None else ()
    )
    with session.store.writing() as connection:
        run = Run(
            number=next_run(connection), campaign=1, purpose=purpose, attempt=1 if side == "candidate" else None, serves=(1,), pair=pair, side=side,
            place=place, tree=TREES[side], seed=pair, status="pass" if value is not None else "error", value=value, seconds=0.1,
            at="2026-11-20T10:00:00.000Z", instances=keep_instances(session.store, instances),
        )  # fmt: skip
        session.store.append(RunTaken(run=run), actor="server", channel="server")


def play(session: Session, plan: AttemptPlan, effect: float, lost: float) -> None:
    """Pairs until the attempt has ended, some lost and some discarded, looked at after each as the server does."""
    random, attempt, pair = Random(11), opened(session, plan), 0
    while attempt.ending is None:
        pair += 1
        assert pair <= 100, "it ends"
        for place in range(plan.group):
            for side, mean in (("base", 0.0), ("candidate", effect)):
                value = None if random.random() < lost else random.gauss(mean, 1)
                write_down(session, pair, ("base" if side == "base" else "candidate", place), value, purpose_of(plan))
        if pair % 7 == 2:
            session.store.append(PairDiscarded(campaign=1, pair=pair, reason="load"), actor="server", channel="server")
        attempt = take_look(session, attempt, TARGET)


@pytest.mark.parametrize("name", PLANS)
def test_stored_rows_replay_to_the_looks_and_the_end_that_are_stored(session: Session, name: str) -> None:
    play(session, *PLANS[name])
    assert_same(*replay(session.repository.root, 1, TARGET))


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("a gain", "better"), ("nothing", "not_better"), ("down is better", "better"), ("most runs are lost", "unstable"), ("large", "better"),
        ("a margin", "better"),
    ],
)  # fmt: skip
def test_what_stored_rows_come_to(session: Session, name: str, outcome: str) -> None:
    play(session, *PLANS[name])
    assert replay(session.repository.root, 1, TARGET)[1].outcome == outcome


def test_a_run_that_tells_of_no_instance_is_lost_where_instances_decide(session: Session) -> None:
    attempt = opened(session, PLANS["by instances"][0])
    for pair in (1, 2, 3):
        write_down(session, pair, ("base", 0), 0.5)
        write_down(session, pair, ("candidate", 0), 5.0)
    _, runs = stored(session)
    silent = [run.model_copy(update={"instances": ""}) if run.side == "base" and run.pair < 3 else run for run in runs]
    losses = replayed(attempt, silent, TARGET, partial(kept_instances, session.store)).losses
    assert (losses.started, losses.only_base, losses.only_candidate) == (3, 2, 0)


def test_a_discarded_pair_counts_nowhere(session: Session) -> None:
    play(session, *PLANS["a gain"])
    attempt, runs = stored(session)
    discarded = {run.pair for run in runs if run.discarded}
    assert discarded
    assert not discarded & set(sides_of(runs, attempt.id))
    assert attempt.looks[-1].n == len({run.pair for run in runs} - discarded)
