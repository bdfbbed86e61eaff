"""What Python code sets in a module under a name that is reckoned: nobody can read there what it replaces."""

import ast
from collections.abc import Iterator
from typing import Final

from tools.engine.languages.python.standing_for import SOME_MODULE, Names, dotted, loaded, namespace
from tools.engine.languages.replacing import Replaced

# Tools of tests that put back what they replaced.
UNDOING: Final = frozenset({"patch", "patch.object", "mock.patch", "mock.patch.object", "unittest.mock.patch", "unittest.mock.patch.object"})
# `from NAME import x`: what of these is a module or a class matters, anything else is an object of somebody's own.
_WATCHED: Final = (
    "time",
    "timeit",
    "datetime",
    "random",
    "secrets",
    "numpy",
    "os",
    "uuid",
    "operator",
    "math",
    "builtins",
    "pytest",
    "unittest",
    "doctest",
)
# What a loader writes on what it loads.
_LOADERS: Final = frozenset({"__cached__", "__file__", "__loader__", "__package__", "__path__", "__spec__"})
_SETTING: Final = frozenset({"setattr", "delattr", "builtins.setattr", "builtins.delattr"})
_METHODS: Final = ("__setattr__", "__delattr__")
_FILLING: Final = ("update", "setdefault", "__setitem__", "pop", "__delitem__")


def reckoned_module(assigned: ast.Assign, names: Names) -> Iterator[Replaced]:
    """`sys.modules[…] = …`, but for a module that was just made of a file, as whoever loads one by its path has to."""
    if not (isinstance(assigned.value, ast.Name) and assigned.value.id in names.made):
        yield from (_found(target, SOME_MODULE) for target in assigned.targets if isinstance(target, ast.Subscript) and loaded(target) == SOME_MODULE)


def reckoned_store(node: ast.Attribute | ast.Subscript, names: Names) -> Iterator[Replaced]:
    """A target of an assignment or of `del`."""
    match node:
        case ast.Attribute(value=value, attr=name) if name not in _LOADERS and dotted(value, names) == SOME_MODULE:
            yield _found(node, SOME_MODULE)
        case ast.Subscript(value=value, slice=name):
            yield from _set(node, namespace(value, names), name, names)
        case _:
            pass


def reckoned_call(call: ast.Call, names: Names) -> Iterator[Replaced]:
    """setattr and what does the same, of a module itself or of its names; what tests undo is told as that."""
    called = dotted(call.func, names)
    match call:
        case ast.Call(func=ast.Attribute(value=value, attr=method), args=[name, *_]) if method in _METHODS and _is_module(
            whose := dotted(value, names), names
        ):
            yield from _set(call, whose, name, names)
        case ast.Call(args=[owner, name, *_]) if called in _SETTING or called.endswith(_METHODS):
            yield from _set(call, dotted(owner, names), name, names)
        case ast.Call(func=ast.Attribute(value=value, attr=method), args=[name, *_]) if method in _FILLING:
            yield from _set(call, namespace(value, names), name, names)
        case ast.Call(args=[owner, name, *_]) if called in UNDOING or called.endswith(".setattr"):
            yield from _set(call, dotted(owner, names), name, names, undone=True)
        case _:
            pass


def _set(node: ast.expr, owner: str, name: ast.expr, names: Names, *, undone: bool = False) -> Iterator[Replaced]:
    literal = isinstance(name, ast.Constant) and isinstance(name.value, str)
    if owner == SOME_MODULE or (not literal and _is_module(owner, names)):
        yield _found(node, owner, undone=undone)


def _is_module(owner: str, names: Names) -> bool:
    return owner in names.modules or (owner in names.full.values() and owner.partition(".")[0] in _WATCHED)


def _found(node: ast.expr, owner: str, *, undone: bool = False) -> Replaced:
    what = "one whose name is reckoned" if owner == SOME_MODULE else f"{owner}, under a name that is reckoned"
    return Replaced(node.lineno, "what a module has", what, undone)
