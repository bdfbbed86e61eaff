"""Where a Python function catches failures, and whether somebody hears of them."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tools.engine.languages.functions import Handler
from tools.engine.languages.python.bodies import only_makes_a_constant
from tools.engine.languages.python.syntax import Definition, own_nodes, statements, varies
from tools.engine.languages.python.telling import Loggers, is_log_statement, tells, whispers

# Calls that look at an exception and tell nobody.
LOOKS_ONLY: Final = frozenset({"bool", "dir", "getattr", "hasattr", "hash", "id", "isinstance", "issubclass", "len", "repr", "str", "type", "vars"})
RISKY: Final = (
    ast.Call, ast.Raise, ast.Assert, ast.Import, ast.ImportFrom, ast.For, ast.AsyncFor, ast.With, ast.AsyncWith, ast.Await, ast.Yield, ast.YieldFrom,
    ast.Delete,
)  # fmt: skip
RISKY_VALUES: Final = (ast.BinOp, ast.Compare, ast.UnaryOp, ast.Subscript, ast.Attribute, ast.JoinedStr, ast.Starred)


def handlers_of(function: Definition, loggers: Loggers) -> tuple[Handler, ...]:
    """The handlers of its own that end a failure, in the order of the text; `contextlib.suppress` is one that tells nobody.

    A handler that raises on every way is none, nor is one around statements that cannot fail.
    """
    found: list[Handler] = []
    for node in statements(function.body, through=(ast.ClassDef,)):
        match node:
            case ast.Try(body=body, handlers=handlers) | ast.TryStar(body=body, handlers=handlers) if _can_fail(body, loggers):
                ending = [each for each in handlers if not _raises(each.body)]
                found += [Handler(each.lineno, _is_told(each, function, loggers)) for each in ending]
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body) if _suppresses(items) and _can_fail(body, loggers):
                found.append(Handler(node.lineno, told=False))
            case _:
                pass
    return tuple(found)


def _can_fail(body: Sequence[ast.stmt], loggers: Loggers) -> bool:
    """Whether anything but literals, log calls and pass stands in it."""
    return any(_is_risky(node) for statement in body if not is_log_statement(statement, loggers) for node in own_nodes([statement]))


def _is_risky(node: ast.AST) -> bool:
    if isinstance(node, ast.Return):
        return node.value is not None and any(_is_risky(each) for each in ast.walk(node.value))
    if isinstance(node, ast.Call):
        return not only_makes_a_constant(node)
    return isinstance(node, RISKY) or (isinstance(node, RISKY_VALUES) and varies(node))


def _suppresses(items: Sequence[ast.withitem]) -> bool:
    for item in items:
        match item.context_expr:
            case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress"), args=[_, *_]):
                return True
            case _:
                pass
    return False


def _raises(body: Sequence[ast.stmt]) -> bool:
    """Whether every way through the statements ends by raising."""
    match body[-1] if body else None:
        case ast.Raise():
            return True
        case ast.If(body=yes, orelse=no):
            return _raises(yes) and _raises(no)
        case ast.With(body=inside) | ast.AsyncWith(body=inside):
            return _raises(inside)
        case ast.Try(body=inside, handlers=handlers, finalbody=last):
            return _raises(last) or (_raises(inside) and all(_raises(each.body) for each in handlers))
        case _:
            return False


def _is_told(handler: ast.ExceptHandler, function: Definition, loggers: Loggers) -> bool:
    if any(isinstance(node, ast.Raise) or (isinstance(node, ast.Call) and tells(node, loggers)) for node in own_nodes(handler.body)):
        return True  # raised on some ways: what is not raised there was expected
    if handler.name is None:
        return False
    carriers = _carriers(handler, handler.name)
    if any(_hands_on(node, carriers | {handler.name}, loggers) for node in own_nodes(handler.body)):
        return True
    return any(_hands_on(node, carriers, loggers) for node in own_nodes(function.body))


def _carriers(handler: ast.ExceptHandler, name: str) -> frozenset[str]:
    """The variables into which the handler puts the exception, or something made of it."""
    carriers: set[str] = set()
    for node in own_nodes(handler.body):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value is not None and _mentions(node.value, carriers | {name}):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            carriers |= {each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    return frozenset(carriers)


def _hands_on(node: ast.AST, names: frozenset[str], loggers: Loggers) -> bool:
    """Whether a node gives one of the names to somebody: returned, raised, reported by a call, or kept where others look."""
    match node:
        case ast.Return(value=value) | ast.Yield(value=value):
            return value is not None and _mentions(value, names)
        case ast.Raise(exc=raised, cause=cause):
            return any(each is not None and _mentions(each, names) for each in (raised, cause))
        case ast.Expr(value=ast.Call() as call) | ast.Expr(value=ast.Await(value=ast.Call() as call)):
            looks = isinstance(call.func, ast.Name) and call.func.id in LOOKS_ONLY
            return not looks and not whispers(call, loggers) and any(_mentions(each, names) for each in _arguments(call))
        case ast.Assign(targets=targets, value=value):
            return _mentions(value, names) and any(isinstance(target, ast.Attribute | ast.Subscript) for target in targets)
        case _:
            return False


def _arguments(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args
    yield from (keyword.value for keyword in call.keywords)


def _mentions(node: ast.AST, names: Iterable[str]) -> bool:
    return any(isinstance(each, ast.Name) and each.id in names for each in ast.walk(node))
