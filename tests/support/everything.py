"""Everything that a refused call must leave as it was."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
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
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return dump(connection)


def events_of(project: Path) -> list[str]:
    """The types of all events, in order."""
    with closing(sqlite3.connect(f"file:{project / '.git/refactory/factory.db'}?mode=ro", uri=True)) as connection:
        return [str(row[0]) for row in connection.execute("SELECT type FROM events ORDER BY seq")]


def refs_of(project: Path) -> str:
    """Every ref, and what HEAD is; nothing where git has no repository."""
    if not project.is_dir():
        return ""
    return "".join(git_process(project, *words).stdout for words in (("for-each-ref",), ("rev-parse", "--symbolic-full-name", "HEAD")))


def files_of(project: Path) -> dict[str, bytes]:
    """Every file of the checkout, of `.factory` with its worktrees, and git's own index and settings."""
    own = (project / ".git" / name for name in ("HEAD", "index", "config", "MERGE_HEAD"))
    found = [path for path in own if path.is_file()] + [path for top in _tops(project) for path in _below(top)]
    return {str(path.relative_to(project)): path.read_bytes() for path in found}


def _tops(project: Path) -> list[Path]:
    return [path for path in sorted(project.iterdir()) if path.name not in LEFT_OUT] if project.is_dir() else []


def _below(top: Path) -> list[Path]:
    return [path for path in ([top] if top.is_file() else sorted(top.rglob("*"))) if path.is_file() and not path.is_symlink()]
