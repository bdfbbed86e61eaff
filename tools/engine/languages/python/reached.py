"""What of a Python function can be reached, and can make a test fail: no dead code, and nothing whose failure is swallowed."""

import ast
from collections.abc import Iterator, Sequence
from typing import Final

from tools.engine.languages.python.syntax import Definition

_LEAVING: Final = (ast.Return, ast.Raise, ast.Continue, ast.Break)
# What catches a failed assertion.
_CATCHING: Final = frozenset({"AssertionError", "BaseException", "Exception"})


def reached(function: Definition) -> Iterator[ast.AST]:
    """The nodes of its body that can be reached, functions inside it included where something mentions them."""
    pending: list[ast.AST] = [*reversed(_until_left(function.body))]
    while pending:
        node = pending.pop()
        if isinstance(node, Definition) and not node.decorator_list and not _mentions(function, node.name):
            continue
        yield node
        if isinstance(node, ast.ClassDef):
            pending.extend(
                inner for method in node.body for inner in ([method] if not isinstance(method, Definition) else ast.iter_child_nodes(method))
            )
        else:
            pending.extend(reversed(list(_inside(node))))


def _mentions(function: Definition, name: str) -> bool:
    return any(isinstance(each, ast.Name) and each.id == name for each in ast.walk(function))


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.If(test=ast.Constant(value=value), orelse=orelse) | ast.While(test=ast.Constant(value=value), orelse=orelse) if not value:
            yield from _until_left(orelse)
        case ast.For(iter=ast.List(elts=[]) | ast.Tuple(elts=[]) | ast.Dict(keys=[]), orelse=orelse):
            yield from _until_left(orelse)
        case ast.ClassDef(body=body):  # whoever has the class may call its methods
            yield from (inner for each in body for inner in (each.body if isinstance(each, Definition) else [each]))
        case ast.Try(handlers=handlers, finalbody=finalbody) if any(_swallows(each) for each in handlers):
            yield from (*handlers, *_until_left(finalbody))
        case ast.With(items=items) if any(_suppresses(item.context_expr) for item in items):
            yield from items
        case _:
            for _, value in ast.iter_fields(node):
                if isinstance(value, list):
                    yield from _until_left([each for each in value if isinstance(each, ast.AST)])
                elif isinstance(value, ast.AST):
                    yield value


def _until_left(nodes: Sequence[ast.AST]) -> Sequence[ast.AST]:
    """The nodes up to the statement that leaves their block."""
    last = next((place for place, node in enumerate(nodes) if isinstance(node, _LEAVING)), len(nodes))
    return nodes[: last + 1]


def _swallows(handler: ast.ExceptHandler) -> bool:
    """Whether a handler takes a failed assertion, and does nothing."""
    does_nothing = all(
        isinstance(each, ast.Pass) or (isinstance(each, ast.Expr | ast.Return) and (each.value is None or isinstance(each.value, ast.Constant)))
        for each in handler.body
    )
    return does_nothing and (handler.type is None or _catches(handler.type))


def _suppresses(context: ast.expr) -> bool:
    match context:
        case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress"), args=kinds):
            return any(_catches(each) for each in kinds)
        case _:
            return False


def _catches(kind: ast.expr) -> bool:
    return any(isinstance(each, ast.Name) and each.id in _CATCHING for each in ast.walk(kind))
