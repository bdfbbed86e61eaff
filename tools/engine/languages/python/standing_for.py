"""What expressions of a Python module stand for: modules and what is in them, by their full names."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

# A module whose own name is reckoned; no name of Python's can be this one.
SOME_MODULE: Final = "<a module>"


@dataclass(frozen=True)
class Names:
    """`full`: what a file's names stand for; `modules`: the full names that are modules for certain; `made`: its names of those it makes of files."""

    full: Mapping[str, str]
    modules: frozenset[str]
    made: frozenset[str] = frozenset()


def names_of(module: ast.Module) -> Names:
    """What a file imports, makes, and gives another name."""
    full: dict[str, str] = {}
    modules: set[str] = {SOME_MODULE}
    made: set[str] = set()
    for node in ast.walk(module):
        match node:
            case ast.Import(names=aliases):
                full |= {alias.asname: alias.name for alias in aliases if alias.asname}
                modules |= {outer for alias in aliases for outer in _outer(alias.name)}
            case ast.ImportFrom(module=source, names=aliases, level=level):
                full |= {alias.asname or alias.name: f"{'.' * level}{source or ''}.{alias.name}" for alias in aliases}
            case ast.Assign(
                targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="module_from_spec") | ast.Attribute(attr="module_from_spec"))
            ):
                made.add(name)
            case _:
                pass
    imported = Names(full, frozenset(modules), frozenset(made))
    return replace(imported, full={**dict(_renamed(module, imported)), **full})


def _outer(name: str) -> Iterator[str]:
    parts = name.split(".")
    yield from (".".join(parts[:end]) for end in range(1, len(parts) + 1))


def _renamed(module: ast.Module, names: Names) -> Iterator[tuple[str, str]]:
    """`alias = a module`; what is loaded by its name counts as one."""
    for node in ast.walk(module):
        match node:
            case ast.Assign(targets=[ast.Name(id=alias)], value=value) if (meant := dotted(value, names)) in names.modules or loaded(value):
                yield alias, meant
            case _:
                pass


def dotted(node: ast.AST, names: Names) -> str:
    """The full name of what stands here; empty where it has none."""
    match node:
        case ast.Name(id=name):
            return names.full.get(name, name)
        case ast.Attribute(value=value, attr=attribute):
            return f"{outer}.{attribute}" if (outer := dotted(value, names)) else ""
        case ast.Subscript(value=value, slice=ast.Constant(value=str() as name)) if outer := namespace(value, names):
            return f"{outer}.{name}"
        case _:
            return loaded(node)


def loaded(node: ast.AST) -> str:
    """The name of the module that is loaded or taken by it here."""
    match node:
        case ast.Subscript(value=ast.Attribute(value=ast.Name(id="sys"), attr="modules"), slice=name):
            return _module(name)
        case ast.Call(func=ast.Name(id="__import__" | "import_module") | ast.Attribute(attr="import_module"), args=[name, *_]):
            return _module(name)
        case _:
            return ""


def _module(name: ast.expr) -> str:
    """Of a name that begins with `__name__` it is the file's own, or one below it."""
    match name:
        case ast.Constant(value=str() as literal):
            return literal
        case ast.BinOp(left=ast.Name(id="__name__")) | ast.Name(id="__name__"):
            return "__name__"
        case ast.JoinedStr(values=[ast.FormattedValue(value=ast.Name(id="__name__")), *_]):
            return "__name__"
        case _:
            return SOME_MODULE


def namespace(node: ast.AST, names: Names) -> str:
    """Whose names `vars(x)` or `x.__dict__` are; of a function's `__globals__` those of some module."""
    match node:
        case ast.Call(func=ast.Name(id="vars"), args=[value]):
            return dotted(value, names)
        case ast.Attribute(value=value, attr="__dict__"):
            return dotted(value, names)
        case ast.Attribute(attr="__globals__"):
            return SOME_MODULE
        case _:
            return ""
