"""Where a JavaScript or TypeScript module puts something in the place of what another module of the same project has."""

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from tools.engine.languages.javascript.trees import arguments, everything, is_code, parsed, text

if TYPE_CHECKING:
    from tree_sitter import Node

SETTING: Final = frozenset({"Object.assign", "Object.defineProperty", "Object.defineProperties", "Reflect.set", "Reflect.defineProperty"})
ASSIGNMENTS: Final = frozenset({"assignment_expression", "augmented_assignment_expression"})


def assigned_elsewhere(path: str, content: bytes, _product: Collection[str]) -> Mapping[int, str]:
    """Line to the property of another of the project's modules or classes that is set there; a class is told by its capital letter.

    What is imported by a relative path is the project's.
    """
    root = parsed(path, content) if is_code(path) else None
    if root is None:
        return {}
    own = frozenset(name for node in everything(root) for name in _bound(node))
    return {node.start_point.row + 1: target for node in everything(root) if (target := _set(node, own))}


def _bound(node: "Node") -> Iterator[str]:
    """The names by which whole modules of the project, and its classes, are called."""
    if node.type == "import_statement" and _is_relative(node.child_by_field_name("source")):
        for each in everything(node):
            whole = each.parent is not None and each.parent.type == "namespace_import"
            if each.type == "identifier" and (whole or text(each)[:1].isupper()):
                yield text(each)
    if node.type == "variable_declarator":
        value, name = node.child_by_field_name("value"), node.child_by_field_name("name")
        called = value.child_by_field_name("function") if value is not None and value.type == "call_expression" else None
        if value is not None and name is not None and text(called) == "require" and any(map(_is_relative, arguments(value))):
            names = [text(each) for each in everything(name) if each.type in {"identifier", "shorthand_property_identifier_pattern"}]
            yield from (each for each in names if name.type == "identifier" or each[:1].isupper())


def _is_relative(node: "Node | None") -> bool:
    return text(node).strip("\"'").startswith(".")


def _set(node: "Node", own: Collection[str]) -> str:
    if node.type in ASSIGNMENTS:
        target = node.child_by_field_name("left")
        whose = target.child_by_field_name("object") if target is not None and target.type in {"member_expression", "subscript_expression"} else None
        return text(target) if _whose(whose) in own else ""
    if node.type == "call_expression" and text(node.child_by_field_name("function")) in SETTING:
        return text(arguments(node)[0]) if arguments(node) and _whose(arguments(node)[0]) in own else ""
    return ""


def _whose(node: "Node | None") -> str:
    """The module or class whose property or prototype it is."""
    return text(node).removesuffix(".prototype")
