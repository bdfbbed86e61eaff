"""The hand-over: what somebody who was not there needs to go on with an open cycle, from the store alone."""

from typing import Final

from state.answers import one_line, sentence
from state.cycles import Cycle
from state.experiments import Experiment, experiments_of_cycle
from tools.briefing import feedback_for
from tools.engine.cycle.next_step import next_step
from tools.engine.cycle.situation import ASKED_OF, Situation
from tools.engine.session import Session

LIMIT: Final = 2000  # bytes of all of it
LINE: Final = 300  # characters of one line
DECIDED_SHOWN: Final = 3
CHECKS_SHOWN: Final = 6


def handover(session: Session, situation: Situation) -> str:
    """What is known, what was decided, what is due, and what was said to whoever is due; empty without an open cycle. What matters stands first."""
    cycle = situation.cycle
    if cycle is None:
        return ""
    work = [*_at_work(situation), *_beside(situation)]
    lines = [_opened(cycle), *_of_research(situation), *_due(session, situation), *work, *_reported(situation), *_items(session, situation, cycle)]
    return _cut([one_line(line, LINE) for line in lines])


def _opened(cycle: Cycle) -> str:
    focus = f" Focus: {'; '.join(one_line(each, 80) for each in cycle.focus)}." if cycle.focus else ""
    return f"Cycle {cycle.id}, mode {cycle.mode}, on {cycle.target}, opened {cycle.started_at[:16].replace('T', ' ')} UTC by {cycle.host}.{focus}"


def _of_research(situation: Situation) -> list[str]:
    """Where the metric of a research cycle stands, and what was spent on it."""
    loop, cycle = situation.loop, situation.cycle
    if loop is None or cycle is None or cycle.level is None:
        return []
    stands = f"{loop.value:.4g}" if loop.value is not None else "not known yet"
    spent = loop.budget.shown()
    limits = f"; {', '.join(spent['limits'])}" if spent["limits"] else ""
    return [
        f"Research, {cycle.level} loop: {loop.target.metric} {stands}, target {loop.target.target:.4g}. Spent: {spent['spent'] or 'nothing'}{limits}."
    ]


def _due(session: Session, situation: Situation) -> list[str]:
    """The open step with its call, and what was said to the role that it falls to."""
    action = next_step(situation).next
    called = f" ({action.tool}{f' as {action.role}' if action.role else ''})" if action.tool else ""
    lines = [f"Due: {situation.step() or 'nothing'}. {action.do}{called}"]
    return lines + [f"Said to the {role}: {said}" for role in _roles(situation, action.role) for said in feedback_for(session, situation, role)]


def _roles(situation: Situation, due: str) -> list[str]:
    """Who was sent back in this cycle, whoever is due among them."""
    redirected = [str(each.body.get("about", "")) for each in situation.progress.redirects] if situation.progress else []
    return list(dict.fromkeys(role for role in (due, *ASKED_OF.values(), *redirected) if role))


def _at_work(situation: Situation) -> list[str]:
    """The experiment in work: what it is, whether it was reviewed, what does not pass."""
    current = situation.current
    if current is None:
        return []
    lines = [f"Experiment {current.id} ({current.category}): {sentence(current.title)} State {current.state}; edits go to {current.worktree}."]
    if situation.facts is not None and (review := situation.facts.review) is not None:
        lines.append(f"Reviewed as it stands: {review.decision} ({review.name}). {one_line(review.summary)}")
    if current.delta is not None:
        lines.append(f"Measured as it stood: delta {current.delta:+.4f}.")
    return lines + [f"{check.name}: {check.result}" for check in situation.checks if check.result != "pass"][:CHECKS_SHOWN]


def _beside(situation: Situation) -> list[str]:
    """The experiments that are open besides, in one line."""
    said = "; ".join(each.said for each in situation.others)
    return [f"Open besides, each in a worktree of its own beside that one: {said}."] if said else []


def _reported(situation: Situation) -> list[str]:
    """What was handed in and counts, and what the person answered to it."""
    progress = situation.progress
    if progress is None:
        return []
    lines = [f"The person on the {asked}: {answer}, through {channel or 'a form'}." for asked, (answer, channel) in progress.answers.items()]
    return lines + [f"{role.replace('_', ' ')} ({report.name}): {one_line(report.summary)}" for role, report in progress.reports.items()]


def _items(session: Session, situation: Situation, cycle: Cycle) -> list[str]:
    """What the cycle decided, with its lessons, and what it still has to try."""
    with session.store.reading() as connection:
        made = experiments_of_cycle(connection, cycle.id)
    lines = [_decided(each) for each in made if not each.is_open][-DECIDED_SHOWN:]
    waiting = [f"{item.name} {one_line(item.content.title, 60)}" for item in situation.waiting]
    return lines + ([f"To try: {'; '.join(waiting)}"] if waiting else [])


def _decided(experiment: Experiment) -> str:
    taught = f" Lesson: {one_line(experiment.lesson)}" if experiment.lesson else ""
    return f"Experiment {experiment.id} {experiment.shown_state}: {one_line(experiment.title, 80)}.{taught}"


def _cut(lines: list[str]) -> str:
    """As many of the lines as fit, in their order."""
    shown, size = [], 0
    for line in lines:
        size += len(line.encode()) + 1
        if size > LIMIT:
            break
        shown.append(line)
    return "\n".join(shown)
