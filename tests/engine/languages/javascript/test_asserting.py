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
        "expect(run()).to.be.true", "expect(run()).to.be.an('array').that.includes(2)", "run().should.be.empty", "expect(run()).not.toBeDefined()",
        "await request(app).get('/').expect(200)", "cy.get('a').should('be.visible')", "assert.ok(run())", "expect(run()).toBeTruthy()",
        "expect(run() > 1).toBe(true)", "expect(!run()).toBe(false)", "if (run() !== 1) { throw new Error('no') }", "expect(run()).toBeNull()",
        "const x = 1; expect(run(x)).toBe(x)", "const calls = []; run(calls); expect(calls).toEqual([1])", "expect(run()).toBeInstanceOf(Error)",
        "let done = false; run(() => { done = true }); expect(done).toBe(true)", "expect(run().length).toBeGreaterThan(0)",
        "expect(run()).toEqual({})",
        "try { expect(run()).toBe(1) } catch (e) { throw e }", "const f = () => { expect(run()).toBe(1) }; f()", "expect.soft(run()).toBe(1)",
        "assert.notEqual(run(), 2)", "if (!run()) { assert.fail('no') }", "await t.test('sub', (st) => { st.equal(run(), 1) })",
        "expect(new Kind(1)).toEqual(new Kind(1))", "expect(spy).toHaveBeenCalledWith(expect.anything())",
        "fc.assert(fc.property(x, run))", "for (const c of cases) { expect(run(c)).toBe(1) }",
    ],
)  # fmt: skip
def test_an_assertion_is_seen(body: str) -> None:
    assert asserts(body)


@pytest.mark.parametrize(
    "body",
    [
        "run()", "expect(true).toBe(true)", "expect(1).toEqual(1)", "assert(true)", "expect(x).toBe(x)", "assert.equal(x, x)", "t.pass()",
        "t.plan(1)", "expect.assertions(1)", "expect(run())", "if (false) { expect(run()).toBe(1) }", "console.log(run())", "expect(run()).to.be",
        "run(); return; expect(run()).toBe(1)", "try { expect(run()).toBe(1) } catch {}", "for (const x of []) { expect(run(x)).toBe(1) }",
        "function check() { expect(run()).toBe(1) }",
    ],
)  # fmt: skip
def test_constants_dead_code_and_mere_calls_assert_nothing(body: str) -> None:
    assert not asserts(body)


@pytest.mark.parametrize(
    "body",
    [
        "expect(run()).toBeDefined()", "expect(run()).not.toBeUndefined()", "expect(run()).not.toBeNull()", "expect(run()).not.toBe(undefined)",
        "expect(run() !== undefined).toBe(true)", "expect(run() === undefined).toBe(false)", "expect(typeof run() !== 'undefined').toBe(true)",
        "expect(run()).toBeInstanceOf(Object)", "expect(run() instanceof Object).toBeTruthy()", "expect(run()).toEqual(expect.anything())",
        "expect(run().length).toBeGreaterThanOrEqual(0)", "expect(run().length >= 0).toBe(true)", "expect(run().length).toBeGreaterThan(-1)",
        "expect(run()).to.exist", "expect(run()).to.not.be.undefined", "expect(run()).to.not.be.null", "assert(run() !== null)",
        "assert.ok(true || run())",
        "assert.notEqual(run(), undefined)", "assert.isDefined(run())", "assert.exists(run())", "assert(run() !== undefined || other() != null)",
        "assert(run() || !run())", "assert([run()])", "assert({ a: run() })", "assert(`got ${run()}`)", "assert(() => run())", "run().should.exist",
        "expect([run()]).toBeTruthy()", "const x = run(); expect(x).toEqual(x)", "const x = run(); assert.strictEqual(x, x)",
        "t.not(run(), undefined)",
        "assert.equal(run() != null, true)", "assert(Boolean(run() !== undefined))", "assert(!(run() === undefined))",
    ],
)  # fmt: skip
def test_what_nearly_everything_satisfies_says_nothing(body: str) -> None:
    assert not asserts(body)


@pytest.mark.parametrize(
    "body",
    [
        "run(); expect(1 + 1).toBe(2)", "const x = 1; run(x); expect(x).toBe(1)", "let x = 1; run(x); expect(x).toBe(1)",
        "run(); const wanted = [1, 2]; expect(wanted).toEqual([1, 2])", "run(); expect(LIMIT).toBe(3)",
        "const x = 1; const y = x + 1; run(y); assert(y > 1)",
        "for (const x of [1, 2]) { run(x); expect(x).toBeGreaterThan(0) }", "run(); expect(Math.max(1, 2)).toBe(2)",
        "run(); expect(run).toBeTruthy()",
        "product.run(); assert(product.run)", "run(); expect('abc'.length).toBe(3)", "run(); const text = `a`; assert.equal(text, 'a')",
    ],
)  # fmt: skip
def test_what_a_test_wrote_down_itself_says_nothing_of_what_ran(body: str) -> None:
    assert not asserts(body, head="import * as product from './product'\nimport { run } from './product'\nconst LIMIT = 3\n")


def test_functions_of_a_module_of_assertions_assert_by_their_names() -> None:
    assert asserts("strictEqual(run(), 1)", head="import { strictEqual } from 'node:assert'\n")
    assert asserts("ok(run())", head="const { ok } = require('assert').strict\n")
    assert not asserts("notEqual(run(), null)", head="import { notEqual } from 'node:assert'\n")
    assert not asserts("strictEqual(run(), 1)", head="import { strictEqual } from './own'\n")


def test_what_the_language_gives_says_something_where_a_polyfill_is_imported() -> None:
    assert asserts("expect(Math.sum(1, 2)).toBe(3)", head="import './polyfill'\n")
    assert asserts("expect(Math.sum(1, 2)).toBe(3)", head="require('../polyfill')\n")


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
