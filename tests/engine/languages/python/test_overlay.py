"""Whose code is measured: an editable installation of the main checkout must never win over the tree."""

import subprocess
from pathlib import Path

import pytest

from tests.support.python_projects import SLUG, Project, editable, give_environment, make_project, site_packages
from tests.support.repositories import make_repository
from tools.engine.languages.bench import Unprovable
from tools.engine.languages.python.environment import lay_over
from tools.engine.languages.python.interpreter import Interpreter, describe, probe

FINDER = """\
from __future__ import annotations
import sys
from importlib.machinery import PathFinder
from importlib.util import spec_from_file_location
from pathlib import Path

MAPPING: dict[str, str] = {{'slug': '{main}/src/slug'}}
NAMESPACES: dict[str, list[str]] = {{}}


class _EditableFinder:
    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        if fullname in MAPPING:
            return spec_from_file_location(fullname, Path(MAPPING[fullname], "__init__.py"))


def install():
    sys.meta_path.append(_EditableFinder)
"""
REDIRECTOR = "import sys\nsys.path.append('{main}/src')\n"


def install_path(root: Path) -> None:
    editable(root)


def install_finder(root: Path) -> None:
    packages = site_packages(root / ".venv")
    (packages / "__editable___slug_1_0_finder.py").write_text(FINDER.format(main=root))
    (packages / "__editable__.slug-1.0.pth").write_text("import __editable___slug_1_0_finder; __editable___slug_1_0_finder.install()\n")


def install_redirector(root: Path) -> None:
    packages = site_packages(root / ".venv")
    (packages / "_editable_impl_slug.py").write_text(REDIRECTOR.format(main=root))
    (packages / "_editable_impl_slug.pth").write_text("import _editable_impl_slug\n")


def install_link(root: Path) -> None:
    """As `setup.py develop` did: a link that names the checkout, and a path among those of all such installations."""
    packages = site_packages(root / ".venv")
    (packages / "slug.egg-link").write_text(f"{root}/src\n../\n")
    (packages / "easy-install.pth").write_text(f"{root}/src\n")


def install_relative_path(root: Path) -> None:
    """A path relative to site-packages, which leads out of the environment into the checkout."""
    (site_packages(root / ".venv") / "slug.pth").write_text("../../../../src\n")


# The six layouts of measuring.md: flit, hatch and Poetry write a path under names of their own, setuptools a finder (flat) or a path (src).
FORMS = {
    "a path": install_path,
    "setuptools' finder": install_finder,
    "a redirector": install_redirector,
    "an egg-link": install_link,
    "a relative path": install_relative_path,
}


def project_installed_by(form: str, root: Path, template: Path) -> Project:
    project = make_project(root, template)
    (site_packages(root / ".venv") / "_slug.pth").unlink()
    FORMS[form](root)
    return project


@pytest.mark.parametrize("form", FORMS)
def test_without_the_overlay_the_main_checkouts_code_would_run(form: str, tmp_path: Path, template: Path) -> None:
    root = project_installed_by(form, tmp_path / "main", template).root
    (tmp_path / "tree" / "src" / "slug").mkdir(parents=True)
    (tmp_path / "tree" / "src" / "slug" / "__init__.py").touch()
    asked = ["-c", "import slug; print(slug.__file__)"]
    interpreter = describe(root / ".venv" / "bin" / "python")
    assert interpreter is not None

    naive = subprocess.run([interpreter.executable, *asked], cwd=tmp_path / "tree", capture_output=True, text=True, check=True)
    overlay = lay_over(interpreter, root, tmp_path / "tree", tmp_path / "overlay")
    laid_over = subprocess.run([overlay.python, *asked], cwd=tmp_path / "tree", capture_output=True, text=True, check=True)

    assert Path(naive.stdout.strip()).is_relative_to(root)
    assert Path(laid_over.stdout.strip()).is_relative_to(tmp_path / "tree")


def test_an_environment_that_is_a_link_into_another_project_serves_like_one_of_the_projects_own(tmp_path: Path, template: Path) -> None:
    root = make_project(tmp_path / "main", template).root
    (tmp_path / "other").mkdir()
    (root / ".venv").rename(tmp_path / "other" / "environment")
    (root / ".venv").symlink_to(tmp_path / "other" / "environment")
    interpreter = describe(root / ".venv" / "bin" / "python")
    assert interpreter is not None

    overlay = lay_over(interpreter, root, tmp_path / "tree", tmp_path / "overlay")

    links = [entry for entry in (*overlay.site_packages.iterdir(), *overlay.scripts.iterdir()) if entry.is_symlink()]
    assert links
    assert [link for link in links if link.readlink().is_relative_to(root)] == []


@pytest.mark.parametrize("form", FORMS)
async def test_the_trees_code_is_measured_whatever_the_installation_looks_like_also_in_isolated_children(
    form: str, tmp_path: Path, template: Path
) -> None:
    project = project_installed_by(form, tmp_path / "main", template)
    child = (
        "import subprocess\nimport sys\n\n\ndef test_child():\n"
        '    said = subprocess.run([sys.executable, "-I", "-c", "import slug; print(slug.__file__)"], capture_output=True, text=True, check=True)\n'
        f'    assert "{project.root}" not in said.stdout\n    assert "/tree/src/slug" in said.stdout\n'
    )
    tree = project.candidate({"tests/test_child.py": child, "src/slug/__init__.py": SLUG["src/slug/__init__.py"].replace('"-".join', '"_".join')})

    (sample,) = await project.measure(tree, ["tests"])

    assert sample.readings[0].facts["failed"] == 3
    assert sample.material["outcomes"]["tests/test_child.py::test_child"] == "passed", sample.output


async def test_an_import_hook_that_nobody_can_read_makes_the_tests_unavailable(tmp_path: Path, template: Path) -> None:
    project = make_project(tmp_path / "main", template)
    packages = site_packages(project.root / ".venv")
    (packages / "_slug_editable_loader.py").write_text(f"ROOT = '{project.root}'\n")
    (packages / "slug-editable.pth").write_text("import _slug_editable_loader\n")

    readings = await project.readings(project.base, ["tests", "types"])

    assert {reading.state for reading in readings.values()} == {"unavailable"}
    assert "cannot prove whose code runs: the line 'import _slug_editable_loader'" in readings["tests"].reason


async def test_a_package_installed_as_a_copy_is_not_taken_for_the_trees(tmp_path: Path, template: Path) -> None:
    project = make_project(tmp_path / "main", template)
    packages = site_packages(project.root / ".venv")
    (packages / "_slug.pth").unlink()
    (packages / "slug").mkdir()
    (packages / "slug" / "__init__.py").write_text(SLUG["src/slug/__init__.py"])

    reading = (await project.readings(project.base, ["tests"]))["tests"]

    assert reading.state == "unavailable"
    assert "slug was loaded from" in reading.reason
    assert "pip install --python .venv/bin/python -e ." in reading.reason


def test_nothing_is_written_in_the_users_environment(tmp_path: Path, template: Path) -> None:
    root = make_repository(tmp_path / "main", SLUG)
    environment = give_environment(template, root)
    before = {path: path.lstat().st_mtime_ns for path in environment.rglob("*")}
    interpreter = describe(environment / "bin" / "python")
    assert interpreter is not None

    lay_over(interpreter, root, tmp_path / "tree", tmp_path / "overlay")

    assert {path: path.lstat().st_mtime_ns for path in environment.rglob("*")} == before


def test_commands_of_the_overlay_run_with_its_own_interpreter(tmp_path: Path, template: Path) -> None:
    root = make_repository(tmp_path / "main", SLUG)
    interpreter = describe(give_environment(template, root) / "bin" / "python")
    assert interpreter is not None

    overlay = lay_over(interpreter, root, tmp_path / "tree", tmp_path / "overlay")

    assert (overlay.scripts / "pytest").read_bytes().startswith(f"#!{overlay.python}\n".encode())
    said = subprocess.run([overlay.python, "-c", "import sys; print(sys.prefix)"], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == str(overlay.folder)


def test_an_interpreter_without_a_virtual_environment_gets_an_overlay_too(tmp_path: Path, template: Path) -> None:
    real = probe((template / "bin" / "python").resolve())
    assert real is not None
    assert real.environment is None
    lent = Interpreter(real.executable, real.version, None, real.home, (site_packages(template),))

    overlay = lay_over(lent, tmp_path / "main", tmp_path / "tree", tmp_path / "overlay")

    said = subprocess.run([overlay.python, "-I", "-c", "import pytest; print(pytest.__file__)"], capture_output=True, text=True, check=True)
    assert said.stdout.startswith(str(overlay.folder))


@pytest.mark.parametrize(
    "line",
    ["import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = True", "import _virtualenv", "import plain_module_of_nobody"],
)
def test_lines_of_code_that_do_not_concern_the_project_are_left_as_they_are(line: str, tmp_path: Path, template: Path) -> None:
    root = make_repository(tmp_path / "main", SLUG)
    environment = give_environment(template, root)
    (site_packages(environment) / "zz.pth").write_text(f"{line}\n")
    interpreter = describe(environment / "bin" / "python")
    assert interpreter is not None

    overlay = lay_over(interpreter, root, tmp_path / "tree", tmp_path / "overlay")

    assert (site_packages(overlay.folder) / "zz.pth").read_text() == f"{line}\n"


@pytest.mark.parametrize("text", ["MAPPING = {'slug': '%s/src/slug'\n", "ROOT = b'%s/src'\n"])
def test_a_hook_that_cannot_be_rewritten_whole_is_refused(text: str, tmp_path: Path, template: Path) -> None:
    root = make_repository(tmp_path / "main", SLUG)
    environment = give_environment(template, root)
    (site_packages(environment) / "__editable___slug_finder.py").write_text(text % root)
    interpreter = describe(environment / "bin" / "python")
    assert interpreter is not None

    with pytest.raises(Unprovable, match="__editable___slug_finder"):
        lay_over(interpreter, root, tmp_path / "tree", tmp_path / "overlay")
