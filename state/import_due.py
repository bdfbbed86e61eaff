"""Whether files of an original re:factory still lie where ours would be written: until they are moved, nothing is written over them."""

from pathlib import Path
from typing import Final

from state.imported import the_import
from state.original.recognition import Own, is_original
from state.rows import one
from state.store import Store

NOT_IMPORTED: Final = "files of an earlier re:factory lie in .factory and are not imported yet"


def is_import_due(store: Store, folder: Path) -> bool:
    """Whether the `.factory` at `folder` holds an original's files that are to be imported, or imported and not moved yet.

    Cheap; writes nothing. Raises OSError, and Refusal STORE_BROKEN where the store cannot be read.
    """
    with store.reading() as connection:
        found = the_import(connection)
        own = Own(
            experiments=one(connection, "SELECT 1 FROM experiments LIMIT 1") is not None,
            backlog=one(connection, "SELECT 1 FROM backlog LIMIT 1") is not None,
        )
    return not found.moved if found else is_original(folder, own)
