"""Using a written tree again: what a run touched is written anew, then what differs between the old tree and the new one."""

import os
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path

from tools.engine.repository.inventory import Deviations, Inventory, deviations, newest_change, take_inventory
from tools.engine.repository.left_out import LeftOut, Written
from tools.engine.repository.materialise import make_folders, write_pieces, write_plan
from tools.engine.repository.tree_plan import Plan


@dataclass(frozen=True)
class Standing:
    """A tree that stands in a folder: what was written, how it looked then, and what was left out. `newest` is its latest ctime, in nanoseconds."""

    plan: Plan
    inventory: Inventory
    written: Written

    @property
    def newest(self) -> int:
        """No file may be touched before the clock has passed this."""
        return newest_change(self.inventory)


def differing(old: Plan, new: Plan) -> frozenset[str]:
    """The paths whose files differ between two plans, or that only one of them has."""
    if old.pieces is new.pieces:
        return frozenset()
    changed = {path for path, piece in new.pieces.items() if old.pieces.get(path) != piece}
    return frozenset(changed | (old.pieces.keys() - new.pieces.keys()))


def stand(plan: Plan, directory: Path) -> Standing:
    """Write a tree into an absent or empty folder and remember how it looks. Raises what write_tree raises."""
    written = write_plan(plan, directory)
    return _standing(plan, take_inventory(directory, {}, plan.folders, plan.pieces, ()), written)


def renew(standing: Standing, plan: Plan, directory: Path, remove: Callable[[Path], None], touch: Collection[str]) -> Standing | None:
    """Make the folder in which `standing` stood, and foreign code ran since, hold the tree of `plan` exactly; None where it cannot be used again.

    `remove` takes away a file or a whole folder. Files of the paths `touch` get the present time although they did not change. Raises what
    write_tree raises, and OSError for what cannot be looked at or removed; the folder is of no use then.
    """
    seen = deviations(directory, standing.inventory)
    if seen is None:
        return None
    for path in seen.strangers:
        remove(directory / path)
    stale = differing(standing.plan, plan)
    _remove_stale(directory, standing, plan, seen)
    make_folders(directory, plan.folders - seen.sound)
    pieces = {path: plan.pieces[path] for path in (*stale, *(seen.lost - stale)) if path in plan.pieces}
    damaged = write_pieces(directory, pieces)
    touched = [path for path in touch if path in plan.pieces and path not in pieces and plan.pieces[path].target is None]
    for path in touched:
        os.utime(directory / path, follow_symlinks=False)
    known = {folder: each for folder, each in standing.inventory.items() if folder in seen.sound}
    inventory = take_inventory(directory, known, plan.folders, (*pieces, *touched), stale | seen.lost)
    return _standing(plan, inventory, Written(len(plan.pieces), (*plan.left_out, *damaged)))


def _remove_stale(directory: Path, standing: Standing, plan: Plan, seen: Deviations) -> None:
    """Remove what the old tree had and the new one has not, or has otherwise: files, then the folders that they leave empty."""
    for path in differing(standing.plan, plan) - seen.lost:
        folder, _, name = path.rpartition("/")
        if folder in standing.inventory and name in standing.inventory[folder].files:
            (directory / path).unlink()
    for folder in sorted((standing.plan.folders - plan.folders) & seen.sound, reverse=True):
        (directory / folder).rmdir()


def _standing(plan: Plan, inventory: Inventory, written: Written) -> Standing:
    """What stands. A damaged large file, whose pointer was written, counts as not written: the next time it is looked for again."""
    damaged = _paths(written.left_out[len(plan.left_out) :])
    pieces = {path: piece for path, piece in plan.pieces.items() if path not in damaged} if damaged else plan.pieces
    return Standing(replace(plan, pieces=pieces), inventory, written)


def _paths(left_out: tuple[LeftOut, ...]) -> frozenset[str]:
    return frozenset(left.path for left in left_out)
