"""A workspace whose packages are roots of their own, run for real: the tree's code runs though what is installed leads to the main checkout's."""

from dataclasses import replace
from pathlib import Path

import pytest

from state.measurement import ReadingState
from tests.support.javascript_projects import CODE, give_package, make_javascript_project, needs_tools
from tests.support.python_projects import Project, discovered
from tests.support.repositories import write_files
from tools.engine.evaluation.room import place_for
from tools.engine.languages.bench import Bench, Home, Place, Taken, Task, Trees
from tools.engine.languages.javascript.language import open_bench

SUITE = 'import assert from "node:assert";\nimport { test } from "node:test";\nimport { add } from "@team/sums";\n'
FAR = 'import assert from "node:assert";\nimport { test } from "node:test";\nimport { far } from "far";\ntest("far", () => assert.equal(far, 4));\n'
FILES = {
    "package.json": '{"private": true, "workspaces": ["packages/*"], "scripts": {"test": "npm run test --workspaces"}}\n',
    "index.js": "debugger;\n",
    ".gitignore": "node_modules/\n",
    "biome.json": '{"linter": {"rules": {"recommended": true}}}\n',
    "packages/sums/package.json": '{"name": "@team/sums", "type": "module", "exports": "./src/sums.js", "scripts": {"test": "node --test"}}\n',
    "packages/sums/src/sums.js": f"{CODE}// biome looks here\nexport const same = (a, b) => a == b;\n",
    "packages/sums/test/sums.test.js": 'import { test } from "node:test";\nimport { add } from "../src/sums.js";\ntest("own", () => add(1, 1));\n',
    "packages/user/package.json": '{"name": "user", "type": "module", "scripts": {"test": "NAME=value node --test test/*.test.js"}}\n',
    "packages/user/src/main.js": "export const unused = 1;\n",
    "packages/user/test/user.test.js": SUITE
    + 'test("uses", () => assert.equal(add(1, 2), 3));\ntest("value", () => assert.equal(process.env.NAME, "value"));\n',
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = make_javascript_project(tmp_path_factory.mktemp("workspace") / "team", FILES)
    scope = project.root / "node_modules" / "@team"
    scope.mkdir(parents=True)
    (scope / "sums").symlink_to("../../packages/sums")
    return project


def test_each_package_is_a_root_where_the_top_cannot_test_them(project: Project) -> None:
    roots = project.contract.profile.roots

    assert [(root.path, root.test_runner, root.apart) for root in roots] == [
        ("", "", ("packages/sums", "packages/user")),
        ("packages/sums", "node --test", ()),
        ("packages/user", "node --test", ()),
    ]


async def test_ids_and_lines_are_those_of_the_project(project: Project) -> None:
    sums, user = await project.measure(project.base, ["tests@javascript:packages/sums", "tests@javascript:packages/user"])

    assert sums.material["outcomes"] == {"packages/sums/test/sums.test.js::own": "passed"}
    assert user.material["outcomes"] == {f"packages/user/test/user.test.js::{name}": "passed" for name in ("uses", "value")}
    assert user.material["test_files"] == ["packages/user/test/user.test.js"]
    assert [7, "return 0;"] in sums.material["uncovered"]["packages/sums/src/sums.js"]
    assert list(user.material["uncovered"]) == ["packages/user/src/main.js"]


async def test_a_package_that_uses_another_one_runs_the_candidates_of_it(project: Project) -> None:
    broken = FILES["packages/sums/src/sums.js"].replace("return a + b", "return a - b")
    tree = project.candidate({"packages/sums/src/sums.js": broken})

    (user,) = await project.measure(tree, ["tests@javascript:packages/user"])

    assert user.material["outcomes"]["packages/user/test/user.test.js::uses"] == "failed"


@needs_tools
async def test_biome_looks_at_each_root_once(project: Project) -> None:
    give_package(project.root, "@biomejs/biome")
    linted = discovered(project.root, project.contract.configuration)

    top, sums = await linted.measure(linted.base, ["lint", "lint@javascript:packages/sums"])

    assert (top.readings[0].state, sums.readings[0].state) == (ReadingState.MEASURED, ReadingState.MEASURED)
    assert [row[:2] for row in top.material["findings"]] == [["suspicious/noDebugger", "index.js"]]
    assert [row[:2] for row in sums.material["findings"]] == [["suspicious/noDoubleEquals", "packages/sums/src/sums.js"]]


async def test_a_prepared_home_stands_for_other_packages_than_the_installed_ones(project: Project, tmp_path: Path) -> None:
    manifest = FILES["packages/user/package.json"].replace('"scripts"', '"dependencies": {"far": "1"}, "scripts"')
    tree = project.candidate({"packages/user/package.json": manifest, "packages/user/test/user.test.js": FAR})
    write_files(tmp_path / "prepared", {"node_modules/far/package.json": '{"main": "i.js"}', "node_modules/far/i.js": "exports.far = 4;\n"})
    trees = Trees(project.repository, tree, tree, project.base)
    root = project.contract.profile.roots[2]

    installed = await open_bench(Home(project.root), root, tmp_path)
    prepared = await open_bench(Home(tmp_path / "prepared", "key"), root, tmp_path)
    async with place_for(project.repository, tree) as place:
        taken = await _taken(prepared, Task("tests", trees, ("tests",)), place)

    assert "asks for other packages than the base" in installed.obstacle(trees)
    assert prepared.obstacle(trees) == ""
    assert prepared.environment != installed.environment
    assert taken.material["outcomes"] == {"packages/user/test/user.test.js::far": "passed"}


async def _taken(bench: Bench, task: Task, place: Place) -> Taken:
    inside = replace(place, root="packages/user")
    bench.surround(inside)
    return await bench.take(task, inside, lambda _: None)
