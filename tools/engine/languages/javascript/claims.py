"""Whether what a JavaScript test asserts says anything of what ran.

It does where it depends on what was called, imported or handed in, not on constants alone, and is not what nearly everything satisfies.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from tools.engine.languages.javascript.known import Known, depends
from tools.engine.languages.javascript.trees import arguments, chain, text

if TYPE_CHECKING:
    from tree_sitter import Node

NOTHING: Final = frozenset({"undefined", "null", "void 0", "(void 0)"})
_WRAPPERS: Final = frozenset({"parenthesized_expression", "non_null_expression", "as_expression", "satisfies_expression", "await_expression"})
_ALWAYS_TRUE: Final = frozenset({"array", "object", "arrow_function", "function_expression", "class", "new_expression", "regex"})
_FALSE: Final = frozenset({"false", "0", "null", "undefined", "''", '""', "``"})
_OPPOSITE: Final[Mapping[str, str]] = {
    "===": "!==", "!==": "===", "==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "instanceof": "not instanceof", "in": "not in",
}  # fmt: skip
_TURNED: Final[Mapping[str, str]] = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_DIFFERS: Final = frozenset({"!==", "!="})
_REFLEXIVE: Final = frozenset({"===", "==", "<=", ">="})


def says(node: "Node", known: Known) -> bool:
    """Whether asserting that an expression is true says something."""
    inner = _unwrapped(node)
    if inner.type == "unary_expression" and _operator(inner) == "!":
        return denies(inner.named_children[-1], known)
    if inner.type == "binary_expression":
        return _joined(inner, says, known, every="||") if _operator(inner) in {"&&", "||", "??"} else compares(*_parts(inner), known)
    if inner.type == "call_expression" and text(inner.child_by_field_name("function")) == "Boolean" and arguments(inner):
        return says(arguments(inner)[0], known)
    if inner.type in _ALWAYS_TRUE or (inner.type == "template_string" and any(each.type == "string_fragment" for each in inner.named_children)):
        return False
    return text(inner) not in known.functions and depends(inner, known)


def denies(node: "Node", known: Known) -> bool:
    """Whether asserting that an expression is not true says something."""
    inner = _unwrapped(node)
    if inner.type == "unary_expression" and _operator(inner) == "!":
        return says(inner.named_children[-1], known)
    if inner.type == "binary_expression":
        left, operator, right = _parts(inner)
        if operator in {"&&", "||", "??"}:
            return _joined(inner, denies, known, every="&&")
        return compares(left, _OPPOSITE.get(operator, operator), right, known)
    return depends(inner, known)


def compares(left: "Node", operator: str, right: "Node", known: Known) -> bool:
    """Whether asserting that a comparison holds says something."""
    for one, other, seen in ((left, right, operator), (right, left, _TURNED.get(operator, operator))):
        if seen in {"===", "=="} and text(other) in {"true", "false"} and text(one) not in {"true", "false"}:
            return says(one, known) if text(other) == "true" else denies(one, known)
        if seen in _DIFFERS and (text(other) in NOTHING or (text(other)[1:-1] == "undefined" and text(one).startswith("typeof "))):
            return False
        if seen in {">=", ">", *_DIFFERS} and holds_for_any_length(one, seen, other):
            return False
    if operator == "instanceof" and text(right) == "Object":
        return False
    return (depends(left, known) or depends(right, known)) and not (operator in _REFLEXIVE and same((left, right)))


def holds_for_any_length(value: "Node", operator: str, bound: "Node") -> bool:
    """Whether every length is at least (or more than) so much."""
    if next(chain(value), "") not in {"length", "size"}:
        return False
    number = text(bound)
    return number.startswith("-") or (operator == ">=" and number == "0")


def same(values: Sequence["Node"]) -> bool:
    """Whether a thing is held against itself. What `new` gives is another thing each time."""
    texts = [text(each) for each in values]
    return len(texts) > 1 and len(set(texts)) == 1 and not any(each.startswith("new ") for each in texts)


def _joined(node: "Node", claims: Callable[["Node", Known], bool], known: Known, *, every: str) -> bool:
    """Two claims joined: with `every` both have to say something, a constant false one aside; else one is enough."""
    left, operator, right = _parts(node)
    if (operator if operator != "??" else "||") != every:
        return claims(left, known) or claims(right, known)
    telling = [each for each in (left, right) if text(each) not in _FALSE]
    opposite = text(right) == f"!{text(left)}" or text(left) == f"!{text(right)}"
    return bool(telling) and all(claims(each, known) for each in telling) and not opposite


def _parts(binary: "Node") -> tuple["Node", str, "Node"]:
    return binary.named_children[0], _operator(binary), binary.named_children[-1]


def _operator(node: "Node") -> str:
    return text(node.child_by_field_name("operator"))


def _unwrapped(node: "Node") -> "Node":
    while node.type in _WRAPPERS and node.named_children:
        node = node.named_children[0]
    return node
