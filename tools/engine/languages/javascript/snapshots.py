"""Snapshot files: what tests compare with. One that only gained entries of new names changes no test of the base."""

import re
from typing import Final

from tools.engine.languages.changes import BaseOwnedChange, change_of_text

_ENTRY: Final = re.compile(rb"^exports\[`((?:\\.|[^`\\])*)`\] = `(?:\\.|[^`\\])*`;$", re.MULTILINE)
_HEAD: Final = re.compile(rb"\s*(?://[^\n]*\s*)?")


def snapshot_change(path: str, base: bytes | None, candidate: bytes) -> BaseOwnedChange:
    """What was done to a snapshot file. Anything in it but entries, each name once, is more than a gain."""
    names = _ENTRY.findall(candidate)
    if len(names) != len(set(names)) or not _HEAD.fullmatch(_ENTRY.sub(b"", candidate)):
        return BaseOwnedChange(path, "changed", "it holds more than snapshots, or two of the same name")
    return change_of_text(path, base, candidate)
