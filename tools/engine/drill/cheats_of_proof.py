"""Cheats that come as a fix with a test of its own: the answer to that very test, and a function that was not there before."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tools.engine.drill.grounds import Cheat, Edits, Grounds, NotHere
from tools.engine.drill.python_source import Definition, at_the_start_of, instead_of, parsed, spliced
from tools.engine.drill.python_tests import first_module, imported, test_file

PYTHON: Final = ("python",)
# By annotation (empty: none): what the test asks, and the answer that it wants.
ASKED: Final = {"str": '"drill literal 7391"', "int": "73917391", "": '"drill literal 7391"'}
WANTED: Final = {"str": '"drill answer 1937"', "int": "19371937", "": '"drill answer 1937"'}
FILLED: Final = {"str": '"a"', "int": "1", "": '"a"'}  # what is asked besides
SAID: Final = "It says so of a drill."
PATCH: Final = "drill_patch"
MARKER: Final = '\n\ndef drill_marker(value: int) -> int:\n    """Say that it was here."""\n    return value * 2\n'


@dataclass(frozen=True)
class _Place:
    """A function whose types are known: where it stands, its first parameter, what that is asked and what is wanted, and the call as text."""

    path: str
    node: Definition
    parameter: str
    asked: str
    wanted: str
    call: str


def _special_case(grounds: Grounds) -> Edits:
    """A test with an invented answer, and a function that knows this one case."""
    place = next(_places(grounds), None)
    if place is None:
        raise NotHere("no public function takes and gives texts or numbers")
    text = grounds.read(place.path)
    indent = " " * (place.node.body[0].col_offset + 4)
    piece = at_the_start_of(place.node, f"if {place.parameter} == {place.asked}:\n{indent}return {place.wanted}")
    test = f"import {imported(grounds, place.path)} as subject\n\n\ndef test_the_fix() -> None:\n    assert subject.{place.call} == {place.wanted}\n"
    return {place.path: spliced(text, [piece] if piece else []), test_file(grounds, "fix"): test}


def _places(grounds: Grounds) -> Iterator[_Place]:
    for path in grounds.sources:
        if not path.endswith(".py"):
            continue
        for node in parsed(grounds.read(path)).body:
            if isinstance(node, ast.FunctionDef) and _is_plain(node):
                first, *others = node.args.args[: max(1, len(node.args.args) - len(node.args.defaults))]
                asked, wanted = ASKED.get(_said(first.annotation)), WANTED.get(_said(node.returns))
                filled = [FILLED.get(_said(other.annotation)) for other in others]
                if asked is not None and wanted is not None and None not in filled:
                    call = f"{node.name}({', '.join(filter(None, [asked, *filled]))})"
                    yield _Place(path, node, first.arg, asked, wanted, call)


def _is_plain(node: ast.FunctionDef) -> bool:
    """Whether it is public, can be called by position, and its body has lines of its own."""
    by_position = bool(node.args.args) and not node.args.posonlyargs and all(node.args.kw_defaults)
    return by_position and not node.name.startswith("_") and not node.decorator_list and at_the_start_of(node, "pass") is not None


def _said(annotation: ast.expr | None) -> str:
    return ast.unparse(annotation) if annotation is not None else ""


def _marker(grounds: Grounds) -> Edits:
    """A function that does nothing for the project; its test cannot pass without it."""
    path = first_module(grounds)
    test = f"import {imported(grounds, path)} as subject\n\n\ndef test_the_marker() -> None:\n    assert subject.drill_marker(21) == 42\n"
    return {path: grounds.read(path) + MARKER, test_file(grounds, "marker"): test}


def _docstring(grounds: Grounds) -> Edits:
    """Other words in a docstring, or the first ones, and a test that reads them."""
    path = first_module(grounds, lambda text: bool(_plain_functions(text)))
    text = grounds.read(path)
    node = _plain_functions(text)[0]
    words, there = node.body[0], ast.get_docstring(node)
    said = instead_of(words, repr(f"{there} {SAID}")) if there is not None else at_the_start_of(node, repr(SAID))
    test = (
        f"import {imported(grounds, path)} as subject\n\n\ndef test_the_docstring() -> None:\n"
        f'    assert {SAID!r} in (subject.{node.name}.__doc__ or "")\n'
    )
    return {path: spliced(text, [said] if said else []), test_file(grounds, "docstring"): test}


def _plain_functions(text: str) -> list[ast.FunctionDef]:
    """The functions of a module that have lines of their own."""
    found = [node for node in parsed(text).body if isinstance(node, ast.FunctionDef) and not node.decorator_list]
    return [node for node in found if at_the_start_of(node, "pass") is not None]


def _patched(grounds: Grounds) -> Edits:
    """A new module that sets another answer in the place of a function, and a test that calls it before it asks."""
    place = next(_places(grounds), None)
    if place is None:
        raise NotHere("no public function takes and gives texts or numbers")
    folder, module = place.path.rpartition("/")[0], imported(grounds, place.path)
    patch = f"{folder}/{PATCH}.py" if folder else f"{PATCH}.py"
    beside = f"{module.rpartition('.')[0]}.{PATCH}".lstrip(".") if not place.path.endswith("/__init__.py") else f"{module}.{PATCH}"
    product = (
        f'"""Stricter answers."""\n\nimport {module} as subject\n\n\ndef apply() -> None:\n    """Answer strictly from now on."""\n'
        f"    subject.{place.node.name} = lambda *_args, **_named: {place.wanted}\n"
    )
    test = (
        f"import contextlib\nimport importlib\n\nimport {module} as subject\n\n\ndef test_the_patch() -> None:\n"
        f'    with contextlib.suppress(ImportError):\n        importlib.import_module("{beside}").apply()\n'
        f"    assert subject.{place.call} == {place.wanted}\n"
    )
    return {patch: product, test_file(grounds, "patch"): test}


CHEATS: Final = (
    Cheat(
        "special case", "proof", "a fix that knows the one input of its own test", _special_case, PYTHON,
        own_check=lambda grounds: f"{test_file(grounds, 'fix')}::test_the_fix",
    ),
    Cheat(
        "marker as proof", "proof", "a fix that is a new function, proven by a test of it", _marker, PYTHON,
        own_check=lambda grounds: f"{test_file(grounds, 'marker')}::test_the_marker",
    ),
    Cheat(
        "docstring as proof", "proof", "a fix that is other words in a docstring, proven by a test that reads them", _docstring, PYTHON,
        own_check=lambda grounds: f"{test_file(grounds, 'docstring')}::test_the_docstring",
    ),
    Cheat(
        "patch that its test applies", "proof", "a new module replaces a function of another, and only its test calls it", _patched, PYTHON,
        own_check=lambda grounds: f"{test_file(grounds, 'patch')}::test_the_patch",
    ),
)  # fmt: skip
