"""Asking the person: their word comes through an accepted form or a terminal, never through an argument."""

import shlex
from hashlib import sha256
from typing import Final, Literal

from state.answers import Answer, Next, quoted, short
from state.approvals import Approval, Draft, approval, approved_last, latest_draft
from state.cycles import Cycle, newest_cycle
from state.errors import Refusal
from state.factory_md import parse
from state.publishing import every_pull_request
from state.reports import Report
from tools.answering import answer
from tools.arguments import Number
from tools.configured import difference
from tools.drafted import is_edited, own_text, surveyed, write_down
from tools.engine.approving import (
    CODE_LENGTH,
    MESSAGE_LIMIT,
    Asked,
    Channel,
    code_of,
    evaluation_words,
    held_words,
    land_factory_md,
    plan_words,
    publish_hash,
    publish_words,
    record_answer,
    record_held,
    record_publish,
    record_work,
    spec_words,
    start_approved,
)
from tools.engine.contract import Standing, standing
from tools.engine.cycle.situation import ASKED_OF, content_hash, observe
from tools.engine.experiment.deciding import gather, take_up
from tools.engine.experiment.measuring import baseline_plan
from tools.engine.experiment.opening import required
from tools.engine.forge.publishing import destination
from tools.engine.gate.checks import of_result, run_gate
from tools.engine.repository.location import has_branch
from tools.engine.repository.outcome import Moved, Waiting
from tools.engine.repository.own_folder import require_usable
from tools.engine.scope.files import files_of
from tools.engine.scope.protecting import read_with_tree
from tools.engine.session import Question, Reply, Session

ORDERED: Final = Channel("standing_order", "user")


def request_approval(session: Session, what: Literal["evaluation", "plan", "spec", "held", "publish"], experiment: Number | None = None) -> Answer:
    """Have the person approve the evaluation, a plan, a spec, a held experiment or publishing. Their answer counts, never yours.

    If the host cannot ask, the result is `waiting` with words and a terminal command for the person: show them, then stop.
    """
    take_up(session)
    if what == "held":
        return _held(session, experiment)
    if what == "publish":
        return _publish(session)
    where = standing(session)
    if what == "evaluation" or (what == "plan" and is_edited(session)):
        where = _as_a_person_wrote_it(session, where)
    if what != "evaluation":
        return _work(session, what)
    return _evaluation(session, where)


def _evaluation(session: Session, where: Standing) -> Answer:
    """How the project is measured, asked with the commands first; an approval lands factory.md."""
    if where.draft is None:
        return _approved_before(session, where)
    if before := _approval_of(session, where.draft):  # given once, and what it allows was interrupted or in the way
        return carry_out(session, where.draft, Channel(before.channel, "user"))
    words = _words(session, where, where.draft)
    reply, channel = (
        (Reply("approve", ""), ORDERED)
        if "evaluation" in session.standing_orders
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
    do = "Start a cycle: it waits for the baseline. If the person asked for one thing in particular: project_status with their words first."
    start = Next(do=do, tool="start_cycle", arguments={"mode": "improve"}, role="ceo")
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


def _words(session: Session, where: Standing, draft: Draft, limit: int = MESSAGE_LIMIT) -> str:
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


def _work(session: Session, what: Asked) -> Answer:
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
        return _waiting(session, bound, words, what=what)
    _require_unchanged(session, report, draft)
    record_work(session, what, content, reply, channel)
    if reply.answer != "approve":
        return _declined(session, reply, what)
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
    words = f"{words}\n\n{_words(session, standing(session), draft, MESSAGE_LIMIT - len(words) - 2)}"
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


def _publish(session: Session) -> Answer:
    """Whether branches may leave the machine: asked once for each place that they go to."""
    to = destination(session.repository)
    if to is None:
        raise Refusal("NOTHING_TO_APPROVE", "no remote of this repository is on a forge", expected="a remote origin on GitHub or GitLab")
    content, words = publish_hash(to), publish_words(to)
    with session.store.reading() as connection:
        before = approval(connection, content)
    data = {"status": "approved", "by": before.channel if before else "", "shown_hash": short(content)}
    if before is not None:
        return answer(
            session, f"Publishing was approved on {before.at[:10]} by {before.channel}.", data, next_action=_opening(session), repeated=True
        )
    if "publish" in session.standing_orders:
        reply, channel = Reply("approve", ""), ORDERED
    elif given := session.ask(Question(words, code_of(content), content)):
        reply, channel = given, Channel(session.asked_through, "user")
    else:
        return _waiting(session, content, words, what="publish")
    now = destination(session.repository)
    if now is None or publish_hash(now) != content:
        raise Refusal("APPROVAL_VOID", "the remote changed while the person was asked", expected="request_approval again, which shows it anew")
    record_publish(session, to, reply, channel)
    if reply.answer != "approve":
        return _declined(session, reply, "publish")
    approved = {**data, "by": channel.name, "comment": reply.comment}
    return answer(session, f"Publishing is approved by {channel.name.split()[0]}.", approved, next_action=_opening(session))


def _opening(session: Session) -> Next:
    """What publishing was approved for: the branch that was prepared last."""
    with session.store.reading() as connection:
        waiting = [each for each in every_pull_request(connection) if each.state in ("prepared", "pushed")]
    do = "Push the branch and open its draft."
    if not waiting:
        return Next(do=do, tool="clean_pr", arguments={"action": "open"}, fill=("experiments",), role="ceo")
    newest = waiting[-1].branch
    call = {"experiments": list(newest.experiments), "action": "open", "clean": "yes" if newest.clean else "no"}
    return Next(do=do, tool="clean_pr", arguments=call, role="ceo")


def _waiting(session: Session, shown: str, words: str, experiment: int | None = None, what: str = "") -> Answer:
    """Nobody answered: the words to show, and the command with which a person approves in a terminal."""
    which = f" --experiment {experiment}" if experiment else f" --{what}" if what else ""
    command = f"{session.command} approve {code_of(shown)}{which} --project {shlex.quote(str(session.repository.root))}"
    do = f"Show the person the words under `ask` and the command `{command}`, then stop until they have answered."
    if session.host.actor == "user":  # who reads this is the person
        do = f"Read what is asked; to approve it, type: {command}"
    data = {"status": "waiting", "shown_hash": short(shown), "ask": {"words": words, "command": command, "code_length": CODE_LENGTH}}
    return answer(session, "Waiting for the person: this host could not ask, or nobody answered.", data, next_action=Next(do=do, role="ceo"))


def _declined(session: Session, reply: Reply, what: Literal["evaluation", "held", "plan", "spec", "publish"] = "evaluation") -> Answer:
    status = "changes" if reply.answer == "changes" else "rejected"
    action = None
    if status == "changes" and what in ("evaluation", "held"):
        action = Next(do="Change the draft as the person says, then ask again.", tool="discover_project", fill=("factory_md",), role="ceo")
    elif status == "rejected" or what == "publish":
        action = Next(do="The person said no. Tell them what that means, and stop.", role="ceo")
    return answer(
        session, f"The person answered: {status}.", {"status": status, "by": session.asked_through, "comment": reply.comment}, next_action=action
    )
