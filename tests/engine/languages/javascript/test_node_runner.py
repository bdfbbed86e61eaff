"""Node's own runner, run for real: every outcome by id, coverage of files that nothing loads, and runs that only look green."""

from pathlib import Path

import pytest

from state.measurement import ReadingState
from tests.support.javascript_projects import CALC, CODE, PASSING, TESTS, make_javascript_project
from tests.support.python_projects import Project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make_javascript_project(
        tmp_path_factory.mktemp("node") / "calc", {**CALC, "src/never.js": "export const never = (x) => {\n  return x;\n};\n"}
    )


async def test_tests_are_told_apart_by_id_and_lines_are_counted_also_of_files_that_nothing_loads(project: Project) -> None:
    (sample,) = await project.measure(project.base, ["tests"])

    tests, coverage, _ = sample.readings
    assert sample.material["outcomes"] == PASSING
    assert (tests.facts["passed"], tests.facts["total"], tests.value) == (3, 4, 0.75)
    assert sample.material["uncovered"]["src/calc.js"] == [[7, "return 0;"]]
    assert [line for line, _ in sample.material["uncovered"]["src/never.js"]] == [1, 2]
    assert coverage.state is ReadingState.MEASURED
    assert sample.material["test_files"] == ["test/calc.test.js"]


async def test_what_only_tests_without_an_assertion_execute_is_not_tested(tmp_path: Path) -> None:
    code = CODE + "\nexport function div(a, b) {\n  if (b === 0) {\n    throw new RangeError(`no ${a}`);\n  }\n  return Math.round(a / b);\n}\n"
    plain = TESTS.replace("import { add, mul }", "import { add, div, mul }")
    silent = plain + 'test("divides", () => { div(4, 2); });\n'
    telling = plain + 'test("divides", () => { assert.equal(div(4, 2), 2); });\n'
    project = make_javascript_project(tmp_path / "calc", {**CALC, "src/calc.js": code, "test/calc.test.js": silent})
    tree = project.candidate({"test/calc.test.js": telling})

    before, after = await project.readings(project.base, ["tests"]), await project.readings(tree, ["tests"])

    assert (before["tests"].value, before["coverage"].value) == (after["tests"].value, after["coverage"].value)
    assert (before["capability_surface"].facts["tested"], after["capability_surface"].facts["tested"]) == (1, 2)
