"""Which calls of JavaScript code tell somebody of a failure: the console's errors, loggers, traces, the error stream, an exit with a code.

A log call tells where it says something and is as loud as info.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from tools.engine.languages.javascript.trees import arguments, chain, everything, text, varies
from tools.engine.languages.logger_names import INFO, LEVELS, LOUDNESS, is_logger_name

if TYPE_CHECKING:
    from tree_sitter import Node

CONSOLE_ERRORS: Final = frozenset({"error", "warn", "trace"})
ANYWHERE: Final = frozenset({"recordException", "captureException", "captureMessage", "emitWarning", "noticeError"})
# What is in a text, and values that stand for themselves.
SAYING: Final = frozenset({"string_fragment", "escape_sequence", "number", "true", "false", "regex"})


def tells(call: "Node") -> bool:
    """Whether the call tells somebody that something failed."""
    return (tells_by_name(call.child_by_field_name("function")) and _says_something(call)) or _leaves_with_a_code(call)


def tells_by_name(callee: "Node | None") -> bool:
    """Whether what is called, or handed over to be called, is by its name something that tells of failures, loud enough to be heard."""
    return _logs(list(chain(callee))) and not whispers(callee)


def whispers(callee: "Node | None") -> bool:
    """Whether what is called is by its name a log call that is less loud than info: nobody hears of it who did not ask for it."""
    names = list(chain(callee))
    return _logs(names) and names[1:2] != ["console"] and LOUDNESS.get(names[0], INFO) < INFO


def _logs(names: Sequence[str]) -> bool:
    """Whether the names of a callee, the nearest first, are those of a log call, however loud."""
    if len(names) < 2:
        return bool(names) and names[0] in ANYWHERE
    method, receiver = names[0], names[1]
    if receiver == "console":
        return method in CONSOLE_ERRORS
    if receiver == "stderr":
        return method == "write"
    return method in ANYWHERE or (method in LEVELS and any(is_logger_name(name) for name in names[1:3]))


def is_log_statement(node: "Node") -> bool:
    """Whether a statement does nothing but log."""
    if node.type != "expression_statement":
        return False
    inner = node.named_children[0] if node.named_children else None
    if inner is not None and inner.type == "await_expression":
        inner = inner.named_children[0]
    if inner is None or inner.type != "call_expression":
        return False
    names = list(chain(inner.child_by_field_name("function")))
    return _logs(names) or names[1:] == ["console"]


def _says_something(call: "Node") -> bool:
    """Whether the message varies, or is more than blanks. A trace says by itself where it was made."""
    given = arguments(call)
    traced = next(chain(call.child_by_field_name("function")), "") in ANYWHERE | {"trace"}
    return traced or any(varies(each) or any(part.type in SAYING and text(part).strip() for part in everything(each)) for each in given)


def _leaves_with_a_code(call: "Node") -> bool:
    """process.exit(1)."""
    given = arguments(call)
    return list(chain(call.child_by_field_name("function"))) == ["exit", "process"] and bool(given) and text(given[0]) != "0"
