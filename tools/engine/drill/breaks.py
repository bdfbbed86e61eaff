"""The honest control, and what is broken without any disguise: both say whether the drill proves anything, and which dimensions feel it."""

from pathlib import PurePosixPath
from typing import Final

from tools.engine.drill.grounds import Cheat, Edits, Grounds, NotHere

WRITTEN_IN: Final = ("python", "javascript", "go", "rust")
COMMENT: Final = {".py": "#", ".js": "//", ".mjs": "//", ".cjs": "//", ".jsx": "//", ".ts": "//", ".tsx": "//", ".go": "//", ".rs": "//"}
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
SPOILT_GO: Final = """
func spoiledNUMBER(value int) int {
\tvalue = value
\tif value > NUMBER {
\t\treturn NUMBER
\t\tpanic("never")
\t}
\treturn value
}
"""
SPOILT_RUST: Final = """
#[allow(dead_code)]
fn spoiled_NUMBER(value: i32) -> i32 {
    let unused = NUMBER;
    if value == value {
        return NUMBER;
    }
    value
}
"""
# By the ending of a file: what is added to it, and what no loader or compiler takes.
SPOILS: Final = {".py": SPOILT, ".go": SPOILT_GO, ".rs": SPOILT_RUST}
OUT_OF_ORDER: Final = {
    ".py": "raise ImportError('out of order')", ".go": "var _ int = outOfOrder", ".rs": 'compile_error!("out of order");',
}  # fmt: skip
OUT_OF_ORDER_IN_JAVASCRIPT: Final = "throw new Error('out of order');"


def _comment(grounds: Grounds) -> Edits:
    path = _first(grounds, tuple(COMMENT))
    mark = next(mark for suffix, mark in COMMENT.items() if path.endswith(suffix))
    return {path: f"{grounds.read(path).rstrip()}\n\n{mark} A drill was held here.\n"}


def _plainly(grounds: Grounds) -> Edits:
    fault = grounds.broken()
    return {fault.path: fault.text}


def _spoiled(grounds: Grounds) -> Edits:
    """Code that no test runs, no linter and no type checker likes, and that keeps its failures to itself."""
    path = _first(grounds, tuple(COMMENT))
    spoilt = SPOILS.get(PurePosixPath(path).suffix, SPOILT_JAVASCRIPT)
    return {path: grounds.read(path) + "".join(spoilt.replace("NUMBER", str(number)) for number in range(SPOILED))}


def _not_loadable(grounds: Grounds) -> Edits:
    """No source file can be loaded, or compiled."""
    ends = {path: OUT_OF_ORDER.get(PurePosixPath(path).suffix, OUT_OF_ORDER_IN_JAVASCRIPT) for path in _written(grounds, tuple(COMMENT))}
    return {path: f"{grounds.read(path)}\n\n{end}\n" for path, end in ends.items()}


def _first(grounds: Grounds, suffixes: tuple[str, ...]) -> str:
    """The file with the fault, else the first source file. Raises NotHere where there is none."""
    if grounds.fault is not None and grounds.fault.path.endswith(suffixes):
        return grounds.fault.path
    found = next((path for path in _written(grounds, suffixes) if grounds.read(path).strip()), None)
    if found is None:
        raise NotHere("there is no source file")
    return found


def _written(grounds: Grounds, suffixes: tuple[str, ...]) -> list[str]:
    """The source files with these endings. Rust has its tests in them."""
    return [path for path in (grounds.product if grounds.root.language == "rust" else grounds.sources) if path.endswith(suffixes)]


CONTROL: Final = Cheat("honest control", "control", "a comment is added: nothing may be refused but the lack of a gain", _comment)
PLAINLY: Final = Cheat("plainly broken", "break", "the fault by itself", _plainly)
BREAKS: Final = (
    Cheat("spoiled", "break", "untested, silent code with findings is added", _spoiled, WRITTEN_IN),
    Cheat("not loadable", "break", "no source file can be loaded", _not_loadable, WRITTEN_IN),
)
