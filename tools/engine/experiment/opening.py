"""Opening an experiment: its number, branch and worktree, and the base that it is measured against."""

from pathlib import Path

from state import experiments
from state.cycles import Cycle, StoredHypothesis, next_number
from state.errors import Refusal
from state.experiments import Experiment, ExperimentStarted
from state.files import locked
from tools.engine.repository import worktrees
from tools.engine.repository.location import tip
from tools.engine.session import Session


def open_experiment(session: Session, cycle: Cycle, hypothesis: StoredHypothesis) -> tuple[Experiment, bool]:
    """The experiment of a hypothesis, its worktree ready to be edited; answers also whether it was there already.

    The number is claimed in the store before git is touched, and everything after it is idempotent: a crash in between is taken up by asking again.
    """
    with session.store.writing() as connection:
        found = experiments.experiment_of(connection, hypothesis.id)
        repeated = found is not None
        if found is None:
            number = next_number(connection, "experiments")
            place = (session.worktrees or session.views / "worktrees") / f"{number:03d}"
            started = ExperimentStarted(
                experiment=number, hypothesis=hypothesis.id, cycle=cycle.id, title=hypothesis.content.title, category=hypothesis.content.category,
                base=tip(session.repository, cycle.target), branch=f"factory/{number:03d}", worktree=str(place),
            )  # fmt: skip
            session.store.append(started, actor=session.host.actor, channel=session.host.name, key=f"experiment:{hypothesis.id}")
            found = experiments.experiment(connection, number)
    if found is None:
        raise Refusal("STORE_BROKEN", f"experiment of {hypothesis.name} was recorded and is not there", where=(str(session.store.path),))
    if found.is_open:
        with locked(session.store.folder / "worktrees.lock", f"opening experiment {found.id}"):  # git itself lets two makers of one worktree clash
            worktrees.add(session.repository, found.id, found.branch, found.base, Path(found.worktree).parent)
    session.write_views()
    return found, repeated


def required(session: Session, number: int) -> Experiment:
    """The experiment of this number. Raises Refusal UNKNOWN_ID, naming the last there is."""
    with session.store.reading() as connection:
        found = experiments.experiment(connection, number)
        last = next_number(connection, "experiments") - 1
    if found is None:
        there = f"the last is {last}" if last else "there is none yet"
        what = f"no experiment {number} here; {there}"
        raise Refusal("UNKNOWN_ID", what, where=("experiment",), expected="the number of an experiment of this project")
    return found
