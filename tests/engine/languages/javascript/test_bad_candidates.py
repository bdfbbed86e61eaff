"""Candidates whose multiplication is broken and that make their own run of node's runner green: the base's word stops each. Honest ones pass."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from tests.support.javascript_projects import CALC, CODE, TESTS, make_javascript_project
from tests.support.python_projects import Project
from tools.engine.evaluation.base_word import base_owned, examine

BROKEN = CODE.replace("a * b", "a + b")
PRODUCTS = "export const products = [[2, 2, 4], [2, 3, 6]];\n"
FEWER = "export const products = [[2, 2, 4]];\n"
BASE = {
    **CALC,
    "test/products.js": PRODUCTS,
    "test/calc.test.js": TESTS.replace('"../src/calc.js";', '"../src/calc.js";\nimport { products } from "./products.js";')
    + "for (const [a, b, c] of products) test(`${a} times ${b}`, () => assert.equal(mul(a, b), c));\n",
}
SUITE = BASE["test/calc.test.js"]
NEVER_FAILS = 'import assert from "node:assert";\nassert.equal = assert.strictEqual = () => {};\n'
MULTIPLICATION = SUITE[SUITE.index('  describe("mul"') : SUITE.index("test.skip")]


@dataclass(frozen=True)
class Candidate:
    """Files written over the base, `mul` broken in all of them."""

    files: Mapping[str, str] = field(default_factory=dict)
    remove: tuple[str, ...] = ()
    held: bool = True


BAD = {
    "plainly broken": Candidate(held=False),
    "tests deleted": Candidate({"test/calc.test.js": SUITE.replace(MULTIPLICATION, "});\n"), "test/products.js": FEWER}),
    "test file deleted": Candidate({"test/new.test.js": 'import { test } from "node:test";\ntest("nothing", () => {});\n'}, ("test/calc.test.js",)),
    "tests skipped": Candidate({"test/calc.test.js": SUITE.replace('describe("mul"', 'describe.skip("mul"').replace("test(`", "test.skip(`")}),
    "tests to be done": Candidate({"test/calc.test.js": SUITE.replace('it("mul', 'it.todo("mul').replace("test(`", "test.todo(`")}),
    "assertions weakened": Candidate({"test/calc.test.js": SUITE.replace("assert.equal(mul", "assert.ok(mul")}),
    "cases reduced in a helper": Candidate({"test/products.js": FEWER}),
    "another script": Candidate({"package.json": CALC["package.json"].replace("node --test", "node --test test/none.js")}),
    "exit when it is loaded": Candidate({"src/calc.js": f"process.exit(0);\n{BROKEN}"}, held=False),
    "exit in the function": Candidate({"src/calc.js": BROKEN.replace("return a + b;\n}\n\n", "process.exit(0);\n}\n\n")}, held=False),
    "exit code at the end": Candidate({"src/calc.js": f'process.on("exit", () => {{ process.exitCode = 0; }});\n{BROKEN}'}, held=False),
    "an import that is nowhere": Candidate({"src/calc.js": f'import "nowhere";\n{BROKEN}'}, held=False),
    "comparisons that never fail": Candidate({"src/calc.js": NEVER_FAILS + BROKEN}, held=False),
    "a module in node_modules": Candidate({".gitignore": "", "node_modules/calc/package.json": '{"name": "calc", "version": "9.0.0"}\n'}),
}  # fmt: skip
HONEST = {
    "a new test": Candidate({"test/more.test.js": TESTS.replace('"calc"', '"again"')}, held=False),
    "a test more in the file": Candidate({"test/calc.test.js": SUITE + 'test("more", () => assert.equal(add(0, 0), 0));\n'}, held=False),
    "words for people": Candidate({"README.md": "# Calc\n"}, held=False),
    "another description": Candidate({"package.json": CALC["package.json"].replace('"1.0.0"', '"1.1.0"')}, held=False),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make_javascript_project(tmp_path_factory.mktemp("bad") / "calc", BASE)


def held(project: Project, tree: str) -> list[str]:
    """The changes of base-owned files for which a person is asked."""
    owned = base_owned(project.contract.profile.roots, ("test/calc.test.js", "test/products.js"))
    return [change.path for change in examine(project.repository, project.base, tree, owned) if change.suspicious]


@pytest.mark.parametrize("name", sorted(BAD))
async def test_a_broken_candidate_that_makes_its_own_run_green_is_stopped(project: Project, name: str) -> None:
    tree = project.candidate({"src/calc.js": BROKEN, **BAD[name].files}, BAD[name].remove)

    found = await project.assess(tree, ["tests"])

    assert found.tests.lost or "tests" in found.lost
    assert bool(held(project, tree)) is BAD[name].held


@pytest.mark.parametrize("name", sorted(HONEST))
async def test_an_honest_candidate_loses_nothing_and_waits_for_nobody(project: Project, name: str) -> None:
    tree = project.candidate(HONEST[name].files)

    found = await project.assess(tree, ["tests"])

    assert (found.tests.lost, found.tests.new_failing, held(project, tree)) == ((), (), [])


async def test_comparisons_that_never_fail_are_called_forged(project: Project) -> None:
    tree = project.candidate(BAD["comparisons that never fail"].files)

    (sample,) = await project.measure(tree, ["tests"], "base")

    assert sample.readings[0].reason == "a test that must fail was reported as passed: something in the process forges results"
    assert sample.readings[0].facts["suspicion"] == "a test that must fail was reported as passed"


async def test_a_file_that_ends_the_process_early_is_named(project: Project) -> None:
    tree = project.candidate(BAD["exit in the function"].files)

    (sample,) = await project.measure(tree, ["tests"], "base")

    assert sample.readings[0].reason == "test/calc.test.js ended early: a test at its end, which must fail, was not reported"
