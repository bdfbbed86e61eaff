"""Which paths and symlinks of a tree may be written: none that would be a `.git`, none that leads outside the folder. Pure."""

import posixpath
from collections.abc import Mapping
from typing import Final

# `.git` under other names that file systems fold to it.
_GIT_NAMES: Final = frozenset({".git", "git~1"})
_HOPS: Final = 40  # links followed in one path before the kernel gives up


def is_plain(path: str) -> bool:
    """Whether a path names a file below the top, outside any `.git`."""
    parts = path.split("/")
    return not any(part in ("", ".", "..") or part.casefold() in _GIT_NAMES for part in parts) and "\0" not in path


def stays_inside(path: str, target: str) -> bool:
    """Whether a link at `path` is relative and by its own words never climbs above the top of the tree, nor enters a `.git`."""
    if not target or target.startswith("/") or "\0" in target:
        return False
    depth = path.count("/")
    for part in target.split("/"):
        if part.casefold() in _GIT_NAMES:
            return False
        depth += {"": 0, ".": 0, "..": -1}.get(part, 1)
        if depth < 0:
            return False
    return True


def escaping(links: Mapping[str, str]) -> frozenset[str]:
    """Those of `links` (path to target, each staying inside by its own words) that lead outside by way of others."""
    return frozenset(path for path in links if _leads_outside(path, links))


def _leads_outside(path: str, links: Mapping[str, str]) -> bool:
    """Walk the path as the kernel would. A path with more links than it follows can never be opened: that one leads nowhere."""
    place, ahead, hops = "", path.split("/")[::-1], 0
    while ahead and hops <= _HOPS:
        part = ahead.pop()
        if part == "..":
            if not place:
                return True
            place = posixpath.dirname(place)
        elif part not in ("", "."):
            place = posixpath.join(place, part)
        if part not in ("", ".", "..") and place in links:
            hops += 1
            ahead += links[place].split("/")[::-1]
            place = posixpath.dirname(place)
    return False
