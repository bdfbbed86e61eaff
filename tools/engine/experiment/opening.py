"""Opening an experiment: its number, branch and worktree, and the base that it is measured against."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from state import experiments
from state.cycles import Cycle, StoredHypothesis
from state.cycles import cycle as find_cycle
from state.cycles import hypothesis as find_hypothesis
from state.errors import Refusal
from state.experiments import Experiment, ExperimentStarted
from state.imported import imported_experiment, next_experiment
from state.locks import worktrees_locked
from state.patterns import Patterns
from tools.engine.contract import committed_at
from tools.engine.evaluation.withholding import entries_of, held_out_patterns
from tools.engine.experiment.waiting import heading
from tools.engine.inheritance import require_numbers, to_come
from tools.engine.repository import worktrees
from tools.engine.repository.git import GitFailed
from tools.engine.repository.hiding import hide
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import tree_of
from tools.engine.session import Session

ARMS: Final = 24  # of one hypothesis


def open_experiment(session: Session, cycle: Cycle, hypothesis: StoredHypothesis, arm: int = 1) -> tuple[Experiment, bool]:
    """The experiment of a hypothesis, or a further arm of it, its worktree ready to be edited; answers also whether it was there already.

    The number is claimed in the store before git is touched, and everything after it is idempotent: a crash in between is taken up by asking again.
    """
    require_numbers(session)
    with session.store.writing() as connection:
        found = _of_arm(experiments.experiments_of(connection, hypothesis.id), arm)
        repeated = found is not None
        if found is None:
            _require_open(session, cycle, hypothesis, arm)
            number = next_experiment(connection)
            place = (session.worktrees or session.views / "worktrees") / f"{number:03d}"
            started = ExperimentStarted(
                experiment=number, hypothesis=hypothesis.id, arm=arm, cycle=cycle.id, title=hypothesis.content.title,
                category=hypothesis.content.category, base=heading(session, cycle.target), branch=f"factory/{number:03d}", worktree=str(place),
            )  # fmt: skip
            key = f"experiment:{experiments.arm_name(str(hypothesis.id), arm)}"
            session.store.append(started, actor=session.host.actor, channel=session.host.name, key=key)
            found = experiments.experiment(connection, number)
    if found is None:
        raise Refusal("STORE_BROKEN", f"experiment of {hypothesis.name} was recorded and is not there", where=(str(session.store.path),))
    if found.is_open:
        if repeated and not Path(found.worktree).is_dir():
            lost = "it is made as it was last captured, and edits that were neither reviewed nor measured are not in it"
            session.warnings.append(f"the worktree of experiment {found.id} was gone: {lost}")
        with worktrees_locked(session.store, f"opening experiment {found.id}"):  # git itself lets two makers of one worktree clash
            worktrees.add(session.repository, found.id, found.branch, found.base, Path(found.worktree).parent)
            withhold(session.repository, found)
    session.write_views()
    return found, repeated


def withhold(repository: Repository, experiment: Experiment) -> None:
    """Take what `## Holdout` names, and the fixed surfaces that are withheld, out of the experiment's worktree."""
    if patterns := _hidden_from(repository, experiment):
        hide(repository, Path(experiment.worktree), Patterns(patterns).matches)


def withhold_again(repository: Repository, experiment: Experiment) -> None:
    """Take those files of the base out of the worktree that were hidden there and were brought back, whatever they hold now.

    Raises Refusal BUSY while git works there.
    """
    worktree = Path(experiment.worktree)
    of_the_base = entries_of(repository, tree_of(repository, experiment.base), _hidden_from(repository, experiment))
    if not (back := frozenset(entry.path for entry in of_the_base if (worktree / entry.path).is_file())):
        return
    try:
        hide(repository, worktree, back.__contains__)
    except GitFailed as error:
        what = f"git in the worktree of experiment {experiment.id} is busy"
        raise error.of_the_disk(worktree) or Refusal("BUSY", what, where=(str(worktree),), expected="the same call again") from error


def _hidden_from(repository: Repository, experiment: Experiment) -> tuple[str, ...]:
    """The patterns of what whoever builds does not get to see."""
    configuration = committed_at(repository, experiment.base).configuration
    return (*held_out_patterns(configuration), *configuration.withheld_surfaces) if configuration else ()


def _of_arm(made: Sequence[Experiment], arm: int) -> Experiment | None:
    return next((found for found in made if found.arm == arm), None)


def require_arm(item: StoredHypothesis, made: Sequence[Experiment], arm: int) -> None:
    """Whether this arm of a hypothesis is there, or may be opened: its first, or the next one while others are undecided.

    Raises Refusal ALREADY_DECIDED, OUT_OF_ORDER or BUDGET_SPENT.
    """
    found = _of_arm(made, arm)
    if found is not None:
        if not found.is_open:
            raise _decided(item, found)
        return
    kept = next((each for each in made if each.state in ("kept", "proposed", "landed")), None)
    if made and (kept is not None or not any(each.is_open for each in made)):
        raise _decided(item, kept or made[-1])
    following = experiments.arm_name(item.name, len(made) + 1)
    if arm != len(made) + 1:
        what = f"{experiments.arm_name(item.name, arm)} is not the next arm of {item.name}"
        raise Refusal("OUT_OF_ORDER", what, where=("item",), expected=f"the next one: {following}")
    if arm > ARMS:
        raise Refusal("BUDGET_SPENT", f"{item.name} has {ARMS} arms, and {ARMS} are what a hypothesis may have", expected="a verdict on one of them")


def _decided(item: StoredHypothesis, ended: Experiment) -> Refusal:
    what = f"{experiments.arm_name(item.name, ended.arm)} was experiment {ended.id}, {ended.shown_state}"
    return Refusal("ALREADY_DECIDED", what, expected="a new hypothesis that states the difference")


def item_name(session: Session, experiment: Experiment) -> str:
    """What start_experiment calls the experiment's item: H1, or H1.2 for its second arm."""
    with session.store.reading() as connection:
        stored = find_hypothesis(connection, experiment.hypothesis)
    return experiments.arm_name(stored.name if stored else f"H{experiment.hypothesis}", experiment.arm)


def _require_open(session: Session, cycle: Cycle, hypothesis: StoredHypothesis, arm: int) -> None:
    """Raises Refusal OUT_OF_ORDER where another server ended the cycle, or replaced the hypothesis, since they were looked at.

    Of a further arm also what `require_arm` raises.
    """
    with session.store.reading() as connection:
        now, item = find_cycle(connection, cycle.id), find_hypothesis(connection, hypothesis.id)
        made = experiments.experiments_of(connection, hypothesis.id)
    if now is None or now.state != "open":
        raise Refusal("OUT_OF_ORDER", f"cycle {cycle.id} has just ended", expected="start_cycle first")
    if made and item is not None:
        require_arm(item, made, arm)
        return
    if item is None or item.state != "open":
        raise Refusal("OUT_OF_ORDER", f"{hypothesis.name} has just been replaced by another set", expected="a hypothesis of the newest set")


def required(session: Session, number: int) -> Experiment:
    """The experiment of this number. Raises Refusal UNKNOWN_ID, naming the last there is; one of an earlier factory can only be looked at."""
    with session.store.reading() as connection:
        found = experiments.experiment(connection, number)
        imported = imported_experiment(connection, number) if found is None else None
        last = next_experiment(connection) - 1
    if imported is not None:
        what = f"experiment {number} was imported from an earlier factory ({imported.verdict}): it can only be looked at"
        raise Refusal("UNKNOWN_ID", what, where=("experiment",), expected="an experiment of this server's own; experiment_history explains that one")
    if found is None:
        there = f"the last is {last}" if last else to_come(session) or "there is none yet"
        what = f"no experiment {number} here; {there}"
        raise Refusal("UNKNOWN_ID", what, where=("experiment",), expected="the number of an experiment of this project")
    return found
