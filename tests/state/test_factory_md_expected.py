"""What a faulty factory.md is told: the sections that there are, and examples that parse."""

from pathlib import Path

import pytest

from state.errors import Refusal
from state.factory_md import SECTIONS_SAID, expectation, parse, read
from state.factory_md.examples import EXAMPLES, EXAMPLES_SHOWN
from state.factory_md.sections import SECTIONS

NEEDED = ("Goal", "Scope", "Guards")
MINIMAL = "\n".join(EXAMPLES[name] for name in NEEDED) + "\n"
CORPUS = Path(__file__).parent / "factory_md_corpus"
LONGEST = 2500  # characters: an answer takes 20 problems beside it


@pytest.mark.parametrize("name", [section.name for section in SECTIONS])
def test_there_is_an_example_of_every_section_and_it_parses(name: str) -> None:
    assert read(MINIMAL if name in NEEDED else f"{MINIMAL}{EXAMPLES[name]}")[1] == ()
    assert EXAMPLES[name].startswith(f"## {name}\n")


def test_the_names_of_all_sections_are_said_where_one_is_not_known_and_only_there() -> None:
    unknown, value = MINIMAL + "## Treshold\n\n0.5\n", MINIMAL + "## Eval\n\n### Threshold\n\n5\n"
    assert SECTIONS_SAID in expectation(unknown, read(unknown)[1])
    said = expectation(value, read(value)[1])
    assert SECTIONS_SAID not in said
    assert EXAMPLES["Eval"] in said


@pytest.mark.parametrize(
    ("extra", "section"),
    [
        ("## Read only\n\n- a\n", "Scope"),
        ("## Eval Threshold\n\n5\n", "Eval"),
        ("## Hygene Weights\n\n- tests: 1\n", "Hygiene Weights"),
        ("## Project Eval\n\n- name: a\n", "Project Eval"),
    ],
)
def test_the_example_is_that_of_the_section_that_was_meant(extra: str, section: str) -> None:
    assert EXAMPLES[section] in expectation(MINIMAL + extra, read(MINIMAL + extra)[1])


def test_each_faulty_section_has_one_example_and_there_are_at_most_three() -> None:
    text = "## Goal\n\n## Scope\n\n## Guards\n\n## Eval\n\n### Threshold\n\n5\n\n### Threshold\n\n6\n"
    said = expectation(text, read(text)[1])
    assert [said.count(f"\n{EXAMPLES[name]}") for name in (*NEEDED, "Eval")] == [1] * EXAMPLES_SHOWN + [0]


def test_what_is_missing_has_an_example_too() -> None:
    with pytest.raises(Refusal) as refused:
        parse("## Goal\n\nSlugs.\n")
    assert all(EXAMPLES[name] in refused.value.expected for name in ("Scope", "Guards"))


def test_no_text_gets_more_than_an_answer_holds() -> None:
    texts = [file.read_bytes() for file in CORPUS.glob("*.md")] + [b"\xff", b"x" * 300_000, b"## A\n" * 500]
    longest = max(len(expectation(text, read(text)[1])) for text in texts)
    assert 0 < longest <= LONGEST
