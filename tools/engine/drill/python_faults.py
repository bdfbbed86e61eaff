"""Small faults in Python code: what may be broken so that a test fails, the likeliest first."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tools.engine.drill.grounds import Fault, Grounds, NotHere
from tools.engine.drill.python_source import Definition, functions, instead_of, parsed, spliced

MOST_FUNCTIONS: Final = 400  # looked at: the first are the likeliest
TURNED: Final[dict[type[ast.cmpop], str]] = {ast.Eq: "!=", ast.NotEq: "==", ast.Lt: ">=", ast.GtE: "<", ast.Gt: "<=", ast.LtE: ">"}


@dataclass(frozen=True)
class _Site:
    """A function that tests execute: how often test files name it, and where it stands."""

    named: int
    path: str
    name: str
    node: Definition


def python_faults(grounds: Grounds, most: int) -> list[Fault]:
    """At most `most` faults: of each function its best one, those named in the most tests first; then further ones of the same functions."""
    sites = sorted(_sites(grounds), key=lambda site: (-site.named, site.name.count("."), site.path, site.node.lineno))[:MOST_FUNCTIONS]
    texts = {site.path: grounds.read(site.path) for site in sites}
    made = [list(_faults_of(site, texts[site.path])) for site in sites]
    rounds = max(map(len, made), default=0)
    ordered = [faults[turn] for turn in range(rounds) for faults in made if turn < len(faults)]
    return ordered[:most]


def _sites(grounds: Grounds) -> Iterator[_Site]:
    """The functions with a line that tests run."""
    tests = "\n".join(grounds.text(path) for path in grounds.test_files)
    for path in grounds.sources:
        if not path.endswith(".py"):
            continue
        try:
            module = parsed(grounds.read(path))
        except NotHere:
            continue
        for name, node in functions(module):
            lines = {statement.lineno for statement in ast.walk(node) if isinstance(statement, ast.stmt) and statement is not node}
            if lines - grounds.uncovered.get(path, frozenset()) and not name.rpartition(".")[2].startswith("__"):
                yield _Site(len(re.findall(rf"\b{re.escape(node.name)}\b", tests)), path, name, node)


def _faults_of(site: _Site, text: str) -> Iterator[Fault]:
    """The faults of one function: another value returned, a comparison turned, a constant changed."""
    nodes = list(_own(site.node))
    for node in nodes:
        if isinstance(node, ast.Return) and node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
            yield _fault(site, text, node.value, "None", "returns None")
    for node in nodes:
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in TURNED:
            turned = f"{ast.unparse(node.left)} {TURNED[type(node.ops[0])]} {ast.unparse(node.comparators[0])}"
            yield _fault(site, text, node, turned, "compares the other way round")
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool):
            yield _fault(site, text, node, str(node.value + 1), f"has {node.value + 1} for {node.value}")


def _own(function: Definition) -> Iterator[ast.AST]:
    """The nodes of a function's body, without those of functions inside it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.JoinedStr):
            waiting.extend(ast.iter_child_nodes(node))


def _fault(site: _Site, text: str, node: ast.expr, instead: str, what: str) -> Fault:
    return Fault(site.path, text, spliced(text, [instead_of(node, instead)]), site.name, f"{site.path}:{node.lineno} {site.name} {what}")
