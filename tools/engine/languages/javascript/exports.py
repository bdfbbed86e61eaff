"""Which names at the top of a JavaScript module are meant for others."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tools.engine.languages.javascript.trees import chain, text

if TYPE_CHECKING:
    from tree_sitter import Node


def exported_names(root: "Node") -> frozenset[str]:
    """The local names that are exported apart from their declaration: export {a}, export default a, module.exports = {a, b: c}, exports.x = a."""
    return frozenset(name for statement in root.named_children for name in _exported(statement))


def exporting_name(assignment: "Node") -> str | None:
    """The name under which an assignment exports its value (module.exports = …, exports.x = …); None for another one."""
    left = assignment.child_by_field_name("left")
    if left is None or left.type != "member_expression":
        return None
    match list(chain(left)):
        case ["exports", "module"]:
            return "exports"
        case [name, "exports"] | [name, "exports", "module"]:
            return name
        case _:
            return None


def _exported(statement: "Node") -> Iterator[str]:
    if statement.type == "export_statement" and statement.child_by_field_name("source") is None:
        value = statement.child_by_field_name("value")
        if value is not None:
            yield from _values(value)
        for clause in statement.named_children:
            if clause.type == "export_clause":
                yield from (text(each.child_by_field_name("name")) for each in clause.named_children)
    elif statement.type == "expression_statement" and statement.named_children and statement.named_children[0].type == "assignment_expression":
        assignment = statement.named_children[0]
        right = assignment.child_by_field_name("right")
        if right is not None and exporting_name(assignment) is not None:
            yield from _values(right)


def _values(value: "Node") -> Iterator[str]:
    """The local names in an exported value: the name itself, or those in an object, or what a call wraps."""
    if value.type in {"identifier", "shorthand_property_identifier"}:
        yield text(value)
    elif value.type == "object":
        for each in value.named_children:
            part = each.child_by_field_name("value") if each.type == "pair" else each
            if part is not None and part.type in {"identifier", "shorthand_property_identifier"}:
                yield text(part)
    elif value.type == "call_expression":
        found = value.child_by_field_name("arguments")
        yield from (text(each) for each in (found.named_children if found is not None else ()) if each.type == "identifier")
