"""Discovery: what is seen of a project, what is missing and what would bring it; and that nothing of the project runs."""

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from state.configuration import Configuration
from state.errors import Refusal
from state.factory_md import parse, render
from state.measurement import TIER_WEIGHTS
from tests.support.python_projects import SLUG, give_environment, make_project, site_packages
from tests.support.repositories import commit, git, make_repository
from tools.engine.discovery.discover import discover, measurable_now
from tools.engine.discovery.draft import draft
from tools.engine.languages.python.source_paths import source_paths
from tools.engine.languages.survey import Discovery, Project

NO_FAILURE = "no function has a failure path yet: discover again when some have"
SETTINGS: dict[str, Any] = {"goal": "Slugs.", "modifiable": ["src/**"], "guards": ["Keep the tests"]}


def see(root: Path, **configuration: Any) -> Discovery:
    files = git(root, "ls-files").splitlines()
    settings = Configuration.model_validate({**SETTINGS, **configuration}) if configuration else None
    return discover(Project(root, files, lambda path: (root / path).read_bytes() if path in files else None), settings)


def test_a_whole_toolchain_is_seen(tmp_path: Path, template: Path) -> None:
    project = make_project(tmp_path / "slug", template)

    found = see(project.root)

    assert {dimension.name for dimension in found.profile.applicable()} == {*TIER_WEIGHTS["hygiene"], "capability_surface"}
    assert found.profile.roots[0].interpreter == ".venv/bin/python"
    assert found.profile.roots[0].source_paths == ("src/slug",)
    assert found.profile.commands == ("pytest (under coverage)", "ruff check .", "mypy src/slug")
    assert "2 test functions in 1 files" in found.seen
    assert found.missing == ()


def test_all_eleven_dimensions_are_planned_each_with_its_how_or_why(tmp_path: Path, template: Path) -> None:
    planned = see(make_project(tmp_path / "slug", template).root).profile.dimensions

    assert {dimension.name for dimension in planned} == {name for tier in TIER_WEIGHTS.values() for name in tier}
    assert all(dimension.how if dimension.applicable else dimension.why for dimension in planned)
    assert {dimension.name for dimension in planned if dimension.tier == "growth"} == set(TIER_WEIGHTS["growth"])


def test_nothing_of_the_project_and_of_its_site_packages_runs(tmp_path: Path, template: Path) -> None:
    mark = tmp_path / "ran"
    shout = f"open({str(mark)!r}, 'w').close()\n"
    root = make_repository(tmp_path / "slug", {**SLUG, "conftest.py": shout, "sitecustomize.py": shout, "setup.py": shout})
    packages = site_packages(give_environment(template, root))
    (packages / "loud.pth").write_text(f"import os; {shout}")
    (packages / "sitecustomize.py").write_text(shout)

    see(root)

    assert not mark.exists()
    subprocess.run([root / ".venv/bin/python", "-c", "pass"], check=True)
    assert mark.exists(), "the trap works: an ordinary start of the interpreter springs it"


def test_code_that_tests_could_not_import_is_said_to_hinder_them(tmp_path: Path, template: Path) -> None:
    root = make_project(tmp_path / "slug", template).root
    assert not [missing for missing in see(root).missing if missing.hinders]
    (site_packages(root / ".venv") / "_slug.pth").unlink()
    (hindering,) = [missing for missing in see(root).missing if missing.hinders]
    assert "src/slug" in hindering.what
    assert hindering.remedy.endswith(" -e .")
    commit(root, {"conftest.py": "import sys\nsys.path.insert(0, 'src')\n"}, "reach it")
    assert not [missing for missing in see(root).missing if missing.hinders]


def test_missing_tools_come_with_the_line_that_installs_them(tmp_path: Path, template: Path) -> None:
    root = make_repository(tmp_path / "slug", SLUG)
    subprocess.run([(template / "bin/python").resolve(), "-m", "venv", "--without-pip", root / ".venv"], check=True)

    found = see(root)

    remedies = {missing.what: missing.remedy for missing in found.missing}
    assert remedies["ruff"] == "uv pip install --python .venv/bin/python ruff"
    assert "pytest" not in remedies, "the factory lends it"
    why = {dimension.name: dimension.why for dimension in found.profile.dimensions}
    assert why["lint"] == "ruff is not installed for .venv/bin/python: uv pip install --python .venv/bin/python ruff"
    assert found.profile.roots[0].lint == ""
    (site_packages(root / ".venv") / "pip-24.0.dist-info").mkdir()
    assert {missing.what: missing.remedy for missing in see(root).missing}["ruff"] == ".venv/bin/python -m pip install ruff"


def test_a_project_without_tests_is_told_so(tmp_path: Path, template: Path) -> None:
    files = {name: text for name, text in SLUG.items() if not name.startswith("tests/")}
    found = see(make_project(tmp_path / "slug", template, files).root)

    assert "no test function" in next(each.why for each in found.profile.dimensions if each.name == "tests")
    assert "tests" in {missing.what for missing in found.missing}


FAILS = "def read(path):\n    try:\n        return open(path).read()\n    except OSError:\n        return None\n"


def test_observability_waits_for_a_function_with_a_failure_path(tmp_path: Path, template: Path) -> None:
    root = make_project(tmp_path / "slug", template).root
    before = see(root).profile

    (root / "src/slug/reading.py").write_text(FAILS)
    git(root, "add", "-A")
    project = Project(root, git(root, "ls-files").splitlines(), lambda path: (root / path).read_bytes())

    assert next(each.why for each in before.dimensions if each.name == "observability") == NO_FAILURE
    assert before.roots[0].counted  # for the surface all the same
    assert [each.name for each in measurable_now(project, before)] == ["observability"]
    assert next(each.applicable for each in see(root).profile.dimensions if each.name == "observability")


def _unread(path: str) -> bytes:
    raise AssertionError(f"{path} was read")


def test_what_became_measurable_is_seen_from_files_alone(tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_project(tmp_path / "slug", template, {**SLUG, "src/slug/reading.py": FAILS}).root
    now = see(root).profile
    lacking = now.model_copy(
        update={"dimensions": tuple(each.model_copy(update={"applicable": each.name not in ("tests", "lint")}) for each in now.dimensions)}
    )
    monkeypatch.setattr("tools.engine.languages.python.interpreter.run_quick", None)  # nothing is started
    project = Project(root, git(root, "ls-files").splitlines(), lambda path: (root / path).read_bytes())

    assert [each.name for each in measurable_now(project, lacking)] == ["tests", "lint"]
    assert measurable_now(replace(project, read=_unread), now) == ()  # only the history could bring more
    assert measurable_now(Project(root, ["src/slug/__init__.py"], project.read), lacking)[0].name == "lint"
    assert measurable_now(Project(tmp_path, project.files, project.read), lacking) == ()


def test_an_interpreter_that_exists_and_does_not_run_is_passed_over(tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_repository(tmp_path / "slug", SLUG)
    for name, lines in {".venv/bin/python": "exit 127", "shims/python3": "exit 1"}.items():
        (tmp_path / "slug" / name).parent.mkdir(parents=True)
        (tmp_path / "slug" / name).write_text(f"#!/bin/sh\n{lines}\n")
        (tmp_path / "slug" / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{root / 'shims'}:{template / 'bin'}:{os.environ['PATH']}")

    found = see(root)

    assert found.profile.roots[0].interpreter == str(template / "bin" / "python3")


def test_our_own_environment_is_not_the_projects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, template: Path) -> None:
    root = make_repository(tmp_path / "slug", SLUG)
    monkeypatch.setattr("sys.prefix", str(template))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").symlink_to(shutil.which("git") or "")
    monkeypatch.setenv("PATH", f"{template / 'bin'}:{tmp_path / 'bin'}")

    with pytest.raises(Refusal) as refused:
        see(root)

    assert refused.value.code == "NO_TOOLCHAIN"
    assert "python3 -m venv .venv" in refused.value.expected


def test_a_project_of_another_language_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="No language"):
        see(make_repository(tmp_path / "go", {"main.go": "package main\n"}))


def test_a_language_whose_toolchain_is_not_here_does_not_keep_the_others_from_being_measured(
    tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_project(tmp_path / "p", template, {**SLUG, "native/Cargo.toml": '[package]\nname = "native"\n', "native/src/lib.rs": ""})
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("CARGO_HOME", str(tmp_path))
    monkeypatch.setattr("tools.engine.languages.rust.toolchain.describe", lambda *_: None)
    found = see(tmp_path / "p")
    assert [root.language for root in found.profile.roots] == ["python"]
    assert ("No cargo with a compiler that runs was found.", "install Rust") in [(each.what, each.remedy[:12]) for each in found.missing]


def test_a_known_test_command_selects_and_any_other_is_a_dimension(tmp_path: Path, template: Path) -> None:
    root = make_project(tmp_path / "slug", template).root

    known = see(root, eval_command="uv run pytest tests -q -m fast").profile
    other = see(root, eval_command="make score").profile
    original = see(root, eval_command="python eval/score.py").profile

    assert known.roots[0].test_arguments == ("tests", "-m", "fast")
    assert "eval_command" not in {dimension.name for dimension in known.dimensions}
    assert [each.how for each in other.dimensions if each.name == "eval_command"] == ["make score: its exit code"]
    assert [each.how for each in original.dimensions if each.name == "eval_command"] == ["python eval/score.py: the JSON that it prints"]
    assert other.commands[-1] == "make score"


def test_project_evaluations_and_the_smoke_test_are_in_what_approval_lets_run(tmp_path: Path, template: Path) -> None:
    root = make_project(tmp_path / "slug", template).root

    profile = see(
        root, project_evaluations=[{"name": "speed", "command": "python bench.py"}], smoke_test="python -c 'import slug'\necho done"
    ).profile

    assert profile.commands[-2:] == ("python bench.py", "python -c 'import slug'; echo done")
    assert [dimension.tier for dimension in profile.dimensions if dimension.name == "speed"] == ["project"]


@pytest.mark.parametrize(
    ("files", "sources"),
    [
        (["src/a/__init__.py", "src/b.py", "tests/test_a.py", "setup.py", "docs/conf.py", "show.py"], ("src/a", "src/b.py")),
        (["a/__init__.py", "a/tests/test_b.py", "scripts/x.py", "conftest.py"], ("a",)),
        (["slug.py", "test_slug.py", "noxfile.py"], ("slug.py",)),
        (["app/main.py", "app/deep/x.py", "tests/test_x.py"], ("app",)),
        (["tests/test_x.py"], ()),
        ([".github/x.py"], ()),
    ],
)
def test_the_source_is_what_is_neither_test_nor_tool(files: list[str], sources: tuple[str, ...]) -> None:
    assert source_paths(files) == sources


def test_the_draft_is_a_factory_md_that_parses_to_itself(tmp_path: Path, template: Path) -> None:
    root = make_project(tmp_path / "slug", template).root

    written = draft(see(root), "Turn any text into a slug.", "main")

    assert written.modifiable == ("src/slug/**", "tests/**")
    assert written.guards == ("Do not delete existing tests", "Do not modify files outside scope")
    assert (written.eval_command, written.threshold, written.target_branch) == ("pytest", 0.8, "main")
    assert parse(render(written)) == written
