"""Everything that a refused call must leave as it was."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from state.store import dump
from tests.support.repositories import git_process

LEFT_OUT = frozenset({".venv", ".git"})


@dataclass(frozen=True)
class Everything:
    """The store's content, the refs, and the bytes of every file outside the environment, by relative name."""

    store: str
    refs: str
    files: Mapping[str, bytes]


def everything(project: Path) -> Everything:
    """The state of a project now; empty where there is no project."""
    return Everything(store_of(project), refs_of(project), files_of(project))


def store_of(project: Path) -> str:
    """The dump of the store, or nothing where none was made."""
    database = project / ".git" / "refactory" / "factory.db"
    if not database.is_file():
        return ""
    log = database.with_name("factory.db-wal")
    return _dump(database, database.read_bytes(), log.read_bytes() if log.is_file() else b"")


@lru_cache(maxsize=4)
def _dump(database: Path, content: bytes, log: bytes) -> str:
    """The dump of a database whose files hold these bytes: most calls are refused, and ask for the same one before and after."""
    del content, log
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return dump(connection)


def events_of(project: Path) -> list[str]:
    """The types of all events, in order."""
    with closing(sqlite3.connect(f"file:{project / '.git/refactory/factory.db'}?mode=ro", uri=True)) as connection:
        return [str(row[0]) for row in connection.execute("SELECT type FROM events ORDER BY seq")]


def refs_of(project: Path) -> str:
    """Every ref, and what HEAD is; nothing where git has no repository. Read without git where refs are files, as they are almost always."""
    if not project.is_dir():
        return ""
    folder = project / ".git"
    if not (folder / "refs" / "heads").is_dir():
        return "".join(git_process(project, *words).stdout for words in (("for-each-ref",), ("rev-parse", "--symbolic-full-name", "HEAD")))
    packed = (folder / "packed-refs").read_text().splitlines() if (folder / "packed-refs").is_file() else []
    found = {line.partition(" ")[2]: line.partition(" ")[0] for line in packed if not line.startswith(("#", "^"))}
    found |= {path.relative_to(folder).as_posix(): path.read_text().strip() for path in (folder / "refs").rglob("*") if path.is_file()}
    return "".join(f"{value} {name}\n" for name, value in sorted(found.items())) + (folder / "HEAD").read_text()


def files_of(project: Path) -> dict[str, bytes]:
    """Every file of the checkout, of `.factory` with its worktrees, and git's own index and settings."""
    own = (project / ".git" / name for name in ("HEAD", "index", "config", "MERGE_HEAD"))
    found = [path for path in own if path.is_file()] + [path for top in _tops(project) for path in _below(top)]
    return {str(path.relative_to(project)): path.read_bytes() for path in found}


def _tops(project: Path) -> list[Path]:
    return [path for path in sorted(project.iterdir()) if path.name not in LEFT_OUT] if project.is_dir() else []


def _below(top: Path) -> list[Path]:
    return [path for path in ([top] if top.is_file() else sorted(top.rglob("*"))) if path.is_file() and not path.is_symlink()]
