"""Asking the person: their word comes through an accepted form or a terminal, never through an argument."""

import shlex
from hashlib import sha256
from typing import Final, Literal

from state.answers import Answer, Next, quoted, short
from state.approvals import Approval, Draft, approval, approved_last, latest_draft
from state.errors import Refusal
from tools.answering import answer
from tools.arguments import Number
from tools.configured import difference
from tools.drafted import is_edited, own_text, surveyed, write_down
from tools.engine.approving import (
    CODE_LENGTH,
    Channel,
    code_of,
    evaluation_words,
    held_words,
    land_factory_md,
    record_answer,
    record_held,
)
from tools.engine.contract import Standing, standing
from tools.engine.cycle.situation import observe
from tools.engine.experiment.deciding import gather, take_up
from tools.engine.experiment.measuring import baseline_plan
from tools.engine.experiment.opening import required
from tools.engine.gate.checks import of_result, run_gate
from tools.engine.repository.outcome import Moved, Waiting
from tools.engine.repository.own_folder import require_usable
from tools.engine.scope.files import files_of
from tools.engine.scope.protecting import read_with_tree
from tools.engine.session import Question, Reply, Session

ORDERED: Final = Channel("standing_order", "user")


def request_approval(session: Session, what: Literal["evaluation", "held"], experiment: Number | None = None) -> Answer:
    """Have the person approve the evaluation or a held experiment. Their answer counts, never yours.

    If the host cannot ask, the result is `waiting` with words and a terminal command for the person: show them, then stop.
    """
    take_up(session)
    if what == "held":
        return _held(session, experiment)
    where = _as_a_person_wrote_it(session, standing(session))
    if where.draft is None:
        return _approved_before(session, where)
    if before := _approval_of(session, where.draft):  # given once, and what it allows was interrupted or in the way
        return carry_out(session, where.draft, Channel(before.channel, "user"))
    words = _words(session, where, where.draft)
    reply, channel = (
        (Reply("approve", ""), ORDERED)
        if what in session.standing_orders
        else (session.ask(Question(words, code_of(where.draft.hash), where.draft.hash)), Channel(session.asked_through, "user"))
    )
    if reply is None:
        return _waiting(session, where.draft.hash, words)
    now = standing(session)
    if now.draft is None and now.approval is not None and now.approval.hash == where.draft.hash:
        return _approved_before(session, now)  # in another host, meanwhile
    if now.draft is None or now.draft.hash != where.draft.hash:
        raise Refusal("APPROVAL_VOID", "the draft changed while the person was asked", expected="the new draft shown: request_approval again")
    record_answer(session, where.draft, reply, channel)
    if reply.answer != "approve":
        return _declined(session, reply)
    return carry_out(session, where.draft, channel)


def _as_a_person_wrote_it(session: Session, where: Standing) -> Standing:
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
    start = Next(do="Start a cycle: it waits for the baseline.", tool="start_cycle", arguments={"mode": "improve"}, role="ceo")
    data = {**facts, "commit": short(commit), "job": f"J{number}"}
    said = f"Approved by {channel.name}; {landed}. The baseline is being measured as J{number}."
    return answer(session, said, data, situation=situation, next_action=start if situation.cycle is None else None)


def _words(session: Session, where: Standing, draft: Draft) -> str:
    with session.store.reading() as connection:
        before = approved_last(connection)
    return evaluation_words(draft, before, is_committed=where.committed.digest == sha256(draft.text.encode()).hexdigest())


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


def _held(session: Session, number: int | None) -> Answer:
    if number is None:
        raise Refusal("BAD_ARGUMENTS", "which experiment?", where=("experiment",), expected="the number of a held experiment")
    experiment = required(session, number)
    if experiment.state != "held":
        raise Refusal("NOTHING_TO_APPROVE", f"experiment {number} is {experiment.state}, not held", expected="a held experiment")
    facts = gather(session, experiment)
    if facts.tree != experiment.tree:
        raise Refusal("APPROVAL_VOID", f"the worktree of experiment {number} changed since it was held", expected="review and measure it again")
    words = held_words(experiment, [line for check in of_result(run_gate(facts), "suspect") for line in check.evidence])
    reply = session.ask(Question(words, code_of(experiment.tree or ""), experiment.tree or ""))
    if reply is None:
        return _waiting(session, experiment.tree or "", words, number)
    record_held(session, experiment, reply, Channel(session.asked_through, "user"))
    if reply.answer != "approve":
        return _declined(session, reply)
    data = {"status": "approved", "by": session.asked_through, "shown_hash": short(experiment.tree), "comment": reply.comment}
    return answer(session, f"A person accepted experiment {number} as it stands.", data, situation=observe(session, focus=number))


def _waiting(session: Session, content_hash: str, words: str, experiment: int | None = None) -> Answer:
    """Nobody answered: the words to show, and the command with which a person approves in a terminal."""
    which = f" --experiment {experiment}" if experiment else ""
    command = f"{session.command} approve {code_of(content_hash)}{which} --project {shlex.quote(str(session.repository.root))}"
    do = f"Show the person the words under `ask` and the command `{command}`, then stop until they have answered."
    if session.host.actor == "user":  # who reads this is the person
        do = f"Read what is asked; to approve it, type: {command}"
    data = {"status": "waiting", "shown_hash": short(content_hash), "ask": {"words": words, "command": command, "code_length": CODE_LENGTH}}
    return answer(session, "Waiting for the person: this host could not ask, or nobody answered.", data, next_action=Next(do=do, role="ceo"))


def _declined(session: Session, reply: Reply) -> Answer:
    status = "changes" if reply.answer == "changes" else "rejected"
    action = None
    if status == "changes":
        action = Next(do="Change the draft as the person says, then ask again.", tool="discover_project", fill=("factory_md",), role="ceo")
    elif status == "rejected":
        action = Next(do="The person said no. Tell them what that means, and stop.", role="ceo")
    return answer(
        session, f"The person answered: {status}.", {"status": status, "by": session.asked_through, "comment": reply.comment}, next_action=action
    )
