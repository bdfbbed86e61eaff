"""Python code that puts something else in the place of clocks, of chance and of what tests compare with."""

import ast
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

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
_UNDOING: Final = frozenset({"patch", "patch.object", "mock.patch", "mock.patch.object", "unittest.mock.patch", "unittest.mock.patch.object"})
_SEEDS: Final = frozenset({"random.seed", "numpy.random.seed"})
_ANSWERS: Final = MappingProxyType({"__eq__": True, "__ne__": False})
_SETS: Final = 3  # arguments of setattr


def replaced_in(content: bytes) -> tuple[Replaced, ...]:
    """What a module replaces; nothing where it does not parse."""
    module = parsed(content)
    return tuple(_replaced(module)) if module is not None else ()


def _replaced(module: ast.Module) -> Iterator[Replaced]:
    names = _imported(module)
    for node in ast.walk(module):
        match node:
            case ast.Assign(targets=targets) | ast.Delete(targets=targets):
                yield from (found for target in targets for found in _watched(node.lineno, _dotted(target, names)))
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
                yield from _watched(node.lineno, _dotted(target, names))
            case ast.Call():
                yield from _called(node, names)
            case ast.ClassDef(body=body):
                yield from _agreeable(body)
            case _:
                pass


def _imported(module: ast.Module) -> dict[str, str]:
    """What the names of a module that it imports stand for."""
    found: dict[str, str] = {}
    for node in ast.walk(module):
        match node:
            case ast.Import(names=aliases):
                found |= {alias.asname: alias.name for alias in aliases if alias.asname}
            case ast.ImportFrom(module=str() as source, names=aliases):
                found |= {alias.asname or alias.name: f"{source}.{alias.name}" for alias in aliases}
            case _:
                pass
    return found


def _dotted(node: ast.AST, names: Mapping[str, str]) -> str:
    """The full name of what stands here; empty where it has none, and for a name of the module's own."""
    match node:
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            return f"{names.get(name, name)}.{attribute}"
        case ast.Attribute(value=value, attr=attribute):
            return f"{outer}.{attribute}" if (outer := _dotted(value, names)) else ""
        case ast.Subscript(value=ast.Attribute(value=ast.Name(id="sys"), attr="modules"), slice=ast.Constant(value=str() as name)):
            return name
        case ast.Subscript(value=ast.Attribute(value=value, attr="__dict__"), slice=ast.Constant(value=str() as name)):
            return f"{_named(value, names)}.{name}"
        case ast.Subscript(value=ast.Call(func=ast.Name(id="vars"), args=[value]), slice=ast.Constant(value=str() as name)):
            return f"{_named(value, names)}.{name}"
        case ast.Call(func=ast.Name(id="__import__") | ast.Attribute(attr="import_module"), args=[ast.Constant(value=str() as name), *_]):
            return name
        case _:
            return ""


def _named(node: ast.AST, names: Mapping[str, str]) -> str:
    """The same, of a plain name too."""
    return names.get(node.id, node.id) if isinstance(node, ast.Name) else _dotted(node, names)


def _watched(line: int, dotted: str, *, undone: bool = False) -> Iterator[Replaced]:
    kind = next((kind for kind, names in _WATCHED.items() if names.fullmatch(dotted)), None)
    if kind is not None:
        yield Replaced(line, kind, dotted, undone)


def _called(call: ast.Call, names: Mapping[str, str]) -> Iterator[Replaced]:
    """setattr, what tests undo by themselves, and a seed that is always the same."""
    called = _named(call.func, names)
    match call.args:
        case [owner, ast.Constant(value=str() as name), *_] if called in ("setattr", "delattr") and len(call.args) <= _SETS:
            yield from _watched(call.lineno, f"{_named(owner, names)}.{name}")
        case [owner, ast.Constant(value=str() as name), *_] if called in _UNDOING or called.endswith(".setattr"):
            yield from _watched(call.lineno, f"{_named(owner, names)}.{name}", undone=True)
        case [ast.Constant(value=str() as name), *_] if called in _UNDOING or called.endswith(".setattr"):
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
