"""Tests that must fail, of a random name, written at the end of every test file of a tree: a run in which one does not fail is forged.

They stand behind what the file itself loads, so they meet whatever the product did to the runner or to its assertions. A file that ended before its
end does not report them. One line of code each, in the words of the runner; no line of the file moves.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# Comments that silence type checkers which look at tests while they run them.
_LINE: Final = "\n// @ts-ignore\n;{}\n"
_VITEST: Final = (
    'import {{ expect as expect_{id}, test as test_{id} }} from "vitest"; '
    'test_{id}("{id} throws", () => {{ throw new Error("{id}"); }}); test_{id}("{id} compares", () => {{ expect_{id}(1).toBe(2); }});'
)
_JEST: Final = (
    '((test, expect) => {{ test("{id} throws", () => {{ throw new Error("{id}"); }}); test("{id} compares", () => {{ expect(1).toBe(2); }}); }})('
    'typeof test === "function" ? test : require("@jest/globals").test, typeof expect === "function" ? expect : require("@jest/globals").expect);'
)
_NODE: Final = (
    '((load) => {{ const {{ test }} = load("node:test"); test("{id} throws", () => {{ throw new Error("{id}"); }}); '
    'test("{id} compares", () => {{ load("node:assert").strictEqual(1, 2); }}); }})(process.getBuiltinModule ?? require);'
)
_WORDS: Final = {"vitest": _VITEST, "jest": _JEST, "node": _NODE}
_CALLS: Final = re.compile(rb"\b(?:test|it|describe|suite|bench)\b[\w.]*\s*[(`<]")
_TESTS: Final = {"vitest": _CALLS, "jest": _CALLS, "node": re.compile(rb"""["']node:test["']""")}


@dataclass(frozen=True)
class Canaries:
    """The tests that must fail: what their names begin with, and the files that hold them, relative to the folder that is looked at."""

    name: str
    files: frozenset[str]

    def is_one(self, title: str) -> bool:
        """Whether a test of that title is one of them."""
        return title.startswith(self.name)


def plant(folder: Path, runner: str, files: Iterable[str]) -> Canaries:
    """Write them into those of the files, relative to a folder of a tree, that hold tests: others may be data which must not change."""
    name = f"factory_{os.urandom(8).hex()}"
    line = _LINE.format(_WORDS[runner].format(id=name)).encode()
    planted = frozenset(file for file in files if _holds_tests(folder / file, runner))
    for file in planted:
        with (folder / file).open("ab") as opened:
            opened.write(line)
    return Canaries(name, planted)


def _holds_tests(file: Path, runner: str) -> bool:
    if file.is_symlink() or not file.is_file():
        return False
    return _TESTS[runner].search(file.read_bytes()) is not None
