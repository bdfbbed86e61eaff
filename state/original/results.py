"""results.tsv of the original: rows in Python's excel-tab form, of which a bad one never costs another."""

import csv
import io
from dataclasses import dataclass
from typing import Final

from state.answers import clean
from state.errors import Problem
from state.original.experiment import COLUMNS, OriginalExperiment, experiment_from
from state.original.text import lines_of, text_of

FILE: Final = "results.tsv"
LINE_LIMIT: Final = 6000  # characters of a line that is kept as it was


@dataclass(frozen=True)
class Row:
    """A row that was read, and the number of its first line."""

    line: int
    experiment: OriginalExperiment


@dataclass(frozen=True)
class Results:
    """All rows that tell which experiment and when, in the order of the file, and what was odd, by line."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class _Lines:
    """The file's lines, and for each where a record that begins there ends: behind it, or behind the line that closes its quote (None: nowhere)."""

    content: list[bytes]
    text: list[str]
    in_utf_8: list[bool]
    ends: list[int | None]


@dataclass(frozen=True)
class _Record:
    """The cells of the lines from `start` up to `end`; `proper` when written as excel-tab writes, with a cell for each column."""

    start: int
    end: int
    cells: list[str]
    proper: bool


def read_results(content: bytes) -> Results:
    """The rows of a results.tsv. Columns are found by the header's names; a file without a header has the original's columns in their order."""
    lines = _lines(content)
    columns, index, problems = _header(lines)
    rows: list[Row] = []
    while columns and index < len(lines.content):
        if not lines.text[index].strip("\r\n"):
            index += 1
            continue
        record = _record(lines, index, len(columns))
        row, found = _row(lines, record, columns)
        problems += found
        rows += [row] if row else []
        index = record.end
    return Results(tuple(rows), tuple(problems))


def has_rows(content: bytes) -> bool:
    """Whether anything stands there but a header."""
    lines = [line for raw in lines_of(content) if (line := text_of(raw)[0].strip())]
    names = {cell.strip().lower() for cell in lines[0].split("\t")} if lines else set()
    return len(lines) > ({"id", "timestamp"} <= names)


def line_of(experiment: OriginalExperiment) -> str:
    """Its line of results.tsv, without the end: as the original wrote it where that is well formed, else the same facts in the same form."""
    return experiment.line or _written(experiment)


def _written(experiment: OriginalExperiment) -> str:
    facts = {**experiment.model_dump(), "research_citations": "|".join(experiment.research_citations)}
    buffer = io.StringIO()
    csv.writer(buffer, dialect="excel-tab", lineterminator="").writerow([_cell(facts[name]) for name in COLUMNS])
    return buffer.getvalue()


def _cell(value: object) -> str:
    return "" if value is None else clean(" ".join(str(value).split()))


def _lines(content: bytes) -> _Lines:
    raw = lines_of(content)
    texts = [text_of(line) for line in raw]
    ends: list[int | None] = [None] * len(raw)
    closing: int | None = None
    for index in range(len(raw) - 1, -1, -1):
        opens = texts[index][0].count('"') % 2 == 1
        ends[index] = closing if opens else index + 1
        closing = index + 1 if opens else closing
    return _Lines(raw, [text for text, _ in texts], [sound for _, sound in texts], ends)


def _header(lines: _Lines) -> tuple[tuple[str, ...], int, list[Problem]]:
    """The columns, the first line behind the header, and what is odd about it; no columns where rows could not be told apart."""
    first = next((index for index, text in enumerate(lines.text) if text.strip()), None)
    if first is None:
        return COLUMNS, len(lines.content), []
    where = f"{FILE}:{first + 1}"
    names = tuple(cell.strip().lower() for cell in _record(lines, first, len(COLUMNS)).cells)
    if {"id", "timestamp"} <= set(names):
        odd = [name for name in names if name not in COLUMNS or names.count(name) > 1]
        missing = [name for name in COLUMNS[:-1] if name not in names]  # the last column came later: older files lack it
        problems = [
            Problem(where, f"column {name[:60]!r}", "a column of the original, once; it is kept in the file only") for name in dict.fromkeys(odd)
        ]
        return names, first + 1, problems + [Problem(where, f"no column {name}", "all columns of the original") for name in missing]
    if len(names) >= len(COLUMNS) - 1:
        return COLUMNS, first, [Problem(where, "no header", "the names of the columns; they are taken to be the original's")]
    return (), len(lines.content), [Problem(where, "neither a header nor a row", "the columns of the original; all is kept in the file only")]


def _record(lines: _Lines, start: int, width: int) -> _Record:
    """The record that begins at line `start`.

    A quote that opens and is never closed as the form has it is a torn or hand-made line: it ends where the line ends, so that no other goes with it.
    """
    end = lines.ends[start]
    if end is not None and (cells := _cells("".join(lines.text[start:end]))) is not None and len(cells) == width:
        return _Record(start, end, cells, proper=True)
    as_it_stands = lines.text[start].rstrip("\r\n").split("\t")
    if len(as_it_stands) != width and end == start + 1 and (cells := _cells(lines.text[start])) is not None:
        as_it_stands = cells
    return _Record(start, start + 1, as_it_stands, proper=False)


def _cells(text: str) -> list[str] | None:
    """The cells of exactly one record, or None where the text is none."""
    try:
        records = list(csv.reader([text], dialect="excel-tab"))
    except csv.Error:
        return None
    return records[0] if len(records) == 1 else None


def _row(lines: _Lines, record: _Record, columns: tuple[str, ...]) -> tuple[Row | None, list[Problem]]:
    where = f"{FILE}:{record.start + 1}"
    values = dict(reversed(list(zip(columns, record.cells, strict=False))))  # of a name that stands twice the first counts
    found = experiment_from(values, where)
    problems = list(found.problems)
    in_utf_8 = all(lines.in_utf_8[record.start : record.end])
    if len(record.cells) != len(columns):
        problems.append(Problem(where, f"{len(record.cells)} columns", f"{len(columns)}; read as far as they go"))
    if not in_utf_8:
        problems.append(Problem(where, "bytes that are no UTF-8", "UTF-8; they are read as Latin-1"))
    if found.experiment is None:
        return None, problems
    raw = lines.text[record.start].rstrip("\r\n")
    one_line = record.proper and record.end == record.start + 1 and in_utf_8
    well_formed = one_line and columns == COLUMNS and all(clean(cell) == cell for cell in record.cells)
    kept = well_formed and len(raw) <= LINE_LIMIT and raw != _written(found.experiment)
    experiment = found.experiment.model_copy(update={"line": raw}) if kept else found.experiment
    return Row(record.start + 1, experiment), problems
