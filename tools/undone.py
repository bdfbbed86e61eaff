"""The answer of an undo: what was taken back, or what is in its way."""

from typing import Any

from state.answers import Answer, Next, one_line, quoted, sentence, short
from state.cycles import cycle
from state.errors import Refusal
from state.experiments import Experiment
from state.publishing import PullRequest, pull_requests_of
from tools.answering import answer, told
from tools.engine.contract import contract_at
from tools.engine.experiment.measuring import stored_baseline
from tools.engine.experiment.opening import required
from tools.engine.experiment.taken_up import taken_up
from tools.engine.experiment.undoing import Elsewhere, undo
from tools.engine.experiment.upstream import Brought, brought_upstream, is_still_there
from tools.engine.publishing.opening import withdraw
from tools.engine.repository.location import tip
from tools.engine.repository.outcome import Moved, Waiting
from tools.engine.session import Session
from tools.measured import rounded
from tools.published import STANDS


def undo_answer(session: Session, found: Experiment, reason: str, lesson: str) -> Answer:
    """Take a landed experiment back, or give a proposed one up, and say what came of it."""
    if found.state == "proposed":
        withdraw(session, found.id, reason)
        if merged := [each for each in _proposals(session, found) if each.state == "merged"]:
            return _merged_there(session, found, merged[-1])
    match undo(session, found, reason, lesson):
        case Waiting(why, paths, said):
            return _waits(session, found, Waiting(why, paths, one_line(said, 200)))
        case Moved():
            return _waits(session, found, Waiting("the target keeps moving"))
        case Elsewhere(brought):
            return _elsewhere(session, found, brought)
        case _:
            return undone_answer(session, required(session, found.id))


def undone_answer(session: Session, found: Experiment, *, repeated: bool = False) -> Answer:
    """An experiment that is undone, and where the target stands without it; what is still open on the forge for it is closed."""
    withdraw(session, found.id, found.undo_reason or "undone")
    item = taken_up(session, found)
    target, composite = _target(session, found)
    data = {
        "state": found.state,
        "commit": short(found.undo_commit),
        "takes_back": short(found.merge_commit),
        "target": target,
        "composite": rounded(composite),
        "archive_note": f".factory/archive/experiments/{found.id:03d}.md",
        "backlog": {"id": item.name, "state": item.state} if item else None,
        "for_the_person": f"{'Undone' if found.merge_commit else 'Given up'}: {sentence(found.title)} {one_line(found.undo_reason or '')}",
    }
    if found.merge_commit is None:
        return told(session, _given_up(session, found, target), data, repeated=repeated)
    brought = brought_upstream(session, found)
    if brought is not None and is_still_there(session, brought):
        session.warnings.append(f"{quoted(brought.branch)} still holds it, as it was fetched last: until {target} is pushed, or taken back there too")
    by = f"by commit {short(found.undo_commit)}" if found.undo_commit else f"without a commit: nothing of it was left on {target}, and nothing moved"
    stands = "its lesson stands" if found.lesson else "it taught no lesson"
    measured = f"{target} measures {composite:.3f}" if composite is not None else f"{target} is measured as it is now with the next cycle"
    when = "was undone before" if repeated else "is undone"
    return told(session, f"Experiment {found.id} {when}, {by}; {stands}, and {measured}.", data, repeated=repeated)


def _given_up(session: Session, found: Experiment, target: str) -> str:
    """That what never landed is not waited for any more, and what is left of it."""
    left = [f"the branch {each.branch.branch}" for each in _proposals(session, found) if each.number is None]
    closed = [f"pull request {each.number} is {STANDS[each.state].removeprefix('is ')}" for each in _proposals(session, found) if each.number]
    rest = "; ".join([*closed, *([f"{', '.join(left)} is left, and yours to delete"] if left else [])])
    return one_line(
        f"Experiment {found.id} is given up: it was proposed and never landed, so {target} has nothing of it{f'; {rest}' if rest else ''}.", 300
    )


def _proposals(session: Session, found: Experiment) -> list[PullRequest]:
    with session.store.reading() as connection:
        return [each for each in pull_requests_of(connection, found.id) if each.state != "failed"]


def _elsewhere(session: Session, found: Experiment, brought: Brought) -> Answer:
    """Upstream alone has it: the person brings it here, or takes it back there."""
    target, since = _target(session, found)[0], short(brought.since)
    where = f"{quoted(brought.branch)} holds it since {since}, and {target} here does not"
    do = (
        f"Tell the person: {where}. Either git pull, and undo again: that makes the commit that takes it back, to be pushed or proposed; "
        f"or git revert {since} on a branch of {quoted(brought.branch)}, proposed there."
    )
    data = {"state": found.state, "upstream": {"branch": quoted(brought.branch), "commit": since}, "target": target}
    return _not_undone(session, found, where, (do, data))


def _merged_there(session: Session, found: Experiment, merged: PullRequest) -> Answer:
    """Its pull request was merged, and nobody fetched that."""
    where = f"pull request {merged.number} is merged, and what upstream holds was not fetched since"
    do = f"Tell the person: {where} ({merged.url}). After git pull, undo again: that makes the commit that takes it back, to be pushed or proposed."
    return _not_undone(session, found, where, (do, {"state": found.state, "url": merged.url}))


def _not_undone(session: Session, found: Experiment, why: str, more: tuple[str, dict[str, Any]]) -> Answer:
    do, data = more
    again = Next(do=do, tool="verdict", arguments={"experiment": found.id, "decision": "undo"}, fill=("reason",), role="ceo")
    data |= {"waits": one_line(why)}
    return answer(session, f"Experiment {found.id} is not undone: {one_line(why, 200)}. Nothing has moved.", data, next_action=again)


def _waits(session: Session, found: Experiment, waiting: Waiting) -> Answer:
    session.warnings += [f"in the way: {quoted(path)}" for path in waiting.paths[:4]] + ([waiting.said] if waiting.said else [])
    do = f"Tell the person what is in the way: {one_line(waiting.reason, 150)}. When it is gone, undo again."
    again = Next(do=do, tool="verdict", arguments={"experiment": found.id, "decision": "undo"}, fill=("reason",), role="ceo")
    data = {"state": found.state, "waits": one_line(waiting.reason), "checkout": {"paths": [quoted(path) for path in waiting.paths[:10]]}}
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
