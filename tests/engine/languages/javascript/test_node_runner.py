"""Node's own runner, run for real: every outcome by id, coverage of files that nothing loads, and runs that only look green."""

import pytest

from state.measurement import ReadingState
from tests.support.javascript_projects import CALC, PASSING, make_javascript_project
from tests.support.python_projects import Project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make_javascript_project(
        tmp_path_factory.mktemp("node") / "calc", {**CALC, "src/never.js": "export const never = (x) => {\n  return x;\n};\n"}
    )


async def test_tests_are_told_apart_by_id_and_lines_are_counted_also_of_files_that_nothing_loads(project: Project) -> None:
    (sample,) = await project.measure(project.base, ["tests"])

    tests, coverage = sample.readings
    assert sample.material["outcomes"] == PASSING
    assert (tests.facts["passed"], tests.facts["total"], tests.value) == (3, 4, 0.75)
    assert sample.material["uncovered"]["src/calc.js"] == [[7, "return 0;"]]
    assert [line for line, _ in sample.material["uncovered"]["src/never.js"]] == [1, 2]
    assert coverage.state is ReadingState.MEASURED
    assert sample.material["test_files"] == ["test/calc.test.js"]
    assert ["add", 1, 1, 1, -1, -1] in sample.material["functions"]["src/calc.js"]
