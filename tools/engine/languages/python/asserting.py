"""Which tests of a Python project assert something: only what they execute counts as tested.

An assertion of constants, or of a thing against itself, asserts nothing.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from tools.engine.languages.python.bodies import is_trivial
from tools.engine.languages.python.syntax import Definition, definitions, own_nodes, parsed, shape, varies
from tools.engine.languages.python.telling import Loggers

# Calls that fail a test by themselves, bare or of pytest or a TestCase.
EXPECTING: Final = frozenset({"raises", "warns", "deprecated_call", "fail", "expect"})
# Nothing is checked when these run.
TYPES_ONLY: Final = frozenset({"assert_type", "assert_never"})
# Fixtures that compare with what was recorded: syrupy, inline-snapshot, pytest-regressions.
SNAPSHOTS: Final = ("snapshot", "_regression")


@dataclass(frozen=True)
class _Tested:
    """A function of the test files: its file, its classes and name, the function, and the file's imported names by what they are called there."""

    path: str
    names: tuple[str, ...]
    node: Definition
    imported: frozenset[str]

    @property
    def test_id(self) -> str:
        return "::".join((self.path, *self.names))


def asserting_tests(files: Mapping[str, bytes]) -> frozenset[str]:
    """The functions of the test files that assert something, as path::Class::name; test files, conftests and helpers by their paths.

    A function also asserts where it calls one of these files that does, or uses a fixture that does. Files that do not parse hold none.
    """
    every = [function for path, content in files.items() if (module := parsed(content)) for function in _functions(path, module)]
    defined = frozenset(function.names[-1] for function in every)
    asserting = {function.test_id for function in every if _asserts(function.node, defined)}
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
    imports = (node for node in ast.walk(module) if isinstance(node, ast.Import | ast.ImportFrom))
    imported = frozenset(alias.asname or alias.name for node in imports for alias in node.names)
    for definition in definitions(module.body):
        yield from _inside(path, (), definition, imported)


def _inside(path: str, outer: tuple[str, ...], definition: Definition | ast.ClassDef, imported: frozenset[str]) -> Iterator[_Tested]:
    names = (*outer, definition.name)
    if isinstance(definition, ast.ClassDef):
        for each in definitions(definition.body):
            yield from _inside(path, names, each, imported)
    else:
        yield _Tested(path, names, definition, imported)


def _asserts(function: Definition, defined: frozenset[str]) -> bool:
    """Whether its own body asserts, hypothesis runs it with many values, or a recorded snapshot is compared."""
    if any(_is_given(decorator) for decorator in function.decorator_list) and not is_trivial(function, Loggers()):
        return True
    return any(_is_assertion(node, defined) for node in _live(function))


def _live(function: Definition) -> Iterator[ast.AST]:
    """The nodes of its body that can be reached, functions inside it included."""
    pending: list[ast.AST] = [*reversed(function.body)]
    while pending:
        node = pending.pop()
        yield node
        children = list(ast.iter_child_nodes(node))
        if isinstance(node, ast.If | ast.While) and isinstance(node.test, ast.Constant) and not node.test.value:
            children = [*node.orelse]
        pending.extend(reversed(children))


def _is_assertion(node: ast.AST, defined: frozenset[str]) -> bool:
    match node:
        case ast.Assert(test=test):
            return varies(test) and not _compares_with_itself(test)
        case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body) if any(_expects(item.context_expr) for item in items):
            return not all(isinstance(statement, ast.Raise | ast.Pass) for statement in body)
        case ast.Call(func=ast.Name(id=name)) as call:
            return name not in defined and (_says_assert(name) or name in EXPECTING) and _checks_something(call)
        case ast.Call(func=ast.Attribute(value=receiver, attr=name)) as call:
            if _says_assert(name) or name in EXPECTING:
                return not _is_own(receiver, name, defined) and (_checks_something(call) or _checks_receiver(call, receiver))
            return isinstance(receiver, ast.Name) and receiver.id.endswith(SNAPSHOTS) and name in {"check", "assert_match"}
        case _:
            return False


def _expects(expression: ast.expr) -> bool:
    """pytest.raises(…), self.assertRaises(…), pytest.warns(…) as a context."""
    match expression:
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name in EXPECTING or _says_assert(name)
        case _:
            return False


def _says_assert(name: str) -> bool:
    return name.startswith("assert") and name not in TYPES_ONLY


def _is_own(receiver: ast.expr, name: str, defined: frozenset[str]) -> bool:
    """Whether the test files define the method themselves: then it asserts only where its body does."""
    return name in defined and isinstance(receiver, ast.Name) and receiver.id in {"self", "cls"}


def _checks_something(call: ast.Call) -> bool:
    """Whether an argument varies; pytest.raises alone, without a function to call, is looked at as a context."""
    if isinstance(call.func, ast.Attribute | ast.Name) and _last(call.func) in {"raises", "warns", "deprecated_call", "assertRaises", "assertWarns"}:
        return len(call.args) > 1
    if _last(call.func) == "fail":
        return True
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    shapes = [shape(argument) for argument in arguments]
    return any(varies(argument) for argument in arguments) and not (len(shapes) > 1 and len(set(shapes)) == 1)


def _checks_receiver(call: ast.Call, receiver: ast.expr) -> bool:
    """mock.assert_called_once() checks what it is called on."""
    return _last(call.func).startswith("assert_") and not (isinstance(receiver, ast.Name) and receiver.id in {"self", "cls"})


def _compares_with_itself(test: ast.expr) -> bool:
    match test:
        case ast.Compare(left=left, ops=[ast.Eq() | ast.Is() | ast.LtE() | ast.GtE()], comparators=[right]):
            return shape(left) == shape(right)
        case _:
            return False


def _is_given(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and _last(decorator.func) == "given"


def _is_fixture(function: Definition) -> bool:
    return any(_last(each.func if isinstance(each, ast.Call) else each) == "fixture" for each in function.decorator_list)


def _last(node: ast.expr) -> str:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def _uses(function: _Tested, helping: _Helping) -> bool:
    """Whether it calls a function of the test files that asserts, or takes one as a fixture."""
    arguments = function.node.args
    if any(each.arg in helping.fixtures for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)):
        return True
    return any(_calls(node, function, helping) for node in own_nodes(function.node.body))


def _calls(node: ast.AST, function: _Tested, helping: _Helping) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return (function.path, name) in helping.functions or (name in function.imported and name in helping.names)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self" | "cls") | ast.Call(func=ast.Name(id="super")), attr=name)):
            return name in helping.methods
        case ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr=name)):
            return module in function.imported and module in helping.modules and name in helping.names
        case _:
            return False
