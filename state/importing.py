"""Taking over the `.factory/` of an original re:factory, once a store: kept as objects, recorded, then moved out of the way of ours."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import file_digest, sha256
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from state.backlog import BacklogAdded, open_item
from state.database import broken
from state.errors import Problem, Refusal
from state.events import PAYLOAD_LIMIT, Payload
from state.files import ensure_private_folder, file_object, flush_everything, free_path, inside, locked, replace_file
from state.import_due import is_import_due
from state.imported import (
    KEY,
    MOVED_KEY,
    Import,
    KeptFile,
    OriginalExperiments,
    OriginalFilesKept,
    OriginalImported,
    OriginalMoved,
    kept_files,
    the_import,
)
from state.model import Model, canonical
from state.original.folder import LEFT_IN_PLACE, Original, OriginalFile, read_original
from state.rows import next_number, one
from state.store import Store
from state.views.registry import located

if TYPE_CHECKING:
    import sqlite3

FOLDER: Final = "imported"  # where the original's files lie from then on, below `.factory`
READ_ME: Final = "README.txt"
OBJECT_LIMIT: Final = 64 * 1024 * 1024  # bytes; a larger file is moved and not copied
BUNDLE_SIZE: Final = 4 * 1024 * 1024  # bytes of files that are kept together: thousands of small objects would take minutes
RESTORED_A_CALL: Final = 1000  # files
_ENTRY: Final = 160  # bytes that a file takes in an event, without its path
PROBLEMS_LIMIT: Final = 100  # that are recorded; all are counted
_PROBLEM_LENGTH: Final = 300
_ROOM: Final = PAYLOAD_LIMIT - 1024  # bytes for the items of a payload
_Item = TypeVar("_Item", bound=Model)


def is_takeover_due(store: Store, folder: Path) -> bool:
    """Whether `take_over` or `restore` has something to do. Cheap; writes nothing. Raises as `is_import_due` does."""
    return is_import_due(store, folder) or _to_restore(store, folder) is not None


def take_over(store: Store, folder: Path) -> Import | None:
    """Import the original's `.factory` at `folder`, or finish an import that was interrupted; None where there is none to do.

    Objects first, then one transaction, then the files are moved: killed anywhere, the same call goes on from there. Raises Refusal BUSY while
    another process imports, EXISTS where the store has experiments of its own already, STORE_BROKEN where it cannot be written; and OSError where
    the files cannot be read or moved.
    """
    if not is_import_due(store, folder):
        return None
    with _importing(store):
        if not is_import_due(store, folder):
            return None  # another server was quicker
        found = _recorded(store, folder)
        _move(store, folder, found)
    return _import_of(store)


def record_original(store: Store, folder: Path) -> None:
    """The first half of `take_over`: their numbers are taken, whether their files can be moved or not. Raises as that does."""
    if _import_of(store) is None and is_import_due(store, folder):
        with _importing(store):
            _recorded(store, folder)


def restore(store: Store, folder: Path) -> None:
    """Write from the store what of the imported files is missing, a part in each call; the line about them, written last, says that all are there.

    Raises OSError, and Refusal STORE_BROKEN where a file is lost in the store too, or a link is in the way.
    """
    found = _to_restore(store, folder)
    if found is None:
        return
    with _importing(store):
        ensure_private_folder(folder)
        with store.reading() as connection:
            files = [file for file in kept_files(connection) if file.bundle]
        missing = [file for file in files if not (folder / lies_at(file.path)).exists()]
        for bundle, part in groupby(missing[:RESTORED_A_CALL], key=lambda file: file.bundle):
            content = store.read_object(bundle)
            for file in part:
                replace_file(_place(folder, lies_at(file.path)), content[file.start : file.start + file.size], flush=False)
        if len(missing) <= RESTORED_A_CALL:
            replace_file(_place(folder, f"{FOLDER}/{READ_ME}"), about(found))


def _to_restore(store: Store, folder: Path) -> Import | None:
    """The import whose files are not all there any more; None where they are, or nothing was moved yet."""
    found = _import_of(store)
    return found if found is not None and found.moved and not (folder / FOLDER / READ_ME).is_file() else None


def lies_at(path: str) -> str:
    """Where a file of the original lies once it is imported: notes of their archive stay, but for a name of ours; all else is moved."""
    if not path.startswith("archive/"):
        return f"{FOLDER}/{path}"
    place = Path(path)
    return path if located(path) is None else place.with_name(f"original-{place.name}").as_posix()


def about(found: Import) -> bytes:
    """What is said beside the moved files: what they are, and what of them could not be read as it stands."""
    lines = [
        f"The files of an earlier re:factory, moved here on {found.at[:10]} when its history was imported:",
        f"{found.experiments} experiments, {found.items} backlog items. They are kept as they were; nothing here is read any more.",
        "Notes of its archive stay in .factory/archive.",
    ]
    if found.odd:
        lines += ["", f"Not as expected ({found.odd}):", *(f"- {problem}" for problem in found.problems)]
        lines += ["- and more"] if found.odd > len(found.problems) else []
    return ("\n".join(lines) + "\n").encode()


def _import_of(store: Store) -> Import | None:
    with store.reading() as connection:
        return the_import(connection)


@contextmanager
def _importing(store: Store) -> Iterator[None]:
    """Alone, among all servers on this store."""
    try:
        ensure_private_folder(store.folder)
    except OSError as error:
        raise broken(store.folder, error) from error
    with locked(store.folder / "import.lock", "importing an earlier re:factory's history"):
        yield


def _recorded(store: Store, folder: Path) -> Import:
    """The import, recorded now unless it was before."""
    if (before := _import_of(store)) is not None:
        return before
    _require_no_experiments(store, folder)
    _record(store, folder, read_original(folder))
    if (found := _import_of(store)) is None:
        raise Refusal("STORE_BROKEN", "the import was recorded and is not there", where=[str(store.path)])
    return found


def _require_no_experiments(store: Store, folder: Path) -> None:
    """Their numbers stay, so there must be none of ours yet."""
    with store.reading() as connection:
        ours = one(connection, "SELECT id FROM experiments LIMIT 1")
    if ours is not None:
        what = f"{folder} holds files of an earlier re:factory, and this project has experiments of its own already"
        raise Refusal("EXISTS", what, where=[str(folder)], expected="those files moved elsewhere: their history is not imported any more")


def _record(store: Store, folder: Path, original: Original) -> None:
    """Everything that was read, in one transaction, once the bytes of all its files are safe as objects."""
    problems = list(original.problems)
    kept = [_kept(store, folder, part, problems) for part in _parts(original.files)]
    flush_everything()
    with store.writing() as connection:
        for files in kept:
            _append(store, files)
        for experiments in _batches(original.experiments):
            _append(store, OriginalExperiments(experiments=experiments))
        count = _add_items(store, connection, original.items, problems)
        lines = [str(problem)[:_PROBLEM_LENGTH] for problem in problems[:PROBLEMS_LIMIT]]
        imported = OriginalImported(
            verdicts=original.verdicts(), items=count, files=len(original.files), goal=original.goal, problems=tuple(lines), odd=len(problems)
        )
        _append(store, imported, KEY)


def _append(store: Store, payload: Payload, key: str | None = None) -> None:
    store.append(payload, actor="server", channel="server", key=key)


def _parts(files: Sequence[OriginalFile]) -> Iterator[list[OriginalFile]]:
    """The files in parts whose list fits an event, and whose bytes fit a bundle; one larger than that is a part of its own."""
    part: list[OriginalFile] = []
    room, size = _ROOM, 0
    for file in files:
        needed = len(canonical(file.path).encode()) + _ENTRY
        if part and (needed > room or size + file.size > BUNDLE_SIZE):
            yield part
            part, room, size = [], _ROOM, 0
        part.append(file)
        room, size = room - needed, size + file.size
    if part:
        yield part


def _kept(store: Store, folder: Path, part: list[OriginalFile], problems: list[Problem]) -> OriginalFilesKept:
    """The files with their bytes as one object, which is not flushed to disk yet."""
    if part[0].size > OBJECT_LIMIT:
        problems.append(Problem(part[0].path, f"{part[0].size} bytes", f"at most {OBJECT_LIMIT} for a copy in the store; the file is moved only"))
        with (folder / part[0].path).open("rb") as file:
            sha = file_digest(file, "sha256").hexdigest()
        return OriginalFilesKept(files=(KeptFile(path=part[0].path, sha=sha, size=part[0].size, experiment=part[0].experiment),))
    contents = [(folder / file.path).read_bytes() for file in part]
    files = [
        KeptFile(path=file.path, sha=sha256(content).hexdigest(), size=len(content), experiment=file.experiment)
        for file, content in zip(part, contents, strict=True)
    ]
    try:
        bundle = file_object(store.objects, b"".join(contents), flush=False)
    except OSError as error:
        raise broken(store.objects, error) from error
    return OriginalFilesKept(files=tuple(files), bundle=bundle)


def _add_items(store: Store, connection: "sqlite3.Connection", texts: Iterable[str], problems: list[Problem]) -> int:
    """The backlog's lines as open items, but for those that an open item says already; how many they are."""
    count = 0
    for text in texts:
        if open_item(connection, text) is not None:
            problems.append(Problem("backlog", f"{text[:60]!a} again", "each open item once; the one that was there stands for both"))
            continue
        _append(store, BacklogAdded(item=next_number(connection, "backlog"), text=text, source="original"))
        count += 1
    return count


def _batches(items: Sequence[_Item]) -> Iterator[tuple[_Item, ...]]:
    """The items in as few parts as fit a payload each."""
    part: list[_Item] = []
    size = 0
    for item in items:
        length = len(canonical(item.plain()).encode()) + 1
        if part and size + length > _ROOM:
            yield tuple(part)
            part, size = [], 0
        part.append(item)
        size += length
    if part:
        yield tuple(part)


def _move(store: Store, folder: Path, found: Import) -> None:
    """Move everything of the original out of the way of ours: a rename each, so that a kill leaves every entry here or there."""
    target = ensure_private_folder(folder / FOLDER)
    for entry in sorted(folder.iterdir()):
        if entry.name not in LEFT_IN_PLACE and (entry.name != "archive" or entry.is_symlink()):
            entry.rename(free_path(target / entry.name))
    with store.reading() as connection:
        notes = [file.path for file in kept_files(connection, "archive/") if lies_at(file.path) != file.path]
    for note in notes:
        if (folder / note).is_file():
            (folder / note).rename(free_path(folder / lies_at(note)))
    flush_everything()
    _append(store, OriginalMoved(), MOVED_KEY)
    replace_file(_place(folder, f"{FOLDER}/{READ_ME}"), about(found))


def _place(folder: Path, path: str) -> Path:
    """Where a file goes, its folder made. Raises Refusal STORE_BROKEN where a link leads elsewhere."""
    (folder / path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return inside(folder, path)
