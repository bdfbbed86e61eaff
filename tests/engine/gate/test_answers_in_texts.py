"""Answers in texts: what a hypothesis or a report may say of files of answers, and what it may not."""

import json

import pytest
from hypothesis import given, settings, strategies

from tools.engine.gate.answers_in_texts import likely_in_texts, told
from tools.engine.gate.fingerprints import CaseValues, Fingerprints, Source, fingerprints_of, source_of
from tools.engine.gate.leaks import leaks_of, level_of, weight_of, weight_said

PASSAGE = "The tower was built long before the river took its present bed, as old maps of the valley show."
PROBLEMS = {
    "problems": [
        {"name": "hmmt-2024-feb-07", "shape": "decagonal", "answer": 1572, "vertices": 482137},
        {"name": "alpha", "answer": 42, "status": 404, "port": 8000, "solution": "Battle of Hastings in 1066"},
        {"text": PASSAGE},
    ]
}
TRUTH = source_of("data/truth.json", json.dumps(PROBLEMS).encode())
CASES = Source("eval/cases", cases=(CaseValues("Käse und Brot", "kaese-und-brot"), CaseValues("3", "5")))
KNOWN = fingerprints_of((TRUTH, CASES))


def met(text: str, known: Fingerprints = KNOWN, before: str = "") -> list[str]:
    return [each.kind for each in likely_in_texts({"what": text}, told([before]), known)]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Begin with 482137 vertices.", ["value"]),
        ("Begin with 482_137.0 vertices.", ["value"]),
        ("Look at hmmt-2024-feb-07.", ["value"]),
        ("It is the battle of Hastings, in 1066!", ["value"]),
        ("That tower was built long before the river took its bed elsewhere", ["words"]),
        ("For Käse und\nBrot it should be kaese-und-brot.", ["answer"]),
        ("Do not answer 1572.", ["claimed"]),
        ("The result must not be 1572.0", ["claimed"]),
        ("It is not 1572 but 1574.", ["claimed"]),
        ("It is not 1574 but 1572.", ["claimed"]),
        ("Take 1574 rather than 1572", ["claimed"]),
        ("never guess 42", ["claimed"]),
        ("It should have said 42.", ["claimed"]),
        ("The right answer is 1572, of course", ["claimed"]),
        ("The answer is not decagonal", ["claimed"]),
    ],
)
def test_what_gives_an_answer_away_is_met_once(text: str, kinds: list[str]) -> None:
    assert met(text) == kinds


@pytest.mark.parametrize(
    "text",
    [
        "Never name variables poorly",  # a key
        "Improve the handling of decagonal prisms",
        "The answer must not be 1574",
        "The answer is printed in 42 ms",
        "It should have been a word",
        "Expect 120 ms to fall to 80 ms",
        "Never return 404, and do not use port 8000",
        "Do not return null",
        "f(3) is 5",  # a short case
        "kaese-und-brot",  # a name by itself
        "the river took its present bed",
        "",
    ],
)
def test_what_anybody_may_say_is_not(text: str) -> None:
    assert met(text) == []


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("Begin with 482137.0", "Why does 482137 fail?"),
        ("hmmt-2024-feb-07 fails", "hmmt-2024-feb-07"),
        ("Käse und Brot to kaese-und-brot", "I want kaese-und-brot for Käse und  Brot"),
        ("Do not answer 1572", "1572 is wrong"),
    ],
)
def test_what_was_told_before_is_no_secret(text: str, before: str) -> None:
    assert met(text)
    assert met(text, before=before) == []


def test_a_short_text_is_seen_against_a_large_file() -> None:
    large = source_of("truth.txt", "".join(f"Line {number} says {number * 7919 + 1_000_003} of it.\n" for number in range(5_000)).encode())
    assert met("Begin with 8919003", fingerprints_of([large])) == ["value"]
    assert met("Begin with 8919004", fingerprints_of([large])) == []


def test_a_number_of_a_length_that_the_file_is_full_of_says_nothing() -> None:
    full = source_of("truth.json", json.dumps(list(range(10_000, 40_000, 3))).encode())
    assert met("About 10003 lines, and do not use 10006", fingerprints_of([full])) == []


def test_cells_of_a_table_are_values_and_the_names_of_its_columns_are_not() -> None:
    table = source_of("truth.csv", b"the place of it,the year of it all\nold mill at Ashford,482137\n")
    assert met("the year of it all", fingerprints_of([table])) == []
    assert met("It is the old mill at Ashford, 482137", fingerprints_of([table])) == ["value", "value"]


def test_of_hidden_files_nothing_is_said_that_a_few_guesses_would_find_out() -> None:
    hidden = fingerprints_of([source_of("hidden/truth.json", json.dumps(PROBLEMS).encode(), hidden=True)])
    assert met("never guess 42", hidden) == []
    assert met("never guess 1572", hidden) == ["claimed"]


def test_a_value_that_several_files_hold_is_one() -> None:
    assert met("Begin with 482137", fingerprints_of((TRUTH, source_of("data/copy.json", json.dumps(PROBLEMS).encode())))) == ["value"]


def test_what_several_fields_say_weighs_once_and_as_where_it_weighs_most() -> None:
    texts = {"title": "Mend 482137", "what": "The answer is not 482137.0", "why": "482137 again"}
    found = likely_in_texts(texts, told(()), KNOWN)
    assert [(each.path, each.kind) for each in found] == [("title", "value"), ("what", "claimed"), ("why", "value")]
    assert (weight_said(found), level_of(weight_said(found))) == (2, "medium")


COORDINATES = fingerprints_of(
    [source_of("data/answers.json", b'{"inst00": [0.7991, 0.3259, 0.2405, 0.8226], "inst01": [0.1193, 0.642]}', hidden=True)]
)


@pytest.mark.parametrize(
    "text", ["Begin the climb of inst00 at [0.7991, 0.3259, 0.2405, 0.8226]", "first 0.7991, then\n0.3259,\n.2405 or 0.2405, and 0.82260"]
)
def test_four_coordinates_of_an_answer_are_sent_back(text: str) -> None:
    found = likely_in_texts({"what": text}, told(()), COORDINATES)
    assert ([each.kind for each in found], level_of(weight_said(found))) == (["numbers"], "medium")
    assert likely_in_texts({"what": text}, told([f"{text}, please"]), COORDINATES) == ()


def test_every_four_numbers_that_are_copied_weigh() -> None:
    numbers = [str(100 + number * 7919 % 900) for number in range(1, 21)]
    gold = fingerprints_of([source_of("data/gold.json", json.dumps([f"charter {each}" for each in numbers]).encode(), hidden=True)])
    found = likely_in_texts({"what": f"Return {', '.join(numbers)}."}, told(()), gold)
    assert level_of(weight_said(found)) == "high"
    assert met(f"Between {numbers[0]} and {numbers[1]} or {numbers[2]}", gold) == []


def test_an_address_is_no_answer() -> None:
    links = source_of("links.md", b"see `https://example.org/manual` or https://example.org/of the place where it all began")
    assert met("`https://example.org/manual`, or https://example.org/of the place where it", fingerprints_of([links])) == []


def test_every_eight_words_that_are_copied_weigh() -> None:
    found = likely_in_texts({"what": f"{PASSAGE} {PASSAGE}"}, told(()), KNOWN)
    assert [each.kind for each in found] == ["words", "words"]
    assert level_of(weight_of(leaks_of(found))) == "medium"


def test_nothing_that_is_found_shows_in_what_is_said_of_it() -> None:
    (found,) = likely_in_texts({"what": "Do not answer 1572."}, told(()), KNOWN)
    assert "1572" not in f"{found}{leaks_of([found])}"


@given(strategies.text(max_size=300), strategies.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_text_can_be_held_against_any_file_and_what_was_told_is_never_found(text: str, other: str) -> None:
    known = fingerprints_of((source_of("x.csv", other.encode("utf-8", "replace")), Source("cases", cases=(CaseValues(other, text),))))
    assert met(text, known, before=text) == []
