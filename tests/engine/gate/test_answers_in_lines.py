"""Answers in added lines: which values and words tell that a change knows what it may not."""

import pytest
from hypothesis import given, settings, strategies

from tools.engine.gate.answers_in_lines import Likely, likely_in
from tools.engine.gate.fingerprints import CaseValues, Source, fingerprints_of, source_of
from tools.engine.repository.changes import ChangedLines, Hunk

TRUTH = source_of(
    "data/truth.json", b'{"solution": 482137, "text": "The answer is forty-two, as everybody knows by now, of course it is.", "n": 100000}'
)
CASES = Source("eval/cases", cases=(CaseValues("K\u00e4se und Brot", "kaese-und-brot"), CaseValues("3", "5")))


def met(text: str, *sources: Source) -> list[Likely]:
    lines = tuple(text.split("\n"))
    return list(likely_in({"src/a.py": ChangedLines((Hunk(1, 1, (), lines),), binary=False)}, fingerprints_of(sources or (TRUTH, CASES))))


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [
        ("x = 1\nreturn 482137", "value", 2),
        ("return 482_137.0", "value", 1),
        ("# the answer is Forty-two, as everybody knows by now", "words", 1),
        ('if text == "K\u00e4se und Brot":\n    return "kaese-und-brot"', "answer", 2),
    ],
)
def test_what_stands_in_a_file_of_answers_is_met_with_its_line(text: str, kind: str, line: int) -> None:
    (found,) = met(text)
    assert (found.kind, found.line, found.path) == (kind, line, "src/a.py")
    assert "482137" not in repr(found)


@pytest.mark.parametrize(
    "text",
    [
        "x = 100000",  # round
        'row["solution"]',  # a key
        "x = 42",
        'return "kaese-und-brot"',  # a name by itself
        "x = f(3)\ny = f(5)",  # a short case
        "# as everybody knows by now",
        "",
    ],
)
def test_what_anybody_may_write_is_not(text: str) -> None:
    assert met(text) == []


def test_a_file_that_is_no_text_has_no_answers() -> None:
    assert source_of("a.bin", b"\0" + b'"a long value, really"') == Source("a.bin")


def test_a_long_answer_tells_something_by_itself() -> None:
    alone = Source("eval/cases", cases=(CaseValues("x", "There are 12 of them, all told"),))
    assert [each.kind for each in met('return "There are 12 of them, all told"', alone)] == ["value"]


@given(strategies.text(max_size=200), strategies.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_text_can_be_held_against_any_other(text: str, other: str) -> None:
    assert isinstance(met(text, source_of("x", other.encode("utf-8", "replace"))), list)
