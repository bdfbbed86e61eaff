"""Mending `.factory`: every file that differs is written again, and what stood in its place is put aside, never thrown away."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from state.events import new_ulid
from state.files import ensure_private_folder, extend, last_line, replace_file
from state.locks import views_locked
from state.store import Store
from state.views import log, results
from state.views.comparing import WHOLE, Difference, compare, log_difference, results_difference, small_difference
from state.views.exporting import Portion, export
from state.views.guarding import REPLACED, put_aside
from state.views.view import Source
from state.views.writing import Writing

KEPT: Final = frozenset(("edited", "unexpected", "in_the_way", "unreadable"))  # what may hold somebody's words
LARGE: Final = Portion(events=10_000, files=2000, rows=5000)  # some seconds, in which others wait
AT_ONCE: Final = 50  # files a lock: others write in between


@dataclass(frozen=True)
class Repaired:
    """What was mended, what is left as it is, and where lies what stood in the way (None: nothing did)."""

    mended: tuple[Difference, ...] = ()
    left: tuple[Difference, ...] = ()
    aside: Path | None = None


def repair(store: Store, folder: Path) -> Repaired:
    """Make `folder` what the store says, all at once; other servers go on writing meanwhile.

    What is edited or in the way goes to `replaced/ULID/` in the folder. Left alone are a link or file in the place of the folder itself, and a log
    with facts that the store does not have. Raises Refusal STORE_BROKEN when the store cannot be read, OSError when the folder cannot be made.
    """
    found = compare(store, folder)
    if not found or any(each.path == WHOLE and each.kind == "in_the_way" for each in found):
        return Repaired(left=tuple(found))
    mending = _Mending(store, ensure_private_folder(folder), folder / REPLACED / new_ulid())
    mending.append_only()
    small = [each for each in found if each.path not in (WHOLE, log.NAME, results.NAME)]
    for start in range(0, len(small), AT_ONCE):
        mending.small(small[start : start + AT_ONCE])  # before the rest is written: an export may write over what is to be put aside
    while export(store, folder, LARGE).behind:
        pass
    left = mending.left(found)
    unmended = {each.path for each in left}
    return Repaired(tuple(each for each in found if each.path not in unmended), tuple(left), mending.used())


@dataclass(frozen=True)
class _Mending:
    """One repair under way; `aside` is where it puts what it replaces."""

    store: Store
    folder: Path
    aside: Path

    def append_only(self) -> None:
        """Cut what is torn off events.jsonl and results.tsv, and write them whole where they are more than behind."""
        with self._source() as source:
            for difference, lines in ((log_difference, log.every_line(source.connection)), (results_difference, results.file_lines(source))):
                found = difference(source, self.folder)
                if found and found.kind == "torn":
                    path = self.folder / found.path
                    extend(path, last_line(path)[1], b"")
                if found and found.kind in KEPT:
                    self._put_aside(found)
                    replace_file(self.folder / found.path, "".join(f"{line}\n" for line in lines).encode())

    def small(self, found: list[Difference]) -> None:
        """Write small files again."""
        with self._source() as source:
            work = Writing(self.folder, durable=False)
            for each in found:
                with work.noting(each.path):
                    self._put_aside(each)
                work.write(source, each.path)

    def left(self, found: list[Difference]) -> list[Difference]:
        """What still differs of what was found."""
        with self.store.reading() as connection:
            source = Source(self.store, connection)
            again = (small_difference(source, self.folder, each.path) for each in found)
            lines = (log_difference(source, self.folder), results_difference(source, self.folder))
            return [each for each in (*lines, *again) if each]

    def used(self) -> Path | None:
        """Where something was put aside."""
        return self.aside if self.aside.exists() else None

    @contextmanager
    def _source(self) -> Iterator[Source]:
        with views_locked(self.store, "repairing the views"), self.store.reading() as connection:
            yield Source(self.store, connection)

    def _put_aside(self, found: Difference) -> None:
        """Move what stands in a file's place, or in the place of a folder on its way, out of the way."""
        if found.kind not in KEPT:
            return
        path = Path(found.path)
        for part in (*reversed(path.parents[:-1]), path):
            place = self.folder / part
            if place.is_symlink() or (part != path and place.exists() and not place.is_dir()) or (part == path and place.exists()):
                put_aside(self.folder, self.aside, part.as_posix())
                return
