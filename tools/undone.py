"""The answer of an undo: what was taken back, or what is in its way."""

from state.answers import Answer, Next, one_line, quoted, sentence, short
from state.cycles import cycle
from state.errors import Refusal
from state.experiments import Experiment
from tools.answering import answer
from tools.engine.contract import contract_at
from tools.engine.cycle.situation import observe
from tools.engine.experiment.measuring import stored_baseline
from tools.engine.experiment.opening import required
from tools.engine.experiment.taken_up import taken_up
from tools.engine.experiment.undoing import undo
from tools.engine.publishing.opening import withdraw
from tools.engine.repository.location import tip
from tools.engine.repository.outcome import Moved, Waiting
from tools.engine.session import Session
from tools.measured import rounded


def undo_answer(session: Session, found: Experiment, reason: str, lesson: str) -> Answer:
    """Take a landed experiment back and say what came of it."""
    match undo(session, found, reason, lesson):
        case Waiting(why, paths, said):
            return _waits(session, found, Waiting(why, paths, one_line(said, 200)))
        case Moved():
            return _waits(session, found, Waiting("the target keeps moving"))
        case _:
            return undone_answer(session, required(session, found.id))


def undone_answer(session: Session, found: Experiment, *, repeated: bool = False) -> Answer:
    """An experiment that is undone, and where the target stands without it; what is still open on the forge for it is closed."""
    withdraw(session, found.id, found.undo_reason or "undone")
    item = taken_up(session, found)
    target, composite = _target(session, found)
    by = f"by commit {short(found.undo_commit)}" if found.undo_commit else f"already: nothing of it was left on {target}, and nothing moved"
    measured = f"{target} measures {composite:.3f} again" if composite is not None else f"{target} is measured as it is now with the next cycle"
    data = {
        "state": found.state,
        "commit": short(found.undo_commit),
        "takes_back": short(found.merge_commit),
        "target": target,
        "composite": rounded(composite),
        "archive_note": f".factory/archive/experiments/{found.id:03d}.md",
        "backlog": {"id": item.name, "state": item.state} if item else None,
        "for_the_person": f"Undone: {sentence(found.title)} {one_line(found.undo_reason or '')}",
    }
    summary = f"Experiment {found.id} is undone {by}; its lesson stands, and {measured}."
    return answer(session, summary, data, situation=observe(session, ended=found.cycle), repeated=repeated)


def _waits(session: Session, found: Experiment, waiting: Waiting) -> Answer:
    session.warnings += [f"in the way: {quoted(path)}" for path in waiting.paths[:4]] + ([waiting.said] if waiting.said else [])
    do = f"Tell the person what is in the way: {one_line(waiting.reason, 150)}. When it is gone, undo again."
    again = Next(do=do, tool="verdict", arguments={"experiment": found.id, "decision": "undo"}, fill=("reason",), role="ceo")
    data = {"state": found.state, "checkout": {"waits": one_line(waiting.reason), "paths": [quoted(path) for path in waiting.paths[:10]]}}
    summary = f"Experiment {found.id} is not undone yet: {one_line(waiting.reason, 180)}. Nothing has moved."
    return answer(session, summary, data, next_action=again)


def _target(session: Session, found: Experiment) -> tuple[str, float | None]:
    """The branch that the experiment had landed on, and its composite where it is measured as it is now."""
    with session.store.reading() as connection:
        of_cycle = cycle(connection, found.cycle)
    target = of_cycle.target if of_cycle else ""
    now = tip(session.repository, target)
    try:
        baseline = stored_baseline(session, contract_at(session, now), now)
    except Refusal as refusal:
        if refusal.code not in ("NEEDS_APPROVAL", "BAD_CONFIG"):
            raise
        return target, None  # a factory.md that nobody approved has measured nothing
    return target, baseline.composite if baseline else None
