"""Test files that only gained, and those in which something else was done, told apart by their syntax trees."""

import pytest

from tools.engine.languages.javascript.language import bodies_of_tests, examine

BASE = """\
import { describe, expect, it, vi } from "vitest";
import { add } from "./calc";

const one = 1;

describe("calc", () => {
  beforeEach(() => vi.useFakeTimers());
  it("adds", () => {
    expect(add(one, 2)).toBe(3);
  });
});

test("plain", () => expect(add(0, 0)).toBe(0));
"""
GAINS = {
    "nothing": BASE,
    "other white space and comments": BASE.replace("  it(", "\n  // why\n  it(").replace("const one = 1;", "const one   =   1;"),
    "a test at the end": BASE + 'test("more", () => { expect(add(1, 1)).toBe(2); });\n',
    "a test in the group": BASE.replace("});\n\ntest", '  it.each([[1, 2]])("%i", (a, b) => expect(add(a, 1)).toBe(b));\n});\n\ntest'),
    "a group of its own": BASE + 'describe("new", () => {\n  beforeEach(() => {});\n  it("is", () => {});\n});\n',
    "a helper and a constant": BASE + "function twice(x) {\n  return add(x, x);\n}\nconst two = twice(1);\n",
    "names from the runner and from the product": BASE.replace("expect, it", "expect, it, test").replace("{ add }", "{ add, mul }"),
    "another import": 'import { sub } from "./sub";\n' + BASE,
}
LOSSES = {
    "a test gone": (BASE[: BASE.index("test(")], "gone or changed: test("),
    "an assertion weakened": (BASE.replace("toBe(3)", "toBeTruthy()"), "in \"calc\": gone or changed: it("),
    "a group skipped": (BASE.replace("describe(", "describe.skip("), "gone or changed: describe("),
    "a test alone": (BASE + 'it.only("alone", () => {});\n', "leaves out other tests"),
    "a test alone in the group": (BASE.replace("});\n\ntest", '  fit("alone", () => {});\n});\n\ntest'), "code that acts on other tests"),
    "a test that is skipped": (BASE + 'it.skip("later", () => {});\n', "does not count"),
    "a mock": (BASE + 'vi.mock("./calc", () => ({ add: () => 3 }));\n', "code that acts on other tests was added"),
    "a hook": (BASE + "afterEach((context) => { context.task.result = {}; });\n", "code that acts on other tests was added"),
    "a hook in the group": (BASE.replace("  it(", "  beforeAll(() => {});\n  it("), "in \"calc\": code that acts on other tests"),
    "another expect": (BASE + "function expect() {\n  return { toBe() {} };\n}\n", "expect was bound anew"),
    "another expect imported": ('import { expect } from "./easy";\n' + BASE.replace("expect, it", "it"), "gone or changed: import"),
    "a name of the file again": (BASE.replace("const one", "function add() { return 3; }\nconst one"), "add was bound anew"),
    "a module for its effects": ('import "./green";\n' + BASE, "code that runs when it is loaded"),
    "an assignment": (BASE + "globalThis.expect = () => ({ toBe() {} });\n", "code that acts on other tests was added"),
    "no syntax": (BASE + "(((", "it does not parse"),
    "the order": (BASE.replace("const one = 1;\n\n", "") + "const one = 1;\n", "gone or changed"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(GAINS))
def test_what_only_gained_waits_for_nobody(name: str) -> None:
    found = examine("src/calc.test.ts", BASE.encode(), GAINS[name].encode())

    assert found is not None
    assert (found.kind, found.suspicious) == ("only_gained", False), found.detail


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_what_was_taken_away_or_acts_on_other_tests_waits_for_a_person(name: str) -> None:
    content, reason = LOSSES[name]
    found = examine("src/calc.test.ts", BASE.encode(), content.encode())

    assert found is not None
    assert found.suspicious
    assert reason in found.detail


def test_a_new_test_file_is_everyday_and_one_that_leaves_out_others_is_not() -> None:
    plain = examine("a.test.js", None, b'vi.mock("./x");\ntest("a", () => {});\ntest.skip("b", () => {});\n')
    alone = examine("a.test.js", None, b'test.only("a", () => {});\n')

    assert plain is not None
    assert alone is not None
    assert (plain.suspicious, alone.suspicious) == (False, True)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("vitest.config.ts", "configuration"), ("jest.config.cjs", "configuration"), ("vitest.setup.ts", "configuration"),
        ("src/setupTests.js", "configuration"), ("eslint.config.mjs", "configuration"), ("tsconfig.build.json", "configuration"),
        ("biome.json", "configuration"), (".babelrc", "configuration"), ("node_modules/a/index.js", "configuration"),
        ("src/__mocks__/fs.js", "changed"), ("__mocks__/axios.ts", "changed"), ("src/a.test.js", "added_plain_test"),
    ],
)  # fmt: skip
def test_added_files_that_decide_about_tests_wait_for_a_person(path: str, kind: str) -> None:
    found = examine(path, None, b"export default {};\n")

    assert found is not None
    assert found.kind == kind


SNAPSHOT = b"// Jest Snapshot v1\n\nexports[`a 1`] = `1`;\n\nexports[`c 1`] = `\n3\n`;\n"


@pytest.mark.parametrize(
    ("candidate", "kind"),
    [
        (SNAPSHOT.replace(b"exports[`c", b"exports[`b 1`] = `2`;\n\nexports[`c"), "only_gained"),
        (SNAPSHOT.replace(b"`1`", b"`2`"), "changed"),
        (SNAPSHOT + b"\nexports[`a 1`] = `2`;\n", "changed"),
        (SNAPSHOT + b"\nprocess.exit(0);\n", "changed"),
    ],
)
def test_a_snapshot_file_may_gain_entries_and_nothing_else(candidate: bytes, kind: str) -> None:
    found = examine("src/__snapshots__/a.test.js.snap", SNAPSHOT, candidate)

    assert found is not None
    assert found.kind == kind


def test_a_test_of_another_name_or_place_is_known_by_its_body() -> None:
    before = bodies_of_tests("a.test.js", b'describe("a", () => { it("one", () => { run(1); }); it("one", () => run(2)); });\n')
    after = bodies_of_tests("b.test.js", b'test("other", () => {\n  run(1); // the same\n});\n')

    assert set(before) == {"a > one", "a > one #2"}
    assert after["other"] == before["a > one"] != before["a > one #2"]


def test_tests_of_computed_names_have_no_body_to_be_known_by() -> None:
    assert bodies_of_tests("a.test.js", b'it.each([1])("n %i", () => {});\nit(`n ${1}`, () => {});\nit(name, () => {});\n') == {}
    assert bodies_of_tests("a.test.js", b"(((") == {}
