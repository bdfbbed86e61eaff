"""Python code that puts something else in the place of clocks, of chance and of what tests compare with."""

import ast
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from tools.engine.languages.python.reckoned import UNDOING, reckoned_call, reckoned_module, reckoned_store
from tools.engine.languages.python.standing_for import Names, dotted, names_of
from tools.engine.languages.python.syntax import Definition, parsed, without_docstring
from tools.engine.languages.replacing import Kind, Replaced

_WATCHED: Final[Mapping[Kind, re.Pattern[str]]] = MappingProxyType(
    {
        "a clock": re.compile(
            r"time(?:\.(?:time|perf_counter|monotonic|process_time|thread_time)(?:_ns)?|\.sleep)?|timeit(?:\.\w+)?"
            r"|datetime\.(?:datetime|date)(?:\.(?:now|utcnow|today))?"
        ),
        "chance": re.compile(r"(?:random|secrets|numpy\.random)(?:\.\w+)?|os\.urandom|uuid\.uuid\d"),
        "a comparison": re.compile(
            r"operator(?:\.\w+)?|math\.isclose|builtins\.\w+|_?pytest(?:\.\w+)*|unittest(?:\.\w+)*|numpy\.testing(?:\.\w+)*|doctest(?:\.\w+)*"
            r"|self\.(?:assert\w+|fail)"
        ),
    }
)
_SEEDS: Final = frozenset({"random.seed", "numpy.random.seed"})
_ANSWERS: Final = MappingProxyType({"__eq__": True, "__ne__": False})
_SETS: Final = 3  # arguments of setattr


def replaced_in(content: bytes) -> tuple[Replaced, ...]:
    """What a module replaces; nothing where it does not parse."""
    module = parsed(content)
    return tuple(_replaced(module)) if module is not None else ()


def _replaced(module: ast.Module) -> Iterator[Replaced]:
    names = names_of(module)
    for node in ast.walk(module):
        match node:
            case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
                yield from _watched(node.lineno, dotted(node, names))
                yield from reckoned_store(node, names)
            case ast.Assign():
                yield from reckoned_module(node, names)
            case ast.Call():
                yield from _called(node, names)
                yield from reckoned_call(node, names)
            case ast.ClassDef(body=body):
                yield from _agreeable(body)
            case _:
                pass


def _watched(line: int, name: str, *, undone: bool = False) -> Iterator[Replaced]:
    kind = next((kind for kind, names in _WATCHED.items() if names.fullmatch(name)), None)
    if kind is not None:
        yield Replaced(line, kind, name, undone)


def _called(call: ast.Call, names: Names) -> Iterator[Replaced]:
    """setattr, what tests undo by themselves, and a seed that is always the same."""
    called = dotted(call.func, names)
    match call.args:
        case [owner, ast.Constant(value=str() as name), *_] if called in ("setattr", "delattr") and len(call.args) <= _SETS:
            yield from _watched(call.lineno, f"{dotted(owner, names)}.{name}")
        case [owner, ast.Constant(value=str() as name), *_] if called in UNDOING or called.endswith(".setattr"):
            yield from _watched(call.lineno, f"{dotted(owner, names)}.{name}", undone=True)
        case [ast.Constant(value=str() as name), *_] if called in UNDOING or called.endswith(".setattr"):
            yield from _watched(call.lineno, name, undone=True)
        case [ast.Constant()] if called in _SEEDS:
            yield Replaced(call.lineno, "chance", f"{called} with a constant", undone=False)
        case _:
            pass


def _agreeable(body: list[ast.stmt]) -> Iterator[Replaced]:
    """Methods by which a thing is equal to everything."""
    for each in body:
        if isinstance(each, Definition) and each.name in _ANSWERS:
            match without_docstring(each.body):
                case [ast.Return(value=ast.Constant(value=bool() as answer))] if answer is _ANSWERS[each.name]:
                    yield Replaced(each.lineno, "a comparison", f"{each.name}, which always says {answer}")
                case _:
                    pass
