"""The report of node's own runner, from the lines that our reporter writes: tests start and end in the order in which they stand in their files."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tools.engine.languages.javascript.jest_report import plain, relative_to
from tools.engine.languages.javascript.report import Case, Report


def read_lines(lines: Iterable[str], folder: Path) -> Report:
    """Read the reporter's lines; a torn last one, of a process that was killed, is left out.

    A file of its own name that passes has reported no test; one that fails was not loaded, or broke off.
    """
    cases: list[Case] = []
    files: dict[str, None] = {}
    unloaded: list[str] = []
    foreign: list[str] = []
    names: list[str] = []
    ended = False
    for record in _records(lines):
        ended = ended or record["event"] == "end"
        if record["event"] == "end" or "name" not in record:
            continue
        name, nesting = str(record["name"]), int(record["nesting"])
        path = relative_to(folder, str(record.get("file") or name))
        if path is None:
            foreign.append(str(record.get("file")))
        elif record["event"] == "start":
            names[nesting:] = [name]
            files[path] = None
        elif nesting == 0 and relative_to(folder, name) == path:
            unloaded += [path] if record["event"] == "fail" else []
        elif not record["suite"]:
            cases.append(Case(path, (*names[:nesting], name), _outcome(record), plain(record.get("said") or "")))
    return Report(tuple(cases), tuple(files), tuple(unloaded), tuple(foreign), ended)


def _records(lines: Iterable[str]) -> Iterable[dict[str, Any]]:
    for line in lines:
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict) and "event" in record:
            yield record


def _outcome(record: dict[str, Any]) -> str:
    """What is yet to be done (todo) may fail; one that passes may have no body, and says nothing."""
    passed = record["event"] == "pass"
    if record["skip"] or (record["todo"] and passed):
        return "skipped"
    if record["todo"]:
        return "xfailed"
    return "passed" if passed else "failed"
