"""What in the code of a Python test is an assertion that says something of what ran."""

import ast
from collections.abc import Collection
from typing import Final

from tools.engine.languages.python.claims import compare, same, says
from tools.engine.languages.python.known import Known, depends

# Calls that fail a test by themselves, bare or of pytest or a TestCase.
EXPECTING: Final = frozenset({"raises", "warns", "deprecated_call", "fail", "expect"})
# These look at a function that is handed to them; without one they are looked at as a context.
_WATCHING: Final = frozenset({"raises", "warns", "deprecated_call", "assertRaises", "assertWarns"})
# Nothing is checked when these run.
_TYPES_ONLY: Final = frozenset({"assert_type", "assert_never"})
# Fixtures that compare with what was recorded: syrupy, inline-snapshot, pytest-regressions.
_SNAPSHOTS: Final = ("snapshot", "_regression")
# Methods of a TestCase, and their like elsewhere, that are a comparison of their first two arguments.
_COMPARING: Final[dict[str, type[ast.cmpop]]] = {
    "assertEqual": ast.Eq, "assertEquals": ast.Eq, "assertIs": ast.Is, "assertNotEqual": ast.NotEq, "assertIsNot": ast.IsNot, "assertIn": ast.In,
    "assertLessEqual": ast.LtE, "assertLess": ast.Lt, "assertGreaterEqual": ast.GtE, "assertGreater": ast.Gt,
}  # fmt: skip


def is_assertion(node: ast.AST, defined: Collection[str], known: Known) -> bool:
    """Whether a node is one. `defined` are the names of the functions of the test files: what they assert shows in their bodies."""
    match node:
        case ast.Assert(test=test):
            return says(test, known)
        case ast.Raise(exc=ast.Name(id="AssertionError") | ast.Call(func=ast.Name(id="AssertionError"))):
            return True
        case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body) if any(_expects(item.context_expr) for item in items):
            return any(depends(each, known) for each in body if not isinstance(each, ast.Raise | ast.Pass)) or any(map(_imports, body))
        case ast.Call(func=ast.Name(id=name)) as call:
            return name not in defined and (_says_assert(name) or name in EXPECTING) and _checks_something(call, name, known)
        case ast.Call(func=ast.Attribute(value=receiver, attr=name)) as call:
            if _says_assert(name) or name in EXPECTING:
                own = name in defined and isinstance(receiver, ast.Name) and receiver.id in {"self", "cls"}
                return not own and (_checks_something(call, name, known) or _checks_receiver(name, receiver, known))
            return isinstance(receiver, ast.Name) and receiver.id.endswith(_SNAPSHOTS) and name in {"check", "assert_match"}
        case _:
            return False


def _expects(expression: ast.expr) -> bool:
    """pytest.raises(…), self.assertRaises(…), pytest.warns(…) as a context."""
    match expression:
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name in EXPECTING or _says_assert(name)
        case _:
            return False


def _imports(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom)


def _says_assert(name: str) -> bool:
    return name.startswith("assert") and name not in _TYPES_ONLY


def _checks_something(call: ast.Call, name: str, known: Known) -> bool:
    """Whether what is handed to an asserting call says something."""
    match name, call.args:
        case ("fail", _):
            return True
        case (_, given) if name in _WATCHING:
            return len(given) > 1
        case (_, [left, right, *_]) if name in _COMPARING:
            return compare(left, _COMPARING[name](), right, known)
        case (("assertTrue" | "assert_" | "failUnless"), [test, *_]):
            return says(test, known)
        case (("assertFalse" | "failIf"), [test, *_]):
            return says(ast.UnaryOp(op=ast.Not(), operand=test), known)
        case (("assertIsNotNone" | "assert_is_not_none"), _):
            return False
        case "assertIsInstance", [value, kind, *_]:
            return says(ast.Call(func=ast.Name(id="isinstance"), args=[value, kind], keywords=[]), known)
        case _:
            arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
            return any(depends(argument, known) for argument in arguments) and not same(arguments)


def _checks_receiver(name: str, receiver: ast.expr, known: Known) -> bool:
    """mock.assert_called_once() checks what it is called on."""
    return name.startswith("assert_") and not (isinstance(receiver, ast.Name) and receiver.id in {"self", "cls"}) and depends(receiver, known)
