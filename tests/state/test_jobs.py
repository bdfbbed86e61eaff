"""What the log says of jobs."""

from state.jobs import Job, JobEnded, JobStarted, job, newest_running, running_job
from state.rows import next_number
from state.store import Store
from tests.support.stores import append


def start(store: Store, key: str = "tree", experiment: int | None = None) -> int:
    with store.writing() as connection:
        number = next_number(connection, "jobs")
        append(store, JobStarted(job=number, kind="evaluation", key=key, experiment=experiment, server="process 1"))
    return number


def look(store: Store, number: int) -> Job:
    with store.reading() as connection:
        found = job(connection, number)
    assert found is not None
    return found


def test_a_job_runs_until_it_ended(store: Store) -> None:
    number = start(store)
    assert (look(store, number).state, look(store, number).name) == ("running", "J1")
    append(store, JobEnded(job=number, outcome="failed", reason="NO_TOOLCHAIN: pytest is missing"))
    assert (look(store, number).state, look(store, number).reason) == ("failed", "NO_TOOLCHAIN: pytest is missing")
    with store.reading() as connection:
        assert running_job(connection, "tree") is None


def test_the_first_end_counts(store: Store) -> None:
    number = start(store)
    append(store, JobEnded(job=number, outcome="cancelled", reason="cancelled"))
    append(store, JobEnded(job=number, outcome="done"))
    assert look(store, number).state == "cancelled"


def test_the_same_work_started_anew_closes_what_was_interrupted(store: Store) -> None:
    first, other, second = start(store), start(store, "other"), start(store)
    assert (look(store, first).state, look(store, first).reason) == ("cancelled", "interrupted")
    assert look(store, other).state == "running"
    with store.reading() as connection:
        found = running_job(connection, "tree")
    assert found is not None
    assert found.id == second


def test_the_newest_running_job_is_of_the_experiment_asked_for(store: Store) -> None:
    target, first, second = start(store, "a"), start(store, "b", 1), start(store, "c", 1)
    with store.reading() as connection:
        found = [newest_running(connection, experiment) for experiment in (None, 1, 2)]
    assert [each.id if each else None for each in found] == [target, second, None]
    append(store, JobEnded(job=second, outcome="done"))
    with store.reading() as connection:
        still = newest_running(connection, 1)
    assert still is not None
    assert still.id == first


def test_numbers_are_never_used_twice(store: Store) -> None:
    assert [start(store, str(number)) for number in range(3)] == [1, 2, 3]
    append(store, JobEnded(job=3, outcome="done"))
    assert start(store) == 4
