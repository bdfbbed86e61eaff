"""Which JavaScript tests assert something."""

import pytest

from tools.engine.languages.javascript.asserting import FoundTest, found_tests


def asserts(body: str, head: str = "", **others: str) -> bool:
    files = {"a.test.ts": f"{head}\ntest('it', async (t) => {{ {body} }});\n", **{f"{name}.ts": text for name, text in others.items()}}
    (found,) = found_tests({path: text.encode() for path, text in files.items()})
    return found.asserts


@pytest.mark.parametrize(
    "body",
    [
        "expect(run()).toBe(1)", "await expect(run()).rejects.toThrow()", "expect(() => run()).not.toThrow()", "assert.equal(run(), 1)",
        "assert(run())", "t.is(run(), 1)", "t.assert.strictEqual(run(), 1)", "run().should.equal(1)", "expect(page).toMatchSnapshot()",
        "run(() => { expect(x).toBe(1) })",
        "fc.assert(fc.property(x, run))", "for (const c of cases) { expect(run(c)).toBe(1) }",
    ],
)  # fmt: skip
def test_an_assertion_is_seen(body: str) -> None:
    assert asserts(body)


@pytest.mark.parametrize(
    "body",
    [
        "run()", "expect(true).toBe(true)", "expect(1).toEqual(1)", "assert(true)", "expect(x).toBe(x)", "assert.equal(x, x)", "t.pass()",
        "t.plan(1)", "expect.assertions(1)", "expect(run())", "if (false) { expect(run()).toBe(1) }", "console.log(run())",
    ],
)  # fmt: skip
def test_constants_dead_code_and_mere_calls_assert_nothing(body: str) -> None:
    assert not asserts(body)


def test_helpers_that_assert_make_their_callers_assert() -> None:
    helper = "export function check(x) { expect(x).toBe(1) }\nexport const look = (x) => { check(x) }\nexport const other = (x) => x\n"

    assert asserts("look(run())", head=helper)
    assert asserts("check(run())", head="import { check } from './support'", support=helper)
    assert not asserts("other(run())", head=helper)


def test_tests_are_named_with_their_suites() -> None:
    text = (
        b"describe('a', () => {\n it.each([1])('b %i', (x) => { expect(x).toBe(1) });\n describe(name(), () => { test.skip(`c`, () => {}); });\n});"
    )

    assert found_tests({"a.test.js": text}) == (
        FoundTest("a.test.js", ("a", "b %i"), 2, asserts=True), FoundTest("a.test.js", ("a", "*", "*"), 3, asserts=False)
    )  # fmt: skip


def test_files_that_do_not_parse_hold_no_test() -> None:
    assert found_tests({"a.test.js": b"test('a', () => {"}) == ()
