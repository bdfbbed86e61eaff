"""What the names in a JavaScript test file stand for: values that it wrote down itself, or what came from elsewhere."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tools.engine.languages.javascript.trees import FUNCTIONS, VARIABLE, arguments, chain, everything, names_in, text

if TYPE_CHECKING:
    from tree_sitter import Node

# Names of the language that give the same for the same.
PLAIN: Final = frozenset(
    {
        "Array", "BigInt", "Boolean", "JSON", "Map", "Math", "Number", "Object", "RegExp", "Set", "String", "Symbol", "isFinite", "isNaN",
        "parseFloat", "parseInt",
    }
)  # fmt: skip
_ALWAYS: Final = frozenset({"Infinity", "NaN", "undefined", "expect"})
# Words that begin a test.
TESTS: Final = frozenset({"test", "it", "specify"})
# Modules whose functions assert by themselves.
ASSERT_MODULES: Final = frozenset({"assert", "node:assert", "assert/strict", "node:assert/strict", "uvu/assert", "chai", "power-assert"})
_CHANGEABLE: Final = frozenset({"array", "object", "new_expression", "call_expression", "arrow_function", "function_expression", "class", "regex"})
_LOOKING: Final = frozenset({"expect", "assert", "t"})


@dataclass(frozen=True)
class Known:
    """What is known of the names in one test file.

    `constants` stand for what was written down in it; `functions` are the texts of what is imported and called; `asserting` are functions that come
    from a module of assertions; `contexts` are what tests are handed by their runner.
    """

    constants: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    asserting: frozenset[str] = frozenset()
    contexts: frozenset[str] = frozenset()


def known_in_file(root: "Node") -> Known:
    """Look through a test file."""
    nodes = list(everything(root))
    calls = [each for each in nodes if each.type == "call_expression"]
    imported = {name: source for node in nodes for name, source in _imported(node)}
    plain = _ALWAYS if _changes_the_language(root) else _ALWAYS | PLAIN
    return Known(
        constants=_constants(nodes, plain - imported.keys()),
        functions=frozenset(text(each.child_by_field_name("function")) for each in calls if _root(each) in imported),
        asserting=frozenset(name for name, source in imported.items() if source in ASSERT_MODULES),
        contexts=frozenset(name for each in calls if _last(each) in TESTS for name in _contexts(each)),
    )


def depends(node: "Node", known: Known) -> bool:
    """Whether a value depends on anything but what the test file wrote down itself."""
    own = frozenset(name for each in everything(node) if each.type in FUNCTIONS for name in names_in(each.child_by_field_name("parameters")))
    return any(each.type in VARIABLE and text(each) not in known.constants | own for each in everything(node))


def _imported(node: "Node") -> Iterator[tuple[str, str]]:
    """The names that an import or a require binds, with the module that they come from."""
    if node.type == "import_statement":
        clause = next((each for each in node.children if each.type == "import_clause"), None)
        source = text(node.child_by_field_name("source"))[1:-1]
        yield from ((name, source) for name in names_in(clause))
    elif node.type == "variable_declarator":
        value = node.child_by_field_name("value")
        while value is not None and value.type in {"member_expression", "await_expression"}:
            value = value.child_by_field_name("object") or (value.named_children[0] if value.type == "await_expression" else None)
        if value is not None and value.type == "call_expression" and text(value.child_by_field_name("function")) in {"require", "import"}:
            source = "".join(text(each)[1:-1] for each in arguments(value)[:1])
            yield from ((name, source) for name in names_in(node.child_by_field_name("name")))


def _changes_the_language(root: "Node") -> bool:
    """Whether a file of the project is imported for what it does alone: a polyfill changes what the language gives."""
    for statement in root.named_children:
        if statement.type == "import_statement" and not any(each.type == "import_clause" for each in statement.children):
            source = text(statement.child_by_field_name("source"))[1:-1]
        elif statement.type == "expression_statement" and (called := statement.named_children[0]).type == "call_expression":
            source = text(arguments(called)[0])[1:-1] if list(chain(called)) == ["require"] and arguments(called) else ""
        else:
            continue
        if source.startswith("."):
            return True
    return False


def _constants(nodes: Sequence["Node"], plain: frozenset[str]) -> frozenset[str]:
    """The names of which every binding in the file is a constant that nothing changes."""
    values: dict[str, list[Node | None]] = defaultdict(list)
    for node in nodes:
        for name, value in _bindings(node):
            values[name].append(value)
    found = plain - values.keys()
    open_ones = {name: [value for value in bound if value is not None] for name, bound in values.items() if None not in bound}
    changeable = {name for name, bound in open_ones.items() if any(each.type in _CHANGEABLE for value in bound for each in everything(value))}
    changed = changeable & _handed_on(nodes) if changeable else set()
    while more := {name for name in open_ones.keys() - found - changed if not any(depends(value, Known(found)) for value in open_ones[name])}:
        found |= more
    return found


def _bindings(node: "Node") -> Iterator[tuple[str, "Node | None"]]:
    """The names that a node binds or sets, with the value where there is one that is plain to see."""
    if node.type == "variable_declarator":
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        plain = name is not None and name.type == "identifier" and (node.parent is None or node.parent.type != "for_in_statement")
        yield from ((each, value if plain else None) for each in names_in(name))
    elif node.type == "for_in_statement":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        plain = left is not None and left.type == "identifier" and right is not None and right.type == "array"
        elements: list[Node | None] = [*right.named_children] if right is not None and plain else [None]
        yield from ((each, element) for each in names_in(left) for element in elements)
    elif node.type in {"assignment_expression", "augmented_assignment_expression"}:
        left = node.child_by_field_name("left")
        yield from ((each, None) for each in (names_in(left) if left is not None and left.type != "member_expression" else ()))
    elif node.type == "update_expression":
        yield from ((each, None) for each in names_in(node))
    elif node.type in FUNCTIONS:
        parameters = names_in(node.child_by_field_name("parameters")) | names_in(node.child_by_field_name("parameter"))
        yield from ((each, None) for each in (*parameters, text(node.child_by_field_name("name"))))
    elif node.type == "catch_clause":
        yield from ((each, None) for each in names_in(node.child_by_field_name("parameter")))


def _handed_on(nodes: Sequence["Node"]) -> set[str]:
    """The names that stand anywhere but as what an assertion is handed: there what they stand for may be changed."""
    found: set[str] = set()
    for node in nodes:
        if node.type in {"identifier", "shorthand_property_identifier"} and (above := node.parent) is not None:
            looked_at = above.type == "arguments" and above.parent is not None and _root(above.parent) in _LOOKING
            if not looked_at and above.type not in {"variable_declarator", "for_in_statement"}:
                found.add(text(node))
    return found


def _contexts(call: "Node") -> Iterator[str]:
    """What the function of a test is handed."""
    for each in arguments(call):
        if each.type in FUNCTIONS:
            yield from names_in(each.child_by_field_name("parameters")) | names_in(each.child_by_field_name("parameter"))


def _last(call: "Node") -> str:
    """The last name of a callee: c of a.b.c()."""
    return next(chain(call.child_by_field_name("function")), "")


def _root(call: "Node") -> str:
    """The first name of a callee: a of a.b.c()."""
    return next(iter([*chain(call.child_by_field_name("function"))][-1:]), "")
