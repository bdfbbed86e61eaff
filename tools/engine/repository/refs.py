"""Where a branch points, read from git's own files: a question that every call asks needs no process of its own."""

import re
from pathlib import Path
from typing import Final

_OBJECT_ID: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def read_branch(common: Path, ref: str) -> str | None:
    """The commit that `ref` (in full, a branch) holds; None where these files cannot say: it is symbolic, absent, or kept in another format.

    A loose file wins over packed-refs, as in git. `ref` must be a name that git takes for a branch.
    """
    if (common / "reftable").exists():
        return None
    try:
        loose = (common / ref).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return _packed(common, ref)
    return loose if _OBJECT_ID.fullmatch(loose) else None


def _packed(common: Path, ref: str) -> str | None:
    try:
        lines = (common / "packed-refs").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    found = next((line.split(" ", 1)[0] for line in lines if line.endswith(f" {ref}")), "")
    return found if _OBJECT_ID.fullmatch(found) else None
