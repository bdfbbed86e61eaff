"""What files tell of a JavaScript project: its roots, managers, runners, tools, kind; what is missing, and what would bring it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from state.measurement import Root
from tests.support.repositories import commit, git, make_repository, write_files
from tools.engine.discovery.discover import discover
from tools.engine.discovery.draft import draft
from tools.engine.languages.bench import Trees
from tools.engine.languages.javascript.imports import helpers_of
from tools.engine.languages.javascript.language import look, roots, survey
from tools.engine.languages.javascript.obstacles import obstacle
from tools.engine.languages.javascript.selecting import selected_files
from tools.engine.languages.survey import Project, Selection, Survey
from tools.engine.repository.location import locate


def project(top: Path, files: Mapping[str, str]) -> Project:
    write_files(top, files)
    return Project(
        top, sorted(name for name in files if "node_modules" not in name), lambda path: (top / path).read_bytes() if path in files else None
    )


def package(**facts: Any) -> str:
    return json.dumps({"name": "a", **facts})


def installed(name: str, version: str = "3.2.1") -> dict[str, str]:
    return {f"node_modules/{name}/package.json": json.dumps({"name": name, "version": version, "bin": {name: "cli.js"}})}


def how(found: Survey) -> dict[str, bool]:
    return {each.name: each.applicable for each in found.dimensions}


WORKSPACE = {
    "packages/a/package.json": package(scripts={"test": "vitest run"}), "packages/a/src/a.ts": "", "packages/b/package.json": package(main="b.js"),
    "packages/b/b.js": "", "web/package.json": package(scripts={"test": "jest"}), "web/app.js": "", "index.js": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"index.js": "", "package.json": package(scripts={"test": "jest"})}, ("",)),
        ({"index.js": ""}, ()),
        ({"package.json": package(devDependencies={"prettier": "3"}), "README.md": ""}, ()),
        ({"package.json": '{"type": "module"}', "a.js": ""}, ()),
        ({**WORKSPACE, "package.json": package(workspaces=["packages/*"], scripts={"test": "vitest run"})}, ("", "web")),
        ({**WORKSPACE, "package.json": package(workspaces=["packages/*"], scripts={"test": "turbo test"})}, ("", "web", "packages/a", "packages/b")),
        ({**WORKSPACE, "package.json": package(scripts={"test": "jest"}), "pnpm-workspace.yaml": "packages:\n  - 'packages/*' # all\n"}, ("", "web")),
        (
            {**WORKSPACE, "package.json": package(workspaces={"packages": ["packages/a"]}, scripts={}), "vitest.workspace.ts": ""},
            ("", "web", "packages/b"),
        ),
        ({"node_modules/x/package.json": package(main="i.js"), "node_modules/x/i.js": "", "pyproject.toml": ""}, ()),
        ({"tests/fixtures/p/package.json": package(main="i.js"), "tests/fixtures/p/i.js": "", "a.py": ""}, ()),
        ({"examples/p/package.json": package(main="i.js"), "examples/p/i.js": ""}, ()),
    ],
)
def test_the_folders_with_a_toolchain_of_their_own(tmp_path: Path, files: dict[str, str], expected: tuple[str, ...]) -> None:
    assert roots(project(tmp_path, files)) == expected


@pytest.mark.parametrize(
    ("files", "manager", "line"),
    [
        ({"package-lock.json": ""}, "npm", "npm install --save-dev"),
        ({"pnpm-lock.yaml": ""}, "pnpm", "pnpm add --save-dev"),
        ({"yarn.lock": ""}, "yarn", "yarn add --dev"),
        ({"package.json": package(main="a.js", packageManager="pnpm@9.1.0"), "yarn.lock": ""}, "pnpm", "pnpm add --save-dev"),
        ({}, "npm", "npm install --save-dev"),
    ],
)
def test_the_manager_is_known_by_package_json_and_lock_file(tmp_path: Path, files: dict[str, str], manager: str, line: str) -> None:
    found = survey(project(tmp_path, {"package.json": package(main="a.js"), "a.js": "", **files}), None)

    assert found.root.manager == manager
    assert any(missing.remedy.startswith(line) for missing in found.missing)


def test_a_whole_toolchain_is_seen(tmp_path: Path) -> None:
    files = {
        "package.json": package(scripts={"test": "vitest run --config ci.ts"}, dependencies={"express": "5"}),
        "src/a.ts": "export const f = () => go().catch(() => null);", "src/a.test.ts": 'test("a", () => {});',
        "tsconfig.json": "{}", "eslint.config.js": "", "test/b.test.ts": "",
        **installed("vitest"), **installed("@vitest/coverage-v8"), **installed("eslint", "9.1.0"), **installed("typescript", "5.6.2"),
    }  # fmt: skip

    found = survey(project(tmp_path, files), None)

    assert how(found) == dict.fromkeys(("tests", "coverage", "lint", "type_check", "capability_surface", "observability"), True)
    root = found.root
    assert (root.test_runner, root.test_arguments, root.coverage, root.lint, root.types) == ("vitest", ("--config", "ci.ts"), "v8", "eslint", "tsc")
    assert (root.source_paths, found.test_paths) == (("src",), ("test",))
    assert (found.kind, found.frameworks) == ("web service", ("Express",))
    assert found.commands == ("vitest run --config ci.ts (with coverage)", "eslint .", "tsc --noEmit")
    assert look(project(tmp_path, files)) == tuple(found.dimensions)


def test_what_is_not_installed_is_named_with_the_line_that_brings_it(tmp_path: Path) -> None:
    files = {"package.json": package(scripts={"test": "vitest run"}, devDependencies={"vitest": "3"}), "src/a.ts": "", "src/a.test.ts": ""}

    found = survey(project(tmp_path, files), None)

    assert not any(how(found).values())
    assert found.dimensions[-1].why == "no function has a failure path yet: discover again when some have"
    assert found.dimensions[0].why == "vitest is not installed: npm ci"
    assert ("what package.json asks for", "npm ci") in [(missing.what, missing.remedy) for missing in found.missing]
    assert (found.root.test_runner, found.root.coverage) == ("", "")


def test_a_script_with_an_unknown_runner_is_told_and_stays_the_projects_own(tmp_path: Path) -> None:
    files = {"package.json": package(scripts={"test": "mocha"}), "src/a.js": "", "test/a.js": 'describe("a", () => {});'}

    found = survey(project(tmp_path, files), Selection("script", ("test",)))

    assert not found.dimensions[0].applicable
    assert "the script test runs none of vitest, jest and node --test: mocha" in found.dimensions[0].why
    assert found.root.test_runner == ""


def test_the_contracts_command_comes_before_the_scripts(tmp_path: Path) -> None:
    files = {
        "package.json": package(scripts={"test": "vitest", "unit": "jest src"}),
        "src/a.test.js": "",
        "src/a.js": "",
        **installed("jest"),
        **installed("vitest"),
    }

    assert survey(project(tmp_path, files), Selection("script", ("unit",))).root.test_runner == "jest"
    assert survey(project(tmp_path, files), Selection("node", ("src",))).root.test_arguments == ("src",)
    assert survey(project(tmp_path, files), Selection("node", ("src",))).root.test_runner == "node --test"
    assert survey(project(tmp_path, files), None).root.test_runner == "vitest"


def test_a_runners_bare_name_means_the_projects_own_way_to_start_it(tmp_path: Path) -> None:
    files = {"package.json": package(scripts={"test": "vitest --config ci.ts"}), "src/a.test.js": "", "src/a.js": "", **installed("vitest")}

    assert survey(project(tmp_path, files), Selection("vitest")).root.test_arguments == ("--config", "ci.ts")
    assert survey(project(tmp_path, files), Selection("vitest", ("src",))).root.test_arguments == ("src",)


def test_a_draft_names_a_command_that_starts_the_runner_and_patterns_that_mean_the_files(tmp_path: Path) -> None:
    files = {"package.json": package(scripts={"test": "node --test"}), "index.js": "", "lib/a.js": "", "test/a.test.js": 'import "node:test";'}

    found = draft(discover(project(tmp_path, files), None), "Sums.", "main")

    assert found.eval_command == "node --test"
    assert found.modifiable == ("/index.js", "lib/**", "test/**")


def test_packages_installed_above_a_root_are_the_roots_too(tmp_path: Path) -> None:
    files = {
        "package.json": package(workspaces=["packages/*"]),
        "packages/a/package.json": package(),
        "packages/a/src/a.test.js": "",
        "packages/a/src/a.js": "",
        **installed("jest"),
    }

    found = survey(project(tmp_path, files).within("packages/a"), None)

    assert (found.root.test_runner, found.root.coverage) == ("jest", "istanbul")


def test_biome_counts_where_eslint_is_not_configured(tmp_path: Path) -> None:
    files = {"package.json": package(main="a.js"), "a.js": "", "biome.json": "{}", **installed("eslint"), **installed("@biomejs/biome", "2.1.0")}

    found = survey(project(tmp_path, files), None)

    assert (found.root.lint, found.root.source_paths) == ("biome", ("a.js",))


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"workspaces": ["packages/*"]}, "monorepo"), ({"bin": "a.js"}, "command line"), ({"dependencies": {"next": "1"}}, "web application"),
        ({"devDependencies": {"electron": "1"}}, "desktop"), ({"engines": {"vscode": "1"}}, "plugin"), ({"main": "a.js"}, "library"),
        ({"exports": "./a.js", "devDependencies": {"express": "5"}}, "library"), ({"scripts": {"start": "node a.js"}}, ""),
    ],
)  # fmt: skip
def test_what_sort_of_project_it_is(tmp_path: Path, facts: dict[str, Any], kind: str) -> None:
    assert survey(project(tmp_path, {"package.json": package(**facts), "a.js": ""}), None).kind == kind


def test_words_of_nodes_runner_mean_files_folders_and_patterns(tmp_path: Path) -> None:
    write_files(tmp_path, dict.fromkeys(["src/a.test.ts", "src/in/b.test.js", "test/c.js", "test/in/d.test.js", "node_modules/x/e.test.js"], ""))
    tests = ("test/c.js", "test/in/d.test.js")

    assert selected_files(tmp_path, (), tests) == tests
    assert selected_files(tmp_path, ("--import=tsx", "./test/"), tests) == tests
    assert selected_files(tmp_path, ("test/c.js",), tests) == ("test/c.js",)
    assert selected_files(tmp_path, ("src/**/*.test.{js,ts}",), tests) == ("src/a.test.ts", "src/in/b.test.js")
    assert selected_files(tmp_path, ("**/*.test.js",), tests) == ("src/in/b.test.js", "test/in/d.test.js")
    assert selected_files(tmp_path, ("none/*.js",), tests) == ()


def test_what_tests_use_is_theirs_where_it_is_no_product(tmp_path: Path) -> None:
    files = {
        "src/a.test.ts": 'import { a } from "./a.js";\nimport { help } from "../support/help";\nimport data from "./fixtures/data.json";\n'
        'import { mock } from "./mock-server";\nvi.mock("./b");\n',
        "src/a.ts": 'import "./b";', "src/b.ts": "", "src/mock-server.ts": 'export * from "./c";', "src/c.ts": "",
        "support/help.ts": 'import x from "./deep";', "support/deep/index.ts": "", "support/unused.ts": "", "src/fixtures/data.json": "{}",
        "vitest.config.ts": 'export default { test: { setupFiles: ["./src/boot.ts"], alias: { x: "./src/c.ts" } }, build: { entry: "./src/a.ts" } }',
        "src/boot.ts": "", "package.json": package(jest={"globalSetup": "<rootDir>/boot/all.js"}), "boot/all.js": "",
    }  # fmt: skip
    write_files(tmp_path, files)

    found = helpers_of(tmp_path, ("src/a.test.ts",), ("src",))

    assert found == ("boot/all.js", "src/boot.ts", "src/mock-server.ts", "support/deep/index.ts", "support/help.ts")


@pytest.mark.parametrize(
    ("path", "text", "obstructs"),
    [
        ("package.json", package(version="2"), False),
        ("package.json", package(scripts={"test": "x"}), False),
        ("package.json", package(dependencies={"x": "1"}), True),
        ("package.json", "{", True),
        ("web/package.json", package(devDependencies={"x": "1"}), True),
        ("other/package.json", package(devDependencies={"x": "1"}), False),
        ("pnpm-lock.yaml", "lockfileVersion: 9\n", True),
        ("src/a.js", "", False),
    ],
)
def test_other_packages_than_the_installed_ones_are_an_obstacle(tmp_path: Path, path: str, text: str, obstructs: bool) -> None:
    root = make_repository(tmp_path / "a", {"package.json": package(), "web/package.json": package()})
    base = git(root, "rev-parse", "HEAD^{tree}")
    commit(root, {path: text}, "candidate")
    tree = git(root, "rev-parse", "HEAD^{tree}")

    found = obstacle(Root(language="javascript", path="web", manager="pnpm"), Trees(locate(root), tree, tree, base))

    assert bool(found) is obstructs
    assert not obstructs or f"{path} asks for other packages than the base" in found
    assert not obstructs or "`command: pnpm install --frozen-lockfile` under ## Setup" in found
