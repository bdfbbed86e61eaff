"""A process that tells a registry of its project, among others that do the same: in a module of its own, because each loads it anew."""

from multiprocessing.synchronize import Barrier
from pathlib import Path

from state.errors import Refusal
from state.registry import Progress
from state.registry_folder import Registry


def register(folder: str, root: str, ready: Barrier) -> None:
    """Wait for the others, then tell of the project four times, each until it is told."""
    registry = Registry(Path(folder))
    ready.wait(60)
    for kept in range(4):
        while True:
            try:
                registry.note(Path(root), Progress(kept=kept))
                break
            except Refusal as refusal:
                if refusal.code != "BUSY":
                    raise
    registry.close()
