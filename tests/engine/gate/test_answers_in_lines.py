"""Answers in added lines: which values and words tell that a change knows what it may not."""

import json

import pytest
from hypothesis import given, settings, strategies

from tools.engine.gate.answers_in_lines import Likely, likely_in
from tools.engine.gate.fingerprints import CaseValues, Source, fingerprints_of, source_of
from tools.engine.gate.leaks import leaks_of, level_of, weight_of
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


FLOATS = [[round((number * 7919 + place * 104729) % 9973 / 9973, 4) for place in range(4)] for number in range(24)]
STARTS = source_of("data/answers.json", json.dumps({f"inst{number:02}": row for number, row in enumerate(FLOATS)}, indent=1).encode(), hidden=True)
CHARTERS = [100 + number * 7919 % 900 for number in range(40)]
GOLD = source_of("data/gold.json", json.dumps([f"town of Duskvale under charter {each}" for each in CHARTERS]).encode(), hidden=True)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (json.dumps({"starts": FLOATS}), STARTS),
        (json.dumps({"starts": FLOATS}, indent=2), STARTS),
        ("\n".join(f"    'inst{number:02}': {tuple(row)}," for number, row in enumerate(FLOATS)), STARTS),
        (f"PICK = {CHARTERS}", GOLD),
        ("\n".join(f"{each}," for each in CHARTERS), GOLD),
    ],
)
def test_many_numbers_of_answers_in_their_order_are_too_much(text: str, source: Source) -> None:
    found = met(text, source)
    assert {each.kind for each in found} == {"numbers"}
    assert level_of(weight_of(leaks_of(found))) == "high"
    assert str(CHARTERS[1]) not in f"{found}{leaks_of(found)}"


@pytest.mark.parametrize("text", ["x = [0.5, 0.25, 0.125]", f"PICK = {sorted(CHARTERS)[::3]}", f"PICK = {CHARTERS[:3]}", "range(2020, 2024)"])
def test_a_few_numbers_or_others_in_another_order_are_not(text: str) -> None:
    assert met(text, STARTS, GOLD) == []


@pytest.mark.parametrize(
    "usual", ["2019, 2020, 2021, 2022, 2023", "110, 120, 130, 140", "64, 128, 256, 512, 1024", "100, 500, 1000, 2500", "641, 641, 641, 777, 777"]
)
def test_numbers_that_go_on_by_one_step_or_are_round_or_powers_of_two_tell_nothing(usual: str) -> None:
    assert met(usual, source_of("table.txt", usual.encode())) == []


def test_numbers_that_were_moved_are_no_news() -> None:
    row = f"PICK = {CHARTERS}"
    lines = {"src/a.py": ChangedLines((Hunk(1, 1, (row,), (f"    {row}",)),), binary=False)}
    assert likely_in(lines, fingerprints_of([GOLD])) == ()


def test_a_file_that_is_no_text_has_no_answers() -> None:
    assert source_of("a.bin", b"\0" + b'"a long value, really"') == Source("a.bin")


def test_a_long_answer_tells_something_by_itself() -> None:
    alone = Source("eval/cases", cases=(CaseValues("x", "There are 12 of them, all told"),))
    assert [each.kind for each in met('return "There are 12 of them, all told"', alone)] == ["value"]


@given(strategies.text(max_size=200), strategies.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_text_can_be_held_against_any_other(text: str, other: str) -> None:
    assert isinstance(met(text, source_of("x", other.encode("utf-8", "replace"))), list)
