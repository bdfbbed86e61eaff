"""The type checkers: mypy and pyright, each asked for JSON about the source paths."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from tools.engine.languages.python.checking import Check, Checked, Execution, NotReady, Workplace
from tools.engine.languages.python.node import node_program, pyright_script

# 1: findings; anything else is a crash.
_ENDS: Final = frozenset({0, 1})
NO_SOURCE: Final = "there is no source file to check"


def _mypy_runs(at: Workplace) -> Sequence[Execution]:
    if not at.python_files():
        raise NotReady(NO_SOURCE)
    at.cache.mkdir(parents=True, exist_ok=True)
    asked = ("mypy", "-O", "json", "--no-error-summary", "--python-executable", str(at.python), "--cache-dir", str(at.cache), *at.paths)
    return (Execution(" ".join(("mypy", *at.paths)), asked, at.said, _ENDS),)


def _mypy_read(at: Workplace) -> Checked:
    """JSON lines, between what else mypy says, with paths relative to the root. Notes are not findings."""
    entries = [json.loads(line) for line in _said(at).splitlines() if line.startswith("{")]
    errors = [entry for entry in entries if entry["severity"] == "error"]
    places = tuple((str(entry["code"] or "error"), at.inside(str(entry["file"])), int(entry["line"])) for entry in errors)
    return Checked(places, at.python_files())


def _pyright_runs(at: Workplace) -> Sequence[Execution]:
    """Its script by node itself: the wrapper of the package index would fetch both where it misses one."""
    if not at.python_files():
        raise NotReady(NO_SOURCE)
    packages = next(Path(at.python).parents[1].glob("lib/python3.*/site-packages"))
    node, script = node_program(packages), pyright_script(packages, at.version)
    if node is None or script is None:
        raise NotReady("pyright has not fetched its node part yet, and an evaluation fetches nothing: run `pyright --version` once")
    asked = (str(node), str(script), "--outputjson", "--pythonpath", str(at.python), *at.paths)
    return (Execution(" ".join(("pyright", *at.paths)), asked, at.said, _ENDS, module=False),)


def _pyright_read(at: Workplace) -> Checked:
    """One object; lines count from 0."""
    entries: list[dict[str, Any]] = json.loads(_said(at))["generalDiagnostics"]
    errors = [entry for entry in entries if entry["severity"] == "error"]
    places = tuple((str(entry.get("rule", "error")), at.inside(entry["file"]), int(entry["range"]["start"]["line"]) + 1) for entry in errors)
    return Checked(places, at.python_files())


def _said(at: Workplace) -> str:
    return at.said.read_text(encoding="utf-8", errors="replace")


TYPE_CHECKERS: Final[Mapping[str, Check]] = MappingProxyType(
    {"mypy": Check("mypy", _mypy_runs, _mypy_read), "pyright": Check("pyright", _pyright_runs, _pyright_read)}
)
