"""Bytes into the folder of the views: no link is followed, nobody sees half a file, and trouble with one file is kept for the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from state.errors import Refusal
from state.files import inside, replace_file
from state.views.guarding import Guard
from state.views.registry import located
from state.views.view import Source


@dataclass(frozen=True)
class Trouble:
    """A file that could not be brought up to date, and why."""

    path: str
    why: str


@dataclass
class Writing:
    """One export under way. `durable`: each file is flushed to disk before it is put in place.

    `guard`, where there is one, puts aside what is not ours: here the files of one experiment or cycle each, the others before anything is written.
    `done` are the files that were written; `kept` those that were put aside; `troubles` those that could not be written, by their path.
    """

    folder: Path
    durable: bool = True
    guard: Guard | None = None
    done: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    troubles: dict[str, Trouble] = field(default_factory=dict)

    def write(self, source: Source, path: str) -> None:
        """Write one view as the store is now, or take it away where it has nothing to say; once in an export."""
        found = located(path)
        if found is None or path in self.done:
            return
        self.done.add(path)
        view, subject = found
        with self.noting(path):
            content = view.render(source, subject)
            place = inside(self.folder, path)
            if content is not None and place.is_file() and content != (there := place.read_bytes()) and view.is_genuine(source, subject, there):
                return
            if subject:
                self.keep(path, content)
            if content is None:
                place.unlink(missing_ok=True)
            else:
                replace_file(place, content, flush=self.durable)

    def keep(self, path: str, ours: bytes | None) -> None:
        """Let the guard put the file aside where it is not `ours`. Raises as the guard does: then it must not be written."""
        if self.guard is not None and self.guard.keep(path, ours):
            self.kept.add(path)

    @contextmanager
    def noting(self, path: str) -> Iterator[None]:
        """Trouble with this file does not stop the others."""
        try:
            yield
        except OSError as error:
            self.troubles[path] = Trouble(path, error.strerror or str(error))
        except Refusal as refusal:
            self.troubles[path] = Trouble(path, refusal.what)
