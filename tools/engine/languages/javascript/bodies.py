"""What the body of a JavaScript function does: a digest in which copies are equal, and whether it does more than next to nothing."""

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from tools.engine.languages.functions import FEWEST_OPERATIONS
from tools.engine.languages.javascript.telling import is_log_statement
from tools.engine.languages.javascript.trees import FUNCTIONS, everything, names_in, text, varies

if TYPE_CHECKING:
    from tree_sitter import Node

# Nodes that say nothing about what is done.
SILENT: Final = frozenset({"comment", "type_annotation", "type_arguments", "type_parameters", "accessibility_modifier", ";", ",", "(", ")", "{", "}"})
CONSTANTS: Final = frozenset({"string", "number", "regex", "true", "false", "null", "undefined", "string_fragment"})
# Wrappers of TypeScript around a value.
WRAPPERS: Final = frozenset({"as_expression", "satisfies_expression", "non_null_expression", "parenthesized_expression", "type_assertion"})
EFFECTS: Final = frozenset(
    {
        "if_statement", "for_statement", "for_in_statement", "while_statement", "do_statement", "switch_statement", "try_statement",
        "throw_statement", "await_expression", "yield_expression", "ternary_expression", "augmented_assignment_expression", "update_expression",
        "new_expression", "call_expression", "jsx_element", "jsx_self_closing_element",
    }
)  # fmt: skip
VALUES: Final = frozenset({"binary_expression", "unary_expression", "subscript_expression", "template_substitution"})


def body_digest(function: "Node") -> str:
    """SHA-256, in hex, of what the function does: own names by their order, constants and operators by their kind, no comment, type or log call."""
    words = hashlib.sha256()
    body = function.child_by_field_name("body")
    own = _own_names(function)
    order: dict[str, str] = {}  # own names by their order in the text
    pending: list[Node | str] = [body] if body is not None else []
    if body is not None and body.type != "statement_block":
        pending = ["end", body, "return", "return_statement", "statement_block"]  # the same as a block with one return
    while pending:
        node = pending.pop()
        if isinstance(node, str):
            words.update(f"{node} ".encode())
        elif node.type in CONSTANTS:
            words.update(f"{node.type} ".encode())
        elif node.type in WRAPPERS and node.named_children:
            pending.append(node.named_children[0])
        elif not node.children:
            word = text(node) if any(map(str.isalnum, text(node))) else "operator"
            words.update(f"{order.setdefault(word, f'own{len(order)}') if word in own else word} ".encode())
        else:
            inside = [each for each in node.children if each.type not in SILENT and not is_log_statement(each)]
            pending += [*(["end"] if node.type != "statement_block" else []), *reversed(inside), node.type]
    return words.hexdigest()


def is_trivial(function: "Node") -> bool:
    """Whether its body has fewer different operations than FEWEST_OPERATIONS."""
    found: set[str] = set()
    for operation in _operations(function):
        found.add(f"{operation.type} {text(operation)}")
        if len(found) >= FEWEST_OPERATIONS:
            return False
    return True


def _own_names(function: "Node") -> frozenset[str]:
    """Parameters and what is bound inside, with the function's own name."""
    names: set[str] = set()
    for node in everything(function):
        if node.type in FUNCTIONS:
            names |= names_in(node.child_by_field_name("parameters")) | names_in(node.child_by_field_name("parameter"))
            if node.type != "method_definition":
                names |= names_in(node.child_by_field_name("name"))
        elif node.type == "variable_declarator":
            names |= names_in(node.child_by_field_name("name"))
        elif node.type == "catch_clause":
            names |= names_in(node.child_by_field_name("parameter"))
    return frozenset(names)


def _operations(function: "Node") -> Iterator["Node"]:
    body = function.child_by_field_name("body")
    pending = [body] if body is not None else []
    while pending:
        node = pending.pop()
        if is_log_statement(node) or _is_apart(node):
            continue
        pending.extend(reversed(node.children))
        if _is_operation(node):
            yield node


def _is_apart(node: "Node") -> bool:
    """Whether a function inside is one of its own; one that is only handed to a call is part of the work."""
    return node.type in FUNCTIONS and (node.parent is None or node.parent.type != "arguments")


def _is_operation(node: "Node") -> bool:
    if node.type == "assignment_expression":
        left = node.child_by_field_name("left")
        return left is not None and left.type in {"member_expression", "subscript_expression"}
    return node.type in EFFECTS or (node.type in VALUES and varies(node))
