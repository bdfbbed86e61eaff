"""What a file does apart from what it says, and which of its lines run only where a function is called."""

import pytest

from tools.engine.languages.table import language_named

SAME = [
    ("python", 'def f(x):\n    return x\n', '"""A module."""\n\n\ndef f(x):\n    """Give it back."""\n    return x  # as it is\n'),
    ("javascript", "export const f = (x) => x;\n", "/** Give it back. */\nexport const f = (x) =>\n  x; // as it is\n"),
    ("go", 'package a\n\nfunc F() string { return "// x" }\n', 'package a\n\n// F says it.\nfunc F() string { return "// x" } // so\n'),
]  # fmt: skip
OTHER = [
    ("python", "def f(x):\n    return x\n", "def f(x):\n    return -x\n"),
    ("python", 'X = "a"\n', 'X = "b"\n'),
    ("javascript", 'export const f = () => "a";\n', 'export const f = () => "b";\n'),
    ("go", 'package a\n\nfunc F() string { return "// x" }\n', 'package a\n\nfunc F() string { return "// y" }\n'),
    ("go", "package a\n\nvar x int\n", "package a\n\n//go:embed x.txt\nvar x int\n"),
]
PATHS = {"python": "a.py", "javascript": "a.ts", "go": "a.go", "rust": "a.rs"}


@pytest.mark.parametrize(("language", "before", "after"), SAME)
def test_comments_and_docstrings_are_no_code(language: str, before: str, after: str) -> None:
    code = language_named(language).code_of
    assert code(PATHS[language], before.encode()) == code(PATHS[language], after.encode()) != ""


@pytest.mark.parametrize(("language", "before", "after"), OTHER)
def test_what_is_done_otherwise_is_other_code(language: str, before: str, after: str) -> None:
    code = language_named(language).code_of
    assert code(PATHS[language], before.encode()) != code(PATHS[language], after.encode())


@pytest.mark.parametrize(("language", "text"), [("python", "def f(:\n"), ("javascript", "function ("), ("go", "func f() {"), ("rust", "fn f() {}")])
def test_where_it_cannot_be_told_there_is_no_code_to_compare(language: str, text: str) -> None:
    assert language_named(language).code_of(PATHS[language], text.encode()) == ""


@pytest.mark.parametrize(
    ("language", "text", "lines"),
    [
        ("python", "X = 1\n\n\nclass A:\n    y = 2\n\n    def f(self):\n        a = 1\n        return a\n\n\ng = lambda: 1\n", {8, 9}),
        ("javascript", "const x = 1;\nexport function f() {\n  return x;\n}\n", {2, 3, 4}),
        ("go", "package a\n\nfunc F() {}\n", {1, 2, 3, 4}),
        ("rust", "fn f() {}\n", set()),
        ("python", "def f(:\n", set()),
    ],
)
def test_lines_in_functions_are_those_of_their_bodies(language: str, text: str, lines: set[int]) -> None:
    assert set(language_named(language).lines_in_functions(PATHS[language], text.encode())) == lines
