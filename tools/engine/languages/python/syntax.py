"""Walking Python's syntax trees: what stands where, functions inside functions apart."""

import ast
from collections.abc import Iterator, Sequence

Definition = ast.FunctionDef | ast.AsyncFunctionDef


def parsed(content: bytes) -> ast.Module | None:
    """The syntax tree of a file, or None where it is no Python that this interpreter understands."""
    try:
        return ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def statements(body: Sequence[ast.stmt], *, through: tuple[type[ast.stmt], ...] = ()) -> Iterator[ast.stmt]:
    """The statements of a body and of the blocks inside them; of definitions the head alone, unless their type is one of `through`."""
    for statement in body:
        yield statement
        if not isinstance(statement, Definition | ast.ClassDef) or isinstance(statement, through):
            for block in _blocks(statement):
                yield from statements(block, through=through)


def definitions(body: Sequence[ast.stmt]) -> Iterator[Definition | ast.ClassDef]:
    """The definitions of a body, also those below its conditions, loops and handlers."""
    return (statement for statement in statements(body) if isinstance(statement, Definition | ast.ClassDef))


def own_nodes(body: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """Every node of a body that is not inside a function defined in it."""
    pending: list[ast.AST] = [*reversed(body)]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, Definition):
            pending.extend(reversed(list(ast.iter_child_nodes(node))))


def without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements behind a docstring."""
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest
        case _:
            return body


def varies(node: ast.AST) -> bool:
    """Whether a value depends on anything but constants."""
    return any(isinstance(each, ast.Name | ast.Await | ast.Yield | ast.YieldFrom) for each in ast.walk(node))


def shape(node: ast.AST) -> str:
    """A text that is equal for nodes that say the same. Other than ast.dump it takes any depth."""
    words: list[str] = []
    pending: list[object] = [node]
    while pending:
        part = pending.pop()
        if isinstance(part, ast.AST):
            words.append(type(part).__name__)
            pending += [")", *reversed([value for name, value in ast.iter_fields(part) if name not in {"ctx", "kind"}])]
        elif isinstance(part, list):
            pending += ["]", *reversed(part)]
        else:
            words.append(repr(part))
    return " ".join(words)


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        if block := getattr(statement, name, None):
            yield block
    for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield part.body
