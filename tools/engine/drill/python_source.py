"""Python text cut and joined by its syntax tree: what the drill's faults and cheats in Python are made with."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tools.engine.drill.grounds import NotHere

Definition = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Piece:
    """A piece of a text, from (line from 1, byte from 0) to the end exclusive, and what comes in its place."""

    begin: tuple[int, int]
    end: tuple[int, int]
    text: str


def parsed(text: str) -> ast.Module:
    """The syntax tree. Raises NotHere for text that does not parse."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise NotHere("a file does not parse") from error


def spliced(text: str, pieces: Iterable[Piece]) -> str:
    """The text with the pieces replaced; they do not overlap."""
    lines = text.encode().splitlines(keepends=True)
    for piece in sorted(pieces, key=lambda each: each.begin, reverse=True):
        first, last = piece.begin[0] - 1, piece.end[0] - 1
        head, tail = lines[first][: piece.begin[1]], lines[last][piece.end[1] :] if last < len(lines) else b""
        lines[first : last + 1] = (head + piece.text.encode() + tail).splitlines(keepends=True)
    return b"".join(lines).decode()


def instead_of(node: ast.expr | ast.stmt, text: str) -> Piece:
    """What stands instead of a node. Its decorators stay."""
    return Piece((node.lineno, node.col_offset), (node.end_lineno or node.lineno, node.end_col_offset or 0), text)


def without(node: Definition | ast.ClassDef) -> Piece:
    """A definition taken away with its decorators; `pass` stays, for a body must not be empty."""
    first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
    return Piece((first, 0), (node.end_lineno or node.lineno, node.end_col_offset or 0), f"{' ' * node.col_offset}pass")


def before(node: Definition, line: str) -> Piece:
    """A line put before a definition and its decorators."""
    first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
    return Piece((first, 0), (first, 0), f"{' ' * node.col_offset}{line}\n")


def at_the_start_of(node: Definition, line: str) -> Piece | None:
    """A line put before the first statement of a body, behind its docstring; None where the body stands on the line of its head."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    if not body or body[0].lineno == node.lineno:
        return None
    first = min([body[0].lineno, *(each.lineno for each in getattr(body[0], "decorator_list", ()))])
    return Piece((first, 0), (first, 0), f"{' ' * body[0].col_offset}{line}\n")


def functions(module: ast.Module) -> Iterator[tuple[str, Definition]]:
    """Every function and method with its qualified name, outer ones first."""
    yield from _functions(module.body, "")


def _functions(body: Sequence[ast.stmt], prefix: str) -> Iterator[tuple[str, Definition]]:
    for node in body:
        if isinstance(node, Definition):
            yield f"{prefix}{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node.body, f"{prefix}{node.name}.")


def tests_in(module: ast.Module, ids: Iterable[str]) -> list[Definition]:
    """The functions of the test ids `path::name` or `path::Class::name[parameters]` that stand in a module."""
    wanted = {".".join(test.split("[")[0].split("::")[1:]) for test in ids}
    return [node for name, node in functions(module) if name in wanted]
