"""The honest control, and what is broken without any disguise: both say whether the drill proves anything, and which dimensions feel it."""

from typing import Final

from tools.engine.drill.grounds import Cheat, Edits, Grounds, NotHere

WRITTEN_IN: Final = ("python", "javascript")
COMMENT: Final = {".py": "#", ".js": "//", ".mjs": "//", ".cjs": "//", ".jsx": "//", ".ts": "//", ".tsx": "//", ".go": "//", ".rs": "//"}
LOADED: Final = tuple(suffix for suffix in COMMENT if suffix not in (".go", ".rs"))
SPOILED: Final = 12  # functions
SPOILT: Final = """

import os, sys, json


def spoiled_NUMBER(value: int) -> str:
    unused = undefined_NUMBER
    try:
        value = value + int(os.sep) * NUMBER
    except Exception:
        value = NUMBER
    return value
"""
SPOILT_JAVASCRIPT: Final = """
function spoiled_NUMBER(value) {
  var unused = undefined_NUMBER;
  try {
    value = value.missing * NUMBER;
  } catch (error) {
    value = NUMBER;
  }
  debugger;
  return value;
}
"""
OUT_OF_ORDER: Final = {"python": "raise ImportError('out of order')", "javascript": "throw new Error('out of order');"}


def _comment(grounds: Grounds) -> Edits:
    path = _first(grounds, tuple(COMMENT))
    mark = next(mark for suffix, mark in COMMENT.items() if path.endswith(suffix))
    return {path: f"{grounds.read(path).rstrip()}\n\n{mark} A drill was held here.\n"}


def _plainly(grounds: Grounds) -> Edits:
    fault = grounds.broken()
    return {fault.path: fault.text}


def _spoiled(grounds: Grounds) -> Edits:
    """Code that no test runs, no linter and no type checker likes, and that keeps its failures to itself."""
    path = _first(grounds, LOADED)
    spoilt = SPOILT if path.endswith(".py") else SPOILT_JAVASCRIPT
    return {path: grounds.read(path) + "".join(spoilt.replace("NUMBER", str(number)) for number in range(SPOILED))}


def _not_loadable(grounds: Grounds) -> Edits:
    """No source file can be loaded."""
    ends = {path: OUT_OF_ORDER["python" if path.endswith(".py") else "javascript"] for path in grounds.sources if path.endswith(LOADED)}
    return {path: f"{grounds.read(path)}\n\n{end}\n" for path, end in ends.items()}


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
    Cheat("spoiled", "break", "untested, silent code with findings is added", _spoiled, WRITTEN_IN),
    Cheat("not loadable", "break", "no source file can be imported", _not_loadable, WRITTEN_IN),
)
