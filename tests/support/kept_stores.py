"""A project whose store has a history that git knows of: written through the real store and the real anchors, without a server."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from state.store import Store, head
from state.views import export
from tests.support.repositories import make_repository
from tests.support.stores import append_all, walk
from tools.engine.repository.anchors import anchor
from tools.engine.repository.location import Repository, locate


@dataclass(frozen=True)
class Kept:
    """A project, its store, and its readable log."""

    repository: Repository
    store: Store

    @property
    def log(self) -> Path:
        """The copy of the events in the project."""
        return self.repository.root / ".factory" / "events.jsonl"

    def anchor(self) -> int:
        """Anchor the newest event; answers its number."""
        with self.store.reading() as connection:
            sequence, chain = head(connection)
        anchor(self.repository, sequence, chain)
        return sequence

    def export(self) -> None:
        """Write the readable files."""
        export(self.store, self.repository.root / ".factory")


def make_kept(folder: Path, anchored: Iterable[int] = (4, 10, 20)) -> Kept:
    """A walk of 20 events, anchored behind some of them, all of it in the log."""
    repository = locate(make_repository(folder / "project", {"a.txt": "a\n"}))
    kept = Kept(repository, Store(repository.common / "refactory", wait=0.05))
    events = walk(kept.store)
    done = 0
    for number in anchored:
        append_all(kept.store, events[done:number])
        assert kept.anchor() == number
        done = number
    append_all(kept.store, events[done:])
    kept.export()
    return kept
