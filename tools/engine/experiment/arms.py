"""The arms of a hypothesis: several experiments of one idea beside each other, of which the best measured is kept and takes the others' place."""

from collections.abc import Collection
from typing import Final

from state.errors import Refusal
from state.experiments import Experiment, experiments_of
from state.verdicts import verdict_on
from tools.engine.evaluation.assessment import Assessment
from tools.engine.experiment.attempted import attempt_for, in_research
from tools.engine.experiment.candidate import current_tree
from tools.engine.experiment.looking_back import checks_then
from tools.engine.experiment.opening import item_name
from tools.engine.gate.checks import of_result
from tools.engine.gate.facts import Arm, Comparison
from tools.engine.session import Session

NOT_DECIDED: Final = ("measured", "kept")


def better_arms(session: Session, experiment: Experiment, comparison: Comparison, among: Collection[str] = NOT_DECIDED) -> tuple[Arm, ...]:
    """The other arms that measured better by more than noise and are not decided otherwise, the best first; in research by their gain of the metric.

    `among` are the states that count. One of which a check fails stands in nobody's way, nor does one that is held for a person, or whose gain is
    not told.
    """
    research = in_research(session, experiment)
    own, tolerance = _gain(session, experiment) if research else comparison.assessment.delta, 0.0 if research else comparison.assessment.tolerance
    others = [each for each in _others(session, experiment) if each.state in among]
    gains = [(each, _told_gain(session, each) if research else each.delta or 0.0) for each in others]
    better = [(each, gain) for each, gain in gains if gain is not None and own is not None and gain > own + tolerance]
    found = [_arm(session, each, gain) for each, gain in better if each.state != "measured" or not of_result(checks_then(session, each), "fail")]
    return tuple(sorted(found, key=lambda arm: (-arm.delta, arm.experiment)))


def no_better_arms(session: Session, experiment: Experiment, comparison: Comparison) -> dict[str, str]:
    """The other arms that are measured, not decided, and no better by more than noise: number to measured tree. In research those that are told."""
    research = in_research(session, experiment)
    own, tolerance = _gain(session, experiment) if research else comparison.assessment.delta, 0.0 if research else comparison.assessment.tolerance
    measured = [each for each in _others(session, experiment) if each.state in ("measured", "held") and each.assessment is not None]
    gains = [(each, _gain(session, each) if research else each.delta or 0.0) for each in measured]
    return {str(each.id): each.tree or "" for each, gain in gains if gain is not None and own is not None and gain <= own + tolerance}


def _gain(session: Session, each: Experiment) -> float | None:
    """By how much an experiment of research raised the metric, up is better, once that is told one way or the other."""
    attempt = attempt_for(session, each)
    return attempt.ending.estimate if attempt is not None and attempt.ending is not None else None


def _told_gain(session: Session, each: Experiment) -> float | None:
    """The same of one that was told to be better."""
    attempt = attempt_for(session, each)
    return _gain(session, each) if attempt is not None and attempt.outcome == "better" else None


def to_supersede(session: Session, kept: Experiment) -> list[Experiment]:
    """The arms that the verdict on a landed experiment supersedes, as far as they still are what was measured then."""
    others = {str(each.id): each for each in _others(session, kept) if each.state in ("measured", "held")}
    if not others:
        return []
    with session.store.reading() as connection:
        given = verdict_on(connection, kept.id)
    named = given.supersedes if given else {}
    return [each for number, each in others.items() if each.tree == named.get(number) and not _edited(session, each)]


def superseded_by(session: Session, kept: Experiment) -> list[int]:
    """The numbers of the experiments that a kept one took the place of."""
    return [each.id for each in _others(session, kept) if each.state == "superseded"]


def lesson_of(session: Session, kept: Experiment, other: Experiment) -> str:
    """What the arm that is not kept teaches, from facts; in research from its runs."""
    name = item_name(session, kept)
    told, gain = attempt_for(session, other), _gain(session, kept)
    if told is not None and told.ending is not None and told.ending.estimate is not None and gain is not None:
        outcome = (told.outcome or "").replace("_", " ")
        return (
            f"{outcome.capitalize()}: {told.ending.estimate:+.4g}. Of the same idea experiment {kept.id} ({name}) raised the metric by {gain:+.4g}."
        )
    sides = [{row.name: row.candidate for row in _assessed(each).rows} for each in (kept, other)]
    apart = [
        f"{dimension} {sides[1][dimension]:.4f} against {value:.4f}"
        for dimension, value in sides[0].items()
        if value is not None and sides[1].get(dimension) not in (None, value)
    ]
    moved = f"; {', '.join(apart[:6])}" if apart else ""
    return f"Of the same idea experiment {kept.id} ({name}) did no worse: delta {other.delta or 0.0:+.4f} against {kept.delta or 0.0:+.4f}{moved}."


def _others(session: Session, experiment: Experiment) -> list[Experiment]:
    with session.store.reading() as connection:
        return [each for each in experiments_of(connection, experiment.hypothesis) if each.id != experiment.id]


def _arm(session: Session, found: Experiment, gain: float) -> Arm:
    return Arm(found.id, item_name(session, found), found.state, gain, _assessed(found).floor_candidate)


def _assessed(found: Experiment) -> Assessment:
    return Comparison.model_validate(found.assessment).assessment


def _edited(session: Session, experiment: Experiment) -> bool:
    """Whether the worktree holds something else than was measured; one that is gone, or cannot be read now, holds nothing else."""
    try:
        return current_tree(session, experiment) != experiment.tree
    except Refusal:
        return False
