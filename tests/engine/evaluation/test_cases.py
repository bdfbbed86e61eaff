"""Cases: how they are read from the base's tree, and which answers agree with what is expected."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from state.configuration.measuring import Compare
from state.patterns import Patterns
from tests.support.repositories import git, make_repository
from tools.engine.evaluation.cases import BadCases, agrees, cases_of_files, cases_of_lines, pattern_of, read_cases, reading_of_cases
from tools.engine.repository.location import locate

AGREEING: list[tuple[Compare, str, str]] = [
    ("exact", "a\n", "a\n"), ("text", "a\nb", "a  \nb\n\n"), ("text", "", "\n"), ("text", "a\r\n", "a\n"),
    ("json", '{"a": 1, "b": [true]}', '{"b":[true],"a":1.0}'), ("json", '"a"', ' "a"\n'), ("number", "1", "1.0000001"), ("number", "0", "-0.0"),
    ("number", "1 2e3", "1.0\n2000"), ("number", "-5", "-5.0"),
]  # fmt: skip
DIFFERING: list[tuple[Compare, str, str]] = [
    ("exact", "a\n", "a"), ("text", "a\nb", "a b"), ("text", " a", "a"), ("text", "a\n\nb", "a\nb"), ("json", "1", "true"), ("json", "true", "1"),
    ("json", "[1, 2]", "[2, 1]"), ("json", "1", "one"), ("json", "NaN", "NaN"), ("json", '{"a": 1}', '{"a": 1, "b": 2}'), ("number", "1", "1.00001"),
    ("number", "0", "1e-9"), ("number", "nan", "nan"), ("number", "inf", "inf"), ("number", "1", "1 1"), ("number", "", ""), ("number", "1", ""),
    ("number", "1e999", "1e999"),
]  # fmt: skip


@pytest.mark.parametrize(("compare", "expected", "answer"), AGREEING)
def test_an_answer_agrees(compare: Compare, expected: str, answer: str) -> None:
    assert agrees(compare, expected, answer)


@pytest.mark.parametrize(("compare", "expected", "answer"), DIFFERING)
def test_another_answer_does_not(compare: Compare, expected: str, answer: str) -> None:
    assert not agrees(compare, expected, answer)


@given(st.text(), st.text())
def test_text_differs_only_in_blanks_at_the_ends_of_lines(one: str, other: str) -> None:
    if agrees("text", one, other):
        assert one.split() == other.split()


def test_an_answer_nested_too_deeply_agrees_with_nothing() -> None:
    assert not agrees("json", "[" * 100_000, "[" * 100_000)


def test_a_folder_gives_a_case_for_each_pair() -> None:
    found = cases_of_files({"b.in": b"2", "b.out": b"4", "a.in": b"1", "a.out": b"2", "README.md": b"", "deep/c.in": b"", "deep/c.out": b""})
    assert {(case.name, case.given, case.expected) for case in found} == {("a", b"1", "2"), ("b", b"2", "4"), ("deep/c", b"", "")}


@pytest.mark.parametrize(("name", "words"), [("a.in", "the case a has no .out"), ("a.out", "the case a has no .in")])
def test_half_a_case_is_refused(name: str, words: str) -> None:
    with pytest.raises(BadCases, match=words):
        cases_of_files({name: b"1"})


def test_lines_give_texts_as_they_are_and_anything_else_as_json() -> None:
    found = cases_of_lines(b'{"input": "a b", "expected": [1, true]}\n\n{"name": "n", "input": {"x": null}, "expected": "y", "timeout": 2}\n')
    assert [(case.name, case.given, case.expected, case.timeout) for case in found] == [
        ("line 1", b"a b", "[1, true]", None), ("n", b'{"x": null}', "y", 2),
    ]  # fmt: skip


BAD_LINES = [
    ("{", "line 1 is not JSON"), ("[1]", "line 1 is not an object"), ('{"input": 1}', "line 1 is not an object"),
    ('{"input": 1, "expected": "secret", "more": 1}', "line 1 is not an object"), ('{"input": 1, "expected": 1, "name": 3}', "`name` of line 1"),
    ('{"input": 1, "expected": 1, "timeout": true}', "`timeout` of line 1"), ('{"input": 1, "expected": 1, "timeout": 0}', "`timeout` of line 1"),
    ('{"input": 1, "expected": 1, "name": "a"}\n{"input": 1, "expected": 1, "name": "a"}', "two cases are named a"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), BAD_LINES)
def test_a_bad_line_is_named_without_what_is_expected(text: str, words: str) -> None:
    with pytest.raises(BadCases, match=words) as caught:
        cases_of_lines(text.encode())
    assert "secret" not in str(caught.value)


def test_cases_are_read_from_a_tree_and_not_from_a_folder(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "project", {"gold/a.in": "1", "gold/a.out": "2", "golden.in": "no case"})
    tree = git(root, "rev-parse", "HEAD^{tree}")
    (root / "gold" / "b.in").write_text("not committed", encoding="utf-8")
    (case,) = read_cases(locate(root), tree, "gold")
    assert (case.name, case.given, case.expected) == ("a", b"1", "2")
    with pytest.raises(BadCases, match="no cases at silver"):
        read_cases(locate(root), tree, "silver")


def test_a_reading_names_the_first_failing_cases_and_nothing_of_what_was_expected() -> None:
    found = reading_of_cases("answers", {f"case {number}": "failed" if number else "timeout" for number in range(7)} | {"good": "passed"}, 1.5)
    assert found.value == 1 / 8
    assert found.facts == {"cases": 8, "passed": 1, "failing": "case 0 (time), case 1, case 2, case 3, case 4"}


@pytest.mark.parametrize("path", ["gold", "gold/", "eval/cases", "a b/c[1]/d*.jsonl"])
def test_the_pattern_of_cases_means_them_and_what_lies_below_at_the_top_alone(path: str) -> None:
    name = path.rstrip("/")
    pattern = Patterns([pattern_of(path)])

    assert pattern.matches(name)
    assert pattern.matches(f"{name}/one.in")
    assert not pattern.matches(f"other/{name}")
    assert not pattern.matches(f"{name}s")
