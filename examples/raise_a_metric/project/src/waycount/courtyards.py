"""Courtyards, and the ways through them."""

import json
from dataclasses import dataclass
from pathlib import Path

FOUNTAIN = "#"


@dataclass(frozen=True)
class Courtyard:
    """A courtyard as it is drawn, a line a row; the gate is top left, the door bottom right."""

    name: str
    rows: tuple[str, ...]

    def table(self) -> list[list[int]]:
        """For every place, how many ways lead to it from the gate."""
        table: list[list[int]] = []
        for y, row in enumerate(self.rows):
            table.append([])
            for x, place in enumerate(row):
                start = int(x == 0 and y == 0)
                above = table[y - 1][x] if y else 0
                before = table[y][x - 1] if x else 0
                table[y].append(0 if place == FOUNTAIN else start + above + before)
        return table

    def ways(self) -> int:
        """How many ways lead from the gate to the door."""
        return self.table()[-1][-1]


def read_courtyards(file: Path) -> list[Courtyard]:
    """The courtyards of a file. Raises OSError, and ValueError where it is no JSON."""
    return [Courtyard(each["id"], tuple(each["rows"])) for each in json.loads(file.read_text(encoding="utf-8"))]
