"""The registry of projects as the doctor sees it: whether its database holds, and put aside where it does not."""

from pathlib import Path
from typing import Final

from state.errors import Refusal
from state.events import new_ulid
from state.files import locked
from state.integrity.findings import REPAIR, Check, Fault, check_of
from state.integrity.verifying import verify
from state.store import DATABASE, Store

NAME: Final = "registry"
_PATIENCE: Final = 5.0  # seconds


def registry_checked(folder: Path) -> Check:
    """Whether the registry in `folder` holds: chain and tables. None there at all is well. Changes nothing."""
    store = Store(folder, _PATIENCE)
    if not store.path.exists() and not store.path.is_symlink():
        return Check(NAME, "none yet: the next call that changes something makes it")
    try:
        faults = [fault for check in verify(store, None, []) for fault in check.faults]
    except Refusal as refusal:
        if refusal.code == "BUSY":
            return Check(NAME, f"not looked at: {refusal.what}", looked=False)
        faults = [Fault(str(store.path), refusal.what, refusal.expected, REPAIR)]
    finally:
        store.close()
    mended = [Fault(fault.where, fault.found, fault.expected, REPAIR) for fault in faults]
    return check_of(NAME, f"the list of projects in {folder} holds", mended)


def put_registry_aside(folder: Path) -> list[Path]:
    """Rename the files of the registry's database, so that it is begun anew; answers where they are. Raises Refusal BUSY, and OSError."""
    name, aside = new_ulid(), []
    with locked(folder / "registry.lock", "putting the registry aside", _PATIENCE):
        for ending in ("", "-wal", "-shm"):
            path = folder / f"{DATABASE}{ending}"
            if path.exists() or path.is_symlink():
                aside.append(path.rename(folder / f"{DATABASE}.broken-{name}{ending}"))
    return aside
