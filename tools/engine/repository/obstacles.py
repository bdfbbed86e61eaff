"""What of a person's stands in the way of a landing: facts only, nothing is written here."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tools.engine.repository.git import Git, decode
from tools.engine.repository.objects import Change, changes_of

Staged = tuple[str, str]  # mode and object id of an index entry


@dataclass(frozen=True)
class Index:
    """What an index holds, by path, as git said it: of very many files a landing asks for a few."""

    said: Mapping[str, str]

    def __contains__(self, path: str) -> bool:
        return path in self.said

    def get(self, path: str) -> Staged | None:
        """What it holds of a path; an unmerged one holds something that equals nothing."""
        if path not in self.said:
            return None
        mode, object_id, stage = self.said[path].split(" ")
        return (mode, object_id) if stage == "0" else ("unmerged", "")


def index_entries(git: Git) -> Index:
    """Everything in the index that `git` works on."""
    records = decode(git.bytes_("ls-files", "--stage", "-z")).split("\0")[:-1]
    return Index({path: said for said, _, path in (record.partition("\t") for record in records)})


def before(change: Change) -> Staged | None:
    """What the index holds of a path before the landing."""
    return None if change.status == "A" else (change.old_mode, change.old_id)


def after(change: Change) -> Staged | None:
    """What the index holds of a path after the landing."""
    return None if change.status == "D" else (change.new_mode, change.new_id)


def obstacles(git: Git, changes: Sequence[Change], *, interrupted: bool) -> tuple[str, ...]:
    """The paths where local work overlaps with `changes`, for a refreshed index: staged, edited, deleted, or untracked (ignored ones too).

    Git itself would overwrite an ignored file and bring a deleted one back. After an interruption a missing file is one that git had just
    taken away to write it anew.
    """
    index = index_entries(git)
    edited = {change.path: change.status for change in changes_of(git, "diff-files", "-z", "--ignore-submodules=all")}
    found: dict[str, None] = {}
    for change in changes:
        now = index.get(change.path)
        if now == after(change):
            continue
        if now != before(change) or edited.get(change.path) in {"M", "T"} or (change.path in edited and not interrupted):
            found[change.path] = None
        elif now is None:
            found.update(dict.fromkeys(_untracked(git.directory, change.path, index)))
    return tuple(found)


def _untracked(root: Path, path: str, tracked: Index) -> Iterator[str]:
    """What stands, unknown to git, where `path` is to be written: itself, something below it, or a file in the place of one of its folders."""
    for parent in reversed(PurePosixPath(path).parents[:-1]):
        place = root / parent
        if place.is_symlink() or not place.is_dir():
            if os.path.lexists(place) and str(parent) not in tracked:
                yield str(parent)
            return
    place = root / path
    if place.is_dir() and not place.is_symlink():
        yield from _untracked_below(root, place, tracked)
    elif os.path.lexists(place):
        yield path


def _untracked_below(root: Path, folder: Path, tracked: Index) -> Iterator[str]:
    for place, folders, files in os.walk(folder):
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in files + links:
            path = (Path(place) / name).relative_to(root).as_posix()
            if path not in tracked:
                yield path
