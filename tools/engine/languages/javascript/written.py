"""The values written out in JavaScript and TypeScript code, and what is done for one of them alone."""

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from tools.engine.languages.javascript.gains import group_of, statements_of
from tools.engine.languages.javascript.trees import arguments, chain, everything, parsed, text
from tools.engine.languages.written import NOTHING_WRITTEN, Branch, Value, Written, several

if TYPE_CHECKING:
    from tree_sitter import Node

CONSTANTS: Final = {"true": "True", "false": "False", "null": "None", "undefined": "None"}
EQUALITIES: Final = frozenset({"==", "===", "!=", "!=="})
# Methods that look at a text or a container for what is handed to them.
LOOKING: Final = frozenset({"includes", "has", "startsWith", "endsWith", "indexOf", "match", "test", "equals"})
VARYING: Final = frozenset({"identifier", "call_expression", "member_expression", "subscript_expression", "this", "template_substitution"})
PAIR: Final = 2  # a key and what belongs to it
CONTAINERS: Final = frozenset({"array", "object"})


def written_in(path: str, content: bytes) -> Written:
    """The values of a file; none where it does not parse."""
    root = parsed(path, content)
    if root is None:
        return NOTHING_WRITTEN
    return Written(tuple(_groups(root)), tuple(_branches(root)), frozenset(_words(root)))


def _groups(block: "Node") -> Iterator[tuple[Value, ...]]:
    """The values of each statement; of groups of tests those of each of their statements."""
    for statement in statements_of(block):
        inner = group_of(statement)
        if inner is not None:
            yield from _groups(inner)
        elif statement.type != "import_statement" and (found := tuple(_values([statement]))):
            yield found


def _words(root: "Node") -> Iterator[str]:
    """The values of literal types."""
    return (word for node in everything(root) if node.type == "literal_type" for word in _texts([node]))


def _values(nodes: Iterable["Node | None"]) -> Iterator[Value]:
    """The values below these nodes; arrays both as a whole and one by one."""
    pending = [node for node in nodes if node is not None]
    while pending:
        node = pending.pop()
        if (value := _value(node)) is not None:
            yield value
        if value is None or node.type in CONTAINERS:
            pending += node.named_children


def _value(node: "Node") -> Value | None:
    line, said = node.start_point.row + 1, text(node)
    if node.type in {"string", "template_string"} and not any(each.type == "template_substitution" for each in node.named_children):
        return Value(repr(_unescaped(said[1:-1])), line)
    if node.type == "number" or (node.type == "unary_expression" and said[:1] == "-" and node.named_children[0].type == "number"):
        return _number(said.replace("_", "").replace(" ", ""), line)
    if node.type in CONSTANTS or (node.type == "identifier" and said in CONSTANTS):
        return Value(CONSTANTS[said], line)
    if node.type == "array":
        return several([_value(each) for each in node.named_children if each.type != "comment"], line)
    return None


def _unescaped(inner: str) -> str:
    """The text of a string literal; as it stands there where it holds escapes that JSON does not know."""
    try:
        return str(json.loads(f'"{inner}"')) if "\\" in inner else inner
    except ValueError:
        return inner


def _number(said: str, line: int) -> Value:
    try:
        number = float(said)
    except ValueError:  # 0x10, 10n
        return Value(said, line)
    return Value(repr(int(number)) if number.is_integer() else repr(number), line)


def _branches(root: "Node") -> Iterator[Branch]:
    """What is done for one value: under a condition, in a case, by a table, or by a comparison that is itself the answer."""
    for node in everything(root):
        if node.type in {"if_statement", "ternary_expression"}:
            sides = [node.child_by_field_name(name) for name in ("consequence", "alternative")]
            yield from _each(_asked(node.child_by_field_name("condition")), [answer for side in sides for answer in _answers(side)])
        elif node.type == "switch_case":
            value = node.child_by_field_name("value")
            yield from _each(_values([value]), [answer for each in node.named_children if each != value for answer in _answers(each)])
        elif node.type in {"binary_expression", "call_expression"}:
            yield from _each(_asked(node), ())
        elif node.type in {"variable_declarator", "subscript_expression"}:
            yield from _listed(node.child_by_field_name("value") or node.child_by_field_name("object"))


def _each(values: Iterable[Value], answers: Iterable[str]) -> Iterator[Branch]:
    found = tuple(answers)
    return (Branch(value, found) for value in values)


def _listed(table: "Node | None") -> Iterator[Branch]:
    """The keys of an object or of a new Map([…]), each with what is written beside it."""
    while table is not None and table.type in {"parenthesized_expression", "as_expression", "satisfies_expression"}:
        table = table.named_children[0]
    if table is None:
        return
    pairs: list[tuple[Node | None, Node | None]] = []
    if table.type == "object":
        found = [each for each in table.named_children if each.type == "pair"]
        pairs = [(each.child_by_field_name("key"), each.child_by_field_name("value")) for each in found]
    elif table.type == "new_expression" and text(table.child_by_field_name("constructor")) == "Map":
        rows = [row for each in arguments(table)[:1] for row in each.named_children if row.type == "array"]
        pairs = [(row.named_children[0], row.named_children[1]) for row in rows if len(row.named_children) == PAIR]
    for key, value in pairs:
        if key is not None and value is not None and _is_written(value):
            yield from (Branch(each, tuple(_texts([value])), listed=True) for each in _keys(key))


def _keys(key: "Node") -> Iterator[Value]:
    """The key of a pair, quoted or not."""
    if key.type == "property_identifier":
        yield Value(repr(text(key)), key.start_point.row + 1)
    else:
        yield from _values([key])


def _asked(condition: "Node | None") -> Iterator[Value]:
    """The values that a condition compares something with."""
    for node in everything(condition) if condition is not None else ():
        if node.type == "binary_expression" and text(node.child_by_field_name("operator")) in EQUALITIES:
            sides = [node.child_by_field_name(name) for name in ("left", "right")]
            yield from _values(each for each in sides if each is not None and _is_written(each))
        elif node.type == "call_expression" and (called := list(chain(node.child_by_field_name("function")))[:1]) and called[0] in LOOKING:
            callee = node.child_by_field_name("function")
            looked = [callee.child_by_field_name("object") if callee is not None else None, *arguments(node)]
            yield from _values(each for each in looked if each is not None and _is_written(each))


def _is_written(node: "Node") -> bool:
    """Whether a value stands here itself, or a container of some."""
    return not any(each.type in VARYING and text(each) not in CONSTANTS for each in everything(node))


def _answers(side: "Node | None") -> Iterator[str]:
    """What a block, a statement or the side of a condition itself gives back or sets."""
    if side is None:
        return
    if side.type in {"statement_block", "else_clause"}:
        for each in side.named_children:
            yield from _answers(each)
    elif side.type in {"return_statement", "expression_statement", "lexical_declaration"} or not side.type.endswith(("statement", "declaration")):
        yield from _texts([side])


def _texts(nodes: Iterable["Node | None"]) -> Iterator[str]:
    return (value.text for value in _values(nodes))
