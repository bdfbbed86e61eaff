"""Asking the person: their word comes through an accepted form or a terminal, never through an argument."""

import shlex
from typing import Literal

from state.answers import Answer, Next, short
from state.errors import Refusal
from state.experiments import Experiment
from tools.answering import answer
from tools.arguments import Number
from tools.asked_evaluation import as_a_person_wrote_it, ask_evaluation
from tools.asked_publishing import ask_publish
from tools.asked_work import ask_work
from tools.asking import said_answer, waiting_answer
from tools.drafted import is_edited
from tools.engine.approving import Channel, code_of, held_words, record_held
from tools.engine.contract import standing
from tools.engine.cycle.situation import observe
from tools.engine.experiment.deciding import take_up
from tools.engine.experiment.gathering import gather
from tools.engine.experiment.opening import required
from tools.engine.gate.checks import run_gate
from tools.engine.session import Question, Reply, Session


def request_approval(session: Session, what: Literal["evaluation", "plan", "spec", "held", "publish"], experiment: Number | None = None) -> Answer:
    """Have the person approve the evaluation, a plan, a spec, a held experiment or publishing. Their answer counts, never yours.

    If the host cannot ask, the result is `waiting` with words and a terminal command for the person: show them, then stop.
    """
    take_up(session)
    if what == "held":
        return _held(session, experiment)
    if what == "publish":
        return ask_publish(session)
    where = standing(session)
    if what == "evaluation" or (what == "plan" and is_edited(session)):
        where = as_a_person_wrote_it(session, where)
    if what != "evaluation":
        return ask_work(session, what)
    return ask_evaluation(session, where)


def _held(session: Session, number: int | None) -> Answer:
    if number is None:
        raise Refusal("BAD_ARGUMENTS", "which experiment?", where=("experiment",), expected="the number of a held experiment")
    experiment = required(session, number)
    if experiment.state != "held":
        raise Refusal("NOTHING_TO_APPROVE", f"experiment {number} is {experiment.state}, not held", expected="a held experiment")
    facts = gather(session, experiment)
    if facts.tree != experiment.tree:
        raise Refusal("APPROVAL_VOID", f"the worktree of experiment {number} changed since it was held", expected="review and measure it again")
    see = f"{session.command} diff {shlex.quote(str(session.repository.root))} {number}"
    words = held_words(experiment, facts, run_gate(facts), see)
    reply = session.ask(Question(words, code_of(experiment.tree or ""), experiment.tree or ""))
    if reply is None:
        return waiting_answer(session, experiment.tree or "", words, number)
    record_held(session, experiment, reply, Channel(session.asked_through, "user"))
    if reply.answer != "approve":
        return said_answer(session, reply, _after_a_no(experiment, reply))
    data = {"status": "approved", "by": session.asked_through, "shown_hash": short(experiment.tree), "comment": reply.comment}
    return answer(session, f"A person accepted experiment {number} as it stands.", data, situation=observe(session, focus=number))


def _after_a_no(experiment: Experiment, reply: Reply) -> Next:
    """What a person's no to a held experiment leads to: their changes in its worktree, or its end."""
    if reply.answer == "changes":
        do = f"In {experiment.worktree}: change what the person asks for, then have it reviewed and measured again."
        report = {"experiment": experiment.id, "report": {"role": "reviewer"}}
        return Next(do=do, tool="submit_report", arguments=report, fill=("summary", "report"), role="builder")
    call = {"experiment": experiment.id, "decision": "revert"}
    return Next(do="The person said no: revert it, with their reason.", tool="verdict", arguments=call, fill=("reason", "lesson"), role="ceo")
