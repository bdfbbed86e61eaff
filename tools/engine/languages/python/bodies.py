"""What the body of a Python function does: a digest in which copies are equal, and whether it does more than next to nothing."""

import ast
import hashlib
from collections.abc import Iterator
from typing import Final

from tools.engine.languages.functions import FEWEST_OPERATIONS
from tools.engine.languages.python.syntax import Definition, shape, varies, without_docstring
from tools.engine.languages.python.telling import Loggers, is_log_statement

# Built-in functions that only make a value of their arguments; with constants they do nothing that a constant would not do.
VALUES_ONLY: Final = frozenset(
    {"bool", "bytes", "dict", "float", "frozenset", "int", "len", "list", "max", "min", "print", "repr", "set", "str", "tuple"}
)
# Fields of the syntax tree that say nothing about what is done.
SILENT_FIELDS: Final = frozenset({"annotation", "returns", "type_comment", "ctx", "kind", "type_params", "decorator_list"})
EFFECTS: Final = (
    ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match, ast.Raise, ast.Assert, ast.Delete,
    ast.AugAssign, ast.Yield, ast.YieldFrom, ast.Await, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip
OPERATORS: Final = (ast.operator, ast.cmpop, ast.boolop, ast.unaryop)
VALUES: Final = (ast.BinOp, ast.BoolOp, ast.UnaryOp, ast.Compare, ast.Subscript, ast.JoinedStr)


def body_digest(function: Definition, loggers: Loggers) -> str:
    """SHA-256, in hex, of what the function does: own names by their order, constants and operators by kind, no docstring or log call.

    Functions that differ in an operator or a number alone are written by the dozen without a thought: they count as copies of one.
    """
    words = hashlib.sha256()
    own = {function.name, *_own_names(function)}
    order: dict[str, str] = {}  # own names by their order in the text
    pending: list[ast.AST | str] = [*reversed(without_docstring(function.body))]
    while pending:
        node = pending.pop()
        if isinstance(node, str):
            word = order.setdefault(node, f"own{len(order)}") if node in own else node
            words.update(f"{word} ".encode("utf-8", "surrogatepass"))
        elif isinstance(node, ast.Constant):
            words.update(f"{type(node.value).__name__} ".encode())
        elif not is_log_statement(node, loggers):
            pending += ["end", *reversed(list(_parts(node))), _kind(node)]
    return words.hexdigest()


def _kind(node: ast.AST) -> str:
    return next((kind.__name__ for kind in OPERATORS if isinstance(node, kind)), type(node).__name__)


def is_trivial(function: Definition, loggers: Loggers) -> bool:
    """Whether its body has fewer different operations than FEWEST_OPERATIONS."""
    found: set[str] = set()
    for operation in _operations(function, loggers):
        found.add(_likeness(operation))
        if len(found) >= FEWEST_OPERATIONS:
            return False
    return True


def only_makes_a_constant(node: ast.AST) -> bool:
    """Whether this is a call such as int("1"), which always gives the same."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=keywords):
            return name in VALUES_ONLY and not any(varies(each) for each in (*arguments, *(keyword.value for keyword in keywords)))
        case _:
            return False


def _own_names(function: Definition) -> Iterator[str]:
    """Parameters and what is bound inside."""
    for node in ast.walk(function):
        match node:
            case ast.arg(arg=name) | ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case ast.Name(id=name, ctx=ast.Store()) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case _:
                pass


def _parts(node: ast.AST) -> Iterator[ast.AST | str]:
    for name, value in ast.iter_fields(node):
        if name in SILENT_FIELDS or value is None:
            continue
        parts = value if isinstance(value, list) else [value]
        if name == "body" and isinstance(node, Definition | ast.ClassDef):
            parts = without_docstring(parts)
        yield from (part if isinstance(part, ast.AST) else str(part) for part in parts if part is not None)


def _operations(function: Definition, loggers: Loggers) -> Iterator[ast.AST]:
    pending: list[ast.AST] = [*reversed(function.body)]
    while pending:
        node = pending.pop()
        if isinstance(node, Definition) or is_log_statement(node, loggers):
            continue
        if isinstance(node, ast.AnnAssign):
            pending += [part for part in (node.value, node.target) if part is not None]
        else:
            pending.extend(reversed(list(ast.iter_child_nodes(node))))
        if _is_operation(node):
            yield node


def _likeness(operation: ast.AST) -> str:
    """What tells one operation from another; of a statement its kind and the values in its head."""
    if isinstance(operation, ast.stmt):
        return " ".join((type(operation).__name__, *(shape(part) for part in ast.iter_child_nodes(operation) if isinstance(part, ast.expr))))
    return shape(operation)


def _is_operation(node: ast.AST) -> bool:
    if isinstance(node, EFFECTS):
        return True
    if isinstance(node, ast.Call):
        return not only_makes_a_constant(node)
    if isinstance(node, ast.Attribute):
        return isinstance(node.ctx, ast.Store)
    return isinstance(node, VALUES) and varies(node)
