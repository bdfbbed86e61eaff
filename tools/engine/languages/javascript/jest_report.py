"""The report of jest, which vitest's JSON reporter writes in the same form: assertions by file."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tools.engine.languages.javascript.report import Case, Report

_OUTCOMES: Final = {
    "passed": "passed", "failed": "failed", "pending": "skipped", "skipped": "skipped", "todo": "skipped", "disabled": "skipped",
}  # fmt: skip


def read_report(file: Path, folder: Path) -> Report:
    """Read the file that the runner writes at its end. One that is not there, or is torn, is a run without an end."""
    try:
        document = json.loads(file.read_bytes())
        entries = [(str(entry["name"]), entry) for entry in document["testResults"]]
        return _report(entries, folder)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return Report()


def _report(entries: list[tuple[str, Mapping[str, Any]]], folder: Path) -> Report:
    cases: list[Case] = []
    files: list[str] = []
    unloaded: list[str] = []
    foreign: list[str] = []
    for name, entry in entries:
        path = relative_to(folder, name)
        if path is None:
            foreign.append(name)
            continue
        files.append(path)
        found = [_case(path, each) for each in entry["assertionResults"]]
        cases += found
        if entry["status"] == "failed" and all(case.outcome == "skipped" for case in found):
            unloaded.append(path)  # it could not be loaded, or what it sets up before its tests failed
    return Report(tuple(cases), tuple(files), tuple(unloaded), tuple(foreign), ended=True)


def _case(path: str, entry: Mapping[str, Any]) -> Case:
    names = tuple(plain(each) for each in (*entry["ancestorTitles"], entry["title"]))
    said = [str(each) for each in entry.get("failureMessages") or ()]
    return Case(path, names, _OUTCOMES.get(str(entry["status"]), "error"), plain("\n".join(said)))


def relative_to(folder: Path, name: str) -> str | None:
    """A file's path within the folder that is looked at; None where it lies elsewhere."""
    path = Path(name) if Path(name).is_absolute() else folder / name
    for top in (folder, folder.resolve()):
        if path.is_relative_to(top):
            return path.relative_to(top).as_posix()
    return None


def plain(text: object) -> str:
    """Text that can be written as UTF-8: names may hold halves of characters."""
    return str(text).encode("utf-8", "backslashreplace").decode("utf-8")
