"""The file that a command leaves its result in: it has to be new, a plain file inside the tree, and of a size that can be read."""

import os
import shutil
import stat
from pathlib import Path
from typing import Final

from tools.engine.evaluation.commanded import NO_RESULT, RESULT
from tools.engine.languages.bench import Place
from tools.engine.process import Finished

LARGEST: Final = 32 * 1024 * 1024  # bytes


def take_away(place: Place, path: str) -> None:
    """Remove what lies at the path of a result before the command runs: one that is there afterwards was written by it. Raises OSError."""
    file = _inside(place, path)
    if file is None:
        return
    if file.is_dir() and not file.is_symlink():
        shutil.rmtree(file)
    else:
        file.unlink(missing_ok=True)


def result_of(place: Place, path: str, finished: Finished) -> dict[str, str]:
    """The text of the result, or of what was printed where `path` is empty, as RESULT; else why there is none, as NO_RESULT."""
    if not path:
        dropped = f"more output than is kept: {finished.dropped} bytes did not fit"
        return {NO_RESULT: dropped} if finished.dropped else {RESULT: finished.stdout}
    try:
        return {RESULT: _read(place, path)}
    except (OSError, UnicodeDecodeError, _NoResult) as problem:
        why = str(problem.strerror if isinstance(problem, OSError) else problem)
        return {NO_RESULT: f"the command wrote no {path} that can be read: {why}"}


class _NoResult(Exception):  # noqa: N818 - an expected answer of reading foreign output
    """What lies there is no result; the message says why."""


def _read(place: Place, path: str) -> str:
    file = _inside(place, path)
    if file is None:
        raise _NoResult("a link leads out of the tree")
    with os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as opened:
        status = os.fstat(opened.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise _NoResult("it is no plain file")
        if status.st_size > LARGEST:
            raise _NoResult(f"it has {status.st_size} bytes, of which at most {LARGEST} are read")
        return opened.read().decode("utf-8-sig")


def _inside(place: Place, path: str) -> Path | None:
    """The path in the tree; None where a link on the way leads out of it."""
    file = place.tree / path
    return file if file.parent.resolve().is_relative_to(place.tree.resolve()) else None
