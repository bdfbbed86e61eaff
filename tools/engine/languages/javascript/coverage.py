"""Line coverage of the source files: every line on which a statement begins counts, also of files that no test loads.

From istanbul's JSON, which the v8 and istanbul providers of vitest and jest write, or from node's own lcov.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tools.engine.languages.javascript.jest_report import relative_to
from tools.engine.languages.javascript.owned import is_base_owned
from tools.engine.languages.javascript.packages import NODE_MODULES
from tools.engine.languages.javascript.trees import is_code

TEXT_KEPT: Final = 200  # characters of a line
# Where a coverage tool calls every line executable: blank lines, comments, and lines of punctuation alone are not.
_NO_CODE: Final = re.compile(r"\s*(?://.*|/\*.*|\*.*|[\W_]*)$")


@dataclass(frozen=True)
class Scope:
    """Which files count: code below the source paths of a folder that is neither a test nor in a folder that is a root of its own."""

    folder: Path
    source_paths: Sequence[str]
    apart: Sequence[str] = ()

    def holds(self, path: str) -> bool:
        """Whether a file, relative to the folder, counts."""
        inside = any(source in ("", path) or path.startswith(f"{source}/") for source in self.source_paths)
        elsewhere = any(path.startswith(f"{each}/") for each in self.apart) or NODE_MODULES in path.split("/")
        return inside and not elsewhere and is_code(path) and not is_base_owned(path, self.source_paths)

    def files(self) -> Iterable[str]:
        """All files that count."""
        for source in self.source_paths:
            place = self.folder / source
            for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
                path = file.relative_to(self.folder).as_posix()
                if self.holds(path) and file.is_file():
                    yield path


@dataclass(frozen=True)
class Coverage:
    """How many lines are executable, how many ran, [line, text] of those that did not by file, and the numbers of those that did.

    What was counted of functions by file is istanbul's: `fnMap`, and `f`, how often each entry of it ran. A last line that is not known is 0.
    """

    covered: int = 0
    executable: int = 0
    uncovered: Mapping[str, list[list[int | str]]] = field(default_factory=dict)
    functions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    ran: Mapping[str, list[int]] = field(default_factory=dict)


def read_istanbul(document: bytes, scope: Scope) -> Coverage:
    """Read coverage-final.json. Raises ValueError, KeyError or TypeError for another text."""
    lines: dict[str, dict[int, int]] = {}
    functions: dict[str, Mapping[str, Any]] = {}
    for name, facts in json.loads(document).items():
        path = relative_to(scope.folder, name)
        if path is not None and scope.holds(path):
            lines[path] = _statement_lines(facts)
            functions[path] = {"fnMap": facts["fnMap"], "f": facts["f"]}
    return _summed(lines, functions, scope)


def read_lcov(text: str, scope: Scope) -> Coverage:
    """Read node's lcov. Files that it does not name were not loaded: none of their lines ran. Raises ValueError for another text."""
    lines: dict[str, dict[int, int]] = {}
    functions: dict[str, Mapping[str, Any]] = {}
    for record in text.split("end_of_record"):
        entries = [line.partition(":") for line in record.splitlines() if ":" in line]
        path = next((relative_to(scope.folder, value) for kind, _, value in entries if kind == "SF"), None)
        if path is None or not scope.holds(path):
            continue
        hits = [value.split(",") for kind, _, value in entries if kind == "DA"]
        lines[path] = {int(line): int(count) for line, count in hits}
        counts = {name: int(count) for count, name in (value.split(",", 1) for kind, _, value in entries if kind == "FNDA")}
        begun = [value.split(",", 1) for kind, _, value in entries if kind == "FN"]
        entries_of = {str(number): _begun(name, int(line)) for number, (line, name) in enumerate(begun)}
        functions[path] = {"fnMap": entries_of, "f": {key: counts.get(entry["name"], 0) for key, entry in entries_of.items()}}
    for path in scope.files():
        if path not in lines:
            lines[path] = dict.fromkeys(range(1, len(_texts(scope.folder / path)) + 1), 0)
    return _summed(lines, functions, scope)


def _statement_lines(facts: Mapping[str, Any]) -> dict[int, int]:
    lines: dict[int, int] = {}
    for key, place in facts["statementMap"].items():
        line = int(place["start"]["line"])
        lines[line] = max(lines.get(line, 0), int(facts["s"][key]))
    return lines


def _begun(name: str, line: int) -> dict[str, Any]:
    """What lcov tells of a function, in istanbul's form: where it begins."""
    return {"name": name, "decl": {"start": {"line": line, "column": 0}}, "loc": {"end": {"line": 0}}}


def _summed(lines: Mapping[str, Mapping[int, int]], functions: Mapping[str, Mapping[str, Any]], scope: Scope) -> Coverage:
    covered = executable = 0
    uncovered: dict[str, list[list[int | str]]] = {}
    ran: dict[str, list[int]] = {}
    for path, counts in lines.items():
        texts = _texts(scope.folder / path)
        real = {line: count for line, count in counts.items() if 0 < line <= len(texts) and not _NO_CODE.match(texts[line - 1])}
        executable += len(real)
        if executed := sorted(line for line, count in real.items() if count > 0):
            ran[path] = executed
        covered += len(executed)
        missed: list[list[int | str]] = [[line, texts[line - 1].strip()[:TEXT_KEPT]] for line, count in sorted(real.items()) if count == 0]
        if missed:
            uncovered[path] = missed
    return Coverage(covered, executable, uncovered, functions, ran)


def _texts(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8", errors="replace").splitlines()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return []
