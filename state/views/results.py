"""results.tsv: one line for each experiment that ended, in that order; its last line says how far it was written."""

import csv
from collections.abc import Callable, Iterator
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

from state.answers import clean
from state.decisions import ended_after, place_of
from state.imported import imported_experiment
from state.original.experiment import COLUMNS
from state.original.results import line_of
from state.views.decided import decided, record
from state.views.view import Source

if TYPE_CHECKING:
    import sqlite3

NAME: Final = "results.tsv"
HEADER: Final = "\t".join(COLUMNS)
SUMMARY: Final = 200  # characters of what was changed
CHUNK: Final = 500

Row = Callable[[Source, int], str | None]  # the line of an experiment, without its end; None: this one does not know it


def rows_after(source: Source, place: int, limit: int) -> list[str]:
    """Up to `limit` lines behind the one at `place`."""
    return [_row(source, number) for number in ended_after(source.connection, place, limit)]


def every_row(source: Source) -> Iterator[str]:
    """All lines behind the header."""
    place = 0
    while rows := rows_after(source, place, CHUNK):
        yield from rows
        place += len(rows)


def file_lines(source: Source) -> Iterator[str]:
    """All lines of the file, without their ends; none while nothing ended."""
    rows = every_row(source)
    for first in rows:
        yield HEADER
        yield first
        yield from rows


def place_in(connection: "sqlite3.Connection", line: str) -> int | None:
    """How far results.tsv was written, by its last line: 0 with nothing but a header; None when the line is none of ours."""
    if line in ("", HEADER):
        return 0
    number = line.partition("\t")[0]
    return place_of(connection, int(number)) if number.isascii() and number.isdecimal() and len(number) < 10 else None


def values_row(values: dict[str, Any]) -> str:
    """A line in the original's form (tab-separated, quoted where a value has a quote), from values by column; what is None is empty."""
    line = StringIO()
    csv.writer(line, "excel-tab", lineterminator="").writerow([_cell(values.get(column)) for column in COLUMNS])
    return line.getvalue()


def _row(source: Source, number: int) -> str:
    return next((line for row in ROWS if (line := row(source, number)) is not None), values_row({"id": number}))


def _own(source: Source, number: int) -> str | None:
    found = decided(source, number)
    if found is None:
        return None
    fields = record(found)
    scores = {name: _rounded(fields[name]) for name in ("score_before", "score_after", "delta")}
    citations = "|".join(cited.replace("|", " ") for cited in fields["research_citations"])
    return values_row({**fields, **scores, "change_summary": fields["change_summary"][:SUMMARY], "research_citations": citations})


def _imported(source: Source, number: int) -> str | None:
    """The line of an earlier factory: as it was, where it is well formed."""
    found = imported_experiment(source.connection, number)
    return line_of(found) if found else None


def _rounded(value: float | None) -> str | None:
    return None if value is None else f"{value:.6g}"


def _cell(value: object) -> str:
    return "" if value is None else clean(" ".join(str(value).split()))


ROWS: Final[tuple[Row, ...]] = (_imported, _own)  # the first asks one small question only
