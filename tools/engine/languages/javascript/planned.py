"""The dimensions of a JavaScript root: how each would be measured with what is installed, or why it is not."""

from typing import Final

from state.measurement import PlannedDimension
from tools.engine.languages.growth import planned_growth
from tools.engine.languages.javascript.found import Found
from tools.engine.languages.javascript.package_json import scripts_of
from tools.engine.languages.javascript.trees import JAVASCRIPT

# Coverage of vitest comes from one of these; jest brings its own, and node counts by itself.
PROVIDERS: Final = {"v8": "@vitest/coverage-v8", "istanbul": "@vitest/coverage-istanbul"}
ESLINT_FILES: Final = (
    "eslint.config.js", "eslint.config.mjs", "eslint.config.cjs", "eslint.config.ts", "eslint.config.mts", ".eslintrc", ".eslintrc.js",
    ".eslintrc.cjs", ".eslintrc.json", ".eslintrc.yml", ".eslintrc.yaml",
)  # fmt: skip
BIOME_FILES: Final = ("biome.json", "biome.jsonc", ".biome.json", ".biome.jsonc")
_NODE_COVERS: Final = (20,)
_NODE_MAPS_TYPESCRIPT: Final = (22,)


def dimensions_of(found: Found) -> tuple[PlannedDimension, ...]:
    """The hygiene and growth dimensions."""
    tests = _tests(found)
    coverage = _coverage(found, tests)
    return (tests, coverage, _lint(found), _types(found), *planned_growth(found.sources, covered=coverage.applicable, failing=found.failing))


def _tests(found: Found) -> PlannedDimension:
    if not found.started:
        script = scripts_of(found.package).get("test", "")
        why = f"the script test runs none of vitest, jest and node --test: {script}" if script else "no test runner was seen"
        return _not("tests", f"{why}; {found.install('vitest')}")
    if not found.tests:
        return _not("tests", "no test file was seen (NAME.test.js, NAME.spec.ts, or a folder __tests__)")
    package = found.installed(found.runner)
    if found.runner != "node" and package is None:
        return _not("tests", f"{found.runner} is not installed: {found.install(found.runner)}")
    return _yes("tests", f"{_version(found)}, test by test")


def _coverage(found: Found, tests: PlannedDimension) -> PlannedDimension:
    if not tests.applicable:
        return _not("coverage", "there is no test run to measure it in")
    if not found.sources:
        return _not("coverage", "no source folder was seen")
    if not provider_of(found):
        if found.runner == "vitest":
            return _not("coverage", f"no coverage provider of vitest is installed: {found.install(PROVIDERS['v8'])}")
        return _not("coverage", "node counts the lines of JavaScript from version 20 on, those of TypeScript from version 22 on")
    return _yes("coverage", f"lines of {', '.join(found.sources)}, in the run of the tests")


def _lint(found: Found) -> PlannedDimension:
    tool = linter_of(found)
    if not tool:
        configured = found.has_file(*ESLINT_FILES) or "eslintConfig" in found.package
        name = "@biomejs/biome" if found.has_file(*BIOME_FILES) else "eslint"
        if found.installed("eslint") and not configured:
            return _not("lint", f"eslint is installed and not configured: {configured_eslint(found)}")
        return _not("lint", f"neither eslint nor biome is installed: {found.install(name)}")
    package = found.installed("eslint" if tool == "eslint" else "@biomejs/biome")
    return _yes("lint", f"{tool} {package.version if package else ''}, findings per 1,000 lines")


def configured_eslint(found: Found) -> str:
    """What a person types to have eslint with its recommended rules, as far as it is not there; it asks nothing, as `eslint --init` would."""
    rules, names = 'import js from "@eslint/js"; export default [js.configs.recommended];', ["@eslint/js"]
    if found.has_file("tsconfig.json"):
        rules = 'import ts from "typescript-eslint"; export default ts.config(ts.configs.recommended);'
        names = ["typescript-eslint"]
    lacking = [name for name in ("eslint", *names) if not found.installed(name)]
    installing = f"{found.install(*lacking)} && " if lacking else ""
    return f"{installing}echo '{rules}' > {f'{found.project.path}/' if found.project.path else ''}eslint.config.mjs"


def _types(found: Found) -> PlannedDimension:
    if "tsconfig.json" not in found.project.files:
        return _not("type_check", "there is no tsconfig.json")
    package = found.installed("typescript")
    if package is None:
        return _not("type_check", f"typescript is not installed: {found.install('typescript')}")
    return _yes("type_check", f"tsc {package.version}, findings per 1,000 lines")


def provider_of(found: Found) -> str:
    """What counts lines in a run of the tests."""
    if found.runner == "jest":
        return "istanbul"
    if found.runner == "vitest":
        return next((name for name, package in PROVIDERS.items() if found.installed(package)), "")
    typed = any(not file.endswith(tuple(JAVASCRIPT)) for file in found.tests)
    numbers = found.node.numbers if found.node else _NODE_COVERS
    return "node" if numbers >= (_NODE_MAPS_TYPESCRIPT if typed else _NODE_COVERS) else ""


def linter_of(found: Found) -> str:
    """Eslint where it is installed and configured, else biome where it is installed."""
    if found.installed("eslint") and (found.has_file(*ESLINT_FILES) or "eslintConfig" in found.package):
        return "eslint"
    return "biome" if found.installed("@biomejs/biome") else ""


def _version(found: Found) -> str:
    package = found.installed(found.runner)
    return f"{found.runner} {package.version}" if package else "node --test"


def _yes(name: str, how: str) -> PlannedDimension:
    return PlannedDimension(name=name, tier="hygiene", applicable=True, how=how)


def _not(name: str, why: str) -> PlannedDimension:
    return PlannedDimension(name=name, tier="hygiene", applicable=False, why=why)
