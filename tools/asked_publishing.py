"""Asking the person whether branches may leave the machine: once for each place that they go to."""

from state.answers import Answer, Next, short
from state.approvals import approval
from state.errors import Refusal
from state.publishing import every_pull_request
from tools.answering import answer
from tools.asking import ORDERED, declined_answer, waiting_answer
from tools.engine.approving import Channel, code_of, publish_hash, publish_words, record_publish
from tools.engine.forge.publishing import destination
from tools.engine.session import Question, Reply, Session


def ask_publish(session: Session) -> Answer:
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
        return waiting_answer(session, content, words, what="publish")
    now = destination(session.repository)
    if now is None or publish_hash(now) != content:
        raise Refusal("APPROVAL_VOID", "the remote changed while the person was asked", expected="request_approval again, which shows it anew")
    record_publish(session, to, reply, channel)
    if reply.answer != "approve":
        return declined_answer(session, reply, "publish")
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
