"""A Python module as code alone: what it does apart from what it says, and what of it runs only where a function is called."""

import ast
from collections.abc import Collection

from state.model import digest
from tools.engine.languages.python.names import is_code
from tools.engine.languages.python.syntax import Definition, parsed, shape, without_docstring


def code_of(path: str, content: bytes) -> str:
    """A digest of the syntax tree without docstrings; comments are in none. Empty for what is no code or does not parse."""
    module = parsed(content) if is_code(path) else None
    if module is None:
        return ""
    for node in ast.walk(module):
        if isinstance(node, Definition | ast.ClassDef | ast.Module):
            node.body = without_docstring(node.body)
    return digest(shape(module))


def lines_in_functions(_path: str, content: bytes) -> Collection[int]:
    """The lines of the bodies of functions; what stands elsewhere runs when the module is imported."""
    module = parsed(content)
    bodies = [node.body for node in ast.walk(module) if isinstance(node, Definition)] if module else []
    return {line for body in bodies for line in range(body[0].lineno, (body[-1].end_lineno or 0) + 1)}
