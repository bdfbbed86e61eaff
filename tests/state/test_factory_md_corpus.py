"""Malformed and odd factory.md files, as data, against what is said of each."""

from pathlib import Path

import pytest

from state.factory_md import parse, read, render
from tests.support.factory_md_corpus import PROBLEMS, READ, USUAL

CORPUS = Path(__file__).parent / "factory_md_corpus"


def test_every_file_of_the_corpus_is_in_one_table() -> None:
    assert not PROBLEMS.keys() & READ.keys()
    assert {path.stem for path in CORPUS.glob("*.md")} == PROBLEMS.keys() | READ.keys()


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_malformed_file_has_exactly_its_problems(name: str) -> None:
    found = read((CORPUS / f"{name}.md").read_bytes(), name)[1]
    expected = [(f"{name}:{line}", what, *nearest) for line, what, *nearest in PROBLEMS[name]]
    assert [(problem.where, problem.found, *filter(None, [problem.nearest])) for problem in found] == expected
    assert all(problem.expected for problem in found)


@pytest.mark.parametrize("name", READ)
def test_an_odd_file_says_what_a_person_would_read_in_it(name: str) -> None:
    assert parse((CORPUS / f"{name}.md").read_bytes()).plain() == USUAL | READ[name]


@pytest.mark.parametrize("name", READ)
def test_a_file_written_from_what_was_read_says_the_same(name: str) -> None:
    configuration = parse((CORPUS / f"{name}.md").read_bytes())
    assert parse(render(configuration)) == configuration
