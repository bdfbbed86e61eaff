"""The objects that events name: which of them are gone or altered, what that means, and the altered ones put aside."""

import hashlib
import json
import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from state.chain import links, said_by
from state.events import Payload, new_ulid
from state.experiments import CandidateCaptured, CandidateUpdated, ExperimentStarted, MergeConflicted, VerdictGiven
from state.files import object_path
from state.imported import OriginalFilesKept
from state.integrity.findings import GIVE_UP, REPAIR, Check, Fault, check_of
from state.losses import LossAccepted
from state.rows import many
from state.runs import RunTaken
from state.samples import SampleTaken
from state.store import Store

if TYPE_CHECKING:
    import sqlite3

LOST: Final = f"{REPAIR}, which looks for another copy; where there is none: the file from a backup, or {GIVE_UP}"
_NAME: Final = re.compile(r"[0-9a-f]{64}")
_USES: Final = {
    SampleTaken.type: "the material of a measurement",
    VerdictGiven.type: "the patch of experiment {}",
    OriginalFilesKept.type: "files of an earlier factory",
    RunTaken.type: "what a run of the metric printed, or said of its instances",
}
_PATHS_SHOWN: Final = 3


@dataclass(frozen=True)
class Needed:
    """An object that event `seq`, of the type `event`, names; `experiment` where that event is of one."""

    name: str
    seq: int
    event: str
    experiment: int | None

    @property
    def replaceable(self) -> bool:
        """Whether nothing is lost with it: what was measured is measured again when it is wanted."""
        return self.event == SampleTaken.type

    def __str__(self) -> str:
        return f"object {self.name[:12]} ({_USES.get(self.event, self.event).format(self.experiment)})"


@dataclass(frozen=True)
class Damaged:
    """An object that is not what its name says. `gone`: nothing lies at its path; else `why` says what is wrong with what lies there."""

    needed: Needed
    path: Path
    why: str
    gone: bool


def note_objects(found: dict[str, Needed], seq: int, payload: Payload) -> None:
    """Add the objects that an event names; of those that name the same one, what cannot be measured again decides what it is."""
    for name in payload.objects():
        known = found.get(name)
        if known is None or (known.replaceable and payload.type != SampleTaken.type):
            number = getattr(payload, "experiment", None)
            found[name] = Needed(name, seq, payload.type, number if isinstance(number, int) else None)


def damaged_objects(store: Store) -> list[Damaged]:
    """Every object that an event names and that cannot be read as it was, but for those given up that are gone.

    Raises Refusal STORE_BROKEN where the events cannot be read.
    """
    found: dict[str, Needed] = {}
    given_up: set[str] = set()
    with store.reading() as connection:
        for link in links(connection):
            payload = said_by(link)
            note_objects(found, link.seq, payload)
            if isinstance(payload, LossAccepted):
                given_up.update(payload.lost_objects)
    damaged = (damage_of(store.objects, needed) for needed in found.values())
    return [each for each in damaged if each and not (each.gone and each.needed.name in given_up)]


def damage_of(objects: Path, needed: Needed) -> Damaged | None:
    """What is wrong with an object; None where nothing is."""
    if not _NAME.fullmatch(needed.name):
        return Damaged(needed, objects, f"is named {needed.name[:80]!r}, which is no SHA-256", gone=True)
    path = object_path(objects, needed.name)
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        return Damaged(needed, path, f"cannot be read: {error.strerror}", gone=isinstance(error, FileNotFoundError) and not os.path.lexists(path))
    return None if found == needed.name else Damaged(needed, path, "was altered", gone=False)


def objects_check(store: Store, needed: Collection[Needed], given_up: Collection[str]) -> Check:
    """Whether every object is there as it was. A material that is gone is said and no fault; one that was altered is, until it is put aside."""
    damaged = [found for each in needed if (found := damage_of(store.objects, each))]
    harmless = [each for each in damaged if each.gone and (each.needed.replaceable or each.needed.name in given_up)]
    again = [str(each.path) for each in harmless if each.needed.replaceable]
    said = f"{len(needed) - len(harmless)} files, each with the hash that it is named by"
    if again:
        more = f" and {len(again) - _PATHS_SHOWN} more" if len(again) > _PATHS_SHOWN else ""
        said += f"; what {len(again)} measurements need is gone, and is measured again when it is wanted: {', '.join(again[:_PATHS_SHOWN])}{more}"
    if len(again) < len(harmless):
        said += f"; {len(harmless) - len(again)} given up"
    return check_of("objects", said, [_fault(each) for each in damaged if each not in harmless])


def _fault(damaged: Damaged) -> Fault:
    needed = damaged.needed
    expected = "the file" if damaged.gone else f"content with hash {needed.name}"
    return Fault(str(damaged.path), f"{needed}, which event {needed.seq} needs, {damaged.why}", expected, REPAIR if needed.replaceable else LOST)


def put_object_aside(objects: Path, damaged: Damaged) -> Path | None:
    """Move what lies in the place of an object, or of a folder on its way, beside it; answers where it is now. Raises OSError."""
    if not _NAME.fullmatch(damaged.needed.name):
        return None
    for part in (objects, damaged.path.parent, damaged.path):
        if os.path.lexists(part) and (part == damaged.path or not part.is_dir()):
            return part.rename(part.with_name(f"{part.name}.broken-{new_ulid()}"))
    return None


@dataclass(frozen=True)
class Sides:
    """The commits that an experiment was ever measured from and as, the newest first: its patch is the difference of two of them."""

    bases: tuple[str, ...]
    candidates: tuple[str, ...]


def sides_of(connection: "sqlite3.Connection", experiment: int) -> Sides:
    """What the events say of an experiment's commits."""
    bases, candidates = [], []
    for row in _moves(connection, experiment):
        match row["type"], json.loads(row["payload"]):
            case ExperimentStarted.type, {"base": base}:
                bases.append(base)
            case CandidateCaptured.type, {"commit": commit}:
                candidates.append(commit)
            case CandidateUpdated.type, {"base": base, "commit": commit}:
                bases.append(base)
                candidates.append(commit)
            case MergeConflicted.type, {"target": target}:
                bases.append(target)
    return Sides(tuple(dict.fromkeys(reversed(bases))), tuple(dict.fromkeys(reversed(candidates))))


def _moves(connection: "sqlite3.Connection", experiment: int) -> Iterator[dict[str, str]]:
    question = "SELECT type, payload FROM events WHERE type IN (?, ?, ?, ?) AND json_extract(payload, '$.experiment') = ? ORDER BY seq"
    types = (ExperimentStarted.type, CandidateCaptured.type, CandidateUpdated.type, MergeConflicted.type)
    yield from many(connection, question, *types, experiment)
