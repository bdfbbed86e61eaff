"""Taking over the `.factory/` of an original re:factory, once a store: kept as objects, recorded, then moved out of the way of ours."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from state.backlog import BacklogAdded, next_item, open_item
from state.database import broken
from state.errors import Problem, Refusal
from state.events import PAYLOAD_LIMIT, Payload
from state.files import ensure_private_folder, file_object, flush_everything, inside, locked, replace_file
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
from state.rows import one
from state.store import Store
from state.views.registry import located
from state.waiting import is_waiting

if TYPE_CHECKING:
    import sqlite3

FOLDER: Final = "imported"  # where the original's files lie from then on, below `.factory`
READ_ME: Final = "README.txt"
OBJECT_LIMIT: Final = 64 * 1024 * 1024  # bytes; a larger file is moved and not copied
PROBLEMS_LIMIT: Final = 100  # that are recorded; all are counted
_PROBLEM_LENGTH: Final = 300
_ROOM: Final = PAYLOAD_LIMIT - 1024  # bytes for the items of a payload
_Item = TypeVar("_Item", bound=Model)


def take_over(store: Store, folder: Path) -> Import | None:
    """Import the original's `.factory` at `folder`, or finish an import that was interrupted; None where there is none to do.

    Objects first, then one transaction, then the files are moved: killed anywhere, the same call goes on from there. Raises Refusal BUSY while
    another process imports, EXISTS where the store has experiments of its own already, STORE_BROKEN where it cannot be written; and OSError where
    the files cannot be read or moved.
    """
    if not is_waiting(store, folder):
        return None
    with _importing(store):
        if not is_waiting(store, folder):
            return None  # another server was quicker
        _recorded(store, folder)
        _move(store, folder)
    return _import_of(store)


def record_original(store: Store, folder: Path) -> None:
    """The first half of `take_over`: their numbers are taken, whether their files can be moved or not. Raises as that does."""
    if _import_of(store) is None and is_waiting(store, folder):
        with _importing(store):
            _recorded(store, folder)


def restore(store: Store, folder: Path) -> None:
    """Write from the store what of the imported files is missing; nothing to do where the line about them stands, which is written last.

    Raises OSError, and Refusal STORE_BROKEN where a file is lost in the store too, or a link is in the way.
    """
    found = _import_of(store)
    if found is None or not found.moved or (folder / FOLDER / READ_ME).is_file():
        return
    with _importing(store):
        ensure_private_folder(folder)
        with store.reading() as connection:
            files = [file for file in kept_files(connection) if file.sha]
        for file in files:
            _write(store, folder, f"{FOLDER}/{file.path}", file.sha)
            if file.path.startswith("archive/"):
                _write(store, folder, _shown_at(file.path), file.sha)
        flush_everything()
        replace_file(_place(folder, f"{FOLDER}/{READ_ME}"), about(found))


def about(found: Import) -> bytes:
    """What is said beside the moved files: what they are, and what of them could not be read as it stands."""
    lines = [
        f"The files of an earlier re:factory, moved here on {found.at[:10]} when its history was imported:",
        f"{found.experiments} experiments, {found.items} backlog items. They are kept as they were; nothing here is read any more.",
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
    """Everything that was read, in one transaction, once all its files are safe as objects."""
    problems = list(original.problems)
    files = _keep(store, folder, original.files, problems)
    with store.writing() as connection:
        for batch in _batches(files):
            _append(store, OriginalFilesKept(files=batch))
        for experiments in _batches(original.experiments):
            _append(store, OriginalExperiments(experiments=experiments))
        count = _add_items(store, connection, original.items, problems)
        lines = [str(problem)[:_PROBLEM_LENGTH] for problem in problems[:PROBLEMS_LIMIT]]
        imported = OriginalImported(
            verdicts=original.verdicts(), items=count, files=len(files), goal=original.goal, problems=tuple(lines), odd=len(problems)
        )
        _append(store, imported, KEY)


def _append(store: Store, payload: Payload, key: str | None = None) -> None:
    store.append(payload, actor="server", channel="server", key=key)


def _keep(store: Store, folder: Path, files: Sequence[OriginalFile], problems: list[Problem]) -> list[KeptFile]:
    """The files as objects, on disk."""
    kept: list[KeptFile] = []
    for file in files:
        name = ""
        if file.size > OBJECT_LIMIT:
            problems.append(Problem(file.path, f"{file.size} bytes", f"at most {OBJECT_LIMIT} for a copy in the store; the file is moved only"))
        else:
            content = (folder / file.path).read_bytes()
            name = _kept(store, content)
        kept.append(KeptFile(path=file.path, sha=name, size=file.size, experiment=file.experiment))
    flush_everything()
    return kept


def _kept(store: Store, content: bytes) -> str:
    try:
        return file_object(store.objects, content, flush=False)
    except OSError as error:
        raise broken(store.objects, error) from error


def _add_items(store: Store, connection: "sqlite3.Connection", texts: Iterable[str], problems: list[Problem]) -> int:
    """The backlog's lines as open items, but for those that an open item says already; how many they are."""
    count = 0
    for text in texts:
        if open_item(connection, text) is not None:
            problems.append(Problem("backlog", f"{text[:60]!a} again", "each open item once; the one that was there stands for both"))
            continue
        _append(store, BacklogAdded(item=next_item(connection), text=text, source="original"))
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


def _move(store: Store, folder: Path) -> None:
    """Move everything of the original into `imported`: a rename each, so that a kill leaves every entry here or there."""
    target = ensure_private_folder(folder / FOLDER)
    for entry in sorted(folder.iterdir()):
        if entry.name not in LEFT_IN_PLACE:
            entry.rename(_free(target / entry.name))
    flush_everything()
    _append(store, OriginalMoved(), MOVED_KEY)


def _shown_at(note: str) -> str:
    """Where a note of their archive stays readable: at its own place, or beside ours where ours has its name."""
    path = Path(note)
    return note if located(note) is None else path.with_name(f"original-{path.name}").as_posix()


def _write(store: Store, folder: Path, path: str, name: str) -> None:
    """Write the object `name` as the file `path`, unless a file lies there: that is it, or somebody's since."""
    place = _place(folder, path)
    if not place.exists():
        replace_file(place, store.read_object(name), flush=False)


def _place(folder: Path, path: str) -> Path:
    """Where a file goes, its folder made. Raises Refusal STORE_BROKEN where a link leads elsewhere."""
    (folder / path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return inside(folder, path)


def _free(path: Path) -> Path:
    """`path`, or the first name beside it that nothing has yet."""
    if not path.exists() and not path.is_symlink():
        return path
    number = 2
    while (other := path.with_name(f"{path.name}.{number}")).exists() or other.is_symlink():
        number += 1
    return other
