"""The names by which the tests of JavaScript projects are known."""

from pathlib import PurePosixPath
from typing import Final

from tools.engine.languages.javascript.trees import is_code

TEST_FOLDERS: Final = frozenset({"__tests__", "__mocks__", "tests", "test", "e2e", "cypress"})
TEST_WORDS: Final = (".test", ".spec")


def is_test_file(path: str) -> bool:
    """Whether vitest, jest or node's runner would by their conventions run the file, or it lies among such files."""
    name = PurePosixPath(path)
    return is_code(path) and (name.stem.endswith(TEST_WORDS) or bool(TEST_FOLDERS & set(name.parts[:-1])))
