"""Which calls of JavaScript code tell somebody of a failure: the console's errors, loggers, traces, the error stream, an exit with a code."""

from typing import TYPE_CHECKING, Final

from tools.engine.languages.javascript.trees import arguments, chain, text
from tools.engine.languages.logger_names import LEVELS, is_logger_name

if TYPE_CHECKING:
    from tree_sitter import Node

CONSOLE_ERRORS: Final = frozenset({"error", "warn", "trace"})
ANYWHERE: Final = frozenset({"recordException", "captureException", "captureMessage", "emitWarning", "noticeError"})


def tells(call: "Node") -> bool:
    """Whether the call tells somebody that something failed."""
    return tells_by_name(call.child_by_field_name("function")) or _leaves_with_a_code(call)


def tells_by_name(callee: "Node | None") -> bool:
    """Whether what is called, or handed over to be called, is by its name something that tells of failures."""
    names = list(chain(callee))
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
    return tells_by_name(inner.child_by_field_name("function")) or names[1:] == ["console"]


def _leaves_with_a_code(call: "Node") -> bool:
    """process.exit(1)."""
    given = arguments(call)
    return list(chain(call.child_by_field_name("function"))) == ["exit", "process"] and bool(given) and text(given[0]) != "0"
