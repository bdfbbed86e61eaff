"""The registry's folder: its store, its view registry.json, and the one time that an earlier factory's registry.json is taken over."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from state.earlier_registry import NAME, earlier_projects, set_aside
from state.errors import Refusal
from state.experiment_pages import page
from state.files import ensure_private_folder, locked, replace_file
from state.registry import Progress, Project, ProjectAdvanced, ProjectForgotten, ProjectRegistered, RegistryImported, project, projects
from state.store import Store, event_at, head
from state.text import is_text
from state.totals import totals

if TYPE_CHECKING:
    import sqlite3

OWN_NAME: Final = ".factory"
PATIENCE: Final = 5.0  # seconds that another process is waited for: who works on a project must not wait long for the list of projects
NAMED: Final = 100  # of the projects that were not taken over
NOT_KEPT: Final = ("revert", "supersede", "undo")
LOOKED_AT: Final = 20  # of the newest experiments, for one that is decided


class Registry:
    """The list of projects on this machine. May be used from several threads and processes.

    Everything here raises Refusal BUSY or STORE_BROKEN, or OSError, when the folder cannot be used; nothing of a project depends on it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()  # a person may keep the folder elsewhere and link it
        self._store = Store(self.folder, PATIENCE)

    def note(self, root: Path, progress: Progress) -> bool:
        """Make the list say that `root`, a main checkout, is a project with this progress; whether it had to be changed.

        Raises Refusal BAD_ARGUMENTS for a path that is no text.
        """
        path = _canonical(root)
        with self._store.reading() as connection:
            begun, known = head(connection)[0] > 0, project(connection, path)
        if known is not None and _progress(known) == progress:
            return False
        self._make_private()
        if not begun:
            self._take_over()
        with self._store.writing() as connection:
            known = project(connection, path)
            if known is None:
                self._append(ProjectRegistered(path=path, name=root.name or path), "server")
            if progress != (_progress(known) if known else Progress()):
                self._append(ProjectAdvanced(path=path, progress=progress), "server")
        self._write_view()
        return True

    def forget(self, path: str) -> bool:
        """Take a project off the list; whether it was there."""
        with self._store.reading() as connection:
            if project(connection, path) is None:
                return False
        with self._store.writing() as connection:
            known = project(connection, path)
            if known is not None:
                self._append(ProjectForgotten(path=path), "user")
        self._write_view()
        return known is not None

    def projects(self) -> list[Project]:
        """Every project, the one with the newest experiment first. Writes nothing."""
        with self._store.reading() as connection:
            return projects(connection)

    def close(self) -> None:
        """Let go of the database."""
        self._store.close()

    def _append(self, payload: ProjectRegistered | ProjectAdvanced | ProjectForgotten | RegistryImported, actor: Any) -> None:
        self._store.append(payload, actor=actor, channel="registry")

    def _make_private(self) -> None:
        """The folder is for its owner alone; one that the person chose under another name may be shared on purpose, and stays as it is."""
        ensure_private_folder(self.folder)
        if self.folder.name == OWN_NAME and self.folder.stat().st_mode & 0o077:
            self.folder.chmod(0o700)

    @contextmanager
    def _alone(self, purpose: str) -> Iterator[None]:
        with locked(self.folder / "registry.lock", purpose, PATIENCE):
            yield

    def _write_view(self) -> None:
        with self._alone("writing registry.json"), self._store.reading() as connection:
            replace_file(self.folder / NAME, _view(connection))

    def _take_over(self) -> None:
        """Import an earlier factory's registry.json, which stays beside under another name. Begun again where it was cut off."""
        with self._alone("taking over registry.json"):
            with self._store.reading() as connection:
                if head(connection)[0]:
                    return  # another process was quicker
            aside = set_aside(self.folder)
            if aside is None:
                return
            found, left = earlier_projects(aside)
            with self._store.writing():
                for each in found:
                    self._append(each, "server")
                self._append(RegistryImported(kept_as=aside.name, taken=len(found), left=tuple(left[:NAMED])), "server")


def progress_of(connection: "sqlite3.Connection") -> Progress:
    """How far the project of this store is. The composite is that of the newest decided experiment: its own if it was kept, else its base's."""
    counts = totals(connection)
    newest = next((item for item in page(connection, before=None, limit=LOOKED_AT) if item.decision), None)
    if newest is None:
        return Progress()
    side = "floor_candidate" if newest.state in ("kept", "landed") else "floor_base"
    score = newest.assessment["assessment"].get(side) if newest.assessment else None
    return Progress(
        kept=counts.get("keep", 0), reverted=sum(counts.get(verdict, 0) for verdict in NOT_KEPT), abandoned=counts.get("abandon", 0),
        at=newest.ended_at or newest.started_at, score=score,
    )  # fmt: skip


def _progress(known: Project) -> Progress:
    """What the list says of a project; an earlier factory's claims are no progress of this one."""
    if not known.kept + known.reverted + known.abandoned:
        return Progress()
    return Progress(kept=known.kept, reverted=known.reverted, abandoned=known.abandoned, at=known.last_experiment_at, score=known.latest_score)


def _canonical(root: Path) -> str:
    path = str(root.resolve())
    if not is_text(path):
        raise Refusal("BAD_ARGUMENTS", "the project's path is no UTF-8", where=(ascii(path),), expected="a folder with a name that is text")
    return path


def _view(connection: "sqlite3.Connection") -> bytes:
    """registry.json in the form that other tools know."""
    newest = event_at(connection, head(connection)[0])
    rows = [
        {
            "path": each.path, "name": each.name, "registered_at": each.registered_at, "last_experiment_at": each.last_experiment_at,
            "experiment_count": each.experiments, "latest_score": each.latest_score,
        }
        for each in projects(connection)
    ]  # fmt: skip
    return (json.dumps({"projects": rows, "updated_at": newest.at if newest else None}, indent=2, ensure_ascii=False) + "\n").encode()
