"""Another copy of what the store lost: a patch among the readable files or out of git, an original's files where they lie now."""

import hashlib
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Final

from state.errors import Refusal
from state.experiments import VerdictGiven
from state.files import inside
from state.imported import OriginalFilesKept, kept_files
from state.importing import lies_at
from state.integrity.objects import Damaged, Needed, damaged_objects, put_object_aside, sides_of
from state.store import Store
from state.views.guarding import REPLACED
from tools.engine.experiment.deciding import PATCH_LIMIT
from tools.engine.repository.changes import patch_text
from tools.engine.repository.git import GitFailed
from tools.engine.repository.location import Repository
from tools.engine.repository.own_refs import own_refs

TRIED: Final = 50  # pairs of commits of one experiment


def objects_mended(repository: Repository, store: Store) -> list[str]:
    """Put every altered object aside, and keep those again of which there is another copy; answers what was done.

    Raises Refusal STORE_BROKEN where the events cannot be read or nothing can be written.
    """
    done = []
    for damaged in damaged_objects(store):
        found = _copy(repository, store, damaged.needed)
        aside = put_object_aside(store.objects, damaged)
        if aside is not None:
            done.append(f"{damaged.needed}, which {damaged.why}, is put aside: {aside}")
        if found is not None:
            store.keep_object(found[0])
            done.append(f"{damaged.needed} is kept again, from {found[1]}")
    return done


def lost_for_good(store: Store) -> list[Damaged]:
    """What is left to give up once all that can be mended is mended."""
    return [each for each in damaged_objects(store) if not each.needed.replaceable]


def _copy(repository: Repository, store: Store, needed: Needed) -> tuple[bytes, str] | None:
    """The content that an object must have, and where it was found."""
    sources = {VerdictGiven.type: _patches, OriginalFilesKept.type: _originals}
    found = sources[needed.event](repository, store, needed) if needed.event in sources else iter(())
    return next(((content, where) for content, where in found if hashlib.sha256(content).hexdigest() == needed.name), None)


def _patches(repository: Repository, store: Store, needed: Needed) -> Iterator[tuple[bytes, str]]:
    """What may be the patch of an experiment: its readable file, now or as a repair put it aside, then what git says of its commits."""
    folder, name = repository.factory_folder, f"experiments/{needed.experiment or 0:03d}/changes.diff"
    for place in (name, *(f"{REPLACED}/{each.name}/{name}" for each in sorted(folder.glob(f"{REPLACED}/*")))):
        if (content := _content(folder, place)) is not None:
            yield content, f".factory/{place}"
    for base, candidate in _pairs(repository, store, needed.experiment or 0):
        try:
            yield patch_text(repository, base, candidate, PATCH_LIMIT).text.encode(), f"git: {base[:7]}..{candidate[:7]}"
        except GitFailed:  # one of them is gone
            continue


def _pairs(repository: Repository, store: Store, experiment: int) -> list[tuple[str, str]]:
    """The commits between which an experiment's patch may lie, the likeliest first."""
    with store.reading() as connection:
        sides = sides_of(connection, experiment)
    name = f"refs/factory/backup/{experiment:03d}"
    backups = [commit for ref, commit in own_refs(repository).items() if ref == name or ref.startswith(f"{name}-")]
    return [*product(sides.bases, dict.fromkeys((*sides.candidates, *backups)))][:TRIED]


def _originals(repository: Repository, store: Store, needed: Needed) -> Iterator[tuple[bytes, str]]:
    """The files of one bundle as they lie in `.factory`, one behind the other."""
    folder = repository.factory_folder
    with store.reading() as connection:
        files = [file for file in kept_files(connection) if file.bundle == needed.name]
    parts = [_content(folder, lies_at(file.path)) for file in files]
    whole = [part for part in parts if part is not None]
    if len(whole) == len(files):
        yield b"".join(whole), f"{len(files)} files of .factory"


def _content(folder: Path, name: str) -> bytes | None:
    """The bytes of a file; None where there is none, or a link leads elsewhere."""
    try:
        return inside(folder, name).read_bytes()
    except (OSError, Refusal):
        return None
