"""The honest control, and what is broken without any disguise: both say whether the drill proves anything, and which dimensions feel it."""

from typing import Final

from tools.engine.drill.grounds import Cheat, Edits, Grounds, NotHere

PYTHON: Final = ("python",)
COMMENT: Final = {".py": "#", ".js": "//", ".mjs": "//", ".cjs": "//", ".jsx": "//", ".ts": "//", ".tsx": "//", ".go": "//", ".rs": "//"}
SPOILED: Final = 12  # functions
SPOILT: Final = """

import os, sys, json


def spoiled_{0}(value: int) -> str:
    unused = undefined_{0}
    try:
        value = value + int(os.sep) * {0}
    except Exception:
        value = {0}
    return value
"""


def _comment(grounds: Grounds) -> Edits:
    path = _first(grounds, tuple(COMMENT))
    mark = next(mark for suffix, mark in COMMENT.items() if path.endswith(suffix))
    return {path: f"{grounds.read(path).rstrip()}\n\n{mark} A drill was held here.\n"}


def _plainly(grounds: Grounds) -> Edits:
    fault = grounds.broken()
    return {fault.path: fault.text}


def _spoiled(grounds: Grounds) -> Edits:
    """Code that no test runs, no linter and no type checker likes, and that keeps its failures to itself."""
    path = _first(grounds, (".py",))
    return {path: grounds.read(path) + "".join(SPOILT.format(number) for number in range(SPOILED))}


def _not_loadable(grounds: Grounds) -> Edits:
    """Nothing can import any source file."""
    paths = [path for path in grounds.sources if path.endswith(".py")]
    return {path: f"{grounds.read(path)}\n\nraise ImportError('out of order')\n" for path in paths}


def _first(grounds: Grounds, suffixes: tuple[str, ...]) -> str:
    """The file with the fault, else the first source file. Raises NotHere where there is none."""
    if grounds.fault is not None and grounds.fault.path.endswith(suffixes):
        return grounds.fault.path
    found = next((path for path in grounds.sources if path.endswith(suffixes) and grounds.read(path).strip()), None)
    if found is None:
        raise NotHere("there is no source file")
    return found


CONTROL: Final = Cheat("honest control", "control", "a comment is added: nothing may be refused but the lack of a gain", _comment)
PLAINLY: Final = Cheat("plainly broken", "break", "the fault by itself", _plainly)
BREAKS: Final = (
    Cheat("spoiled", "break", "untested, silent code with findings is added", _spoiled, PYTHON),
    Cheat("not loadable", "break", "no source file can be imported", _not_loadable, PYTHON),
)
