"""A review is taken only when its quotes stand where they say and its guards are the ones of factory.md; all that is wrong is said at once."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings, strategies
from pydantic import ValidationError

from state.errors import Problem, Refusal
from tests.support.repositories import commit, git, make_repository
from tools.engine.experiment.review import FILES_TO_QUOTE, HUNKS_TO_QUOTE, Review, stored_body, verify_review
from tools.engine.repository.changes import ChangedLines, Hunk, changed_lines
from tools.engine.repository.location import locate

GUARD = "Do not delete existing tests"  # which the server decides
OWN = "Keep what it says"
# Two hunks in one file, and a file that only lost lines.
CHANGED = {
    "src/a.py": ChangedLines((Hunk(1, 2, (), ("import os", "    return  1")), Hunk(9, 11, ("old",), ("new",))), binary=False),
    "gone.py": ChangedLines((Hunk(1, 0, ("first", "second"), ()),), binary=False),
}
QUOTES = [("src/a.py:2", "import os"), ("base:gone.py:2", "second")]


def review(quotes: Sequence[tuple[str, str]] = QUOTES, **changes: Any) -> Review:
    body: dict[str, Any] = {
        "role": "reviewer", "reviewer": "reviewer-1", "independence": "subagent", "decision": "pass",
        "quotes": [{"at": at, "text": text} for at, text in quotes], "guards": [{"guard": GUARD, "holds": True, "evidence": "looked"}],
    }  # fmt: skip
    return Review.model_validate({**body, **changes})


def problems(given_: Review, changed: dict[str, ChangedLines] | None = None, guards: tuple[str, ...] = (GUARD,)) -> list[Problem]:
    """Everything that is wrong with a review; nothing where it is taken."""
    try:
        verify_review(given_, CHANGED if changed is None else changed, guards)
    except Refusal as refusal:
        return list(refusal.problems)
    return []


def test_a_refusal_counts_what_is_wrong() -> None:
    with pytest.raises(Refusal, match="BAD_REPORT: the review has 2 problems"):
        verify_review(review([]), CHANGED, (GUARD,))


def hunk_of(*added: str) -> ChangedLines:
    """A file that gained lines at its top."""
    return ChangedLines((Hunk(0, 1, (), added),), binary=False)


def test_a_review_that_quotes_every_file_is_taken() -> None:
    assert problems(review()) == []


@pytest.mark.parametrize("text", ["return 1", "\treturn 1  ", "    return  1", "return\u200b 1"])
def test_blanks_and_what_nobody_sees_do_not_matter_in_a_quote(text: str) -> None:
    assert problems(review([("src/a.py:3", text), QUOTES[1]])) == []


@pytest.mark.parametrize(
    ("at", "text", "found", "expected"),
    [
        ("src/a.py:2", "import sys", "import sys", "the text of src/a.py:2: 'import os'"),
        ("src/a.py:2", "Import os", "Import os", "the text of src/a.py:2: 'import os'"),
        ("src/a.py:5", "import os", "src/a.py:5", "a line that was added, such as 3: 'return 1'"),
        ("src/a.py", "import os", "src/a.py", "a line that was added, such as 2: 'import os'"),
        ("src/b.py:2", "import os", "src/b.py:2", "path:line of a changed file: src/a.py, gone.py"),
        ("gone.py:1", "first", "gone.py:1", "a line that was added, such as none here: this file only lost lines, quote base:path:line"),
        ("base:src/a.py:2", "import os", "base:src/a.py:2", "a line that was removed, such as 9: 'old'"),
        ("src/a.py:2:1", "import os", "src/a.py:2:1", "path:line of a changed file: src/a.py, gone.py"),
        (":2", "import os", ":2", "path:line of a changed file: src/a.py, gone.py"),
        ("src/a.py:²", "import os", "src/a.py:²", "path:line of a changed file: src/a.py, gone.py"),
        ("src/a.py:-2", "import os", "src/a.py:-2", "path:line of a changed file: src/a.py, gone.py"),
        ("src/a.py:" + "9" * 5000, "import os", None, "path:line of a changed file: src/a.py, gone.py"),
        ("", "", "", "path:line of a changed file: src/a.py, gone.py"),
    ],
)
def test_a_quote_that_does_not_stand_there_is_named_with_what_stands_there(at: str, text: str, found: str | None, expected: str) -> None:
    wrong = problems(review([*QUOTES, (at, text)]))
    assert [(problem.where, problem.expected) for problem in wrong] == [("quotes[3]", expected)]
    assert wrong[0].found == found or found is None


def test_a_file_that_only_lost_lines_is_quoted_at_the_base() -> None:
    assert problems(review([("src/a.py:11", "new"), ("base:gone.py:1", "first")])) == []
    assert problems(review([("src/a.py:11", "new"), ("base:gone.py:3", "first")])) != []


def test_every_changed_file_wants_a_quote() -> None:
    wrong = problems(review([QUOTES[0]]))
    assert [str(problem) for problem in wrong] == ["quotes: found none; expected a changed line of gone.py"]


def test_only_the_first_twelve_files_must_be_quoted() -> None:
    changed = {f"f{number:02d}.py": hunk_of("x") for number in range(20)}
    quotes = [(f"f{number:02d}.py:1", "x") for number in range(FILES_TO_QUOTE)]
    assert FILES_TO_QUOTE == 12
    assert problems(review(quotes), changed) == []
    assert [problem.expected for problem in problems(review(quotes[1:]), changed)] == ["a changed line of f00.py"]


def test_a_fresh_pass_quotes_every_hunk() -> None:
    assert problems(review([*QUOTES, ("src/a.py:11", "new")], independence="fresh_pass")) == []
    assert problems(review([*QUOTES, ("base:src/a.py:9", "old")], independence="fresh_pass")) == [], "either side of it"
    wrong = problems(review(independence="fresh_pass"))
    assert [problem.expected for problem in wrong] == ["a line of the hunk at src/a.py:11 (fresh_pass quotes every hunk)"]
    wrong = problems(review([QUOTES[0], ("src/a.py:11", "new")], independence="fresh_pass"))
    assert "a line of the hunk at base:gone.py:1 (fresh_pass quotes every hunk)" in [problem.expected for problem in wrong]


def test_a_fresh_pass_quotes_at_most_twenty_hunks() -> None:
    many = {"a.py": ChangedLines(tuple(Hunk(0, line, (), ("x",)) for line in range(1, 91, 3)), binary=False)}
    quotes = [(f"a.py:{line}", "x") for line in range(1, 91, 3)]
    assert HUNKS_TO_QUOTE == 20
    assert problems(review(quotes[:HUNKS_TO_QUOTE], independence="fresh_pass"), many) == []
    assert len(problems(review(quotes[1:HUNKS_TO_QUOTE], independence="fresh_pass"), many)) == 1


def test_files_without_lines_want_no_quote_and_give_none() -> None:
    changed = {"a.dat": ChangedLines((), binary=True), "mode.sh": ChangedLines((), binary=False)}
    assert problems(review([], independence="fresh_pass"), changed) == []
    wrong = problems(review([("a.dat:1", "x")]), changed)
    assert [problem.expected for problem in wrong] == ["a line that was added, such as none here: this file has no changed lines, quote another"]


@pytest.mark.parametrize("path", ["a:b.py", "a b:3", "12:34", "with space .txt", "line\nend.py", "base:x.py", "base:", "ünï.py", ":"])
def test_file_names_of_every_kind_can_be_quoted(path: str) -> None:
    changed = {path: ChangedLines((Hunk(4, 5, ("gone",), ("here",)),), binary=False)}
    assert problems(review([(f"{path}:5", "here")], independence="fresh_pass"), changed) == []
    assert problems(review([(f"base:{path}:4", "gone")], independence="fresh_pass"), changed) == []
    assert problems(review([(f"{path}:4", "gone")]), changed) != []


def test_a_name_that_begins_like_a_quote_of_the_base_is_told_from_one() -> None:
    changed = {"base:x.py": hunk_of("added there"), "x.py": ChangedLines((Hunk(1, 0, ("lost here",), ()),), binary=False)}
    assert problems(review([("base:x.py:1", "added there"), ("base:x.py:1", "lost here")]), changed) == []
    assert problems(review([("base:x.py:1", "neither")]), changed) != []


def test_bytes_that_are_not_utf_8_are_quoted_as_readers_see_them() -> None:
    assert problems(review([("a.py:1", "caf\ufffd")]), {"a.py": hunk_of("caf\udce9")}) == []
    assert problems(review([]), {"caf\udce9.py": hunk_of("x")}) == [], "no report can hold this name"


@pytest.mark.parametrize("guard", [OWN.lower(), f"{OWN}.", f" {OWN}", ""])
def test_a_guard_is_answered_word_for_word(guard: str) -> None:
    wrong = problems(review(guards=[{"guard": guard, "holds": True}]), guards=(OWN,))
    assert [(problem.where, problem.expected) for problem in wrong] == [
        ("guards", f"an answer to {OWN!r}, word for word"),
        ("guards", "one of the guards of factory.md, word for word"),
    ]


def test_a_guard_is_answered_once() -> None:
    wrong = problems(review(guards=[{"guard": GUARD, "holds": False}, {"guard": GUARD, "holds": True}]))
    assert [str(problem) for problem in wrong] == [f"guards: found 2 answers; expected one answer to {GUARD!r}"]


def test_a_guard_that_the_server_decides_may_be_left_out() -> None:
    assert problems(review(guards=[])) == []
    assert [problem.expected for problem in problems(review(guards=[]), guards=(GUARD, OWN))] == [f"an answer to {OWN!r}, word for word"]


@pytest.mark.parametrize("evidence", ["src/a.py:2 only imports", "it says `return 1` there", "gone.py"])
def test_every_other_guard_is_answered_with_a_place_or_words_of_the_change(evidence: str) -> None:
    assert problems(review(guards=[{"guard": OWN, "holds": True, "evidence": evidence}]), guards=(OWN,)) == []


@pytest.mark.parametrize("evidence", ["", "looked", "old", "src/b.py:2"])
def test_evidence_that_shows_nothing_of_the_change_is_asked_for_again(evidence: str) -> None:
    (wrong,) = problems(review(guards=[{"guard": OWN, "holds": True, "evidence": evidence}]), guards=(OWN,))
    assert (wrong.found, wrong.expected) == (evidence or "no evidence", f"for {OWN!r} a place of the change (path:line) or its words")


def test_a_line_that_holds_a_secret_is_neither_quoted_nor_shown() -> None:
    secret = "ghp_" + "R7kQz2LmX9vB4tWc8YpN1sDf6HjA3eGu5oKi"
    changed = {"a.py": hunk_of(f'connect("{secret}")')}
    (wrong,) = problems(review([("a.py:1", f'connect("{secret}")')]), changed)
    assert (wrong.where, wrong.found) == ("quotes[1]", "a secret")
    (other,) = problems(review([("a.py:1", "connect")]), changed)
    assert other.expected == "the text of a.py:1: a line that holds a secret"


def test_a_guard_that_does_not_hold_is_an_answer() -> None:
    assert problems(review(guards=[{"guard": GUARD, "holds": False}])) == []


@pytest.mark.parametrize(("decision", "count"), [("pass", 1), ("changes", 0), ("fail", 0)])
def test_a_critical_issue_means_not_pass(decision: str, count: int) -> None:
    issues = [{"severity": "critical", "text": "It drops the last word."}]
    assert len(problems(review(decision=decision, issues=issues))) == count
    assert problems(review(decision=decision, issues=[{"severity": "important", "text": "Slow."}])) == []


def test_everything_that_is_wrong_is_said_at_once() -> None:
    wrong = problems(
        review(
            [("src/a.py:2", "import sys"), ("none.py:1", "x")], guards=[{"guard": "Another", "holds": True}],
            issues=[{"severity": "critical", "text": "Broken."}],
        ),
        guards=(OWN, "Second guard"),
    )  # fmt: skip
    assert [problem.where for problem in wrong] == ["quotes[1]", "quotes[2]", "quotes", "guards", "guards", "guards", "decision"]


@pytest.mark.parametrize(
    "change",
    [
        {"independence": "builder"}, {"decision": "PASS"}, {"reviewer": ""}, {"more": 1}, {"quotes": [{"at": "a:1"}]},
        {"quotes": [{"at": "a:1", "text": "x" * 8001}]}, {"issues": [{"severity": "fatal", "text": "x"}]},
        {"quotes": [{"at": "a:1", "text": "x"}] * 51}, {"guards": [{"guard": GUARD}]},
    ],
)  # fmt: skip
def test_a_review_is_closed(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Review.model_validate({**stored_body(review()), **change})


def test_a_review_is_stored_whole() -> None:
    given_ = review(issues=[{"severity": "minor", "text": "A name."}])
    assert Review.model_validate(stored_body(given_)) == given_


def test_lines_with_windows_ends_and_deleted_and_binary_files_of_a_real_change(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "project", {"crlf.txt": "one\r\ntwo\r\n", "gone.txt": "last words\n", "same.txt": "same\n"})
    base = git(root, "rev-parse", "HEAD")
    (root / "gone.txt").unlink()
    (root / "image.png").write_bytes(b"\0\1")
    candidate = commit(root, {"crlf.txt": "one\r\nTWO\r\n", "a: b.txt": "x\n"}, "change")
    changed = changed_lines(locate(root), base, candidate)
    quotes = [("crlf.txt:2", "TWO"), ("base:gone.txt:1", "last words"), ("a: b.txt:1", "x")]
    assert problems(review(quotes, independence="fresh_pass"), changed) == []
    assert len(problems(review([], independence="fresh_pass"), changed)) == 6, "three files and their three hunks, and not the image"


LINES = strategies.lists(strategies.sampled_from(["", "a", "b c", "base:a:1", "é", "\f", "x:1"]), max_size=6)


@given(before=LINES, after=LINES, path=strategies.sampled_from(["f", "base:f", "a:1", "d/é x"]))
@settings(max_examples=40, deadline=None)
def test_quotes_of_all_changed_lines_are_taken_and_no_other_line_is(before: list[str], after: list[str], path: str) -> None:
    with TemporaryDirectory() as folder:
        root = make_repository(Path(folder) / "project", {path: "".join(f"{line}\n" for line in before)})
        candidate = commit(root, {path: "".join(f"{line}\n" for line in after)}, "after")
        changed = changed_lines(locate(root), f"{candidate}~1", candidate)
    lines = changed.get(path, ChangedLines((), binary=False))
    quotes = [(f"{path}:{number}", after[number - 1]) for number in sorted(lines.added)]
    quotes += [(f"base:{path}:{number}", before[number - 1]) for number in sorted(lines.removed)]
    assert problems(review(quotes, independence="fresh_pass"), changed) == []
    unchanged = [number for number in range(1, len(after) + 1) if number not in lines.added]
    others = [(f"{path}:{number}", after[number - 1]) for number in unchanged]
    wrong = problems(review([*quotes, *others], independence="fresh_pass"), changed)
    assert [problem.where for problem in wrong] == [f"quotes[{number}]" for number in range(len(quotes) + 1, len(quotes) + len(others) + 1)]
