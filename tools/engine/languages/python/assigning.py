"""Where a Python module puts something in the place of what another module of the same project has."""

import ast
from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Final

from tools.engine.languages.python.syntax import parsed

# What decorators and packages set on what they hand on, which does nothing else.
WORDS_ABOUT: Final = frozenset({"__doc__", "__module__", "__name__", "__qualname__", "__signature__", "__annotations__"})
NAMESPACES: Final = frozenset({"__dict__"})


def assigned_elsewhere(path: str, content: bytes, product: Collection[str]) -> Mapping[int, str]:
    """Line to the attribute, as `module.name`, of another of the project's modules or classes that is set or deleted there.

    `product` are the files of the product; a class is told by its capital letter.
    """
    module = parsed(content)
    if module is None:
        return {}
    own = _bound(path, module, _modules(frozenset(product)))
    return {line: f"{target}.{name}" for node in ast.walk(module) for target, name, line in _set(node) if _is_own(target, own)}


def _bound(path: str, module: ast.Module, modules: frozenset[str]) -> frozenset[str]:
    """The names by which a module calls others of the project, and their classes."""
    found = {f'"{name}"' for name in modules}
    for node in ast.walk(module):
        match node:
            case ast.Import(names=names):
                found |= {each.asname or each.name for each in names if each.name in modules}
            case ast.ImportFrom(module=name, names=names, level=level):
                place = _place(path, name or "", level)
                own = [each for each in names if f"{place}.{each.name}".lstrip(".") in modules]
                classes = [each for each in names if place in modules and each.name.lstrip("_")[:1].isupper() and not each.name.isupper()]
                found |= {each.asname or each.name for each in (*own, *classes)}
            case _:
                pass
    for node in ast.walk(module):
        match node:
            case ast.Assign(targets=[ast.Name(id=alias)], value=value) if _dotted(value) in found:
                found.add(alias)
            case _:
                pass
    return frozenset(found)


def _set(node: ast.AST) -> Iterator[tuple[str, str, int]]:
    """(whose, which attribute, line) of what a statement or call sets or deletes."""
    match node:
        case ast.Attribute(value=value, attr=name, ctx=ast.Store() | ast.Del()) if name not in WORDS_ABOUT:
            yield _dotted(value), name, node.lineno
        case ast.Subscript(value=ast.Attribute(value=ast.Name(id="sys"), attr="modules"), slice=ast.Constant(value=str(name)), ctx=ast.Store()):
            yield f'"{name}"', "itself", node.lineno
        case ast.Subscript(value=value, slice=ast.Constant(value=str(name)), ctx=ast.Store() | ast.Del()):
            yield _namespace(value), name, node.lineno
        case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[value, which, *_]):
            name = which.value if isinstance(which, ast.Constant) and isinstance(which.value, str) else "…"
            if name not in WORDS_ABOUT:
                yield _dotted(value), name, node.lineno
        case ast.Call(func=ast.Attribute(value=value, attr="update" | "setdefault")) if _namespace(value):
            yield _namespace(value), "…", node.lineno
        case _:
            pass


def _namespace(node: ast.expr) -> str:
    """Whose names `vars(x)` or `x.__dict__` are; of `sys.modules` it is that of every module."""
    match node:
        case ast.Call(func=ast.Name(id="vars"), args=[value]):
            return _dotted(value)
        case ast.Attribute(value=value, attr=name) if name in NAMESPACES:
            return _dotted(value)
        case _:
            return ""


def _dotted(node: ast.expr) -> str:
    """`a.b.c` as text; the name of a module that is loaded by it in quotes; empty for anything else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name) if inner := _dotted(value):
            return f"{inner}.{name}"
        case ast.Subscript(value=ast.Attribute(value=ast.Name(id="sys"), attr="modules"), slice=ast.Constant(value=str(name))):
            return f'"{name}"'
        case ast.Call(
            func=ast.Name(id="__import__" | "import_module") | ast.Attribute(attr="import_module"), args=[ast.Constant(value=str(name)), *_]
        ):
            return f'"{name}"'
        case _:
            return ""


def _is_own(target: str, own: frozenset[str]) -> bool:
    """Whether a name is bound to a module or class of the project, or is a class in such a module."""
    outer, _, last = target.rpartition(".")
    return target in own or (outer in own and last.lstrip("_")[:1].isupper() and not last.isupper())


def _place(path: str, name: str, level: int) -> str:
    """The module that `from …name import` means in a file, dotted."""
    if not level:
        return name
    folder = PurePosixPath(path).parents
    outer = folder[level - 1].parts if level <= len(folder) else ()
    return ".".join((*outer, *filter(None, [name])))


def _modules(product: frozenset[str]) -> frozenset[str]:
    """Every name by which a file may be imported: from the top, and from each folder that is no package itself."""
    found: set[str] = set()
    for path in product:
        plain = PurePosixPath(path)
        parts = plain.parts[:-1] if plain.name == "__init__.py" else (*plain.parts[:-1], plain.stem)
        starts = [start for start in range(len(parts)) if not start or "/".join((*parts[:start], "__init__.py")) not in product]
        found |= {".".join(parts[start:]) for start in starts}
    return frozenset(found)
