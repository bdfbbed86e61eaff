"""What somebody else wrote where our files are to be: put aside before ours are first written in a folder, never written over."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path
from typing import Final

from state.events import new_ulid
from state.files import inside, last_line, replace_file
from state.original.recognition import log_is_theirs
from state.store import Store, event_at, events_after
from state.views import log, results
from state.views.registry import VIEWS
from state.views.view import Source

REPLACED: Final = "replaced"  # the folder, below that of the views, where such files lie; a folder each time
BEGUN: Final = "views-begun.json"  # in the store's folder, until the files that begin anew have caught up
COMPARED: Final = 1000  # lines of results.tsv; it is only ever extended behind them


@dataclass(frozen=True)
class Guard:
    """Watches over `folder` while our files are first written there; `aside` is where it puts what is not ours."""

    folder: Path
    aside: Path

    def keep(self, path: str, ours: bytes | None) -> bool:
        """Put the file at `path` aside unless it says what ours says (None: there is none of ours); answers whether that was needed.

        Raises OSError, and Refusal STORE_BROKEN for a link on the way.
        """
        place = inside(self.folder, path)
        if not place.is_file() or (ours is not None and place.read_bytes() == ours):
            return False
        put_aside(self.folder, self.aside, path)
        return True


def put_aside(folder: Path, aside: Path, path: str) -> None:
    """Move what stands at `path` below `folder` to the same place below `aside`. Raises OSError."""
    (aside / path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / path).rename(aside / path)


def begun(store: Store, folder: Path) -> Guard | None:
    """The guard of files that began anew and have not caught up; None where there is none."""
    try:
        name = json.loads((store.folder / BEGUN).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none, or unreadable: what stands there is looked at again
        return None
    return Guard(folder, folder / REPLACED / name) if isinstance(name, str) and name.isalnum() else None


def begins_anew(source: Source, folder: Path) -> bool:
    """Whether there is no log of this store: the first export, a log that was deleted, or that of somebody else. Raises OSError."""
    path = folder / log.NAME
    if log_is_theirs(path) is not False:
        return True
    with path.open("rb") as file:
        event = log.parsed(file.readline().rstrip(b"\n"))
    return event is not None and event_at(source.connection, event.seq) != event


def new_guard(folder: Path) -> Guard:
    """A guard that puts aside to a folder of its own."""
    return Guard(folder, folder / REPLACED / new_ulid())


def remember(store: Store, guard: Guard) -> None:
    """Let the next exports go on with this guard: the files that are there once were looked at. Raises OSError."""
    replace_file(store.folder / BEGUN, json.dumps(guard.aside.name).encode())


def forget(store: Store) -> None:
    """From now on what stands there is ours. Raises OSError."""
    (store.folder / BEGUN).unlink(missing_ok=True)


def strangers(source: Source, folder: Path) -> Iterator[tuple[str, bytes | None]]:
    """The small files that are there and no experiment or cycle of ours has, each with what ours would say.

    Those of our experiments and cycles are compared when they are written: there may be very many.
    """
    for view in VIEWS:
        if not view.events:
            continue  # never written over
        before, number, behind = view.name.partition("{:03d}")
        if not number:
            if (folder / view.name).is_file():
                yield view.name, view.render(source, 0)
            continue
        known = set(view.kind.every(source.connection))
        for found in folder.glob(f"{before}*{behind}"):
            path = found.relative_to(folder).as_posix()
            subject = path[len(before) : len(path) - len(behind)]
            if subject.isascii() and subject.isdecimal() and int(subject) not in known and view.path(int(subject)) == path:
                yield path, None


def log_to_keep(source: Source, folder: Path) -> bool:
    """Whether something stands in the log's place that is no log of a factory, nor the torn first line of ours. Raises OSError."""
    path = folder / log.NAME
    if not path.is_file() or log_is_theirs(path) is False:
        return False
    first = "".join(event.line() for event in events_after(source.connection, 0, 1)).encode()
    with path.open("rb") as file:
        return not first.startswith(file.read(len(first) + 1))


def results_to_keep(source: Source, folder: Path) -> bool:
    """Whether results.tsv is no beginning of ours, as far as its first lines and its last one tell. Raises OSError."""
    path = folder / results.NAME
    if not path.is_file():
        return False
    with path.open("rb") as file:
        for there, ours in zip_longest(islice(file, COMPARED), islice(results.file_lines(source), COMPARED)):
            if there is None:
                return False
            if ours is None or not f"{ours}\n".encode().startswith(there):
                return True
    return results.place_in(source.connection, last_line(path)[0]) is None
