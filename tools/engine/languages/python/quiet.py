"""What makes a log call of Python code say nothing to anybody: an empty message, or a logger that the module silences."""

import ast
import re
from collections.abc import Iterable
from typing import Final

from tools.engine.languages.logger_names import LOUDNESS
from tools.engine.languages.python.syntax import varies

NEVER: Final = 1000  # louder than any call
# Keywords of log calls that are no part of what is said.
BESIDES: Final = frozenset({"exc_info", "stack_info", "stacklevel", "extra", "category", "source"})
_PLACEHOLDERS: Final = re.compile(r"%[-#0 +]*[\d.]*[a-zA-Z]|\{\w*\}|\s")


def says_something(arguments: Iterable[ast.expr], keywords: Iterable[ast.keyword]) -> bool:
    """Whether anything in a message varies, or is a text with more in it than blanks and places for values."""
    every = [*arguments, *(keyword.value for keyword in keywords if keyword.arg not in BESIDES)]
    return any(varies(each) or any(_is_text(part) for part in ast.walk(each)) for each in every)


def loudness(level: ast.expr) -> int | None:
    """How loud a level is that is written down: logging.DEBUG, DEBUG, "DEBUG", 10; None for what varies otherwise."""
    match level:
        case ast.Constant(value=int(number)):
            return int(number)
        case ast.Constant(value=str(name)) | ast.Attribute(attr=name) | ast.Name(id=name):
            return LOUDNESS.get(name.lower())
        case ast.BinOp(left=left, op=ast.Add(), right=ast.Constant(value=int(more))) if (base := loudness(left)) is not None:
            return base + int(more)
        case _:
            return None


def quiet_loggers(module: ast.Module) -> dict[str, int]:
    """The loggers that the top of a module silences, by their names, with how loud a call must be to be heard; the empty name stands for all.

    Silenced is what is disabled, has a level set, or passes nothing on and has no handler but a NullHandler.
    """
    quiet: dict[str, int] = {}
    nulled, kept, handled = set[str](), set[str](), set[str]()
    for statement in module.body:
        match statement:
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=name), attr="disabled")], value=ast.Constant(value=value)) if value:
                quiet[name] = NEVER
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=name), attr="propagate")], value=ast.Constant(value=value)) if not value:
                kept.add(name)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="logging"), attr="disable"), args=[level, *_])):
                quiet[""] = (loudness(level) or 0) + 1
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="setLevel"), args=[level])):
                quiet[name] = max(quiet.get(name, 0), loudness(level) or 0)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="addHandler"), args=[handler])):
                (nulled if _is_null(handler) else handled).add(name)
            case _:
                pass
    return quiet | dict.fromkeys(nulled & kept - handled, NEVER)


def _is_null(handler: ast.expr) -> bool:
    match handler:
        case ast.Call(func=ast.Attribute(attr="NullHandler") | ast.Name(id="NullHandler")):
            return True
        case _:
            return False


def _is_text(node: ast.AST) -> bool:
    if not isinstance(node, ast.Constant) or node.value is None:
        return False
    value = node.value.decode("utf-8", "replace") if isinstance(node.value, bytes) else str(node.value)
    return bool(_PLACEHOLDERS.sub("", value))
