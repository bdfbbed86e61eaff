"""Where the product lies in a JavaScript project, and where its tests lie."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

from tools.engine.languages.javascript.owned import TEST_FOLDERS, TEST_FOLDERS_ANYWHERE, is_configuration, is_test
from tools.engine.languages.javascript.trees import is_code

# Folders at the top that are not the product, though they hold code.
NOT_SOURCE: Final = TEST_FOLDERS | TEST_FOLDERS_ANYWHERE | {
    "docs", "doc", "examples", "example", "scripts", "benchmarks", "benchmark", "bench", "eval", "node_modules", "build", "dist", "out",
    "coverage", "public", "static", "assets", "vendor", "third_party", "fixtures", "templates", "testdata", "types", "typings",
}  # fmt: skip
_SETTINGS: Final = ("gulpfile", "gruntfile", "webpack", "rollup")


def source_paths(files: Sequence[str]) -> tuple[str, ...]:
    """Folders at the top that hold code which is neither test nor tool, and modules at the top."""
    found: set[str] = set()
    for path in (PurePosixPath(file) for file in files if is_code(file)):
        top = path.parts[0]
        if top in NOT_SOURCE or top.startswith(".") or (len(path.parts) == 1 and _is_setting(path.name)):
            continue
        if not is_test(path.as_posix()):
            found.add(top)
    return tuple(sorted(found))


def test_paths(tests: Sequence[str], sources: Sequence[str]) -> tuple[str, ...]:
    """The folders at the top that hold tests (those inside the source are named by it already), and test files at the top."""
    outside = [PurePosixPath(test) for test in tests if not any(test.startswith(f"{source}/") for source in sources)]
    return tuple(sorted({path.parts[0] for path in outside}))


def _is_setting(name: str) -> bool:
    """Whether a module at the top configures a tool: vite.config.ts, gulpfile.js, .eslintrc.cjs."""
    return is_configuration(name) or ".config." in name or name.lower().startswith(_SETTINGS) or is_test(name)
