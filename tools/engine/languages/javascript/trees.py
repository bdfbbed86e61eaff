"""Syntax trees of JavaScript and TypeScript, and walking them."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from tools.engine.languages.functions import Span

if TYPE_CHECKING:
    from tree_sitter import Node

JAVASCRIPT: Final = frozenset({".js", ".jsx", ".mjs", ".cjs"})
TYPESCRIPT: Final = frozenset({".ts", ".mts", ".cts"})
TSX: Final = ".tsx"
FUNCTIONS: Final = frozenset(
    {
        "function_declaration", "generator_function_declaration", "function_expression", "generator_function", "arrow_function", "method_definition",
    }
)  # fmt: skip
CLASSES: Final = frozenset({"class_declaration", "abstract_class_declaration", "class"})
# What a value can depend on.
VARIABLE: Final = frozenset({"identifier", "this", "super", "shorthand_property_identifier", "await_expression", "yield_expression", "import"})


def is_code(path: str) -> bool:
    """Whether the file is JavaScript or TypeScript source; declaration files hold no code."""
    name = PurePosixPath(path)
    return name.suffix in JAVASCRIPT | TYPESCRIPT | {TSX} and not name.stem.endswith(".d")


def parsed(path: str, content: bytes) -> "Node | None":
    """The root of the file's syntax tree, by its suffix; None where the file does not parse."""
    from tree_sitter import Language, Parser  # noqa: PLC0415 - loaded on use: start-up speed

    suffix = PurePosixPath(path).suffix
    if suffix in JAVASCRIPT:
        import tree_sitter_javascript  # noqa: PLC0415 - loaded on use: start-up speed

        grammar = tree_sitter_javascript.language()
    else:
        import tree_sitter_typescript  # noqa: PLC0415 - loaded on use: start-up speed

        grammar = tree_sitter_typescript.language_tsx() if suffix == TSX else tree_sitter_typescript.language_typescript()
    root = Parser(Language(grammar)).parse(content).root_node
    return None if root.has_error else root


def text(node: "Node | None") -> str:
    """The source text of a node; empty for none."""
    return "" if node is None or node.text is None else node.text.decode("utf-8", "replace")


def everything(node: "Node", *, but: frozenset[str] = frozenset()) -> Iterator["Node"]:
    """The node and all below it in the order of the text; of nodes of the types `but`, except the first, the head alone."""
    pending = [node]
    while pending:
        each = pending.pop()
        yield each
        if each is node or each.type not in but:
            pending.extend(reversed(each.children))


def own_nodes(node: "Node") -> Iterator["Node"]:
    """What is below a node and not inside a function defined there."""
    return everything(node, but=FUNCTIONS)


def varies(node: "Node") -> bool:
    """Whether a value depends on anything but constants."""
    return any(each.type in VARIABLE and text(each) not in {"undefined", "NaN", "Infinity"} for each in everything(node))


def chain(node: "Node | None") -> Iterator[str]:
    """The names that a callee is made of, the nearest first: `a.b().c` gives c, b, a."""
    while node is not None:
        if node.type == "member_expression":
            yield text(node.child_by_field_name("property"))
            node = node.child_by_field_name("object")
        elif node.type == "call_expression":
            node = node.child_by_field_name("function")
        elif node.type in {"identifier", "this", "super"}:
            yield text(node)
            return
        else:
            node = node.named_children[0] if node.type in {"await_expression", "parenthesized_expression", "non_null_expression"} else None


def arguments(call: "Node") -> list["Node"]:
    """The arguments of a call."""
    found = call.child_by_field_name("arguments")
    return [each for each in found.named_children if each.type != "comment"] if found is not None else []


def names_in(node: "Node | None") -> frozenset[str]:
    """The variables that a pattern binds, or that an expression uses."""
    wanted = {"identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern"}
    return frozenset() if node is None else frozenset(text(each) for each in everything(node) if each.type in wanted)


def span(node: "Node") -> Span:
    """Where a node stands. Columns are bytes where a line holds more than ASCII."""
    return Span(node.start_point.row + 1, node.start_point.column, node.end_point.row + 1, node.end_point.column)
