"""Asking the person how the project is measured, and what their yes allows: factory.md lands, and the baseline is started."""

from hashlib import sha256

from state.answers import Answer, Next, quoted, short
from state.approvals import Approval, Draft, approval, approved_last, latest_draft
from state.cycles import newest_cycle
from state.errors import Refusal
from state.factory_md import parse
from tools.answering import answer
from tools.asking import ORDERED, declined_answer, waiting_answer
from tools.configured import difference
from tools.drafted import is_edited, own_text, surveyed, write_down
from tools.engine.approving import MESSAGE_LIMIT, Channel, code_of, evaluation_words, land_factory_md, record_answer
from tools.engine.contract import Standing, standing
from tools.engine.cycle.situation import observe
from tools.engine.experiment.measuring import baseline_plan
from tools.engine.repository.location import has_branch
from tools.engine.repository.outcome import Moved, Waiting
from tools.engine.repository.own_folder import require_usable
from tools.engine.scope.files import files_of
from tools.engine.scope.protecting import read_with_tree
from tools.engine.session import Question, Reply, Session


def ask_evaluation(session: Session, where: Standing) -> Answer:
    """How the project is measured, asked with the commands first; an approval lands factory.md."""
    if where.draft is None:
        return _approved_before(session, where)
    if before := _approval_of(session, where.draft):  # given once, and what it allows was interrupted or in the way
        return carry_out(session, where.draft, Channel(before.channel, "user"))
    words = evaluation_question(session, where, where.draft)
    reply, channel = (
        (Reply("approve", ""), ORDERED)
        if "evaluation" in session.standing_orders
        else (session.ask(Question(words, code_of(where.draft.hash), where.draft.hash)), Channel(session.asked_through, "user"))
    )
    if reply is None:
        return waiting_answer(session, where.draft.hash, words)
    now = standing(session)
    if now.draft is None and now.approval is not None and now.approval.hash == where.draft.hash:
        return _approved_before(session, now)  # in another host, meanwhile
    if now.draft is None or now.draft.hash != where.draft.hash:
        raise Refusal("APPROVAL_VOID", "the draft changed while the person was asked", expected="the new draft shown: request_approval again")
    record_answer(session, where.draft, reply, channel)
    if reply.answer != "approve":
        return declined_answer(session, reply, "evaluation")
    return carry_out(session, where.draft, channel)


def as_a_person_wrote_it(session: Session, where: Standing) -> Standing:
    """Where the project stands once the text that a person edited, and nobody approved as it stands, is the draft: it is surveyed here and now.

    Raises Refusal BAD_CONFIG for a faulty text, NO_TOOLCHAIN where nothing of it could be measured.
    """
    if not is_edited(session) and (where.draft is not None or not (where.is_unapproved or where.lies_there)):
        return where
    require_usable(session.repository)
    own = own_text(session, where)
    if own is None:
        return where
    found = surveyed(session, where, read_with_tree(own.text, files_of(session.repository, where.tip)))
    write_down(session, where, own.text, found)
    return standing(session)


def carry_out(session: Session, draft: Draft, channel: Channel) -> Answer:
    """What an approval of the evaluation allows: factory.md lands, and the baseline is started."""
    where = standing(session)
    outcome = land_factory_md(session, where, draft)
    facts = {"status": "approved", "by": channel.name, "shown_hash": short(draft.hash)}
    match outcome:
        case Waiting(reason, paths, said):
            session.warnings += [f"factory.md waits to land: {reason}", *map(quoted, paths), *map(quoted, said.splitlines()[:2])]
            again = Next(
                do="When the way is clear, ask again: the approval stands.", tool="request_approval", arguments={"what": "evaluation"}, role="ceo"
            )
            return answer(session, f"Approved by {channel.name}, but factory.md has not landed yet: {reason}", facts, next_action=again)
        case Moved():
            return carry_out(session, draft, channel)
        case _:
            pass
    now = standing(session)
    commit = now.tip
    landed = f"factory.md is on {now.target} as {short(commit)}"
    if session.host.actor == "user":  # a terminal ends with its command, and a job with its process
        said = f"Approved by {channel.name.split()[0]}; {landed}. The baseline is measured when a cycle starts."
        return answer(session, said, {**facts, "commit": short(commit)})
    number = session.launch(baseline_plan(session, commit))
    situation = observe(session)
    do = "Start a cycle: it waits for the baseline. If the person asked for one thing in particular: project_status with their words first."
    mode = "improve" if now.configuration is None or now.configuration.research_target is None else "research"
    start = Next(do=do, tool="start_cycle", arguments={"mode": mode}, role="ceo")
    if _was_worked_on(session):
        start = Next(
            do="Tell the person what is approved and landed. If they asked for something that is not done yet: project_status with their words.",
            role="ceo",
        )
    data = {**facts, "commit": short(commit), "job": f"J{number}"}
    said = f"Approved by {channel.name}; {landed}. The baseline is being measured as J{number}."
    return answer(session, said, data, situation=situation, next_action=start if situation.cycle is None else None)


def _was_worked_on(session: Session) -> bool:
    """Whether a cycle ended here before: what the person asked for then is done, and this approval came of it."""
    with session.store.reading() as connection:
        return newest_cycle(connection) is not None


def evaluation_question(session: Session, where: Standing, draft: Draft, limit: int = MESSAGE_LIMIT) -> str:
    """What a person is shown of a draft, in at most `limit` characters."""
    with session.store.reading() as connection:
        before = approved_last(connection)
    target = parse(draft.text).target_branch or where.target
    is_committed = target == where.target and where.committed.digest == sha256(draft.text.encode()).hexdigest()
    new_branch = "" if target == where.target or has_branch(session.repository, target) else target
    return evaluation_words(draft, before, limit=limit, is_committed=is_committed, new_branch=new_branch)


def _approval_of(session: Session, draft: Draft) -> Approval | None:
    with session.store.reading() as connection:
        return approval(connection, draft.hash)


def _approved_before(session: Session, where: Standing) -> Answer:
    """The same request again: what was approved stays approved, and what it allows is taken up if it was interrupted."""
    with session.store.reading() as connection:
        draft = latest_draft(connection)
    if where.approval is None or draft is None:
        raise Refusal("NOTHING_TO_APPROVE", "there is no draft of an evaluation", expected="discover_project first")
    facts = {"status": "approved", "by": where.approval.channel, "shown_hash": short(where.approval.hash), "comment": where.approval.comment}
    if differs := difference(session, where):
        session.warnings.append(differs["says"])
    return answer(session, f"The evaluation was approved on {where.approval.at[:10]} by {where.approval.channel}.", facts, repeated=True)
