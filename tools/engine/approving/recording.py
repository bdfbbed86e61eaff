"""A person's approval carried out: recorded with its channel, then what it allows is done by the server."""

from dataclasses import dataclass
from typing import Final

from state.approvals import ApprovalAnswered, Draft
from state.configuration import Configuration
from state.events import Actor
from state.experiments import Experiment, HeldApproved
from state.factory_md import parse
from state.store import head
from tools.engine.contract import Standing
from tools.engine.landings import anchor_chain, land_commit
from tools.engine.repository.location import branch_ref, make_branch, tip
from tools.engine.repository.merging import merge_commit
from tools.engine.repository.objects import Entry, read_blob, write_blob, write_tree_from
from tools.engine.repository.outcome import Landing, Moved, Outcome, Waiting
from tools.engine.scope.protecting import FILE
from tools.engine.session import Reply, Session

REGULAR: Final = "100644"


@dataclass(frozen=True)
class Channel:
    """Through whom an answer came: elicitation in a host, a terminal, or a standing order of the registration."""

    name: str
    actor: Actor


def record_answer(session: Session, draft: Draft, reply: Reply, channel: Channel) -> None:
    """Write down what a person said of a draft. An approval is one event however often it is given."""
    configuration = parse(draft.text)
    answered = ApprovalAnswered(
        subject="evaluation", answer=reply.answer, hash=draft.hash, comment=reply.comment, configuration=configuration.contract_hash(),
        contract=configuration.contract(), profile=draft.profile,
    )  # fmt: skip
    key = f"approval:evaluation:{draft.hash}" if reply.answer == "approve" else None
    session.record(answered, key=key, actor=channel.actor, channel=channel.name)
    anchor_chain(session)


def land_factory_md(session: Session, where: Standing, draft: Draft) -> Outcome | None:
    """Land the approved factory.md, a commit of its own, on the branch that it names; None when it is there already.

    A branch that is not there is made from the project's target so far. Where that holds a factory.md, it gets this one too, which leads on.
    """
    configuration: Configuration = parse(draft.text)
    target = configuration.target_branch or where.target
    outcome: Outcome | None = None
    if where.committed.digest or target == where.target:
        outcome = _landed_on(session, where.target, draft)
    if target == where.target or isinstance(outcome, Moved | Waiting):
        return outcome
    make_branch(session.repository, target, tip(session.repository, where.target))
    return _landed_on(session, target, draft)


def _landed_on(session: Session, branch: str, draft: Draft) -> Outcome | None:
    """Land the file on one branch; None when it stands there already."""
    repository, content = session.repository, draft.text.encode()
    old = tip(repository, branch)
    if read_blob(repository, old, FILE) == content:
        return None
    tree = write_tree_from(repository, old, {FILE: Entry(REGULAR, write_blob(repository, content), FILE)})
    with session.store.reading() as connection:
        sequence, chain = head(connection)
    message = f"Add factory.md as approved\n\nFactory-Approval: {draft.hash}\nFactory-Chain: {sequence} {chain}\n"
    commit = merge_commit(repository, tree, (old,), message)
    return land_commit(session, Landing(branch_ref(repository, branch), old, commit), "factory.md")


def record_held(session: Session, experiment: Experiment, reply: Reply, channel: Channel) -> None:
    """A person accepted a held tree; anything else they said changes no state."""
    if reply.answer == "approve" and experiment.tree is not None:
        approved = HeldApproved(experiment=experiment.id, tree=experiment.tree, comment=reply.comment)
        session.record(approved, key=f"approval:held:{experiment.id}:{experiment.tree}", actor=channel.actor, channel=channel.name)
        anchor_chain(session)
        return
    answered = ApprovalAnswered(subject="held", answer=reply.answer, hash=experiment.tree or "", comment=reply.comment)
    session.record(answered, actor=channel.actor, channel=channel.name)
