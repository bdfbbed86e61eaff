"""What can be wrong with a proposal by itself, and what is no fault."""

from typing import Any

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st

from tests.support.proposals import evidence, ground, proposal
from tools.engine.cycle.evidence import named_in, quotes
from tools.engine.cycle.proposals import problems_of_proposal

BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no words": ({"title": "  "}, "title"),
    "a long title": ({"title": "t" * 121}, "title"),
    "an unknown dimension": ({"dimension": "vibes"}, "dimension"),
    "no evidence": ({"why": "It would be nice."}, "why"),
    "a weak dimension that is not there": ({"why": "W3 is low"}, "why"),
    "a constraint that is not there": ({"why": "W1, and C1"}, "why"),
    "an item that is not open": ({"why": "B2 asks for it"}, "why"),
    "an experiment that is not decided": ({"why": "as A8 taught"}, "why"),
    "a source that is not archived": ({"why": "S2 says so"}, "why"),
    "a pattern that is none": ({"files": ("src/{a,b}.py",)}, "files"),
    "an absolute path": ({"files": ("/src/new.py",)}, "files"),
    "an exception": ({"files": ("!src/core.py",)}, "files"),
    "a file that may not change": ({"files": ("README.md",)}, "files"),
    "a file that is read-only": ({"files": ("src/generated/table.py",)}, "files"),
    "a new file elsewhere": ({"files": ("docs/new.md",)}, "files"),
    "a place on this machine": ({"files": ("/etc/passwd",)}, "files"),
    "a way out": ({"files": ("src/../../secret",)}, "files"),
    "no test id": ({"own_checks": ("test_without_a_file",)}, "own_checks"),
    "a test that could not be written": ({"own_checks": ("docs/test_x.py::test_x",)}, "own_checks"),
    "an unknown source": ({"sources": ("https://example.org/other",)}, "sources"),
    "an unknown source id": ({"sources": ("S2",)}, "sources"),
    "an unknown item": ({"backlog": "B9"}, "backlog"),
    "a finished item": ({"backlog": "B2"}, "backlog"),
    "no id of an item": ({"backlog": "the caching one"}, "backlog"),
    "execution alone": ({"execution": "make report"}, "artifact"),
    "an artifact alone": ({"artifact": "report.html"}, "execution"),
    "a failure that nobody analysed": ({"failure": ("EMPTY_OUTPUT",)}, "failure"),
    "too many files": ({"files": tuple(f"src/a{number}.py" for number in range(21))}, "files"),
    "too long an address": ({"sources": ("https://example.org/" + "a" * 500,)}, "sources"),
}
GOOD: dict[str, dict[str, Any]] = {
    "ids of the digest": {"why": "W1 and F1; A7 taught it, S1 backs it, B1 asks for it"},
    "words that only look like ids": {"why": "W1: B2B and W3C, src/F9.py, v2.A3"},
    "files that are there, or may come": {"files": ("src/core.py", "src/new.py", "src/", "tests/**/*.py", "src/**", "tests/new/")},
    "a test that is there, and one that comes": {"own_checks": ("tests/test_core.py::test_a[x::y]", "tests/test_new.py::Case::test_b")},
    "sources by id and address": {"sources": ("S1", "https://example.org/cache")},
    "an open item": {"backlog": "B1"},
    "operational work": {"execution": "make report", "artifact": "report.html"},
}


@pytest.mark.parametrize("name", BAD)
def test_each_fault_is_named_at_its_place(name: str) -> None:
    changes, where = BAD[name]
    found = problems_of_proposal("hypotheses[2]", proposal(**changes), ground())
    assert {problem.where for problem in found} == {f"hypotheses[2].{where}"}
    assert all(problem.expected for problem in found)


@pytest.mark.parametrize("name", GOOD)
def test_what_is_honest_is_no_fault(name: str) -> None:
    assert problems_of_proposal("h", proposal(**GOOD[name]), ground()) == []


def test_all_faults_of_a_proposal_come_at_once() -> None:
    everything = {name: value for changes, _ in BAD.values() for name, value in changes.items()} | {"title": ""}
    places = {problem.where.removeprefix("h.") for problem in problems_of_proposal("h", proposal(**everything), ground())}
    assert places == {"title", "dimension", "why", "files", "own_checks", "sources", "backlog", "failure"}


def test_a_failure_that_was_analysed_is_evidence_by_itself() -> None:
    analysed = ground(failures=("EMPTY_OUTPUT",))
    assert problems_of_proposal("h", proposal(why="It answers nothing.", failure=("EMPTY_OUTPUT",)), analysed) == []


@pytest.mark.parametrize(
    ("why", "is_quoted"),
    [
        ("The person: 'only add dark mode to the settings'.", True), ("ADD  dark-mode, they said", True), ("It would be dark.", False),
        ("issue 42 says so", True), ("421 things", False),
    ],
)  # fmt: skip
def test_the_persons_own_words_are_evidence_in_their_cycle(why: str, is_quoted: bool) -> None:
    asked = ground(focus=("Only add dark mode to the settings", "42"))
    assert (problems_of_proposal("h", proposal(why=why), asked) == []) is is_quoted


def test_where_there_is_nothing_to_name_nothing_has_to_be_named_and_before_a_baseline_its_ids_are_not_doubted() -> None:
    nothing = evidence(counts={"W": 0, "C": 0, "F": 0}, backlog=frozenset(), experiments=frozenset(), sources=frozenset())
    assert problems_of_proposal("h", proposal(why="It would be nice."), ground(evidence=nothing)) == []
    assert problems_of_proposal("h", proposal(why="W1"), ground(evidence=nothing))
    assert problems_of_proposal("h", proposal(why="W9"), ground(evidence=evidence(counts={"F": 1}))) == []


@any_of(st.text(max_size=300), st.lists(st.text(max_size=40), max_size=4))
def test_any_text_is_read_and_the_ids_found_are_ids(text: str, focus: list[str]) -> None:
    assert all(name[0] in "WCFBAS" and name[1:].isdigit() and name in text for name in named_in(text))
    assert quotes(text, focus) in (True, False)
    listed = tuple(focus)
    problems_of_proposal("h", proposal(why=text, files=listed, own_checks=listed, sources=listed, backlog=text[:12]), ground(focus=listed))


@any_of(st.lists(st.sampled_from(["only", "add", "a", "dark", "mode", "to", "the", "settings", "page"]), min_size=1, max_size=9))
def test_what_repeats_the_focus_quotes_it(words: list[str]) -> None:
    assert quotes(f"They said: {' '.join(words)}!", [" ".join(words)])
