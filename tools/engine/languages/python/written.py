"""The values written out in Python code, and what is done for one of them alone. Docstrings are none."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tools.engine.languages.python.syntax import Definition, parsed, without_docstring
from tools.engine.languages.written import NOTHING_WRITTEN, Branch, Value, Written, several

# Methods that look at a text or a container for what is handed to them.
LOOKING: Final = frozenset({"startswith", "endswith", "fullmatch", "match", "search", "removeprefix", "removesuffix", "count", "find", "index"})
VARYING: Final = (ast.Name, ast.Call, ast.Subscript, ast.Attribute)


def written_in(content: bytes) -> Written:
    """The values of a file; none where it does not parse."""
    module = parsed(content)
    if module is None:
        return NOTHING_WRITTEN
    return Written(tuple(_groups(module.body)), tuple(_branches(module)), frozenset(_words(module)))


def _groups(body: list[ast.stmt]) -> Iterator[tuple[Value, ...]]:
    """The values of each function and of each statement that stands in none."""
    for statement in without_docstring(body):
        if isinstance(statement, ast.ClassDef):
            yield from _groups(statement.body)
        elif found := tuple(_values([statement])):
            yield found


def _words(module: ast.Module) -> Iterator[str]:
    """The values in Literal[…]."""
    for node in ast.walk(module):
        match node:
            case ast.Subscript(value=ast.Name(id="Literal") | ast.Attribute(attr="Literal"), slice=values):
                yield from _texts([values])
            case _:
                pass


def _values(nodes: Iterable[ast.AST]) -> Iterator[Value]:
    """The values below these nodes; lists and the like both as a whole and one by one."""
    pending = [*nodes]
    while pending:
        node = pending.pop()
        if (value := _value(node)) is not None:
            yield value
        if isinstance(node, Definition | ast.ClassDef):
            pending += [*without_docstring(node.body), *node.decorator_list]
        elif value is None or isinstance(node, ast.Tuple | ast.List | ast.Set):
            pending += ast.iter_child_nodes(node)


def _value(node: ast.AST) -> Value | None:
    match node:
        case ast.Constant(value=value) if value is not ...:
            return Value(repr(value), node.lineno)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return Value(repr(-value), node.lineno)
        case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
            return several([_value(each) for each in elements], node.lineno)
        case _:
            return None


def _branches(module: ast.Module) -> Iterator[Branch]:
    """What is done for one value: under a condition, in a case, by a table, or by a comparison that is itself the answer."""
    for node in ast.walk(module):
        match node:
            case ast.If(test=test, body=body, orelse=orelse):
                yield from _each(_asked(test), [*_answers(body), *_answers(orelse)])
            case ast.IfExp(test=test, body=one, orelse=other):
                yield from _each(_asked(test), _texts([one, other]))
            case ast.match_case(pattern=pattern, body=body):
                yield from _each(_values([pattern]), _answers(body))
            case ast.Compare():
                yield from _each(_asked(node), ())
            case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value) | ast.Subscript(value=value):
                yield from _listed(value)
            case ast.Attribute(value=value, attr="get"):
                yield from _listed(value)
            case _:
                pass


def _each(values: Iterable[Value], answers: Iterable[str]) -> Iterator[Branch]:
    found = tuple(answers)
    return (Branch(value, found) for value in values)


def _listed(table: ast.expr) -> Iterator[Branch]:
    """The keys of a table, each with what is written beside it. One that is only handed on is no table that something is looked up in."""
    match table:
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if key is not None and _is_written(value):
                    yield from (Branch(each, tuple(_texts([value])), listed=True) for each in _values([key]))
        case _:
            pass


def _asked(test: ast.expr) -> Iterator[Value]:
    """The values that a condition compares something with."""
    for node in ast.walk(test):
        match node:
            case ast.Compare(left=left, comparators=comparators):
                yield from _values(each for each in (left, *comparators) if _is_written(each))
            case ast.Call(func=ast.Attribute(attr=name), args=arguments) if name in LOOKING:
                yield from _values(each for each in arguments if _is_written(each))
            case _:
                pass


def _is_written(node: ast.expr) -> bool:
    """Whether a value stands here itself, or a container of some."""
    return not any(isinstance(each, VARYING) for each in ast.walk(node))


def _answers(body: Sequence[ast.stmt]) -> Iterator[str]:
    """What these statements themselves give back or set."""
    for statement in body:
        match statement:
            case ast.Return(value=ast.expr() as value) | ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
                yield from _texts([value])
            case ast.AugAssign(value=value) | ast.Expr(value=ast.Yield(value=ast.expr() as value)):
                yield from _texts([value])
            case _:
                pass


def _texts(nodes: Iterable[ast.AST]) -> Iterator[str]:
    return (value.text for value in _values(nodes))
