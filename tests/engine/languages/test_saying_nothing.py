"""Tests that assert nothing, by their names, as each language tells them."""

from tools.engine.languages.table import languages

PYTHON = {
    "tests/test_a.py": b"from help import same\n\n\ndef test_says():\n    assert f() == 1\n\n\ndef test_helped():\n    same(f())\n\n\n"
    b"def test_runs():\n    f()\n\n\nclass TestMore:\n    def test_runs_too(self):\n        f()\n",
    "tests/help.py": b"def same(x):\n    assert x == 1\n",
}
JAVASCRIPT = {
    "a.test.js": b"describe('sum', () => {\n  test('says', () => { expect(add(1, 2)).toBe(3); });\n  test('runs', () => { add(1, 2); });\n"
    b"  test(`is ${1}`, () => { add(1, 2); });\n});\n",
}


def test_python_names_tests_without_an_assertion_of_their_own_or_of_a_helper() -> None:
    assert languages()["python"].saying_nothing(PYTHON)["tests/test_a.py"] == {"test_runs", "TestMore::test_runs_too"}


def test_javascript_names_them_with_their_suites_and_leaves_out_computed_names() -> None:
    assert languages()["javascript"].saying_nothing(JAVASCRIPT) == {"a.test.js": {"sum > runs"}}


def test_a_file_that_does_not_parse_says_nothing_of_its_tests() -> None:
    assert not any(languages()["python"].saying_nothing({"tests/test_a.py": b"def test_a(:"}).values())
