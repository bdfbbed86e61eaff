"""Which tests of a Python project assert something of what they run: only what these execute counts as tested."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from tools.engine.languages.python.assertions import is_assertion
from tools.engine.languages.python.bodies import is_trivial
from tools.engine.languages.python.known import KnownInFile, known_in, known_in_file
from tools.engine.languages.python.reached import reached
from tools.engine.languages.python.syntax import Definition, definitions, own_nodes, parsed
from tools.engine.languages.python.telling import Loggers

# Decorators that compare what a test gives: pytest-mpl, matplotlib.
COMPARING: Final = frozenset({"mpl_image_compare", "image_comparison", "check_figures_equal"})


@dataclass(frozen=True)
class _Tested:
    """A function of the test files: its path, its classes and name, the function, and what is known of the names in its file."""

    path: str
    names: tuple[str, ...]
    node: Definition
    file: KnownInFile

    @property
    def test_id(self) -> str:
        return "::".join((self.path, *self.names))


def asserting_tests(files: Mapping[str, bytes]) -> frozenset[str]:
    """The functions of the test files that assert something, as path::Class::name; test files, conftests and helpers by their paths.

    A function also asserts where it calls one of these files that does, or uses a fixture that does. Files that do not parse hold none.
    """
    every = [function for path, content in files.items() if (module := parsed(content)) for function in _functions(path, module)]
    defined = frozenset(function.names[-1] for function in every)
    asserting = {function.test_id for function in every if _asserts(function, defined)}
    helping = _helping(every, asserting)
    while more := {function.test_id for function in every if function.test_id not in asserting and _uses(function, helping)}:
        asserting |= more
        helping = _helping(every, asserting)
    return frozenset(asserting)


@dataclass(frozen=True)
class _Helping:
    """What asserts when it is used: (path, name) of functions, the names of these, of methods and of fixtures; and how the test files are called."""

    functions: frozenset[tuple[str, str]]
    names: frozenset[str]
    methods: frozenset[str]
    fixtures: frozenset[str]
    modules: frozenset[str]


def _helping(every: Iterable[_Tested], asserting: set[str]) -> _Helping:
    helping = [function for function in every if function.test_id in asserting]
    functions = frozenset((function.path, function.names[0]) for function in helping if len(function.names) == 1)
    return _Helping(
        functions=functions,
        names=frozenset(name for _, name in functions),
        methods=frozenset(function.names[-1] for function in helping if len(function.names) > 1),
        fixtures=frozenset(function.names[-1] for function in helping if _is_fixture(function.node)),
        modules=frozenset(PurePosixPath(function.path).stem for function in every),
    )


def _functions(path: str, module: ast.Module) -> Iterator[_Tested]:
    file = known_in_file(module)
    for definition in definitions(module.body):
        yield from _inside((path, file), (), definition)


def _inside(where: tuple[str, KnownInFile], outer: tuple[str, ...], definition: Definition | ast.ClassDef) -> Iterator[_Tested]:
    names = (*outer, definition.name)
    if isinstance(definition, ast.ClassDef):
        for each in definitions(definition.body):
            yield from _inside(where, names, each)
    else:
        yield _Tested(where[0], names, definition, where[1])


def _asserts(function: _Tested, defined: frozenset[str]) -> bool:
    """Whether its own body asserts, hypothesis runs it with many values, or what it gives is compared with what was recorded."""
    names = {_last(each.func if isinstance(each, ast.Call) else each) for each in function.node.decorator_list}
    if names & COMPARING or ("given" in names and not is_trivial(function.node, Loggers())):
        return True
    known = known_in(function.node, function.file)
    return any(is_assertion(node, defined, known) for node in reached(function.node))


def _is_fixture(function: Definition) -> bool:
    return any(_last(each.func if isinstance(each, ast.Call) else each) == "fixture" for each in function.decorator_list)


def _last(node: ast.expr) -> str:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def _uses(function: _Tested, helping: _Helping) -> bool:
    """Whether it calls a function of the test files that asserts, or hands it on to be called, or takes one as a fixture."""
    arguments = function.node.args
    if any(each.arg in helping.fixtures for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)):
        return True
    return any(_names(node, function, helping) for node in own_nodes(function.node.body))


def _names(node: ast.AST, function: _Tested, helping: _Helping) -> bool:
    match node:
        case ast.Name(id=name, ctx=ast.Load()):
            return (function.path, name) in helping.functions or (name in function.file.imported and name in helping.names)
        case ast.Attribute(value=ast.Name(id="self" | "cls") | ast.Call(func=ast.Name(id="super")), attr=name, ctx=ast.Load()):
            return name in helping.methods
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            return module in function.file.imported and module in helping.modules and name in helping.names
        case _:
            return False
