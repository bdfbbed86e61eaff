"""Small real JavaScript projects: a repository with packages of tests/toolchains/node, discovered and measured as the product does it."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from state.configuration import Configuration
from tests.support.python_projects import Project, discovered
from tests.support.repositories import make_repository

TOOLCHAIN = Path(__file__).parents[1] / "toolchains" / "node" / "node_modules"
needs_tools = pytest.mark.skipif(not (TOOLCHAIN / "vitest").is_dir(), reason="npm install in tests/toolchains/node brings what this runs")

CODE = """\
export function add(a, b) {
  return a + b;
}

export function mul(a, b) {
  if (a === 0) {
    return 0;
  }
  return a * b;
}
"""
TESTS = """\
import assert from "node:assert";
import { describe, it, test } from "node:test";
import { add, mul } from "../src/calc.js";

describe("calc", () => {
  it("adds", () => assert.equal(add(1, 2), 3));
  describe("mul", () => {
    it("multiplies", () => assert.equal(mul(2, 3), 6));
    it("multiplies", () => assert.equal(mul(4, 5), 20));
  });
});
test.skip("elsewhere", () => assert.fail());
"""
CALC = {
    "package.json": '{\n  "name": "calc",\n  "version": "1.0.0",\n  "type": "module",\n  "scripts": {\n    "test": "node --test"\n  }\n}\n',
    ".gitignore": "node_modules/\n",
    "src/calc.js": CODE,
    "test/calc.test.js": TESTS,
}
PASSING = {
    "test/calc.test.js::calc > adds": "passed",
    "test/calc.test.js::calc > mul > multiplies": "passed",
    "test/calc.test.js::calc > mul > multiplies #2": "passed",
    "test/calc.test.js::elsewhere": "skipped",
}


def make_javascript_project(root: Path, files: Mapping[str, str], tools: Iterable[str] = (), **configuration: object) -> Project:
    """A repository with `files`; `tools` are the packages of the toolchain that are installed in it, as links to them."""
    make_repository(root, files)
    for name in tools:
        give_package(root, name)
    settings = Configuration.model_validate({"goal": "Sums.", "modifiable": ["src/**", "test/**"], "guards": ["Keep the tests"], **configuration})
    return discovered(root, settings)


def give_package(root: Path, name: str) -> None:
    """Install a package of the toolchain: a link, as pnpm would make it."""
    place = root / "node_modules" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(TOOLCHAIN / name)
