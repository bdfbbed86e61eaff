"""Line coverage of the source files, from coverage's JSON: every executable line counts, also of files that nothing imported."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.engine.languages.python.names import is_source


@dataclass(frozen=True)
class Coverage:
    """Lines of the source files: how many are executable, how many ran, and by file (line, text) of those that did not and the numbers
    of those that did.
    """

    covered: int
    executable: int
    uncovered: Mapping[str, Sequence[tuple[int, str]]]
    ran: Mapping[str, Sequence[int]]


def read_coverage(document: str, tree: Path, source_paths: Sequence[str]) -> Coverage:
    """Read `coverage json`, whose keys are absolute or relative to the tree; test files do not count. Raises ValueError for other text."""
    covered = executable = 0
    uncovered: dict[str, list[tuple[int, str]]] = {}
    executed: dict[str, list[int]] = {}
    for key, facts in json.loads(document)["files"].items():
        path = _relative(key, tree)
        if path is None or not is_source(path, source_paths):
            continue
        missing = [int(line) for line in facts["missing_lines"]]
        ran = sorted(map(int, facts["executed_lines"]))
        covered += len(ran)
        executable += len(ran) + len(missing)
        if ran:
            executed[path] = ran
        if missing:
            uncovered[path] = _texts(tree / path, missing)
    return Coverage(covered, executable, uncovered, executed)


def _relative(key: str, tree: Path) -> str | None:
    for top in (tree, tree.resolve()):
        place = top / key
        if place.is_relative_to(top) and place.is_file():
            return place.relative_to(top).as_posix()
    return None


def _texts(file: Path, lines: Sequence[int]) -> list[tuple[int, str]]:
    texts = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return [(line, texts[line - 1].strip()[:200] if line <= len(texts) else "") for line in lines]
