"""What an earlier re:factory left in `.factory`: taken over once, before anything of ours is written there."""

from state.answers import quoted
from state.errors import Refusal
from state.experiment_pages import page
from state.import_due import is_import_due
from state.imported import the_import
from state.importing import FOLDER, READ_ME, is_takeover_due, record_original, restore, take_over
from state.original.folder import read_original
from tools.engine.repository.own_folder import tracked_files
from tools.engine.session import Session


def take_in(session: Session) -> None:
    """Import an original's files where some lie there; what keeps them from it is a warning, and the next call tries again.

    Raises Refusal BUSY while another server imports them for longer than a call waits.
    """
    found = None
    try:
        if not is_takeover_due(session.store, session.views) or tracked_files(session.repository):
            return  # what git tracks is not moved, the person's checkout would change: who starts something is told
        found = take_over(session.store, session.views)
        restore(session.store, session.views)
    except OSError as error:
        session.warnings.append(f"an earlier factory's files wait to be imported: {quoted(error.filename or FOLDER)}: {error.strerror or error}")
    except Refusal as refusal:
        if refusal.code == "BUSY":
            raise
        session.warnings.append(f"an earlier factory's files in .factory: {refusal.what}")
    if found is None:
        return
    session.warnings.append(f"imported {_counted(found.experiments, found.items)} of an earlier factory; originals in .factory/{FOLDER}")
    if found.odd:
        session.warnings.append(f"{found.odd} odd things in them are said in .factory/{FOLDER}/{READ_ME}; the first: {quoted(found.problems[0])}")
    session.write_views()


def require_numbers(session: Session) -> None:
    """An experiment gets its number only behind those of an earlier factory. Raises OSError or Refusal where these cannot be read."""
    with session.store.reading() as connection:
        has_own = bool(page(connection, before=None, limit=1))
    if not has_own:
        record_original(session.store, session.views)


def to_come(session: Session) -> str:
    """What the next call that writes would import, in words; empty where nothing is to be imported. Writes nothing."""
    with session.store.reading() as connection:
        found, has_own = the_import(connection), bool(page(connection, before=None, limit=1))
    if found is not None:
        return ""
    try:
        original = read_original(session.views) if is_import_due(session.store, session.views) else None
    except OSError as error:
        return f"an earlier factory's files in .factory cannot be read: {quoted(error.filename or '.factory')}: {error.strerror or error}"
    if original is None:
        return ""
    if has_own:
        return "files of an earlier factory in .factory are not imported: this project has experiments of its own already"
    if tracked_files(session.repository):
        return ""  # nothing is moved while git tracks it
    return f"the next call that writes imports {_counted(len(original.experiments), len(original.items))} of an earlier factory from .factory"


def _counted(experiments_there: int, items: int) -> str:
    return f"{experiments_there} experiment{'s' * (experiments_there != 1)}, {items} backlog item{'s' * (items != 1)}"
