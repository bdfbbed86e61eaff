"""The linters: ruff, flake8 and pylint, each asked for output that a program can read."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tools.engine.languages.python.checking import Check, Checked, Execution, NotReady, Workplace, python_files

# The path comes last: it alone may hold the sign that parts the others.
FLAKE8_FORMAT: Final = "%(row)d|%(code)s|%(path)s"
JSON2_SINCE: Final = 3  # the major version of pylint from which its JSON tells symbol and statistics apart


def _ruff_runs(at: Workplace) -> Sequence[Execution]:
    asked = ("ruff", "check", "--no-cache", "--exit-zero", "--output-format", "json", "--output-file", str(at.said), ".")
    listed = Execution("ruff check --show-files", ("ruff", "check", "--show-files", "."), at.place.beside("files"))
    return listed, Execution("ruff check .", asked)


def _ruff_read(at: Workplace) -> Checked:
    entries = json.loads(_said(at))
    places = tuple((str(entry["code"] or "invalid-syntax"), at.inside(entry["filename"]), int(entry["location"]["row"])) for entry in entries)
    listed = at.place.beside("files").read_text(encoding="utf-8", errors="replace").splitlines()
    return Checked(places, tuple(Path(line) for line in listed if Path(line).is_relative_to(at.place.tree)))


def _flake8_runs(at: Workplace) -> Sequence[Execution]:
    return (Execution("flake8 .", ("flake8", "--exit-zero", "-j", "1", "--format", FLAKE8_FORMAT, "--output-file", str(at.said), ".")),)


def _flake8_read(at: Workplace) -> Checked:
    """A line each; flake8 writes no file where it found nothing."""
    places = []
    for line in _said(at).splitlines() if at.said.exists() else ():
        row, code, path = line.split("|", 2)
        places.append((code, at.inside(path), int(row)))
    return Checked(tuple(places), tuple(python_files(at.place.folder, ["."])))


def _pylint_runs(at: Workplace) -> Sequence[Execution]:
    if not at.paths:
        raise NotReady("there is no source file to check")
    form = "json2" if int(at.version.split(".")[0]) >= JSON2_SINCE else "json"
    said = ("pylint", "-f", form, "--exit-zero", "-j1", "--persistent=n", "--recursive=y", *at.paths)
    return (Execution(" ".join(("pylint", *at.paths)), said, at.said),)


def _pylint_read(at: Workplace) -> Checked:
    """json2 is an object with `messages`, json the messages alone. What pylint could not import is the environment's matter, and counts alike."""
    document = json.loads(_said(at))
    entries = document["messages"] if isinstance(document, dict) else document
    places = tuple((str(entry["symbol"]), at.inside(entry["path"]), int(entry["line"])) for entry in entries)
    return Checked(places, at.python_files())


def _said(at: Workplace) -> str:
    return at.said.read_text(encoding="utf-8", errors="replace")


LINTERS: Final[Mapping[str, Check]] = MappingProxyType(
    {
        "ruff": Check("ruff", _ruff_runs, _ruff_read),
        "flake8": Check("flake8", _flake8_runs, _flake8_read),
        "pylint": Check("pylint", _pylint_runs, _pylint_read),
    }
)
