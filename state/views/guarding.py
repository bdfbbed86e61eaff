"""What somebody else wrote where our files are to be: put aside before ours are first written in a folder, never written over."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path
from typing import Final

from state.errors import Refusal
from state.events import new_ulid
from state.files import ensure_private_folder, free_path, inside, last_line, replace_file
from state.original.recognition import log_is_theirs
from state.store import Store, event_at, events_after
from state.views import log, results
from state.views.registry import VIEWS, located
from state.views.view import Source, View

REPLACED: Final = "replaced"  # the folder, below that of the views, where such files lie; a folder each time
BEGUN: Final = "views-begun.json"  # in the store's folder, until the files that begin anew have caught up
COMPARED: Final = 1000  # lines of results.tsv; it is only ever extended behind them


@dataclass(frozen=True)
class Guard:
    """Watches over `folder` while our files are first written there; `aside` is where it puts what is not ours.

    `left` are files that it could not put aside yet; None: nothing was looked at yet.
    """

    folder: Path
    aside: Path
    left: frozenset[str] | None = None

    def keep(self, path: str, ours: bytes | None) -> bool:
        """Put the small file at `path` aside unless it says what ours says (None: there is none of ours); answers whether that was needed.

        Raises OSError, and Refusal STORE_BROKEN for a link on the way.
        """
        place = inside(self.folder, path)
        if not place.is_file() or (ours is not None and place.read_bytes() == ours):
            return False
        put_aside(self.folder, self.aside, path)
        return True

    def keep_stranger(self, source: Source, path: str) -> bool:
        """The same for a path that `strangers` named. A log of somebody else is left to doctor: Refusal STORE_BROKEN."""
        if not (self.folder / path).is_file():
            return False
        if path == log.NAME:
            _require_log(source, self.folder / path)
            return False
        if path == results.NAME:
            return _results_to_keep(source, self.folder) and self.keep(path, None)
        found = located(path)
        return self.keep(path, found[0].render(source, found[1]) if found else None)

    def strangers(self, source: Source) -> Iterator[str]:
        """What is to be looked at before anything is written: what was left, at first the log, results.tsv and the small files.

        Not those of our experiments and cycles: there may be very many, and they are compared when they are written.
        """
        if self.left is not None:
            yield from sorted(self.left)
            return
        yield from (log.NAME, results.NAME)
        for view in VIEWS:
            if "{" in view.name:
                yield from _of_nothing_known(source, self.folder, view)
            elif view.events:  # one that no event touches is never written over
                yield view.name


def _of_nothing_known(source: Source, folder: Path, view: View) -> Iterator[str]:
    """The files of a view that are there for experiments or cycles which the store does not have."""
    before, _, behind = view.name.partition("{:03d}")
    paths = [found.relative_to(folder).as_posix() for found in folder.glob(f"{before}*{behind}")]
    known = set(view.kind.every(source.connection)) if paths else set()
    for path in paths:
        subject = path[len(before) : len(path) - len(behind)]
        if subject.isascii() and subject.isdecimal() and int(subject) not in known and view.path(int(subject)) == path:
            yield path


def put_aside(folder: Path, aside: Path, path: str) -> None:
    """Move what stands at `path` below `folder` to the same place below `aside`, or beside what lies there already.

    Raises OSError, and Refusal STORE_BROKEN where a link stands in the place of `replaced`.
    """
    ensure_private_folder(aside.parent)
    (aside / path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / path).rename(free_path(aside / path))


def the_guard(source: Source, folder: Path) -> Guard | None:
    """The guard of files that begin anew, or began so and have not caught up; None where what stands there is ours. Raises OSError."""
    found = _remembered(source.store, folder)
    if found is None and _begins_anew(source, folder):
        return Guard(folder, folder / REPLACED / new_ulid())
    return found


def remember(store: Store, guard: Guard, left: Iterable[str]) -> None:
    """Let the next exports go on with this guard, and with what it could not put aside. Raises OSError."""
    replace_file(store.folder / BEGUN, json.dumps({"aside": guard.aside.name, "left": sorted(left)}).encode())


def forget(store: Store) -> None:
    """From now on what stands there is ours. Raises OSError."""
    (store.folder / BEGUN).unlink(missing_ok=True)


def _remembered(store: Store, folder: Path) -> Guard | None:
    try:
        match json.loads((store.folder / BEGUN).read_text(encoding="utf-8")):
            case {"aside": str(name), "left": list(left)} if name.isalnum():
                return Guard(folder, folder / REPLACED / name, frozenset(map(str, left)))
    except (OSError, ValueError):  # none, or unreadable: what stands there is looked at again
        return None
    return None


def _begins_anew(source: Source, folder: Path) -> bool:
    """Whether there is no log of this store: the first export, a log that was deleted, or that of somebody else."""
    path = folder / log.NAME
    if log_is_theirs(path) is not False:
        return True
    with path.open("rb") as file:
        event = log.parsed(file.readline().rstrip(b"\n"))
    return event is not None and event_at(source.connection, event.seq) != event


def _require_log(source: Source, path: Path) -> None:
    """A log of a factory, or the torn first line of ours, which may be cut."""
    first = "".join(event.line() for event in events_after(source.connection, 0, 1)).encode()
    with path.open("rb") as file:
        is_torn = first.startswith(file.read(len(first) + 1))
    if not is_torn and log_is_theirs(path) is not False:
        raise Refusal("STORE_BROKEN", "it is no log of this store", where=[str(path)], expected="a log that only the factory writes")


def _results_to_keep(source: Source, folder: Path) -> bool:
    """Whether results.tsv is no beginning of ours, as far as its first lines and its last one tell."""
    path = folder / results.NAME
    with path.open("rb") as file:
        for there, ours in zip_longest(islice(file, COMPARED), islice(results.file_lines(source), COMPARED)):
            if there is None:
                return False
            if ours is None or not f"{ours}\n".encode().startswith(there):
                return True
    return results.place_in(source.connection, last_line(path)[0]) is None
