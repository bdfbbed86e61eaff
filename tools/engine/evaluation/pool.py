"""Trees that are used again: large ones stay for a while after a measurement, and only what a run or the next tree changed is written.

Why a candidate cannot leave anything behind in one: tools/engine/repository/inventory.py.
"""

import logging
import shutil
import tempfile
import threading
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tools.engine.evaluation.lodging import Lodging, fits, new_lodging, renewed_lodging
from tools.engine.evaluation.occupants import is_occupied
from tools.engine.evaluation.private_room import ROOM_NEEDED, Room, close_room
from tools.engine.repository.location import Repository
from tools.engine.repository.renewal import differing
from tools.engine.repository.tree_plan import Plan, plan_next, plan_tree

SMALLEST: Final = 2000  # files: below that a tree is written as quickly as it is looked through
ROOMS: Final = 2  # free ones of a project
UNUSED: Final = 600.0  # seconds after which a free room goes

log = logging.getLogger("refactory.pool")


@dataclass
class _Project:
    """The free rooms of a repository, how many are lent, the tree that was lent last, and every path in which lent trees differed."""

    last: Plan
    free: list[tuple[Lodging, threading.Timer]] = field(default_factory=list)
    lent: int = 0
    differed: set[str] = field(default_factory=set)


class Pool:
    """The rooms of one server process. Used from worker threads; close it at the end.

    `folders` are where rooms may be, the first that fits; `smallest` is the number of files from which a tree is kept; `unused` the seconds
    for which a free room is.
    """

    def __init__(self, folders: Iterable[Path] | None = None, smallest: int = SMALLEST, unused: float = UNUSED) -> None:
        self._folders = tuple(folders) if folders is not None else (Path(tempfile.gettempdir()), Path("/var/tmp"))  # noqa: S108 - rooms are private
        self._smallest = smallest
        self._unused = unused
        self._lock = threading.Lock()
        self._projects: dict[Path, _Project] = {}
        self._removals: list[threading.Thread] = []
        self._parent: Path | None = None
        self._searched = False

    def plan(self, repository: Repository, tree: str) -> Plan:
        """Look up what a tree consists of, with the help of what is known of the one before. Raises what plan_tree raises."""
        with self._lock:
            project = self._projects.get(repository.common)
        return plan_next(project.last, tree) if project else plan_tree(repository, tree)

    def lend(self, plan: Plan) -> Lodging | None:
        """A room with the tree of `plan`; None where it is too small, or where no folder fits. Raises what write_tree raises.

        It must be given back, or dropped.
        """
        parent = self._place() if len(plan.pieces) >= self._smallest else None
        if parent is None:
            return None
        with ExitStack() as undone:
            kept, touch = self._begin(plan)
            undone.callback(self._end, plan.repository)
            lodging = renewed_lodging(kept, plan, touch, self._remove) if kept else None
            lodging = lodging or new_lodging(parent, plan)
            if lodging:
                undone.pop_all()
        return lodging

    def give_back(self, lodging: Lodging) -> None:
        """A room whose run ended. It stays for the next tree, unless somebody still works in it or the disk is nearly full."""
        folder = lodging.room.place.room
        if is_occupied(folder) or shutil.disk_usage(folder.parent).free < ROOM_NEEDED:
            self.drop(lodging)
            return
        timer = threading.Timer(self._unused, self._expire, (lodging,))
        timer.daemon = True
        with self._lock:
            free = self._projects[lodging.repository.common].free
            free.append((lodging, timer))
            surplus = free[:-ROOMS]
            del free[:-ROOMS]
        timer.start()
        self._end(lodging.repository)
        self._give_up(surplus)

    def drop(self, lodging: Lodging) -> None:
        """A room that is not to be used again: it is removed in the background."""
        self._end(lodging.repository)
        self._remove(lodging.room)

    def close(self, patience: float | None = None) -> None:
        """Remove every free room. Waits for each removal for at most `patience` seconds; what is left then the next server sweeps away."""
        with self._lock:
            given_up = [each for project in self._projects.values() for each in project.free]
            for project in self._projects.values():
                project.free.clear()
            self._projects = {common: project for common, project in self._projects.items() if project.lent}
        self._give_up(given_up)
        with self._lock:
            removals = [*self._removals]
        for removal in removals:
            removal.join(patience)

    def _place(self) -> Path | None:
        """Where rooms are: the first folder that fits, asked once; none, and no free room stays, while its disk is nearly full."""
        with self._lock:
            if not self._searched:
                self._parent = next((folder for folder in self._folders if fits(folder)), None)
                self._searched = True
        if self._parent is not None and shutil.disk_usage(self._parent).free < ROOM_NEEDED:
            self.close(patience=0)
            return None
        return self._parent

    def _begin(self, plan: Plan) -> tuple[Lodging | None, frozenset[str]]:
        """Take a free room, best one with the very tree; and the files that must look new in it.

        Whatever differed between two trees may meanwhile have been built elsewhere from the other one: a build that goes by times must not take
        that for newer than the file.
        """
        with self._lock:
            project = self._projects.setdefault(plan.repository.common, _Project(plan))
            project.differed |= differing(project.last, plan)
            project.last = plan
            project.lent += 1
            if not project.free:
                return None, frozenset()
            chosen = next((each for each in project.free if each[0].tree == plan.tree), project.free[-1])
            project.free.remove(chosen)
            chosen[1].cancel()
            return chosen[0], frozenset(project.differed)

    def _end(self, repository: Repository) -> None:
        """One room less is lent; with the last one of a project all that is known of it goes."""
        with self._lock:
            project = self._projects[repository.common]
            project.lent -= 1
            if not project.lent and not project.free:
                del self._projects[repository.common]

    def _expire(self, lodging: Lodging) -> None:
        """A free room was not wanted for long."""
        with self._lock:
            project = self._projects.get(lodging.repository.common)
            chosen = next((each for each in project.free if each[0] is lodging), None) if project else None
            if project is None or chosen is None:
                return
            project.free.remove(chosen)
            project.lent += 1  # as long as it takes to drop it
        self.drop(lodging)

    def _give_up(self, free: Iterable[tuple[Lodging, threading.Timer]]) -> None:
        for lodging, timer in free:
            timer.cancel()
            self._remove(lodging.room)

    def _remove(self, room: Room) -> None:
        """Remove a room in the background."""
        removal = threading.Thread(target=_close, args=(room,), name="removal of a room", daemon=True)
        removal.start()
        with self._lock:
            self._removals = [each for each in self._removals if each.is_alive()] + [removal]


def _close(room: Room) -> None:
    try:
        close_room(room)
    except OSError as error:
        log.warning("a room could not be removed: %s", error)
