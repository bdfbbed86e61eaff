"""A room with a tree that may be used again: made, and made ready for another tree. What cannot be made ready is given up, not mended."""

import logging
import os
import shutil
import stat
from collections.abc import Callable, Collection
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from tools.engine.evaluation.private_room import LOCK, PREFIX, ROOM_NEEDED, Room, close_room, furnish, open_room
from tools.engine.languages.bench import Place
from tools.engine.repository.inventory import clock_went_on, counts_every_write
from tools.engine.repository.location import Repository
from tools.engine.repository.renewal import Standing, renew, stand
from tools.engine.repository.tree_plan import Plan

log = logging.getLogger("refactory.pool")


@dataclass(frozen=True)
class Lodging:
    """A room and the tree in it. `identity` tells the folder itself from one that took its place."""

    room: Room
    standing: Standing
    identity: tuple[int, int, int]

    @property
    def repository(self) -> Repository:
        """Whose tree it is."""
        return self.standing.plan.repository

    @property
    def tree(self) -> str:
        """Which tree it is."""
        return self.standing.plan.tree


def fits(folder: Path) -> bool:
    """Whether rooms that are used again may be here: programs run, there is space, and the file system counts every write."""
    if not os.access(folder, os.W_OK | os.X_OK) or os.statvfs(folder).f_flag & os.ST_NOEXEC or shutil.disk_usage(folder).free < ROOM_NEEDED:
        return False
    room = open_room(folder)
    try:
        return counts_every_write(room.place.room)
    finally:
        close_room(room)


def new_lodging(parent: Path, plan: Plan) -> Lodging | None:
    """A new room with a tree; None where the clock stands still. Raises what write_tree raises; nothing is left then."""
    with ExitStack() as undone:
        room = open_room(parent)
        undone.callback(close_room, room)
        furnish(room)
        standing = stand(plan, room.place.tree)
        if not clock_went_on(room.lock.fileno(), standing.newest):
            return None
        undone.pop_all()
    return Lodging(room, standing, _identity(room.place.room))


def renewed_lodging(lodging: Lodging, plan: Plan, touch: Collection[str], remove: Callable[[Room], None]) -> Lodging | None:
    """The same room with the tree of `plan`, the files of `touch` stamped anew; None where it cannot be made so.

    `remove` is handed every room that is of no use any more: what a run left behind, and this one itself. Raises Refusal UNSUPPORTED_REPO for
    an object that is not here.
    """
    with ExitStack() as undone:
        room = lodging.room
        undone.callback(lambda: remove(room))
        try:
            if not _is_itself(lodging):
                return None
            # Another name, as every fresh room has: what was built or cached by path elsewhere is not taken for this tree's.
            room = Room(Place(room.place.room.rename(room.place.room.with_name(f"{PREFIX}{uuid4().hex}"))), room.lock)
            standing = _renewed_tree(lodging.standing, plan, room, touch, remove)
            if standing is None or not clock_went_on(room.lock.fileno(), standing.newest):
                return None
        except OSError as error:
            log.warning("a measured tree cannot be used again: %s", error)
            return None
        undone.pop_all()
    return Lodging(room, standing, lodging.identity)


def _renewed_tree(standing: Standing, plan: Plan, room: Room, touch: Collection[str], remove: Callable[[Room], None]) -> Standing | None:
    grave = open_room(room.place.room.parent)
    try:
        for inner in room.place.room.iterdir():
            if inner.name not in (LOCK, room.place.tree.name):
                _set_aside(inner, grave)
        furnish(room)
        return renew(standing, plan, room.place.tree, lambda path: _set_aside(path, grave), touch)
    finally:
        remove(grave)


def _set_aside(path: Path, grave: Room) -> None:
    """Take a file away, or a whole folder without looking into it. A symlink is taken away itself."""
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode):
        path.unlink()
        return
    if status.st_mode & stat.S_IRWXU != stat.S_IRWXU:
        path.chmod(stat.S_IRWXU)  # a folder that is closed to us cannot be moved
    path.rename(grave.place.room / uuid4().hex)


def _is_itself(lodging: Lodging) -> bool:
    """Whether the folder and its lock are still those that we made."""
    room = lodging.room
    return _identity(room.place.room) == lodging.identity and os.path.samestat((room.place.room / LOCK).lstat(), os.fstat(room.lock.fileno()))


def _identity(folder: Path) -> tuple[int, int, int]:
    status = folder.lstat()
    return status.st_dev, status.st_ino, status.st_mode
