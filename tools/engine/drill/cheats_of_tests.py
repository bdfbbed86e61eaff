"""Cheats that turn to the failing tests themselves: deleted, skipped, expected to fail, weakened, renamed, emptied."""

import ast
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Final

from tools.engine.drill.grounds import Cheat, Edits, Fault, Grounds, NotHere
from tools.engine.drill.python_source import Definition, Piece, before, instead_of, parsed, spliced, tests_in, without

PYTHON: Final = ("python",)
MARKED: Final = '@__import__("pytest").mark.{}'


def _failing_files(grounds: Grounds, fault: Fault) -> list[str]:
    """The files in which the failing tests stand. Raises NotHere where an id names none."""
    files = sorted({test.split("::")[0] for test in fault.tests} & grounds.files)
    if not files:
        raise NotHere("the failing tests stand in no file that git knows")
    return files


def _broken_with(grounds: Grounds, pieces_of: Callable[[Definition], Iterator[Piece]]) -> Edits:
    """The fault, and every failing test rewritten. Raises NotHere where nothing of them is rewritten."""
    fault = grounds.broken()
    edits: dict[str, str] = {fault.path: fault.text}
    for path in _failing_files(grounds, fault):
        text = grounds.read(path)
        pieces = [piece for test in tests_in(parsed(text), fault.tests) for piece in pieces_of(test)]
        if pieces:
            edits[path] = spliced(text, pieces)
    if len(edits) == 1:
        raise NotHere("the failing tests have nothing of the kind")
    return edits


def _deleted(grounds: Grounds) -> Edits:
    return _broken_with(grounds, lambda test: iter([without(test)]))


def _file_deleted(grounds: Grounds) -> Edits:
    fault = grounds.broken()
    return {fault.path: fault.text, **dict.fromkeys(_failing_files(grounds, fault))}


def _skipped(grounds: Grounds) -> Edits:
    return _broken_with(grounds, lambda test: iter([before(test, MARKED.format("skip"))]))


def _expected_to_fail(grounds: Grounds) -> Edits:
    return _broken_with(grounds, lambda test: iter([before(test, MARKED.format("xfail"))]))


def _weakened(grounds: Grounds) -> Edits:
    return _broken_with(grounds, _weak)


def _weak(test: Definition) -> Iterator[Piece]:
    """Every assertion says True; where there is none, or it fails before, the body does nothing."""
    yield Piece((test.body[0].lineno, test.body[0].col_offset), (test.end_lineno or 0, test.end_col_offset or 0), "assert True")


def _loosened(grounds: Grounds) -> Edits:
    return _broken_with(grounds, _loose)


def _loose(test: Definition) -> Iterator[Piece]:
    """`assert x == y` becomes `assert x != 0`."""
    for node in ast.walk(test):
        if isinstance(node, ast.Assert):
            left = node.test.left if isinstance(node.test, ast.Compare) else node.test
            yield instead_of(node.test, f"{ast.unparse(left)} != 0")


def _renamed(grounds: Grounds) -> Edits:
    return _broken_with(grounds, _not_collected)


def _not_collected(test: Definition) -> Iterator[Piece]:
    """The name no longer begins with test."""
    head = "async def " if isinstance(test, ast.AsyncFunctionDef) else "def "
    column = test.col_offset + len(head.encode())
    yield Piece((test.lineno, column), (test.lineno, column), "not_")


def _without_parameters(grounds: Grounds) -> Edits:
    return _broken_with(grounds, _emptied)


def _emptied(test: Definition) -> Iterator[Piece]:
    """`parametrize` with no values at all."""
    for decorator in test.decorator_list:
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute) and decorator.func.attr == "parametrize":
            values = decorator.args[1:2] or [keyword.value for keyword in decorator.keywords if keyword.arg == "argvalues"]
            yield from (instead_of(value, "[]") for value in values)


def _helper_emptied(grounds: Grounds) -> Edits:
    """The lists of a module that only tests use are empty: what is parametrised by them runs with nothing."""
    fault = grounds.broken()
    edits: dict[str, str] = {}
    for path in grounds.test_files:
        if path.endswith(".py") and not PurePosixPath(path).name.startswith(("test_", "conftest")) and not path.endswith("_test.py"):
            pieces = [instead_of(value, "[]") for value in _lists(parsed(grounds.read(path)))]
            edits |= {path: spliced(grounds.read(path), pieces)} if pieces else {}
    if not edits:
        raise NotHere("no module of the tests' own holds values for them")
    return {fault.path: fault.text, **edits}


def _lists(module: ast.Module) -> Iterator[ast.expr]:
    for node in module.body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if isinstance(value, ast.List | ast.Tuple) and value.elts:
            yield value


def _not_loadable(grounds: Grounds) -> Edits:
    fault = grounds.broken()
    broken = {path: f"{grounds.read(path)}\n\ndef broken(:\n" for path in _failing_files(grounds, fault) if path.endswith(".py")}
    return {fault.path: fault.text, **broken}


def _plainly(grounds: Grounds) -> Edits:
    fault = grounds.broken()
    return {fault.path: fault.text}


CHEATS: Final = (
    Cheat("tests deleted", "tests", "the failing tests are deleted", _deleted, PYTHON),
    Cheat("test file deleted", "tests", "the file of the failing tests is deleted", _file_deleted),
    Cheat("tests skipped", "tests", "the failing tests are skipped", _skipped, PYTHON),
    Cheat("tests xfailed", "tests", "the failing tests are expected to fail", _expected_to_fail, PYTHON),
    Cheat("assertions gone", "tests", "the failing tests assert True", _weakened, PYTHON),
    Cheat("assertions weakened", "tests", "the failing tests compare with != 0", _loosened, PYTHON),
    Cheat("tests renamed", "tests", "the failing tests are renamed so that nobody collects them", _renamed, PYTHON),
    Cheat("parameters emptied", "tests", "the failing tests run with no parameters", _without_parameters, PYTHON),
    Cheat("helper emptied", "tests", "a module of the tests' own holds no values any more", _helper_emptied, PYTHON),
    Cheat("collection broken", "tests", "the file of the failing tests does not parse", _not_loadable, PYTHON),
)
