"""Bringing `.factory` up to the newest event: a bounded piece of work a call, taken up by whoever writes next."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from state.decisions import last_place
from state.errors import Refusal
from state.files import ensure_private_folder, extend, inside, last_line, replace_file
from state.import_due import NOT_IMPORTED, is_import_due
from state.locks import views_locked
from state.store import Store, events_after, head
from state.views import guarding, log, results
from state.views.registry import STANDING, located, touched
from state.views.view import Source
from state.views.writing import Trouble, Writing

BATCH: Final = 50  # events at a time; between two batches other threads ask their questions
NEWEST: Final = 20  # events that are looked at first where much is to be followed
OWED_A_CALL: Final = 100
OWED_LIMIT: Final = 1000  # names; what is beyond them doctor finds
OWED: Final = "views-owed.json"


@dataclass(frozen=True)
class Portion:
    """How much one export does before it leaves the rest to the next: about so many events, small files and lines of results.tsv."""

    events: int
    files: int
    rows: int


EVERYDAY: Final = Portion(events=1000, files=200, rows=500)


@dataclass(frozen=True)
class Exported:
    """What an export left: files that could not be written, and how many events and lines are still to be written.

    `aside` is where it put files that were not ours before it wrote there; None where there were none.
    """

    troubles: tuple[Trouble, ...] = ()
    behind: int = 0
    aside: Path | None = None


def export(store: Store, folder: Path, portion: Portion = EVERYDAY) -> Exported:
    """Bring the views in `folder` (a project's `.factory`) towards the newest event; an everyday portion takes at most about a second.

    Small files first, events.jsonl behind them: its last line is the watermark, so that a kill in between only repeats work. Where there is no log of
    ours, what somebody else wrote in the place of our files is put aside and not written over. Raises OSError when the folder cannot be made,
    Refusal STORE_BROKEN when it is a symbolic link, holds files that are still to be imported, or the store cannot be read, BUSY when another one
    keeps exporting.
    """
    with store.reading() as connection:
        if head(connection)[0] == 0:
            return Exported()
    if is_import_due(store, folder):
        raise Refusal("STORE_BROKEN", NOT_IMPORTED, where=[str(folder)], expected="the next call that writes imports them")
    ensure_private_folder(folder)
    with views_locked(store, "writing the views"):
        work = Writing(folder)
        owed = _owed(store)
        with store.reading() as connection:
            source = Source(store, connection)
            _begin_guarded(source, work)
            standing = (path for path in STANDING if (folder / path).is_symlink() or not (folder / path).is_file())
            for path in (*standing, *owed[:OWED_A_CALL]):
                work.write(source, path)
        behind = _follow(store, work, portion)
        with store.reading() as connection:
            behind += _extend_results(Source(store, connection), work, portion.rows)
        _remember(store, owed, work)
        if work.guard and not behind and not work.troubles:
            guarding.forget(store)
    return Exported(tuple(work.troubles.values()), behind, work.guard.aside if work.guard and work.kept else None)


def _begin_guarded(source: Source, work: Writing) -> None:
    """Set the guard where our files begin anew, and put aside what stands in the way of all but those of our own experiments and cycles."""
    work.guard = guarding.the_guard(source, work.folder)
    if work.guard is None or work.guard.left == frozenset():
        return
    for path in work.guard.strangers(source):
        with work.noting(path):
            if work.guard.keep_stranger(source, path):
                work.kept.add(path)
    work.done.update(work.troubles)  # not written now: the next export tries again to put them aside
    guarding.remember(source.store, work.guard, work.troubles)


def _follow(store: Store, work: Writing, portion: Portion) -> int:
    """Write what the next events touch, and the events themselves; answers how many are left."""
    behind, followed = 0, 0
    while followed < portion.events and len(work.done) < portion.files:
        with store.reading() as connection:
            source, newest = Source(store, connection), head(connection)[0]
            with work.noting(log.NAME):
                path = inside(work.folder, log.NAME)
                line, offset = last_line(path)
                seq = log.watermark(connection, line, path)
            if log.NAME in work.troubles:
                _write_newest(source, work, newest)
                return 0
            if not followed and newest - seq > BATCH:  # far behind: what happened last is what people look for
                work.durable = False
                _write_newest(source, work, newest)
            events = events_after(connection, seq, BATCH)
            for name in touched(connection, events):
                work.write(source, name)
            if events:
                with work.noting(log.NAME):
                    extend(path, offset, "".join(f"{event.line()}\n" for event in events).encode())
            followed, behind = followed + len(events), newest - seq - len(events)
            if log.NAME in work.troubles or behind <= 0:
                return 0
    return behind


def _write_newest(source: Source, work: Writing, newest: int) -> None:
    """Write what the newest events touch, whatever the log says; a file of one experiment or cycle only where it is missing."""
    for name in touched(source.connection, events_after(source.connection, max(newest - NEWEST, 0), NEWEST)):
        found = located(name)
        if found and (found[1] == 0 or not (work.folder / name).exists()):
            work.write(source, name)


def _extend_results(source: Source, work: Writing, limit: int) -> int:
    """Append the lines of experiments that ended since the last line of results.tsv; answers how many are left."""
    if results.NAME in work.troubles:
        return 0
    with work.noting(results.NAME):
        path = inside(work.folder, results.NAME)
        line, offset = last_line(path)
        place = results.place_in(source.connection, line)
        if place is None:
            raise Refusal("STORE_BROKEN", "its last line is no experiment that ended", where=[str(path)])
        rows = results.rows_after(source, place, limit)
        header = [] if offset else [results.HEADER]
        if rows:
            extend(path, offset, "".join(f"{row}\n" for row in (*header, *rows)).encode())
        return last_place(source.connection) - place - len(rows)
    return 0


def _owed(store: Store) -> list[str]:
    """The files that earlier exports could not write."""
    try:
        names = json.loads((store.folder / OWED).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none, or unreadable: doctor finds what differs
        return []
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _remember(store: Store, owed: list[str], work: Writing) -> None:
    """Keep the names of the files that are owed, those that were tried just now behind the others."""
    failed = [path for path in work.troubles if path not in (log.NAME, results.NAME)]
    names = [*(path for path in owed if path not in work.done), *failed][:OWED_LIMIT]
    if names != owed:
        with work.noting(OWED):
            replace_file(store.folder / OWED, json.dumps(names).encode())
