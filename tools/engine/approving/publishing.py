"""Publishing, as a person is asked for it: once for the place that branches go to and the project that is to take them."""

from state.answers import one_line
from state.approvals import ApprovalAnswered
from state.masking import mask_text
from state.model import digest
from tools.engine.approving.recording import Channel
from tools.engine.forge.publishing import Destination
from tools.engine.landings import anchor_chain
from tools.engine.session import Reply, Session


def publish_hash(to: Destination) -> str:
    """What an approval of publishing is bound to: the address that is pushed to, and the project in which pull requests are opened."""
    return digest(["publish", to.address, f"{to.upstream.host}/{to.upstream.path}", "draft first"])


def publish_words(to: Destination) -> str:
    """What a person is shown before anything leaves the machine."""
    kind = "merge requests" if to.upstream.program == "glab" else "pull requests"
    return "\n".join(
        [
            f"re:factory asks: may it push branches, and open {kind} for them?",
            f"  pushed to: {one_line(mask_text(to.address), 300)}",
            f"  opened in: {to.upstream.host}/{to.upstream.path}, as whoever {to.upstream.program} is signed in as",
            "Each is a new branch that holds kept experiments alone: nothing is pushed by force, or onto a branch that is there.",
            "Each is opened as a draft; it is marked as ready for review when you ask for that, and closed when its change is taken back.",
            f"Asked once for these places. Hash {publish_hash(to)[:7]}.",
        ]
    )


def record_publish(session: Session, to: Destination, reply: Reply, channel: Channel) -> None:
    """Write down what a person said. An approval is one event however often it is given."""
    content = publish_hash(to)
    key = f"approval:publish:{content}" if reply.answer == "approve" else None
    answered = ApprovalAnswered(subject="publish", answer=reply.answer, hash=content, comment=reply.comment)
    session.record(answered, key=key, actor=channel.actor, channel=channel.name)
    anchor_chain(session)
