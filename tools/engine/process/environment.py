"""The environment of child processes: made from nothing by an allow list, so that no setting and no secret of the server reaches a command."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

SYSTEM_PATH: Final = ("/usr/local/bin", "/usr/bin", "/bin")
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


def child_environment(*, home: Path, temporary: Path, path: Sequence[str] = (), extra: Mapping[str, str] = NOTHING) -> dict[str, str]:
    """The whole environment of a command: `path` before the system's folders, its own `home` and `temporary` folder, a fixed language.

    `extra` is added last and wins. Raises ValueError for a folder in `path` that is not absolute or holds a colon: either would put
    another folder than the one meant into the search path.
    """
    for folder in path:
        if not Path(folder).is_absolute() or ":" in folder:
            raise ValueError(f"PATH takes absolute folders without a colon; found {folder!r}")
    return {
        "PATH": ":".join((*path, *SYSTEM_PATH)),
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        **extra,
    }
