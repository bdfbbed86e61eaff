"""The functions that something outside a Python project starts: console scripts, what runs as __main__, commands of a command line."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tools.engine.languages.python.pyproject import parsed_toml
from tools.engine.languages.python.syntax import Definition, statements

SCRIPT_TABLES: Final = ("scripts", "gui-scripts")
COMMANDS: Final = frozenset({"command", "group", "callback"})  # of click, typer and their like, as decorators


def entry_points(modules: Mapping[str, ast.Module], manifests: Sequence[bytes]) -> frozenset[tuple[str, str]]:
    """(path, name) of the functions at the top of modules that are started from outside. `manifests` are the contents of pyproject.toml files."""
    scripts = [script for content in manifests for script in _scripts(content)]
    found: set[tuple[str, str]] = set()
    for path, module in modules.items():
        defined = {node.name: node for node in module.body if isinstance(node, Definition)}
        started = {name for place, name in scripts if _is_module(path, place)} | set(_called_as_main(module)) | set(_registered(module))
        started |= {name for name, node in defined.items() if _is_command(node)}
        found |= {(path, name) for name in started & defined.keys()}
    return frozenset(found)


def _scripts(manifest: bytes) -> Iterator[tuple[str, str]]:
    """(module, function) of each console script; none of a file that is no TOML, which whoever installs the project is told of."""
    project = (parsed_toml(manifest) or {}).get("project", {})
    for table in SCRIPT_TABLES:
        entries = project.get(table, {}) if isinstance(project, dict) else {}
        for value in entries.values() if isinstance(entries, dict) else ():
            module, colon, name = str(value).partition(":")
            if colon:
                yield module.strip(), name.split("[")[0].strip()


def _is_module(path: str, dotted: str) -> bool:
    place = path.removesuffix(".py").removesuffix("/__init__")
    wanted = dotted.replace(".", "/")
    return place == wanted or place.endswith(f"/{wanted}")


def _called_as_main(module: ast.Module) -> Iterator[str]:
    """The functions that an `if __name__ == "__main__"` calls."""
    for node in module.body:
        match node:
            case ast.If(test=ast.Compare(left=ast.Name(id="__name__"), comparators=[ast.Constant(value="__main__")]), body=body):
                yield from (name for statement in body for each in ast.walk(statement) if isinstance(each, ast.Call) and (name := _name(each.func)))
            case _:
                pass


def _registered(module: ast.Module) -> Iterator[str]:
    """The functions that argparse is told to call: set_defaults(func=run)."""
    for node in statements(module.body, through=(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        match node:
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="set_defaults"), keywords=keywords)):
                yield from (name for keyword in keywords if (name := _name(keyword.value)))
            case _:
                pass


def _is_command(node: Definition) -> bool:
    for decorator in node.decorator_list:
        maker = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(maker, ast.Attribute) and maker.attr in COMMANDS:
            return True
    return False


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""
