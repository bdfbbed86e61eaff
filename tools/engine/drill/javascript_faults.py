"""Small faults in JavaScript and TypeScript: another value returned by a function that tests run, those that test files name most first."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tools.engine.drill.grounds import Fault, Grounds
from tools.engine.languages.javascript.trees import FUNCTIONS, everything, is_code, parsed, text

if TYPE_CHECKING:
    from tree_sitter import Node


def javascript_faults(grounds: Grounds, most: int) -> list[Fault]:
    """At most `most` faults, one of each function."""
    tests = "\n".join(grounds.text(path) for path in grounds.test_files)
    found = [fault for path in grounds.sources if is_code(path) for fault in _faults_in(path, grounds)]
    named = {fault.function: len(re.findall(rf"\b{re.escape(fault.function)}\b", tests)) for fault in found}
    return sorted(found, key=lambda fault: (-named[fault.function], fault.path))[:most]


def _faults_in(path: str, grounds: Grounds) -> Iterator[Fault]:
    source = grounds.read(path).encode()
    root = parsed(path, source)
    uncovered = grounds.uncovered.get(path, frozenset())
    for function in everything(root) if root is not None else ():
        value = _value(function) if function.type in FUNCTIONS else None
        line = value.start_point.row + 1 if value is not None else 0
        if value is not None and line not in uncovered and text(value) not in ("undefined", "null"):
            broken = (source[: value.start_byte] + b"undefined" + source[value.end_byte :]).decode()
            name = _name(function)
            yield Fault(path, source.decode(), broken, name, f"{path}:{line} {name} returns undefined")


def _value(function: "Node") -> "Node | None":
    """What a function answers: the last value that it returns itself, or the expression that it is."""
    body = function.child_by_field_name("body")
    if body is None or body.type != "statement_block":
        return body
    returned = [each.named_children[0] for each in everything(body, but=FUNCTIONS) if each.type == "return_statement" and each.named_children]
    return returned[-1] if returned else None


def _name(function: "Node") -> str:
    """The function's own name, or that of the variable that holds it."""
    named = function.child_by_field_name("name")
    if named is None and function.parent is not None and function.parent.type == "variable_declarator":
        named = function.parent.child_by_field_name("name")
    return text(named) or "function"
