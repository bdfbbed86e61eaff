"""Vitest, run for real on TypeScript, with eslint and the TypeScript compiler beside it, in a project of one package."""

import pytest

from tests.support.javascript_projects import CODE, make_javascript_project, needs_tools
from tests.support.python_projects import Project

pytestmark = needs_tools
TYPED = CODE.replace("(a, b)", "(a: number, b: number): number")
TESTS = """\
import { describe, expect, it, test } from "vitest";
import { add, mul } from "./calc";
import { half } from "../testing/half";

describe("calc", () => {
  it("adds", () => expect(add(1, 2)).toBe(3));
  it.each([[1, 2, 2], [2, 2, 4]])("%i times %i", (a, b, c) => expect(mul(a, b)).toBe(c));
});
test.skip("elsewhere", () => {});
test.todo("one day");
test("halves", () => expect(half(4)).toBe(2));
test("breaks", () => expect(add(1, 1)).toBe(3));
"""
TOOLS = ("vitest", "@vitest/coverage-v8", "eslint", "typescript")
FILES = {
    "package.json": '{"name": "calc", "type": "module", "scripts": {"test": "tsc --noEmit && vitest run --coverage"},\n'
    '"devDependencies": {"vitest": "^3"}}\n',
    ".gitignore": "node_modules/\n",
    "eslint.config.js": 'export default [{ files: ["**/*.js"], rules: { eqeqeq: "error", "no-debugger": "warn" } }];\n',
    "tsconfig.json": '// Strict.\n{"compilerOptions": {"strict": true, "target": "es2022", "module": "esnext", "moduleResolution": "bundler",\n'
    '"skipLibCheck": true, "types": [], "lib": ["es2022"],}, "include": ["src/calc.ts", "src/wrong.ts"]}\n',
    "src/calc.ts": TYPED,
    "src/wrong.ts": "export const wrong: number = 'text';\n",
    "src/loose.js": "export const same = (a, b) => a == b;\n",
    "src/calc.test.ts": TESTS,
    "src/lost.test.ts": 'import "./nowhere";\n',
    "testing/half.ts": "export const half = (x: number): number => x / 2;\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make_javascript_project(tmp_path_factory.mktemp("vitest") / "calc", FILES, TOOLS)


async def test_every_outcome_by_id_coverage_of_all_files_and_what_tests_use(project: Project) -> None:
    (sample,) = await project.measure(project.base, ["tests"])

    tests, coverage, surface = sample.readings
    assert sample.material["outcomes"] == {
        "src/calc.test.ts::calc > adds": "passed",
        "src/calc.test.ts::calc > 1 times 2": "passed",
        "src/calc.test.ts::calc > 2 times 2": "passed",
        "src/calc.test.ts::elsewhere": "skipped",
        "src/calc.test.ts::one day": "skipped",
        "src/calc.test.ts::halves": "passed",
        "src/calc.test.ts::breaks": "failed",
        "src/lost.test.ts": "collection_error",
    }
    assert (tests.facts["passed"], tests.facts["total"]) == (4, 8)
    assert sample.material["uncovered"] == {
        "src/calc.ts": [[7, "return 0;"]],
        "src/loose.js": [[1, "export const same = (a, b) => a == b;"]],
        "src/wrong.ts": [[1, "export const wrong: number = 'text';"]],
    }
    assert coverage.facts["covered"] == 3
    assert sample.material["test_files"] == ["src/calc.test.ts", "src/lost.test.ts", "testing/half.ts"]
    assert (surface.facts["tested"], surface.facts["trivial (fewer than 3 different operations)"]) == (1, 2)


async def test_findings_of_eslint_and_of_the_compiler_are_counted_by_rule_and_text(project: Project) -> None:
    lint, types = await project.measure(project.base, ["lint", "types"])

    assert lint.material["findings"] == [["eqeqeq", "src/loose.js", "export const same = (a, b) => a == b;", 1]]
    assert types.material["findings"] == [["TS2322", "src/wrong.ts", "export const wrong: number = 'text';", 1]]
    assert types.readings[0].facts["files"] == 2
    assert types.readings[0].facts["lines"] == 10


async def test_the_users_node_modules_stay_as_they_are(project: Project) -> None:
    await project.measure(project.base, ["tests"])

    assert sorted(path.name for path in (project.root / "node_modules").iterdir()) == ["@vitest", "eslint", "typescript", "vitest"]


async def test_a_configuration_that_the_candidate_adds_has_no_say_in_the_bases_tests(project: Project) -> None:
    files = {
        "src/calc.ts": TYPED.replace("a * b", "a + b"),
        "vitest.config.ts": 'import { defineConfig } from "vitest/config";\n'
        'export default defineConfig({ test: { setupFiles: ["./green.ts"], testNamePattern: /adds/ } });\n',
        "green.ts": 'import { expect } from "vitest";\nexpect.extend({ toBe: () => ({ pass: true, message: () => "" }) });\n',
    }
    tree = project.candidate(files)

    found = await project.assess(tree, ["tests"])

    assert found.tests.lost == ("src/calc.test.ts::calc > 1 times 2",)


async def test_a_product_that_makes_comparisons_pass_is_called_forged(project: Project) -> None:
    forgery = 'import { expect } from "vitest";\nexpect.extend({ toBe: () => ({ pass: true, message: () => "" }) });\n'
    tree = project.candidate({"src/calc.ts": forgery + TYPED.replace("a * b", "a + b")})

    (sample,) = await project.measure(tree, ["tests"], "base")

    assert sample.readings[0].facts["suspicion"] == "a test that must fail was reported as passed"
