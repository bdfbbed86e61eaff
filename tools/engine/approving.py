"""A person's approval carried out: recorded with its channel, then what it allows is done by the server."""

from dataclasses import dataclass
from typing import Final

from state.answers import short
from state.approvals import ApprovalAnswered, Draft
from state.configuration import Configuration
from state.errors import Refusal
from state.events import Actor
from state.experiments import Experiment, HeldApproved
from state.factory_md import parse
from state.store import head
from tools.engine.contract import Standing
from tools.engine.landings import anchor_chain, land_commit
from tools.engine.repository.location import branch_ref
from tools.engine.repository.merging import merge_commit
from tools.engine.repository.objects import Entry, read_blob, write_blob, write_tree_from
from tools.engine.repository.outcome import Landing, Outcome
from tools.engine.scope.protecting import FILE
from tools.engine.session import Reply, Session

MESSAGE_LIMIT: Final = 3000
COMMANDS_LIMIT: Final = 2400
CUT: Final = "…\n(cut; whole in .factory/draft/factory.md)"
CODE_LENGTH: Final = 4
REGULAR: Final = "100644"


@dataclass(frozen=True)
class Channel:
    """Through whom an answer came: elicitation in a host, a terminal, or a standing order of the registration."""

    name: str
    actor: Actor


def evaluation_words(draft: Draft) -> str:
    """What a person is shown before any command of the project runs: the commands first. Built from the stored draft only.

    What does not fit is cut at the end, and said; raises Refusal BAD_CONFIG where not even the commands fit: none is approved unseen.
    """
    configuration = parse(draft.text)
    length = sum(len(f"  $ {command}\n") for command in draft.profile.commands)
    if length > COMMANDS_LIMIT:
        what = f"the commands are {length} characters long together: a person cannot be shown them whole"
        raise Refusal("BAD_CONFIG", what, where=(FILE,), expected=f"at most {COMMANDS_LIMIT} characters; long commands belong into scripts")
    parts = [
        "re:factory asks: may these commands run in this project, as often as a change is measured?",
        *([f"  $ {command}" for command in draft.profile.commands] or ["  (none was found: nothing of the project would run)"]),
        "",
        f"Goal: {configuration.goal}",
        f"May change: {', '.join(configuration.modifiable)}",
        *([f"Read-only: {', '.join(configuration.read_only)}"] if configuration.read_only else []),
        *(f"Guard: {guard}" for guard in configuration.guards),
        f"Threshold: {configuration.threshold}",
        *_measured(draft),
        "",
        f"On approval factory.md is committed to the target branch and the baseline is measured. Hash {short(draft.hash)}.",
    ]
    text = "\n".join(parts)
    return text if len(text) <= MESSAGE_LIMIT else text[: MESSAGE_LIMIT - len(CUT)] + CUT


def held_words(experiment: Experiment, suspicion: list[str]) -> str:
    """What a person is shown of a held experiment: the suspicion first."""
    parts = [
        f"re:factory holds experiment {experiment.id}: {experiment.title}",
        "What looked suspect, and is yours to judge:",
        *(f"  - {line}" for line in suspicion),
        "",
        f"Delta {experiment.delta if experiment.delta is not None else 'not measured'}. The change is in {experiment.worktree}.",
        f"Accept this tree ({short(experiment.tree)})? Failing checks would still refuse it.",
    ]
    return "\n".join(parts)[:MESSAGE_LIMIT]


def code_of(content_hash: str) -> str:
    """The code that a person types in a terminal: the start of the hash of what they were shown."""
    return content_hash[:CODE_LENGTH].upper()


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
    """Land the approved factory.md as one commit on the target; None when the target holds exactly it already."""
    repository, content = session.repository, draft.text.encode()
    configuration: Configuration = parse(draft.text)
    target = configuration.target_branch or where.target
    if target != where.target:
        raise Refusal(
            "BAD_CONFIG", f"the draft's target branch is {target}, and the project's is {where.target}",
            expected=f"check out {target} with this factory.md committed, or change `## Target Branch`",
        )  # fmt: skip
    if read_blob(repository, where.tip, FILE) == content:
        return None
    tree = write_tree_from(repository, where.tip, {FILE: Entry(REGULAR, write_blob(repository, content), FILE)})
    with session.store.reading() as connection:
        sequence, chain = head(connection)
    message = f"Add factory.md as approved\n\nFactory-Approval: {draft.hash}\nFactory-Chain: {sequence} {chain}\n"
    commit = merge_commit(repository, tree, (where.tip,), message)
    return land_commit(session, Landing(branch_ref(repository, where.target), where.tip, commit), "factory.md")


def record_held(session: Session, experiment: Experiment, reply: Reply, channel: Channel) -> None:
    """A person accepted a held tree; anything else they said changes no state."""
    if reply.answer == "approve" and experiment.tree is not None:
        approved = HeldApproved(experiment=experiment.id, tree=experiment.tree, comment=reply.comment)
        session.record(approved, key=f"approval:held:{experiment.id}:{experiment.tree}", actor=channel.actor, channel=channel.name)
        anchor_chain(session)
        return
    answered = ApprovalAnswered(subject="held", answer=reply.answer, hash=experiment.tree or "", comment=reply.comment)
    session.record(answered, actor=channel.actor, channel=channel.name)


def _measured(draft: Draft) -> list[str]:
    measured = [item.name for item in draft.profile.dimensions if item.applicable]
    missing = [f"{item.name} ({item.why})" for item in draft.profile.dimensions if not item.applicable and item.tier == "hygiene"]
    return [f"Measured: {', '.join(measured)}", *([f"Not measured: {', '.join(missing)}"] if missing else [])]
