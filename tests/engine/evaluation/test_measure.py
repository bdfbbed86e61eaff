"""Measuring a tree in parts: what is kept, what is not run again, and what is left behind."""

import json
import subprocess
from pathlib import Path

import anyio
import pytest

from state.errors import Refusal
from state.measurement import Sample
from tests.support.python_projects import SLUG, Project, Shelf, make_project, site_packages
from tools.engine.evaluation import room
from tools.engine.evaluation.measure import Listeners, measure
from tools.engine.process import confinement, kill_everything

EVALUATIONS = [
    {"name": "json-number", "command": "echo 0.25", "parse": "json"},
    {"name": "json-score", "command": "echo noise; echo '{\"score\": 0.5}'", "parse": "json"},
    {"name": "regex", "command": "echo accuracy: 0.75", "parse": "regex", "pattern": r"accuracy: (\S+)"},
    {"name": "fails", "command": "exit 3", "parse": "exit_code"},
    {"name": "holds", "command": "test -f tests/test_slug.py", "parse": "exit_code"},
    {"name": "python", "command": "python -c 'import slug; print(len(slug.slug(\"a b\")) / 4)'", "parse": "json"},
]


class KilledError(Exception):
    """The server died here."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Project:
    return make_project(tmp_path_factory.mktemp("slug") / "slug", template, smoke_test="python -c 'import slug'", project_evaluations=EVALUATIONS)


async def test_every_part_of_the_contract_is_measured(project: Project) -> None:
    readings = await project.readings(project.base)

    assert {name: reading.value for name, reading in readings.items()} == {
        "tests": 1.0,
        "coverage": 0.75,
        "lint": 1.0,
        "type_check": 1.0,
        "guard_patterns": 1.0,
        "config_parser": 1.0,
        "json-number": 0.25,
        "json-score": 0.5,
        "regex": 0.75,
        "fails": 0.0,
        "holds": 1.0,
        "python": 0.75,
        "smoke": 1.0,
        "capability_surface": 1 / 51,
    }


async def test_a_sample_says_with_what_it_was_taken(project: Project) -> None:
    sample = (await project.measure(project.base, ["tests"]))[0]

    assert sample.tree == project.base
    assert sample.commands == ("pytest",)
    assert set(sample.tools) == {"python", "pytest", "coverage"}
    means = confinement()
    assert (sample.confinement, sample.network) == (("unconfined", "open") if means == "none" else (means, "off"))
    assert sample.material["test_files"] == ["tests/test_slug.py"]
    assert sample.material["uncovered"] == {"src/slug/__init__.py": [[6, "return text.upper()"]]}
    assert "4 passed" in sample.output
    assert Sample.model_validate(json.loads(sample.model_dump_json())) == sample


async def test_an_unchanged_tree_costs_no_process(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await project.measure(project.base)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(subprocess, "Popen", refuse)

    assert await project.measure(project.base) == first


async def test_a_candidate_that_touches_no_base_owned_file_is_run_once(project: Project) -> None:
    tree = project.candidate({"src/slug/__init__.py": SLUG["src/slug/__init__.py"] + "\n\nLIMIT = 80\n"})

    own = await project.measure(tree, ["tests"])
    by_the_base = await project.measure(tree, ["tests"], "base")

    assert by_the_base == own
    assert project.shelf.order.count("tests") == len({key for key, each in project.shelf.samples.items() if each.part == "tests"})


async def test_finished_parts_are_handed_over_at_once_and_not_taken_again(project: Project) -> None:
    tree = project.candidate({"NOTES.md": "notes\n"})
    shelf = Shelf()

    async def keep_then_die(sample: Sample) -> None:
        await shelf.keep(sample)
        if sample.part == "tests":
            raise KilledError

    with pytest.raises(KilledError):
        await measure(project.target(tree), ["tests", "smoke"], Listeners(shelf.samples.get, keep_then_die, shelf.told.append))
    assert "tests" in shelf.order

    await measure(project.target(tree), ["tests", "smoke"], shelf.listeners())

    assert (shelf.order.count("tests"), shelf.order.count("smoke")) == (1, 1)


async def test_nothing_is_left_behind_when_a_measurement_is_cancelled(
    project: Project, tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "parent_folder", lambda: tmp_path)
    tree = project.candidate({"tests/test_slow.py": "import time\n\n\ndef test_slow():\n    time.sleep(600)\n"})
    seen = []

    async def cancel_once_a_tree_stands(scope: anyio.CancelScope) -> None:
        with anyio.fail_after(60):
            while not list(tmp_path.glob("factory-room-*/report.jsonl")):  # noqa: ASYNC110 - another program makes it; a local folder
                await anyio.sleep(0.01)
        seen.append("started")
        scope.cancel()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(cancel_once_a_tree_stands, tasks.cancel_scope)
        await measure(project.target(tree), ["tests"], Shelf().listeners())

    assert seen == ["started"]
    assert list(tmp_path.iterdir()) == []


async def test_a_run_that_was_stopped_from_outside_leaves_no_sample(project: Project) -> None:
    tree = project.candidate({"tests/test_stopping.py": "import time\n\n\ndef test_slow():\n    time.sleep(600)\n"})
    shelf = Shelf()

    async def stop_once_it_runs() -> None:
        with anyio.fail_after(60):
            while not kill_everything():  # noqa: ASYNC110 - another program has to start first
                await anyio.sleep(0.01)

    async def measure_it() -> None:
        with pytest.raises(Refusal, match="stopped from outside"):
            await measure(project.target(tree), ["tests"], shelf.listeners())

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(stop_once_it_runs)
        tasks.start_soon(measure_it)

    assert shelf.order == []


async def test_the_project_itself_is_evaluated_by_the_bases_word(tmp_path: Path, template: Path) -> None:
    score = {"name": "score", "command": "python eval/score.py", "parse": "json"}
    project = make_project(tmp_path / "slug", template, {**SLUG, "eval/score.py": "print(0.5)\n"}, project_evaluations=[score])
    tree = project.candidate({"eval/score.py": "print(1.0)\n"})

    assert (await project.readings(tree, ["project:score"]))["score"].value == 0.5


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"pyproject.toml": SLUG["pyproject.toml"].replace('version = "1.0"', 'version = "1.0"\ndependencies = ["requests"]')}, "pyproject.toml"),
        ({"setup.py": "from setuptools import setup\n\nsetup()\n"}, "setup.py"),
        ({"src/slug/fast.pyx": "cdef int x\n"}, "compiled"),
    ],
)
async def test_a_tree_that_would_be_installed_otherwise_is_not_run_where_nothing_can_install_it(
    project: Project, files: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.engine.languages.python.installers.find_uv", lambda: None)
    tree = project.candidate(files)

    readings = await project.readings(tree, ["tests", "smoke", "lint"])

    assert {readings[name].state for name in ("tests", "coverage", "smoke")} == {"unavailable"}
    assert words in readings["tests"].reason
    assert readings["lint"].state == "measured"


async def test_progress_is_told_while_the_tests_run(project: Project) -> None:
    slow = "import time\n\nimport pytest\n\n\n@pytest.mark.parametrize('n', range(30))\ndef test_slow(n):\n    time.sleep(0.1)\n"
    tree = project.candidate({"tests/test_slow.py": slow})

    await project.measure(tree, ["tests"])

    assert any(line.startswith("tests: ") and line.endswith(" of 34") for line in project.shelf.told)


async def test_linter_settings_of_the_candidate_do_not_count(project: Project) -> None:
    unused = {"src/slug/__init__.py": "import os\n" + SLUG["src/slug/__init__.py"]}
    loud = project.candidate(unused)
    silenced = project.candidate(
        {**unused, "ruff.toml": 'exclude = ["*"]\n', "pyproject.toml": SLUG["pyproject.toml"] + '\n[tool.ruff]\nexclude = ["*"]\n'}
    )

    before = await project.readings(loud, ["lint"])
    after = await project.readings(silenced, ["lint"])

    assert before["lint"].value == after["lint"].value
    assert before["lint"].facts["rule F401"] == 1


async def test_coverage_settings_of_the_candidate_do_not_count(project: Project) -> None:
    tree = project.candidate({".coveragerc": "[report]\nexclude_lines =\n    return\n"})

    assert (await project.readings(tree, ["tests"]))["coverage"].value == 0.75


async def test_files_that_no_test_imports_count_as_not_covered(project: Project) -> None:
    tree = project.candidate({"src/slug/unused.py": "A = 1\nB = 2\n", "src/slug/deep/also.py": "C = 3\n"})

    reading = (await project.readings(tree, ["tests"]))["coverage"]

    assert (reading.facts["covered"], reading.facts["executable"]) == (3, 7)


async def test_type_errors_are_findings_by_rule_and_line(project: Project) -> None:
    tree = project.candidate({"src/slug/__init__.py": SLUG["src/slug/__init__.py"] + "\n\nLENGTH: int = slug('a')\n"})

    (sample,) = await project.measure(tree, ["types"])

    assert sample.material["findings"] == [["assignment", "src/slug/__init__.py", "LENGTH: int = slug('a')", 1]]
    assert sample.readings[0].value == pytest.approx(1 / (1 + 1000 / 5 / 10))


async def test_thousands_of_findings_are_all_counted(project: Project) -> None:
    tree = project.candidate({"src/slug/many.py": "".join(f"import module_with_a_long_name_{number}\n" for number in range(3000))})

    readings = await project.readings(tree, ["lint", "types"])

    assert readings["lint"].facts["rule F401"] == 3000
    assert readings["type_check"].facts["findings"] == 3000


async def test_a_checker_that_breaks_is_an_error_and_no_value(project: Project) -> None:
    tree = project.candidate({"src/slug/broken.py": "def (:\n"})

    readings = await project.readings(tree, ["types", "lint"])

    assert readings["type_check"].state == "error"
    assert readings["lint"].facts["findings"]


async def test_what_is_installed_is_part_of_the_key(tmp_path: Path, template: Path) -> None:
    project = make_project(tmp_path / "slug", template)
    before = await project.measure(project.base, ["static"])
    (site_packages(project.root / ".venv") / "new-1.0.dist-info").mkdir()

    after = await project.measure(project.base, ["static"])

    assert before[0].key != after[0].key


async def test_the_candidate_that_landed_is_the_next_base(project: Project) -> None:
    tree = project.candidate({"src/slug/__init__.py": SLUG["src/slug/__init__.py"] + "\n\nWIDTH = 80\n"})
    await project.measure(tree)
    landed = Project(project.root, project.repository, tree, project.contract, project.cache, project.shelf)
    count = len(project.shelf.order)

    await landed.measure(tree)

    assert len(project.shelf.order) == count
