"""Our own source files, read as syntax trees, for tests that hold the code to its own rules."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

CHECKOUT = Path(__file__).parents[2]
Node = TypeVar("Node", bound=ast.AST)
PACKAGES = ("mcp_server", "tools", "state", "prompts")


@cache
def sources() -> dict[str, ast.Module]:
    """Every module that we ship, by its path in the checkout, with `/` between folders."""
    files = sorted(file for package in PACKAGES for file in (CHECKOUT / package).rglob("*.py"))
    return {file.relative_to(CHECKOUT).as_posix(): ast.parse(file.read_text(encoding="utf-8")) for file in files}


def nodes(kind: type[Node]) -> Iterator[tuple[str, Node]]:
    """Every node of a kind, with the path of its module."""
    for path, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, kind):
                yield path, node


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function and method, with the path of its module."""
    yield from nodes(ast.FunctionDef)
    yield from nodes(ast.AsyncFunctionDef)


def called_name(call: ast.Call) -> str:
    """The last part of what is called: `open` of `open(…)` and of `path.open(…)`; empty where it has no name."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
