"""An earlier factory's registry.json: set aside under a name that it keeps, and read for what is still true of it."""

import json
import math
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from state.answers import one_line
from state.registry import ProjectRegistered
from state.text import is_text

NAME: Final = "registry.json"
LARGEST: Final = 4 * 1024 * 1024  # bytes


def set_aside(folder: Path) -> Path | None:
    """The earlier registry under the name that it keeps; None where there is none."""
    taken = [folder / f"{NAME}.imported", *(folder / f"{NAME}.imported-{number}" for number in range(2, 100))]
    there = [path for path in taken if path.exists()]
    if not (folder / NAME).exists():
        return there[-1] if there else None
    free = next(path for path in taken if path not in there)
    (folder / NAME).rename(free)
    return free


def earlier_projects(file: Path) -> tuple[list[ProjectRegistered], list[str]]:
    """The projects of an earlier registry that still are main checkouts of git, and the paths of the others."""
    rows = _rows(file)
    if rows is None:
        return [], [f"{file.name} is no registry"]
    found: dict[str, ProjectRegistered] = {}
    left: list[str] = []
    for row in rows:
        registered = _registered(row)
        if registered is None:
            left.append(one_line(str(row.get("path", "an entry without a path")) if isinstance(row, dict) else "an entry that is none"))
        else:
            found.setdefault(registered.path, registered)
    return list(found.values()), left


def _rows(file: Path) -> list[Any] | None:
    """The entries of a registry; None where the file is none."""
    if not file.is_file() or file.stat().st_size > LARGEST:
        return None
    try:
        content = json.loads(file.read_bytes())
    except (ValueError, RecursionError):
        return None
    rows = content.get("projects") if isinstance(content, dict) else None
    return rows if isinstance(rows, list) else None


def _registered(row: Any) -> ProjectRegistered | None:
    """The project of an entry; None where it is not there any more, is a worktree, or is no entry."""
    path = row.get("path") if isinstance(row, dict) else None
    if not isinstance(path, str) or not is_text(path) or "\0" in path or not Path(path).is_absolute() or not (Path(path) / ".git").is_dir():
        return None
    count, score, name = row.get("experiment_count"), row.get("latest_score"), row.get("name")
    canonical = str(Path(path).resolve())
    return ProjectRegistered(
        path=canonical,
        name=one_line(name) if isinstance(name, str) and one_line(name) else Path(canonical).name,
        since=_time(row.get("registered_at")),
        claimed=count if isinstance(count, int) and 0 <= count < 1 << 31 else 0,
        at=_time(row.get("last_experiment_at")),
        score=float(score) if isinstance(score, int | float) and not isinstance(score, bool) and math.isfinite(score) else None,
    )


def _time(text: Any) -> str | None:
    """A time as it stands there, if it is one."""
    try:
        datetime.fromisoformat(text if isinstance(text, str) else "")
    except ValueError:
        return None
    return str(text)
