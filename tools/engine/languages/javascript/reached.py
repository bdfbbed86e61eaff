"""What of a JavaScript function can be reached, and can make a test fail: no dead code, and nothing whose failure is swallowed."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from tools.engine.languages.javascript.trees import everything, text

if TYPE_CHECKING:
    from tree_sitter import Node

_LEAVING: Final = frozenset({"return_statement", "throw_statement", "break_statement", "continue_statement"})


def reached(function: "Node") -> Iterator["Node"]:
    """The nodes of a function that can be reached, functions inside it included where something mentions them."""
    pending = [function]
    while pending:
        node = pending.pop()
        if node is not function and node.type == "function_declaration" and not _mentioned(function, text(node.child_by_field_name("name"))):
            continue
        yield node
        pending.extend(reversed(_inside(node)))


def _inside(node: "Node") -> Sequence["Node"]:
    if node.type in {"if_statement", "while_statement"} and text(node.child_by_field_name("condition")) in {"(false)", "(0)"}:
        alternative = node.child_by_field_name("alternative")
        return [alternative] if alternative is not None else []
    if node.type == "for_in_statement" and text(node.child_by_field_name("right")) == "[]":
        return []
    if node.type == "try_statement" and _swallows(node.child_by_field_name("handler")):
        return [each for each in node.children if each != node.child_by_field_name("body")]
    if node.type == "statement_block":
        last = next((place for place, each in enumerate(node.children) if each.type in _LEAVING), len(node.children))
        return node.children[: last + 1]
    return node.children


def _swallows(handler: "Node | None") -> bool:
    """Whether a handler does nothing."""
    body = handler.child_by_field_name("body") if handler is not None else None
    return body is not None and all(each.type in {"comment", "empty_statement"} for each in body.named_children)


def _mentioned(function: "Node", name: str) -> bool:
    return sum(each.type == "identifier" and text(each) == name for each in everything(function)) > 1
