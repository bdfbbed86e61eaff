"""Linters and type checkers: what each really printed of the same two files is read alike; and the real tool where it is installed."""

from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import pytest

from mcp_server.demo_environment import fill_environment
from tests.support.python_projects import SLUG, make_project
from tools.engine.languages.bench import Place
from tools.engine.languages.python.checking import Check, Checked, NotReady, Workplace
from tools.engine.languages.python.linters import LINTERS
from tools.engine.languages.python.type_checkers import TYPE_CHECKERS

# Each file holds what the tool of that version printed of SOURCES; TREE stands for the folder that it ran in.
REPORTS = Path(__file__).parent / "reports"
SOURCES = {
    "src/it/__init__.py": 'import os\nimport sys\n\n\ndef one(a, b) :\n    unused = 1\n    return a+b\n\n\nNUMBER: int = "x"\n',
    "src/it/broken.py": "def two(:\n",
}
INIT, BROKEN = SOURCES
TOOLS: Mapping[str, Check] = {**LINTERS, **TYPE_CHECKERS}


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    place = Place(tmp_path)
    for name, text in SOURCES.items():
        (place.tree / name).parent.mkdir(parents=True, exist_ok=True)
        (place.tree / name).write_text(text)
    return Workplace(place, ("src/it",), tmp_path / "environment" / "bin" / "python", "4.1.4", tmp_path / "cache", tmp_path / "said")


def read(workplace: Workplace, tool: str, report: str) -> Checked:
    for name, target in {report: workplace.said, "ruff-0.17.6.files": workplace.place.beside("files")}.items():
        target.write_text((REPORTS / name).read_text().replace("TREE", str(workplace.place.tree)))
    return TOOLS[tool].read(workplace)


@pytest.mark.parametrize(
    ("tool", "report", "expected"),
    [
        ("ruff", "ruff-0.17.6.json", {("F401", INIT, 1), ("F401", INIT, 2), ("F841", INIT, 6), ("invalid-syntax", BROKEN, 1)}),
        ("flake8", "flake8-7.5.0.txt", {("F401", INIT, 1), ("F401", INIT, 2), ("E203", INIT, 5), ("F841", INIT, 6), ("E999", BROKEN, 1)}),
        ("pylint", "pylint-4.1.4.json2", {("unused-variable", INIT, 6), ("missing-module-docstring", INIT, 1), ("syntax-error", BROKEN, 1)}),
        ("pylint", "pylint-4.1.4.json", {("unused-variable", INIT, 6), ("missing-module-docstring", INIT, 1), ("syntax-error", BROKEN, 1)}),
        ("mypy", "mypy-2.4.1.jsonl", {("assignment", INIT, 10)}),
        ("pyright", "pyright-1.1.414.json", {("reportAssignmentType", INIT, 10), ("error", BROKEN, 1)}),
    ],
)
def test_what_a_tool_printed_is_read_as_rule_path_and_line(tool: str, report: str, expected: set[tuple[str, str, int]], workplace: Workplace) -> None:
    checked = read(workplace, tool, report)

    assert expected <= set(checked.places)
    assert {place[1] for place in checked.places} <= set(SOURCES)
    assert {file.relative_to(workplace.place.tree).as_posix() for file in checked.files} == set(SOURCES)


def test_a_path_may_hold_the_sign_that_parts_flake8s_fields(workplace: Workplace) -> None:
    workplace.said.write_text("3|E501|./src/a|b.py\n")

    assert TOOLS["flake8"].read(workplace).places == (("E501", "src/a|b.py", 3),)


def test_flake8_writes_nothing_where_it_found_nothing(workplace: Workplace) -> None:
    assert TOOLS["flake8"].read(workplace).places == ()


@pytest.mark.parametrize("tool", ["pylint", "mypy", "pyright"])
def test_without_a_source_file_there_is_nothing_to_ask(tool: str, tmp_path: Path) -> None:
    empty = Workplace(Place(tmp_path), (), tmp_path / "bin" / "python", "4.1", tmp_path / "cache", tmp_path / "said")

    with pytest.raises(NotReady, match="no source file"):
        TOOLS[tool].runs(empty)


def test_pyright_is_not_asked_where_it_would_fetch_its_node_part(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    (workplace.python.parents[1] / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
    monkeypatch.setenv("PYRIGHT_PYTHON_CACHE_DIR", str(workplace.place.room / "nothing"))

    with pytest.raises(NotReady, match="fetches nothing"):
        TOOLS["pyright"].runs(workplace)


def test_an_older_pylint_is_asked_for_the_form_that_it_has(workplace: Workplace) -> None:
    (old,) = TOOLS["pylint"].runs(Workplace(workplace.place, ("src/it",), workplace.python, "2.17.7", workplace.cache, workplace.said))
    (new,) = TOOLS["pylint"].runs(workplace)

    assert (old.argv[2], new.argv[2]) == ("json", "json2")


@pytest.mark.parametrize(("tool", "configuration"), [("flake8", ".flake8"), ("pylint", ".pylintrc")])
async def test_the_linter_that_the_project_configures_measures_it(tool: str, configuration: str, tmp_path: Path, template: Path) -> None:
    try:
        metadata.distribution(tool)
    except metadata.PackageNotFoundError:
        pytest.skip(f"{tool} is not installed with the tests; what it printed is recorded")
    root = tmp_path / "slug"
    project = make_project(root, template, {**SLUG, configuration: "", "src/slug/unused.py": "import os\n"})
    fill_environment(root / ".venv", [tool])
    (sample,) = await project.measure(project.base, ["lint"])

    assert sample.readings[0].state == "measured", sample.output
    assert [finding[1] for finding in sample.material["findings"] if finding[0] in {"F401", "unused-import"}] == ["src/slug/unused.py"]
