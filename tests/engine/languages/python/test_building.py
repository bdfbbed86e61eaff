"""Trees that the installed environment is not made for: what is compiled, and other manifests, are built for each of them without a network."""

from pathlib import Path

import pytest

from mcp_server.demo_environment import fill_environment
from state.measurement import Root
from tests.support.python_projects import Project, make_project, site_packages
from tests.support.repositories import commit, git, make_repository
from tools.engine.languages.bench import Trees
from tools.engine.languages.python.building import need_of
from tools.engine.languages.python.distributions import Distribution
from tools.engine.languages.python.installers import find_uv
from tools.engine.languages.python.own import pretended
from tools.engine.repository.location import locate

# A build backend that needs nothing: it "compiles" _speed.c to a module that no tree has, and installs the tree by a path.
BACKEND = """\
import os
import zipfile

try:
    import tomllib
except ImportError:
    tomllib = None


def _editable(folder):
    root = os.getcwd()
    with open("src/slug/_speed.c") as source, open("src/slug/_speed.py", "w") as product:
        text = source.read()
        if "error" in text:
            raise SystemExit("the compiler says no")
        product.write(text)
    with open("pyproject.toml", "rb") as file:
        project = tomllib.load(file)["project"]
    needs = "".join(f"Requires-Dist: {each}\\n" for each in project.get("dependencies", ()))
    scripts = "".join(f"{name} = {target}\\n" for name, target in project.get("scripts", {}).items())
    files = {
        "_slug.pth": os.path.join(root, "src") + "\\n",
        "slug-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\\nName: slug\\nVersion: 1.0\\n{needs}",
        "slug-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\\nGenerator: none\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        "slug-1.0.dist-info/entry_points.txt": f"[console_scripts]\\n{scripts}",
    }
    files["slug-1.0.dist-info/RECORD"] = "".join(f"{name},,\\n" for name in [*files, "slug-1.0.dist-info/RECORD"])
    with zipfile.ZipFile(os.path.join(folder, "slug-1.0-py3-none-any.whl"), "w") as wheel:
        for name, content in files.items():
            wheel.writestr(name, content)
    return "slug-1.0-py3-none-any.whl"


def build_editable(folder, config_settings=None, metadata_directory=None):
    return _editable(folder)
"""
PYPROJECT = (
    '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["building"]\n\n'
    '[project]\nname = "slug"\nversion = "1.0"\n\n[tool.pytest.ini_options]\ntestpaths = ["tests"]\n'
)
COMPILED = {
    "pyproject.toml": PYPROJECT,
    "setup.py": "# compiles\n",
    "building/backend.py": BACKEND,
    ".gitignore": ".venv/\n_speed.py\n",
    "src/slug/__init__.py": "from slug._speed import TWO\n\n\ndef four() -> int:\n    return TWO * 2\n\n\ndef main() -> None:\n    print(four())\n",
    "src/slug/_speed.c": "TWO = 2\n",
    "tests/test_slug.py": "from slug import four\n\n\ndef test_four() -> None:\n    assert four() == 4\n",
}
PLAIN = {
    **COMPILED,
    "src/slug/__init__.py": COMPILED["src/slug/__init__.py"].replace("from slug._speed import TWO\n", "TWO = 2\n"),
    "building/backend.py": BACKEND.replace('with open("src/slug/_speed.c") as source, open("src/slug/_speed.py", "w") as product:', "if False:"),
}
del PLAIN["src/slug/_speed.c"], PLAIN["setup.py"]
WITH_SCRIPT = PYPROJECT.replace("[tool.pytest", '[project.scripts]\nslug-four = "slug:main"\n\n[tool.pytest')
RUNS_SCRIPT = (
    "import subprocess\n\n\ndef test_script() -> None:\n"
    '    said = subprocess.run(["slug-four"], capture_output=True, text=True, check=True)\n    assert said.stdout == "4\\n"\n'
)


DEPENDING = PYPROJECT.replace('version = "1.0"', 'version = "1.0"\ndependencies = ["iniconfig"]')


@pytest.mark.parametrize(
    ("base", "candidate", "needed", "other_instrument"),
    [
        ({"a.py": ""}, {"a.py": "1"}, False, False),
        ({"a.py": "", "tests/data/x.c": ""}, {"tests/data/x.c": "1", "setup.py": ""}, True, True),
        ({"setup.py": "", "src/x.c": ""}, {"a.py": ""}, True, False),
        ({"setup.py": "", "src/x.c": ""}, {"src/x.c": "1"}, True, False),
        ({"pyproject.toml": PYPROJECT, "src/x.c": ""}, {"src/x.c": "1"}, True, True),
        ({"pyproject.toml": PYPROJECT, "src/x.c": ""}, {"a.py": ""}, False, False),
        ({"setup.py": "", "docs/x.c": ""}, {"docs/x.c": "1"}, False, False),
        ({"pyproject.toml": PYPROJECT.replace("[]", '["maturin"]'), "src/x.rs": ""}, {"a.py": ""}, True, False),
        ({"pyproject.toml": PYPROJECT}, {"pyproject.toml": PYPROJECT.replace("1.0", "1.1")}, False, False),
        ({"pyproject.toml": PYPROJECT}, {"pyproject.toml": DEPENDING}, True, True),
        ({"pyproject.toml": PYPROJECT}, {"other/pyproject.toml": DEPENDING}, False, False),
        ({"setup.cfg": "[options]\npackages = a\n"}, {"setup.cfg": "[options]\npackages = b\n"}, True, True),
        ({"setup.cfg": "[tool:pytest]\n"}, {"setup.cfg": "[tool:pytest]\naddopts = -q\n"}, False, False),
    ],
)
def test_what_has_to_be_built_is_told_from_files(
    base: dict[str, str], candidate: dict[str, str], needed: bool, other_instrument: bool, tmp_path: Path
) -> None:
    root = make_repository(tmp_path / "slug", base)
    before = git(root, "rev-parse", "HEAD^{tree}")
    commit(root, candidate, "candidate")
    after = git(root, "rev-parse", "HEAD^{tree}")
    of_root, repository = Root(language="python", apart=("other",)), locate(root)

    need = need_of(of_root, Trees(repository, after, after, before))

    assert (need is not None) == needed
    at_the_base = need_of(of_root, Trees(repository, before, before, before))
    assert ((at_the_base and at_the_base.instrument) != (need and need.instrument)) == other_instrument


@pytest.fixture(scope="module", params=["pip", "uv"])
def installer(request: pytest.FixtureRequest) -> str:
    if request.param == "uv" and find_uv() is None:
        pytest.skip("uv is not installed here")
    return str(request.param)


def project_with(installer: str, root: Path, template: Path, files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Project:
    """The project with an environment that has pip, or leaves the building to uv."""
    project = make_project(root, template, files)
    if installer == "pip":
        monkeypatch.setattr("tools.engine.languages.python.installers.find_uv", lambda: None)
        fill_environment(root / ".venv", ["pip"])
    return project


async def test_what_is_compiled_is_built_of_each_trees_own_sources_and_only_once(
    installer: str, tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = project_with(installer, tmp_path / "slug", template, COMPILED, monkeypatch)
    before = sorted(path for path in (project.root / ".venv").rglob("*"))

    (base,) = await project.measure(project.base, ["tests"])
    (other,) = await project.measure(project.candidate({"src/slug/_speed.c": "TWO = 3\n"}), ["tests"])
    (same,) = await project.measure(project.candidate({"src/slug/__init__.py": COMPILED["src/slug/__init__.py"] + "\n\nTHREE = 3\n"}), ["tests"])

    assert base.readings[0].value == 1.0, (base.readings[0], base.output)
    assert other.readings[0].facts["failed"] == 1, (other.readings[0], other.output)
    assert same.readings[0].value == 1.0, same.readings[0]
    assert len(list(project.cache.glob("python-built-*"))) == 2
    assert base.instrument == other.instrument == same.instrument
    assert sorted(path for path in (project.root / ".venv").rglob("*")) == before


async def test_a_new_command_of_the_candidate_is_there_for_its_tests(
    installer: str, tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = project_with(installer, tmp_path / "slug", template, PLAIN, monkeypatch)
    tree = project.candidate({"pyproject.toml": WITH_SCRIPT, "tests/test_script.py": RUNS_SCRIPT})

    (sample,) = await project.measure(tree, ["tests"])

    assert sample.material.get("outcomes", {}).get("tests/test_script.py::test_script") == "passed", (sample.readings[0], sample.output)
    assert len(list(project.cache.glob("python-built-*"))) == 1, "measured in an environment of its own"
    assert not (site_packages(project.root / ".venv") / "slug-1.0.dist-info").exists()


async def test_a_build_that_fails_is_unavailable_with_what_it_said(
    installer: str, tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = project_with(installer, tmp_path / "slug", template, {**COMPILED, "src/slug/_speed.c": "error\n"}, monkeypatch)

    (sample,) = await project.measure(project.base, ["tests"])

    assert {reading.state for reading in sample.readings} == {"unavailable"}
    assert "`## Setup`" in sample.readings[0].reason
    assert "the compiler says no" in sample.output


async def test_a_dependency_that_is_nowhere_on_this_machine_is_unavailable(
    installer: str, tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = project_with(installer, tmp_path / "slug", template, PLAIN, monkeypatch)
    needing = PYPROJECT.replace('version = "1.0"', 'version = "1.0"\ndependencies = ["refactory-no-such-distribution>=3"]')
    tree = project.candidate({"pyproject.toml": needing})

    (sample,) = await project.measure(tree, ["tests"])

    assert sample.readings[0].state == "unavailable"
    assert "refactory-no-such-distribution" in sample.output, (sample.readings[0], sample.output)


FORGERIES = {
    "a module that starts with every interpreter": ('"sitecustomize.py"', "the build installed sitecustomize.py"),
    "a line of code": ('"zz.pth"', "the line 'import os; print(os)' of zz.pth"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_build_cannot_start_what_it_likes(forgery: str, tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name, words = FORGERIES[forgery]
    backend = BACKEND.replace(
        '    files["slug-1.0.dist-info/RECORD"]', f'    files[{name}] = "import os; print(os)\\n"\n    files["slug-1.0.dist-info/RECORD"]'
    )
    project = project_with("pip", tmp_path / "slug", template, {**COMPILED, "building/backend.py": backend}, monkeypatch)

    (sample,) = await project.measure(project.base, ["tests"])

    assert sample.readings[0].state == "unavailable"
    assert words in sample.readings[0].reason, (sample.readings[0], sample.output)


def test_a_build_without_git_is_told_the_installed_version(tmp_path: Path) -> None:
    assert pretended(Distribution("my-slug", "1.2.dev3+g0", tmp_path)) == {
        "SETUPTOOLS_SCM_PRETEND_VERSION": "1.2.dev3+g0",
        "SETUPTOOLS_SCM_PRETEND_VERSION_FOR_MY_SLUG": "1.2.dev3+g0",
    }
    assert pretended(None) == {}
