"""What a change does, whatever it is made on: to be compared with what was tried before."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Final

from tools.engine.repository.changes import ChangedLines
from tools.engine.repository.objects import Change

_COMMENTS: Final = {
    **dict.fromkeys((".py", ".pyi", ".rb", ".sh", ".yml", ".yaml", ".toml"), "#"),
    **dict.fromkeys((".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".go", ".rs", ".java", ".c", ".h", ".cc", ".cpp"), "//"),
}


def change_digest(changes: Mapping[str, ChangedLines], files: Mapping[str, Change]) -> str:
    """What a change takes out of each file and puts into it, without line numbers, blanks and lines of comments; of binary files their contents.

    Equal for changes that do the same to files which differ elsewhere. `files` are the same changes, by path.
    """
    said = [[path, *_of_file(path, lines, files.get(path))] for path, lines in sorted(changes.items())]
    return sha256(json.dumps(said).encode()).hexdigest()  # in ASCII: names and lines that are no UTF-8 stand in it as escapes


def _of_file(path: str, lines: ChangedLines, change: Change | None) -> list[list[str]]:
    modes = [change.old_mode[:3], change.new_mode] if change is not None and change.old_mode != change.new_mode else []
    if lines.binary:
        return [modes, [change.new_id if change is not None else ""]]
    removed = [text for hunk in lines.hunks for text in hunk.removed]
    added = [text for hunk in lines.hunks for text in hunk.added]
    comment = _COMMENTS.get(PurePosixPath(path).suffix, "\0")
    return [modes, _said(comment, removed), _said(comment, added)]


def _said(comment: str, lines: list[str]) -> list[str]:
    """The lines as they count; where comments are all there is, they do."""
    worded = [" ".join(text.split()) for text in lines]
    code = [text for text in worded if text and not text.startswith(comment)]
    return code or [text for text in worded if text]
