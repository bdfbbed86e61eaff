"""Whether what a Python test asserts says anything of what ran.

It does where it depends on what was called, imported or handed in, not on constants alone, and is not what nearly everything satisfies.
"""

import ast
from collections.abc import Iterable
from typing import Final

from tools.engine.languages.python.known import Known, depends
from tools.engine.languages.python.syntax import shape

_LENGTHS: Final = frozenset({"len", "abs"})
_CLASSES: Final = ("cls", "class", "klass")  # the ends of names of classes that do not begin like one
_ALWAYS_TRUE: Final = frozenset({"callable", "id", "repr", "type"})
_OPPOSITE: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
}  # fmt: skip
_TURNED: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}
_REFLEXIVE: Final = (ast.Eq, ast.Is, ast.LtE, ast.GtE)


def says(test: ast.expr, known: Known) -> bool:
    """Whether asserting the expression says something."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _denies(operand, known)
        case ast.BoolOp(op=ast.And(), values=values):
            return any(says(each, known) for each in values)
        case ast.BoolOp(op=ast.Or(), values=values):
            return _one_of(values, known)
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            sides = [left, *comparators]
            return any(_compares(sides[place], op, sides[place + 1], known) for place, op in enumerate(ops))
        case ast.NamedExpr(value=value) | ast.Call(func=ast.Name(id="bool"), args=[value]):
            return says(value, known)
        case ast.IfExp(body=body, orelse=orelse):
            return says(body, known) or says(orelse, known)
        case ast.Call(func=ast.Name(id="all" | "any"), args=[ast.GeneratorExp(elt=element) | ast.ListComp(elt=element)]):
            return depends(test, known) and (says(element, known.within(test)) or not depends(element, known.within(test)))
        case _:
            return depends(test, known) and not _is_always_true(test, known)


def compare(left: ast.expr, op: ast.cmpop, right: ast.expr, known: Known) -> bool:
    """Whether a comparison of the two says something."""
    return _compares(left, op, right, known)


def same(values: Iterable[ast.expr]) -> bool:
    """Whether a thing is held against itself. What a call gives may differ each time where it makes a new one, as classes do."""
    every = list(values)
    return len(every) > 1 and len({shape(each) for each in every}) == 1 and not any(_makes(each) for each in every)


def _denies(operand: ast.expr, known: Known) -> bool:
    """Whether asserting that something is not so says anything."""
    match operand:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return says(inner, known)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _compares(left, _OPPOSITE[type(op)](), right, known)
        case ast.BoolOp(op=ast.And(), values=values):
            return _one_of([ast.UnaryOp(op=ast.Not(), operand=each) for each in values], known)
        case ast.BoolOp(values=values):
            return any(_denies(each, known) for each in values)
        case _:
            return depends(operand, known)


def _one_of(values: list[ast.expr], known: Known) -> bool:
    """Whether `or` says something: each of it does, or is false by itself, and no two of it are each other's opposite."""
    telling = [each for each in values if not _is_false(each)]
    denied = {shape(each.operand) for each in telling if isinstance(each, ast.UnaryOp) and isinstance(each.op, ast.Not)}
    return bool(telling) and all(says(each, known) for each in telling) and not any(shape(each) in denied for each in telling)


def _compares(left: ast.expr, op: ast.cmpop, right: ast.expr, known: Known) -> bool:
    for one, other, seen in ((left, right, op), (right, left, _TURNED.get(type(op), type(op))())):
        match seen, other:
            case ast.Eq() | ast.Is(), ast.Constant(value=bool(wanted)) if not isinstance(one, ast.Constant):
                return says(one, known) if wanted else _denies(one, known)
            case ((ast.NotEq() | ast.IsNot()), (ast.Constant(value=None) | ast.Call(func=ast.Name(id="object")))):
                return _finds(one) and depends(one, known)
            case _, ast.Constant(value=int(bound)) | ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(bound))) if _is_length(one):
                if _holds_for_any_length(seen, -int(bound) if isinstance(other, ast.UnaryOp) else int(bound)):
                    return False
            case _:
                pass
    holds = (isinstance(op, _REFLEXIVE) and same((left, right))) or (isinstance(op, ast.In) and _stands_in(left, right))
    return depends(ast.Tuple(elts=[left, right]), known) and not holds


def _finds(node: ast.expr) -> bool:
    """Whether None would say of a call that something is not there: re.search(…), getattr(…, …, None)."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr="search" | "match" | "fullmatch")):
            return True
        case ast.Call(func=ast.Name(id="getattr"), args=[_, _, _]):
            return True
        case _:
            return False


def _holds_for_any_length(op: ast.cmpop, bound: int) -> bool:
    match op:
        case ast.GtE():
            return bound <= 0
        case ast.Gt() | ast.NotEq():
            return bound < 0
        case _:
            return False


def _is_length(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name), args=[_]):
            return name in _LENGTHS
        case _:
            return False


def _stands_in(left: ast.expr, right: ast.expr) -> bool:
    return isinstance(right, ast.List | ast.Tuple | ast.Set) and any(same((left, each)) for each in right.elts)


def _makes(node: ast.expr) -> bool:
    """Whether a class is called somewhere in it, as far as names tell."""
    calls = (each.func for each in ast.walk(node) if isinstance(each, ast.Call))
    names = (each.id if isinstance(each, ast.Name) else each.attr for each in calls if isinstance(each, ast.Name | ast.Attribute))
    return any(name.lstrip("_")[:1].isupper() or name.lower().endswith(_CLASSES) for name in names)


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value


def _is_always_true(test: ast.expr, known: Known) -> bool:
    """Whether nearly everything satisfies it: a display, a function, a thing's own kind."""
    match test:
        case ast.Tuple(elts=[_, *_]) | ast.List(elts=[_, *_]) | ast.Set() | ast.Dict(keys=[_, *_]) | ast.Lambda() | ast.GeneratorExp():
            return not any(isinstance(each, ast.Starred) for each in getattr(test, "elts", ()))
        case ast.JoinedStr(values=values):
            return any(isinstance(each, ast.Constant) and each.value for each in values)
        case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[value, kind]):
            return _takes_everything(value, kind)
        case ast.Call(func=ast.Name(id=name)):
            return name in _ALWAYS_TRUE
        case ast.Name() | ast.Attribute():
            return shape(test) in known.functions
        case _:
            return False


def _takes_everything(value: ast.expr, kind: ast.expr) -> bool:
    match kind:
        case ast.Name(id="object"):
            return True
        case ast.Tuple(elts=kinds):
            return any(_takes_everything(value, each) for each in kinds)
        case ast.Call(func=ast.Name(id="type"), args=[other]) | ast.Attribute(value=other, attr="__class__"):
            return same((value, other))
        case _:
            return False
