"""What eslint, biome and the TypeScript compiler say, read as (rule, path in the folder, line) and the files that they looked at."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tools.engine.languages.javascript.jest_report import relative_to
from tools.engine.languages.javascript.packages import NODE_MODULES
from tools.engine.languages.javascript.trees import is_code

SYNTAX: Final = "syntax"
# Categories of biome's that speak of code; others speak of its own configuration, or of itself.
_BIOME_FINDS: Final = ("lint/", "parse", "suppressions/", SYNTAX)
_DIAGNOSTIC: Final = re.compile(r"(?P<path>[^\s(][^(\n]*)\((?P<line>\d+),\d+\): error (?P<rule>TS\d+): ")
_WITHOUT_PLACE: Final = re.compile(r"error (?P<rule>TS\d+): (?P<text>.*)")


class ToolFailed(Exception):  # noqa: N818 - a tool that could not look becomes a reading, not a failure of the program
    """The tool said that it could not look at the files; the message names its reason."""


@dataclass(frozen=True)
class Checked:
    """(rule, path, line from 1) of each finding, and the files that were looked at, all relative to the folder."""

    places: tuple[tuple[str, str, int], ...]
    files: tuple[str, ...]


def by_eslint(report: Path, folder: Path) -> Checked:
    """Eslint's JSON: an entry for each file. Errors and warnings count alike."""
    places: list[tuple[str, str, int]] = []
    files: list[str] = []
    for entry in json.loads(report.read_bytes()):
        path = relative_to(folder, str(entry["filePath"]))
        if path is None:
            continue
        files.append(path)
        places += [(str(each.get("ruleId") or SYNTAX), path, int(each.get("line") or 1)) for each in entry["messages"]]
    return Checked(tuple(places), tuple(files))


def by_biome(said: str, folder: Path) -> Checked:
    """Biome's JSON, the line that begins with a brace among what else it prints. It names no files: all code of the folder was looked at.

    Raises ToolFailed for an error that is none of the code's.
    """
    document = json.loads(next(line for line in said.splitlines() if line.startswith('{"summary"')))
    places: list[tuple[str, str, int]] = []
    for entry in document["diagnostics"]:
        category, (path, line) = str(entry.get("category") or SYNTAX), _place(entry.get("location") or {}, folder)
        if category.startswith(_BIOME_FINDS):
            places.append((SYNTAX if category == "parse" else category.removeprefix("lint/"), path, line))
        elif entry.get("severity", "error") in {"error", "fatal"}:
            raise ToolFailed(f"biome could not look at all files: {entry.get('message') or entry.get('description') or category}"[:500])
    return Checked(tuple(places), tuple(_code_below(folder)))


def by_tsc(said: str, folder: Path) -> Checked:
    """The compiler's lines, and the files that --listFiles names behind them. Raises ToolFailed for an error that no file has."""
    places: list[tuple[str, str, int]] = []
    files: list[str] = []
    for line in said.splitlines():
        if found := _DIAGNOSTIC.match(line):
            path = relative_to(folder, found["path"])
            places += [(found["rule"], path, int(found["line"]))] if path is not None else []
        elif found := _WITHOUT_PLACE.match(line):
            raise ToolFailed(f"tsc could not look: {found['rule']}: {found['text']}"[:500])
        elif line.startswith("/") and (path := relative_to(folder, line.strip())) is not None and NODE_MODULES not in path.split("/"):
            files.append(path)
    return Checked(tuple(places), tuple(files))


def _place(location: Mapping[str, Any], folder: Path) -> tuple[str, int]:
    """Path and line. Version 1 gives an offset in bytes instead of the line."""
    path = location.get("path")
    name = str(path.get("file", "") if isinstance(path, dict) else path or "")
    inner = relative_to(folder, name) or name
    if "start" in location:
        return inner, int(location["start"]["line"])
    span = location.get("span")
    if not span or not (folder / inner).is_file():
        return inner, 1
    return inner, (folder / inner).read_bytes()[: int(span[0])].count(b"\n") + 1


def _code_below(folder: Path) -> Iterator[str]:
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder).as_posix()
        if is_code(path) and NODE_MODULES not in path.split("/") and file.is_file():
            yield path
