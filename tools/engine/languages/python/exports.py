"""Which names of Python modules are meant for others: those without an underscore, those in __all__, and what public modules re-export."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from tools.engine.languages.python.syntax import definitions


def exported_names(modules: Mapping[str, ast.Module]) -> dict[str, frozenset[str]]:
    """The public names at the top of each module, by path. A private module has only those that a public one re-exports."""
    dotted = {path: _dotted(path) for path in modules}
    listed = {path: _listed(module) for path, module in modules.items()}
    names = {path: set() if _is_private(path) else _own_names(module, listed[path]) for path, module in modules.items()}
    by_last: dict[str, list[str]] = {}
    for path, parts in dotted.items():
        by_last.setdefault(parts[-1] if parts else "", []).append(path)
    for path, module in modules.items():
        if not _is_private(path):
            for target, name in _re_exports(path, module, listed[path]):
                for other in by_last.get(target[-1] if target else "", ()):
                    if dotted[other][-len(target) :] == target:
                        names[other].add(name)
    return {path: frozenset(found) for path, found in names.items()}


def _dotted(path: str) -> tuple[str, ...]:
    """The module's name in parts, as far as its path tells: folders above the import root are among them."""
    parts = PurePosixPath(path).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def _is_private(path: str) -> bool:
    return any(part.startswith("_") and part not in {"__init__", "__main__"} for part in PurePosixPath(path).with_suffix("").parts)


def _listed(module: ast.Module) -> frozenset[str] | None:
    """The names in __all__; None where there is none."""
    found: set[str] | None = None
    for node in module.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value) | ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.expr() as value):
                found = set(_texts(value))
            case ast.AugAssign(target=ast.Name(id="__all__"), value=value):
                found = (found or set()) | set(_texts(value))
            case _:
                pass
    return None if found is None else frozenset(found)


def _texts(value: ast.expr) -> Iterator[str]:
    return (node.value for node in ast.walk(value) if isinstance(node, ast.Constant) and isinstance(node.value, str))


def _own_names(module: ast.Module, listed: frozenset[str] | None) -> set[str]:
    if listed is not None:
        return set(listed)
    return {node.name for node in definitions(module.body) if not node.name.startswith("_")}


def _re_exports(path: str, module: ast.Module, listed: frozenset[str] | None) -> Iterator[tuple[tuple[str, ...], str]]:
    """(module in parts, name) of what the module imports for others: in __all__, or without one in an __init__ or by `name as name`."""
    is_package = PurePosixPath(path).name == "__init__.py"
    for node in module.body:
        if not isinstance(node, ast.ImportFrom):
            continue
        target = _target(path, node)
        for each in node.names:
            shown = each.asname or each.name
            meant = shown in listed if listed is not None else is_package or each.asname == each.name
            if meant and not shown.startswith("_"):
                yield target, each.name


def _target(path: str, node: ast.ImportFrom) -> tuple[str, ...]:
    """The module that an import names, in parts; a relative one from the importing module's folder on."""
    parts = tuple(node.module.split(".")) if node.module else ()
    folder = PurePosixPath(path).parent.parts
    return parts if not node.level else (*folder[: len(folder) - node.level + 1], *parts)
