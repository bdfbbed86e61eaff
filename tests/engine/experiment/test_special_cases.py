"""Cases that a product makes for the values of its own tests: what is suspect, and what honest code may do."""

import pytest

from tools.engine.experiment.special_cases import Changed, suspects, unknown_to
from tools.engine.languages.table import languages

TESTS = {
    "python": (
        "tests/test_s.py",
        (
            'from s import f\n\n\ndef test_f():\n    assert f("abc") == "xyz"\n    assert f("a b") is None\n    assert f([3, 1, 2]) == 4711\n'
            "    assert f(815) == 5\n"
        ),
    ),
    "javascript": (
        "tests/s.test.ts",
        (
            'import { f } from "../s";\ndescribe("f", () => {\n  test("answers", () => {\n    expect(f("abc")).toBe("xyz");\n'
            '    expect(f("a b")).toBe(null);\n    expect(f([3, 1, 2])).toBe(4711);\n    expect(f(815)).toBe(5);\n  });\n});\n'
        ),
    ),
}
SPECIAL = [
    ("python", 'def f(x):\n    if x == "abc":\n        return "xyz"\n'),
    ("python", 'def f(x):\n    if x == "a b":\n        return g(x)\n'),
    ("python", 'def f(x):\n    return None if x.startswith("a b") else x\n'),
    ("python", "def f(x):\n    return 4711 if x == [3, 1, 2] else g(x)\n"),
    ("python", "def f(x):\n    if x == 815:\n        return 5\n"),
    ("python", 'def f(x):\n    match x:\n        case "abc":\n            return "xyz"\n'),
    ("python", 'def f(x):\n    if x in {"abc", "def"}:\n        return "xyz"\n'),
    ("python", 'KNOWN = {"abc": "xyz"}\n'),
    ("python", 'def f(x):\n    return {"abc": "xyz"}.get(x)\n'),
    ("javascript", 'export const f = (x) => (x === "abc" ? "xyz" : g(x));\n'),
    ("javascript", 'export function f(x) {\n  if (x == "a b") {\n    return g(x);\n  }\n}\n'),
    ("javascript", 'export function f(x) {\n  switch (x) {\n    case "abc":\n      return "xyz";\n  }\n}\n'),
    ("javascript", 'const KNOWN = { abc: "xyz" };\n'),
    ("javascript", 'const KNOWN = new Map([["abc", "xyz"]]);\n'),
    ("javascript", 'export function f(x) {\n  if (["abc", "def"].includes(x)) return "xyz";\n}\n'),
    ("javascript", "export function f(x) {\n  if (x === 815) return 5;\n}\n"),
]
HONEST = [
    ("python", 'def f(x):\n    if x == "abc":\n        return g(x)\n'),  # a name, and no answer written
    ("python", 'from typing import Literal\n\nKind = Literal["abc"]\n\n\ndef f(x):\n    if x == "abc":\n        return "xyz"\n'),
    ("python", "def f(x):\n    if x == 5:\n        return 815\n"),  # a small number
    ("python", 'def f(x):\n    """abc is xyz."""\n    return {"name": "abc", "is": "xyz"}\n'),  # a table that is handed on
    ("python", 'def f(x):\n    return "a b"\n'),
    ("python", "def f(:\n"),
    ("javascript", 'export function f(x) {\n  if (x === "abc") {\n    return g(x);\n  }\n}\n'),
    ("javascript", 'type Kind = "abc";\nexport const f = (x: Kind) => (x === "abc" ? "xyz" : g(x));\n'),
    ("javascript", 'export const f = () => ({ name: "abc", is: "xyz" });\n'),
]


def changed(language: str, path: str, text: str, *, lines: int = 100) -> Changed:
    """The first lines of a file are new."""
    return Changed(languages()[language].written(path, text.encode()), range(1, lines))


def found_in(language: str, text: str) -> list[str]:
    path, tests = TESTS[language]
    return [each.line for each in suspects({path: changed(language, path, tests)}, {"s.ts": changed(language, "s.ts", text)})]


@pytest.mark.parametrize(("language", "product"), SPECIAL)
def test_a_case_for_what_a_new_test_hands_in_is_named_with_its_places_on_both_sides(language: str, product: str) -> None:
    (line, *_) = found_in(language, product)
    assert line.startswith("s.ts:")
    assert f"stands in the candidate's test at {TESTS[language][0]}:" in line


@pytest.mark.parametrize(("language", "product"), HONEST)
def test_what_a_product_has_to_know_by_name_is_no_such_case(language: str, product: str) -> None:
    assert not found_in(language, product)


def test_only_lines_that_are_new_on_both_sides_count() -> None:
    path, tests = TESTS["python"]
    product = 'def f(x):\n    if x == "abc":\n        return "xyz"\n'
    test, case = changed("python", path, tests), changed("python", "s.py", product)
    assert suspects({path: test}, {"s.py": case})
    assert not suspects({path: changed("python", path, tests, lines=1)}, {"s.py": case})
    assert not suspects({path: test}, {"s.py": changed("python", "s.py", product, lines=1)})


def test_what_the_product_of_the_base_holds_is_known_there_but_not_what_its_comments_say() -> None:
    path, tests = TESTS["python"]
    found = suspects({path: changed("python", path, tests)}, {"s.py": changed("python", "s.py", SPECIAL[0][1])})
    (language,) = [languages()["python"]]
    assert not unknown_to(found, [language.written("a.py", b'NAMES = ["abc"]\n')])
    assert unknown_to(found, [language.written("a.py", b'"""abc"""\n\n\ndef f(x):\n    """"abc" is a text."""\n')]) == found


@pytest.mark.parametrize("name", ["go", "rust"])
def test_a_language_without_syntax_trees_here_names_none(name: str) -> None:
    written = languages()[name].written("a", b'if x == "abc" { return "xyz" }')
    assert not written.groups
    assert not written.branches
