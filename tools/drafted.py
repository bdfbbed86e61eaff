"""Writing down the draft of an evaluation: a text of factory.md with the profile that a survey finds for it, and where a person's own text lies."""

from dataclasses import dataclass
from typing import Final

from state.approvals import DraftWritten, draft_recorded, is_known_draft, latest_draft
from state.configuration import Configuration
from state.views.log import reached
from tools.configured import absent, idle_patterns, lying_file, unfound_programs
from tools.engine.contract import Standing, evaluation_hash
from tools.engine.discovery.discover import discover
from tools.engine.evaluation.weights import contract_weights
from tools.engine.experiment.history import decided
from tools.engine.languages.survey import Discovery, Project
from tools.engine.repository.blobs import files_through_one_git
from tools.engine.repository.objects import read_blob
from tools.engine.scope.files import files_of
from tools.engine.scope.protecting import FILE, read_with_tree
from tools.engine.session import Session

DRAFT: Final = f"draft/{FILE}"  # in the factory's folder


@dataclass(frozen=True)
class OwnText:
    """A factory.md in a person's own words, read and sound; `said` is how an answer begins that takes it, empty for the committed one."""

    text: str
    said: str = ""


@dataclass(frozen=True)
class Drafted:
    """A draft that waits for approval, or is approved as it stands; `repeated` where it is the one that was there already."""

    written: DraftWritten
    configuration: Configuration
    repeated: bool


def surveyed(session: Session, where: Standing, configuration: Configuration | None) -> Discovery:
    """How the project would be measured at the target's tip by this configuration. Runs nothing. Raises Refusal NO_TOOLCHAIN."""
    files = files_of(session.repository, where.tip)
    with files_through_one_git(session.repository, where.tip) as read:
        return discover(Project(session.repository.root, files.paths, read), configuration, decided(session))


def write_down(session: Session, where: Standing, text: str, found: Discovery) -> Drafted:
    """Record a draft, unless it is the newest one already, with warnings of what it names and is not there.

    Raises Refusal BAD_CONFIG where the text is faulty, or its weights give nothing to what was found.
    """
    files = files_of(session.repository, where.tip)
    configuration = read_with_tree(text, files)
    contract_weights(configuration, found.profile)  # refuses weights that give nothing to what was found
    if idle := idle_patterns(configuration, files):
        session.warnings.append(idle)
    session.warnings += [*absent(configuration, files, session.variables), *unfound_programs(session, configuration, found.profile)]
    written = DraftWritten(hash=evaluation_hash(text, found.profile), text=text, profile=found.profile, base=where.committed.digest)
    before = where.draft or where.approval
    repeated = before is not None and before.hash == written.hash
    if not repeated:
        session.record(written)
    return Drafted(written, configuration, repeated)


def own_text(session: Session, where: Standing) -> OwnText | None:
    """The text that a person wrote: the draft as they edited it, else the committed file, else the one that lies in the checkout.

    Raises Refusal BAD_CONFIG, with every problem, where it is faulty.
    """
    edited = _edited_draft(session) if where.draft is not None or not where.is_unapproved else None
    if edited is not None:
        return _sound(session, where, edited, f".factory/{DRAFT}", f"The draft was taken as it was edited in .factory/{DRAFT}. ")
    if where.committed.digest:
        return _sound(session, where, read_blob(session.repository, where.tip, FILE), FILE)
    lying = lying_file(session.repository.root / FILE) if where.lies_there else None
    return _sound(session, where, lying, FILE, "factory.md was taken as it lies in the checkout; approval commits it. ")


def is_edited(session: Session) -> bool:
    """Whether a person wrote in the draft since the factory did."""
    return _edited_draft(session) is not None


def _edited_draft(session: Session) -> bytes | None:
    """The draft's file where it holds something else than the newest draft, once that was written there; None otherwise.

    Until then an earlier draft may lie there, because another server is about to write the newer one. The log is looked at before the file: what
    lies there afterwards was not overtaken in between.
    """
    with session.store.reading() as connection:
        newest, is_written = latest_draft(connection), reached(connection, session.views) >= draft_recorded(connection)
        lying = lying_file(session.views / DRAFT)
        if not lying or newest is None or lying == newest.text.encode():
            return None
        return lying if is_written or not is_known_draft(connection, lying.decode("utf-8", "replace")) else None


def _sound(session: Session, where: Standing, content: bytes | None, name: str, said: str = "") -> OwnText | None:
    if not content:
        return None
    read_with_tree(content, files_of(session.repository, where.tip), name)  # what is no text is refused there, by line
    return OwnText(content.decode(), said)
