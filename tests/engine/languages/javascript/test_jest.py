"""Jest, run for real: outcomes by id, coverage, and a run that ends itself."""

from pathlib import Path

import pytest

from state.measurement import ReadingState
from tests.support.javascript_projects import make_javascript_project, needs_tools
from tests.support.python_projects import Project

pytestmark = needs_tools
CODE = "function add(a, b) {\n  return a + b;\n}\n\nfunction sub(a, b) {\n  return a - b;\n}\n\nmodule.exports = { add, sub };\n"
FILES = {
    "package.json": '{"name": "calc", "scripts": {"test": "jest --silent"}, "devDependencies": {"jest": "^30"},\n'
    '"jest": {"bail": 1, "setupFiles": ["./setup.js"]}}\n',
    ".gitignore": "node_modules/\n",
    "setup.js": "globalThis.three = 3;\n",
    "src/calc.js": CODE,
    "src/never.js": "exports.never = (x) => {\n  return x;\n};\n",
    "src/__tests__/calc.js": 'const { add } = require("../calc");\ntest("adds", () => { expect(add(1, 2)).toBe(three); });\n'
    'test.failing("fails", () => { expect(1).toBe(2); });\ndescribe("later", () => { test.todo("more"); xit("not", () => {}); });\n',
    "src/other.test.js": 'test("other", () => { expect(require("./calc").add(0, 1)).toBe(1); });\n',
}  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make_javascript_project(tmp_path_factory.mktemp("jest") / "calc", FILES, ["jest"])


async def test_every_outcome_by_id_and_coverage_of_all_files(project: Project) -> None:
    (sample,) = await project.measure(project.base, ["tests"])

    tests, coverage, _ = sample.readings
    assert sample.material["outcomes"] == {
        "src/__tests__/calc.js::adds": "passed",
        "src/__tests__/calc.js::fails": "passed",
        "src/__tests__/calc.js::later > more": "skipped",
        "src/__tests__/calc.js::later > not": "skipped",
        "src/other.test.js::other": "passed",
    }
    assert (tests.state, coverage.facts["covered"], coverage.facts["executable"]) == (ReadingState.MEASURED, 2, 5)
    assert sample.material["uncovered"]["src/never.js"] == [[1, "exports.never = (x) => {"], [2, "return x;"]]
    assert sample.material["test_files"] == ["setup.js", "src/__tests__/calc.js", "src/other.test.js"]


async def test_a_run_that_ends_itself_is_not_green(project: Project) -> None:
    tree = project.candidate({"src/calc.js": CODE.replace("return a + b;", "process.exit(0);")})

    (sample,) = await project.measure(tree, ["tests"])

    assert sample.readings[0].state is ReadingState.ERROR
    assert sample.readings[0].reason.startswith("the run broke off: no end was reported")


async def test_test_files_of_names_that_only_the_project_knows_are_watched_too(tmp_path: Path) -> None:
    package = FILES["package.json"].replace('{"bail": 1, "setupFiles": ["./setup.js"]}', '{"testMatch": ["**/*.check.js"]}')
    files = {"package.json": package, "src/calc.js": CODE, "src/sum.check.js": FILES["src/other.test.js"]}
    project = make_javascript_project(tmp_path / "calc", {**files, ".gitignore": "node_modules/\n"}, ["jest"])

    (sample,) = await project.measure(project.base, ["tests"])

    assert sample.material["outcomes"] == {"src/sum.check.js::other": "passed"}
