"""Asking the person in words that any tool may use: what is waiting for their answer, and what a no means."""

import shlex
from typing import Final, Literal

from state.answers import Answer, Next, short
from tools.answering import answer
from tools.engine.approving import CODE_LENGTH, Channel, code_of
from tools.engine.session import Reply, Session

ORDERED: Final = Channel("standing_order", "user")


def waiting_answer(session: Session, shown: str, words: str, experiment: int | None = None, what: str = "") -> Answer:
    """Nobody answered: the words to show, and the command with which a person approves in a terminal."""
    which = f" --experiment {experiment}" if experiment else f" --{what}" if what else ""
    command = f"{session.command} approve {code_of(shown)}{which} --project {shlex.quote(str(session.repository.root))}"
    do = f"Show the person the words under `ask` and the command `{command}`, then stop until they have answered."
    if session.host.actor == "user":  # who reads this is the person
        do = f"Read what is asked; to approve it, type: {command}"
    data = {"status": "waiting", "shown_hash": short(shown), "ask": {"words": words, "command": command, "code_length": CODE_LENGTH}}
    return answer(session, "Waiting for the person: this host could not ask, or nobody answered.", data, next_action=Next(do=do, role="ceo"))


def declined_answer(session: Session, reply: Reply, what: Literal["evaluation", "plan", "spec", "publish"]) -> Answer:
    """The person said no, or asks for changes."""
    action = None
    if reply.answer == "changes" and what == "evaluation":
        action = Next(do="Change the draft as the person says, then ask again.", tool="discover_project", fill=("factory_md",), role="ceo")
    elif reply.answer != "changes" or what == "publish":
        action = Next(do="The person said no. Tell them what that means, and stop.", role="ceo")
    return said_answer(session, reply, action)


def said_answer(session: Session, reply: Reply, action: Next | None) -> Answer:
    """What a person said that is no yes, and what comes of it: where None is given, the open step goes on."""
    status = "changes" if reply.answer == "changes" else "rejected"
    data = {"status": status, "by": session.asked_through, "comment": reply.comment}
    return answer(session, f"The person answered: {status}.", data, next_action=action)
