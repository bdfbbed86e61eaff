"""results.tsv of the original: every row that can be told is read, and everything odd is said with its line."""

import csv
import io
from collections.abc import Callable

import pytest
from hypothesis import given, strategies
from hypothesis.strategies import SearchStrategy

from state.original.experiment import LARGEST_ID, LIMITS
from state.original.results import LINE_LIMIT, Results, line_of, read_results
from tests.support.originals import COLUMNS, results_tsv, row

HEADER = "\t".join(COLUMNS)
TEXT = strategies.text(strategies.characters(exclude_categories=["Cs"]), max_size=30)
GOOD = "2026-05-01T10:00:00"


def ids(found: Results) -> list[int]:
    """The numbers of the rows, in their order."""
    return [each.experiment.id for each in found.rows]


def said(found: Results) -> list[str]:
    """Where each problem lies, and what was found there."""
    return [f"{problem.where}: {problem.found}" for problem in found.problems]


def tabs(count: int) -> str:
    """So many ends of cells."""
    return "\t" * count


def tsv(*lines: str) -> bytes:
    """A file with the original's header and these lines."""
    return "".join(f"{line}\n" for line in (HEADER, *lines)).encode()


def test_a_row_is_read_with_every_field() -> None:
    (found,) = read_results(results_tsv([row(3, cost_usd=1.25, pr_number="#7")])).rows
    assert found.line == 2
    assert found.experiment.model_dump() == {
        "id": 3, "timestamp": "2026-05-04T10:00:00.123456", "hypothesis": "Idea 3: test what no test runs", "change_summary": "Added 3 tests",
        "issue_number": 103, "pr_number": 7, "score_before": 0.61, "score_after": 0.64, "delta": 0.03, "verdict": "keep", "cost_usd": 1.25,
        "notes": 'ceo:keep score_delta=0.03 precheck=pass reason="it keeps"', "research_citations": ("https://example.org/paper", "#12"),
        "line": found.experiment.line,
    }  # fmt: skip


@pytest.mark.parametrize("null", ["", "-", "n/a", "N/A", "  "])
def test_empty_a_dash_and_not_available_are_nothing(null: str) -> None:
    fields = dict.fromkeys(("hypothesis", "issue_number", "pr_number", "score_before", "score_after", "delta", "cost_usd", "notes"), null)
    found = read_results(results_tsv([row(1, **fields, research_citations=null)]))
    assert said(found) == []
    assert found.rows[0].experiment.model_dump(include={*fields, "research_citations"}) == {
        **dict.fromkeys(fields), "hypothesis": "", "notes": "", "research_citations": (),
    }  # fmt: skip


def test_an_unknown_verdict_counts_as_error_and_is_said() -> None:
    found = read_results(results_tsv([row(1, verdict="KEEP "), row(2, verdict="kept"), row(3, verdict="")]))
    assert [each.experiment.verdict for each in found.rows] == ["keep", "error", "error"]
    assert said(found) == ["results.tsv:3: verdict 'kept'", "results.tsv:4: verdict ''"]


@pytest.mark.parametrize("number", ["nan", "inf", "-Infinity", "0,85", "1e999", "0x1", "1_0", "high", "½"])
def test_what_is_no_finite_number_counts_as_not_said(number: str) -> None:
    found = read_results(results_tsv([row(1, delta=number), row(2)]))
    assert [each.experiment.delta for each in found.rows] == [None, 0.03]
    assert [problem.where for problem in found.problems] == ["results.tsv:2"]
    assert found.problems[0].found.startswith("delta ")


@pytest.mark.parametrize("number", ["", "0", "-1", "1.0", "abc", "1e3", "²", "٣", "NaN", str(LARGEST_ID + 1), "99999999999999999999"])
def test_a_row_with_a_bad_id_costs_no_other(number: str) -> None:
    found = read_results(results_tsv([row(1), row(2, id=number), row(3)]))
    assert ids(found) == [1, 3]
    assert len(found.problems) == 1
    assert (found.problems[0].where, found.problems[0].found.split()[0]) == ("results.tsv:3", "id")


@pytest.mark.parametrize("time", ["", "-", "yesterday", "2026-13-01T00:00:00", "1714550000", "2026-05-01T25:00:00"])
def test_a_row_with_a_bad_timestamp_costs_no_other(time: str) -> None:
    found = read_results(results_tsv([row(1), row(2, timestamp=time), row(3)]))
    assert ids(found) == [1, 3]
    assert [problem.where for problem in found.problems] == ["results.tsv:3"]
    assert found.problems[0].found.startswith("timestamp ")


def test_a_file_without_the_last_column_is_read() -> None:
    found = read_results(results_tsv([row(1), row(2)], COLUMNS[:-1]))
    assert (ids(found), said(found)) == ([1, 2], [])


def test_columns_are_found_by_their_names() -> None:
    found = read_results(results_tsv([row(1, score="9", id=4)], ("verdict", "timestamp", "score", "id", *COLUMNS[2:9], *COLUMNS[10:])))
    assert [(each.experiment.id, each.experiment.verdict, each.experiment.delta) for each in found.rows] == [(4, "keep", 0.03)]
    assert said(found) == ["results.tsv:1: column 'score'"]


def test_a_missing_header_is_said_and_the_columns_taken_in_their_order() -> None:
    found = read_results(results_tsv([row(1), row(2)], header=False))
    assert (ids(found), said(found)) == ([1, 2], ["results.tsv:1: no header"])


def test_what_is_no_table_at_all_is_said_once() -> None:
    found = read_results(b"<html>\n<body>\n" * 1000)
    assert (ids(found), said(found)) == ([], ["results.tsv:1: neither a header nor a row"])


@pytest.mark.parametrize("content", [b"", b"\n\n", f"{HEADER}\r\n".encode(), f"\ufeff{HEADER}".encode(), HEADER.encode()])
def test_nothing_or_a_header_alone_holds_no_rows(content: bytes) -> None:
    assert read_results(content) == Results((), ())


@pytest.mark.parametrize(
    "change",
    [
        lambda content: b"\xef\xbb\xbf" + content,
        lambda content: content.replace(b"\r\n", b"\n"),
        lambda content: content.replace(b"\r\n", b"\r"),
        lambda content: content.replace(b"\r\n", b"\r\n\r\n"),
        lambda content: content.rstrip(b"\r\n"),
        lambda content: content.decode().encode("utf-16"),
    ],
)
def test_marks_and_line_ends_of_any_kind_make_no_difference(change: Callable[[bytes], bytes]) -> None:
    content = results_tsv([row(1), row(2, hypothesis="Größe")])
    plainly, found = read_results(content), read_results(change(content))
    assert ([each.experiment for each in found.rows], found.problems) == ([each.experiment for each in plainly.rows], ())


def test_a_row_that_is_no_utf_8_is_read_as_latin_1_and_the_others_as_they_are() -> None:
    lines = results_tsv([row(1, hypothesis="Größe"), row(2, hypothesis="Größe")]).splitlines(keepends=True)
    found = read_results(lines[0] + lines[1].decode().encode("latin-1") + lines[2])
    assert [each.experiment.hypothesis for each in found.rows] == ["Größe", "Größe"]
    assert said(found) == ["results.tsv:2: bytes that are no UTF-8"]


def test_a_torn_row_costs_no_other() -> None:
    torn = f'2\t{GOOD}\t"torn in a quoted'
    found = read_results(tsv(f"1\t{GOOD}{tabs(11)}", torn, *(f'{number}\t{GOOD}\t"a ""b"" c"{tabs(10)}' for number in (3, 4))))
    assert ids(found) == [1, 2, 3, 4]
    assert [each.experiment.hypothesis for each in found.rows][1:] == ['"torn in a quoted', 'a "b" c', 'a "b" c']
    assert "results.tsv:3: 3 columns" in said(found)


def test_a_quote_that_nobody_closes_is_a_part_of_its_cell() -> None:
    found = read_results(tsv(f'1\t{GOOD}\t5" disks{tabs(7)}keep\t\t', f'2\t{GOOD}\t"unclosed{tabs(7)}keep\t\t'))
    assert [each.experiment.hypothesis for each in found.rows] == ['5" disks', '"unclosed']


def test_a_hole_of_nul_bytes_costs_no_row_but_its_own() -> None:
    lines = results_tsv([row(1), row(2), row(3)]).splitlines(keepends=True)
    found = read_results(lines[0] + lines[1] + b"\0" * 4096 + b"\n" + lines[3])
    assert ids(found) == [1, 3]
    assert {problem.where for problem in found.problems} == {"results.tsv:3"}


def test_a_cell_that_no_reader_takes_is_said_with_its_line() -> None:
    found = read_results(results_tsv([row(1), row(2, notes="x" * 200_000), row(3)]))
    assert ids(found) == [1, 2, 3]
    assert len(found.rows[1].experiment.notes) == LIMITS["notes"]
    assert said(found) == ["results.tsv:3: notes of 200000 characters"]


def test_ten_thousand_rows_are_read_each_with_its_line() -> None:
    found = read_results(results_tsv(row(number) for number in range(1, 10_001)))
    assert [(each.line, each.experiment.id) for each in found.rows] == [(number + 1, number) for number in range(1, 10_001)]
    assert found.problems == ()


def test_lines_full_of_quotes_are_read_in_one_pass() -> None:
    found = read_results(tsv(*(f'{number}\t{GOOD}\t"{tabs(9)}"' for number in range(1, 20_001))))
    assert ids(found) == list(range(1, 20_001))


def test_a_line_is_kept_as_it_was_where_the_same_facts_would_be_written_otherwise() -> None:
    by_hand = f"7\t{GOOD}\ta  b\t-\tn/a\t\t0.50\t.6\t+0.1\tKeep\t\t\t"
    proper = results_tsv([row(8)]).splitlines()[1].decode()
    found = read_results(tsv(by_hand, proper))
    assert [line_of(each.experiment) for each in found.rows] == [by_hand, proper]
    assert [bool(each.experiment.line) for each in found.rows] == [True, False]


@pytest.mark.parametrize(
    "line",
    [
        f"7\t{GOOD}\tshort",
        f"7\t{GOOD}\t\x1b[31mred{tabs(7)}keep\t\t\t",
        f'7\t{GOOD}\t"two\nlines"{tabs(7)}keep\t\t\t',
        f"7\t{GOOD}\t{'a' * LINE_LIMIT}{tabs(7)}keep\t\t\t",
    ],
)
def test_a_line_that_is_not_well_formed_is_written_anew_on_one_line_of_thirteen_columns(line: str) -> None:
    (found,) = read_results(tsv(line)).rows
    written = line_of(found.experiment)
    assert written != line
    assert len(next(csv.reader([written], dialect="excel-tab"))) == 13
    assert written.isprintable() or set(written) & set("\n\r\x1b") == set()


CELLS: SearchStrategy[dict[str, str]] = strategies.fixed_dictionaries(dict.fromkeys(("hypothesis", "change_summary", "notes"), TEXT))


@given(strategies.lists(CELLS, max_size=6))
def test_whatever_text_python_writes_is_read_again(cells: list[dict[str, str]]) -> None:
    rows = [{**row(number), **each} for number, each in enumerate(cells, 1)]
    found = read_results(results_tsv(rows))
    expected = [{name: "" if text.strip().lower() in ("", "-", "n/a") else text for name, text in each.items()} for each in cells]
    assert [each.experiment.model_dump(include=set(cells[0])) for each in found.rows] == expected
    assert found.problems == ()


@given(strategies.lists(CELLS, min_size=1, max_size=4))
def test_whatever_was_read_is_one_line_that_is_read_alike(cells: list[dict[str, str]]) -> None:
    found = read_results(results_tsv({**row(number), **each} for number, each in enumerate(cells, 1)))
    written = [line_of(each.experiment) for each in found.rows]
    again = list(csv.reader(io.StringIO("".join(f"{line}\n" for line in written), newline=""), dialect="excel-tab"))
    assert [len(record) for record in again] == [13] * len(cells)
    assert [record[0] for record in again] == [str(number) for number in range(1, len(cells) + 1)]


@given(strategies.binary(max_size=400), strategies.integers(0, 3))
def test_bytes_of_any_kind_between_good_rows_cost_no_good_row(noise: bytes, at: int) -> None:
    lines = results_tsv([row(number) for number in (1, 2, 3)]).splitlines(keepends=True)
    noise = noise.replace(b'"', b"'")  # a quote may rightly take the lines up to the next one
    found = read_results(lines[0] + b"".join(lines[1 : at + 1]) + b"\n" + noise + b"\n" + b"".join(lines[at + 1 :]))
    assert [number for number in ids(found) if number in (1, 2, 3)] == [1, 2, 3]
