"""Asking the person about a plan or a spec, with the evaluation where that waits too; an approval starts the work."""

from hashlib import sha256

from state.answers import Answer, short
from state.approvals import Draft, approval
from state.cycles import Cycle
from state.errors import Refusal
from state.reports import Report
from tools.answering import answer
from tools.asked_evaluation import carry_out, evaluation_question
from tools.asking import ORDERED, declined_answer, waiting_answer
from tools.engine.approving import MESSAGE_LIMIT, Asked, Channel, code_of, plan_words, record_answer, record_work, spec_words, start_approved
from tools.engine.contract import standing
from tools.engine.cycle.situation import ASKED_OF, content_hash, observe
from tools.engine.session import Question, Reply, Session


def ask_work(session: Session, what: Asked) -> Answer:
    """A plan, with the evaluation where that waits too, or a spec: asked in one question, bound to the content of all of it."""
    situation = observe(session)
    cycle, report = situation.cycle, situation.progress.reports.get(ASKED_OF[what]) if situation.progress else None
    if cycle is None or report is None:
        raise Refusal("NOTHING_TO_APPROVE", f"no {what} was handed in", expected=f"submit_report of the {ASKED_OF[what]} first")
    content, draft = content_hash(report), situation.standing.draft if what == "plan" else None
    if what == "plan" and draft is None and situation.standing.configuration is None:
        raise Refusal("NOTHING_TO_APPROVE", "the plan needs a draft of how it is measured", expected="discover_project first")
    words, bound = _words_of_work(session, what, report, draft)
    if approved := _approved_already(session, content, draft):
        reply, channel = Reply("approve", ""), approved
    elif what in session.standing_orders and (draft is None or "evaluation" in session.standing_orders):
        reply, channel = Reply("approve", ""), ORDERED
    elif given := session.ask(Question(words, code_of(bound), bound)):
        reply, channel = given, Channel(session.asked_through, "user")
    else:
        return waiting_answer(session, bound, words, what=what)
    _require_unchanged(session, report, draft)
    record_work(session, what, content, reply, channel)
    if reply.answer != "approve":
        return declined_answer(session, reply, what)
    if draft is not None:
        record_answer(session, draft, reply, channel)
        landed = carry_out(session, draft, channel)
        if standing(session).draft is not None:
            return landed  # factory.md waits to land: asking again goes on from here
    return _begun(session, what, cycle, report, channel)


def _words_of_work(session: Session, what: Asked, report: Report, draft: Draft | None) -> tuple[str, str]:
    """What a person is shown of a plan or a spec, with the draft of the evaluation where one waits too, and the hash of all of it."""
    content = content_hash(report)
    words = plan_words(report, content) if what == "plan" else spec_words(report, content)
    if draft is None:
        return words, sha256(content.encode()).hexdigest()
    words = f"{words}\n\n{evaluation_question(session, standing(session), draft, MESSAGE_LIMIT - len(words) - 2)}"
    return words, sha256(f"{content}{draft.hash}".encode()).hexdigest()


def _approved_already(session: Session, content: str, draft: Draft | None) -> Channel | None:
    """Through whom all of it was approved before, as it stands; None where anything of it was not: a draft that changed since is asked for anew."""
    with session.store.reading() as connection:
        work, evaluation = approval(connection, content), approval(connection, draft.hash) if draft is not None else None
    if work is None or (draft is not None and evaluation is None):
        return None
    return Channel(work.channel, "user")


def _begun(session: Session, what: Asked, cycle: Cycle, report: Report, channel: Channel) -> Answer:
    """What an approved plan or spec starts."""
    data = {"status": "approved", "by": channel.name, "shown_hash": short(content_hash(report))}
    if channel.name == ORDERED.name and not _proceeded(session, report):
        return answer(session, f"The {what} is approved by standing order: nobody looked, so look yourself.", data)
    on = start_approved(session, what, cycle, report, seen=channel.name != ORDERED.name)
    comes = "its phases are ready to be built" if what == "plan" else f"it is stored, and cycle {cycle.id} is done"
    return answer(session, f"The {what} is approved by {channel.name.split()[0]}: {comes}.", data, next_action=on)


def _proceeded(session: Session, report: Report) -> bool:
    progress = observe(session).progress
    return progress is not None and progress.proceeded(report.role)


def _require_unchanged(session: Session, report: Report, draft: Draft | None) -> None:
    """Raises Refusal APPROVAL_VOID where the plan, spec or draft changed while the person was asked."""
    now = observe(session)
    same = now.progress is not None and now.progress.reports.get(report.role) == report
    if not same or (draft is not None and (now.standing.draft is None or now.standing.draft.hash != draft.hash)):
        raise Refusal("APPROVAL_VOID", "what was shown changed while the person was asked", expected="request_approval again, which shows it anew")
