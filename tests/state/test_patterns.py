"""Patterns against git itself, and the patterns that are refused because git would read them otherwise than they look."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

from state.patterns import Patterns, problems_of

SEGMENTS = [
    "src",
    "a",
    "b",
    "a.py",
    "*",
    "**",
    "*.py",
    "a*",
    "?",
    "[ab]",
    "[!a]",
    "[!a]x",
    "[a-b].py",
    "s[a-z]c",
    "*b*",
    r"\*",
    r"\#x",
    "a b",
    ".x",
]
NAMES = ["src", "a", "b", "a.py", "b.py", "*", "#x", "sac", "s.c", "ax", "bx", "ab", "a b", "b\nc", ".x"]


@st.composite
def patterns(draw: st.DrawFn) -> str:
    segments = draw(st.lists(st.sampled_from(SEGMENTS), min_size=1, max_size=3))
    return draw(st.sampled_from(["", "", "/"])) + "/".join(segments) + draw(st.sampled_from(["", "", "/"]))


PATTERN_LISTS = st.lists(patterns().filter(lambda pattern: problems_of(pattern) is None), min_size=1, max_size=3)
PATHS = st.lists(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map("/".join), min_size=1, max_size=12, unique=True)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    _git(root, ["init", "-q"], "")
    return root


def _git(root: Path, arguments: Sequence[str], standard_input: str) -> str:
    environment = {"PATH": os.environ["PATH"], "HOME": str(root), "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(["git", *arguments], cwd=root, env=environment, input=standard_input, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr  # check-ignore: 1 where nothing matched
    return done.stdout


def ignored_by_git(root: Path, rules: Sequence[str], paths: Sequence[str]) -> set[str]:
    (root / ".git" / "info" / "exclude").write_text("\n".join(rules) + "\n", encoding="utf-8")
    return set(filter(None, _git(root, ["check-ignore", "--no-index", "-z", "--stdin"], "\0".join(paths)).split("\0")))


@given(rules=PATTERN_LISTS, paths=PATHS)
@settings(deadline=None, max_examples=150)
def test_patterns_match_what_git_matches(repository: Path, rules: list[str], paths: list[str]) -> None:
    assert set(Patterns(rules).matching(paths)) == ignored_by_git(repository, rules, paths)


@given(rules=PATTERN_LISTS, negated=st.lists(st.booleans(), min_size=3, max_size=3), paths=PATHS)
@settings(deadline=None, max_examples=75)
def test_each_pattern_has_git_s_meaning_and_the_last_that_matches_decides(
    repository: Path, rules: list[str], negated: list[bool], paths: list[str]
) -> None:
    expected: set[str] = set()
    for rule, takes_out in zip(rules, negated, strict=False):
        matched = ignored_by_git(repository, [rule], paths)
        expected = expected - matched if takes_out else expected | matched
    written = ["!" + rule if takes_out else rule for rule, takes_out in zip(rules, negated, strict=False)]
    assert set(Patterns(written).matching(paths)) == expected


def test_a_file_is_taken_out_of_a_folder_that_matched_as_a_whole() -> None:
    scope = Patterns(["src/", "!src/generated/", "src/generated/keep.py"])
    paths = ["src/a.py", "src/generated/b.py", "src/generated/keep.py", "tests/a.py"]
    assert scope.matching(paths) == ["src/a.py", "src/generated/keep.py"]


def test_the_pattern_that_matched_is_named() -> None:
    scope = Patterns(["src/**", "*.py", "!src/vendor/**"])
    assert [scope.explain(path) for path in ("src/a.c", "src/a.py", "src/vendor/a.py", "a.c")] == ["src/**", "*.py", None, None]


def test_a_newline_in_a_path_hides_nothing() -> None:
    assert Patterns(["**/conftest.py"]).matches("tests\n/conftest.py")
    assert not Patterns(["conftest.py"]).matches("conftest.py\n")


def test_a_question_mark_stands_for_a_character_and_not_for_a_byte_of_it() -> None:
    assert Patterns(["gr?n/**"]).matches("grün/a.py")


def test_no_pattern_matches_nothing_and_is_false() -> None:
    assert not Patterns([])
    assert not Patterns([]).matches("src/a.py")
    assert Patterns(["src/**"])


@pytest.mark.parametrize(
    "pattern", ["src/**", "*.py", "/Makefile", "/docs/", "!src/vendor/**", r"\#notes", "{{project}}/**", "[!_]*.py", "a b", ".github/**", "**"]
)
def test_a_pattern_that_git_reads_as_meant_is_taken(pattern: str) -> None:
    assert problems_of(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("", "empty"), ("  ", "empty"), ("!", "no name"), ("/", "no name"), ("//", "no name"), ("a\0b", "control"), ("a\nb", "control"),
        (" a", "blank"), ("# a", "comment"), ("/etc/passwd", "absolute"), ("C:\\x", "machine"), ("~/x", "machine"), ("a/../b", "stay within"),
        ("!../b", "stay within"), ("./a", "leave it out"), ("a\\b", "backslash"), ("a\\", "backslash"), ("a//b", "two slashes"),
        ("a/**/", "folders only"), ("*.{c,h}", "braces"), ("[z-a]", "not valid"), ("a[!b]c", "set of"), ("[[:alpha:]]", "set of"),
        ("[a/b]", "set of"), ("[a", "set of"), ("a" * 1001, "longer"),
    ],
)  # fmt: skip
def test_a_pattern_that_would_mean_something_else_is_refused(pattern: str, problem: str) -> None:
    assert problem in (problems_of(pattern) or "")
    with pytest.raises(ValueError, match=problem):
        Patterns([pattern])


@given(st.text(max_size=30))
def test_no_text_is_too_odd_for_a_pattern(text: str) -> None:
    assert problems_of(text) or not Patterns([text]).matches("")


@given(st.text(st.sampled_from("ab*?!/.# -~{},"), max_size=12) | st.text(max_size=20))
@settings(max_examples=500)
def test_what_the_checks_let_pass_is_read_by_the_matcher(text: str) -> None:
    if problems_of(text) is None:
        assert GitIgnoreSpecPattern(text).include is not None
