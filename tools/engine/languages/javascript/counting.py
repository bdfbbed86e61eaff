"""The functions of JavaScript and TypeScript source, from their syntax trees: which are exported, which are started from outside, what they do."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, Literal

from tools.engine.languages.functions import Function, SourceFunctions
from tools.engine.languages.javascript.bodies import body_digest, is_trivial
from tools.engine.languages.javascript.exports import exported_names, exporting_name
from tools.engine.languages.javascript.failure_paths import handlers_of
from tools.engine.languages.javascript.names import is_test_file
from tools.engine.languages.javascript.trees import CLASSES, FUNCTIONS, chain, everything, is_code, own_nodes, parsed, span, text

if TYPE_CHECKING:
    from tree_sitter import Node

ANONYMOUS: Final = "(anonymous)"
# Nodes that give a name to the value in them, with the field that holds the name.
NAMING: Final = {"variable_declarator": "name", "pair": "key", "public_field_definition": "name", "field_definition": "property"}
# Nodes that pass the name on which the value in them gets.
WRAPPING: Final = frozenset(
    {
        "parenthesized_expression", "as_expression", "satisfies_expression", "object", "class_body", "call_expression", "arguments",
        "lexical_declaration", "variable_declaration", "export_clause",
    }
)  # fmt: skip


@dataclass(frozen=True)
class _Place:
    """Where a node stands: the names around it, and what of it others can use.

    At the top of a module what is `exported`; in something exported everything (`open`); inside a function nothing (`closed`). `name` is what the
    value there is called.
    """

    scope: Literal["module", "open", "closed"]
    exported: frozenset[str]
    names: tuple[str, ...] = ()
    name: str = ""

    def called(self, name: str, scope: Literal["module", "open", "closed"] | None = None) -> "_Place":
        return _Place(scope or self.scope, self.exported, self.names, name)

    def is_public(self, name: str) -> bool:
        return not name.startswith(("_", "#")) and (self.scope == "open" or (self.scope == "module" and name in self.exported))

    def inside(self, name: str, scope: Literal["module", "open", "closed"]) -> "_Place":
        return _Place(scope, self.exported, (*self.names, name))


def count(files: Mapping[str, bytes]) -> SourceFunctions:
    """The functions of the source files, by their paths; a package.json among them names the commands.

    Test files are left out. A file that does not parse gives no function and is named in `unread`.
    """
    functions: list[Function] = []
    entry_points: set[tuple[str, str]] = set()
    unread: list[str] = []
    commands = frozenset(
        command for path, content in files.items() if PurePosixPath(path).name == "package.json" for command in _commands(path, content)
    )
    for path, content in files.items():
        if not is_code(path) or is_test_file(path):
            continue
        root = parsed(path, content)
        if root is None:
            unread.append(path)
            continue
        functions += _functions(path, root)
        if path in commands or content.startswith(b"#!"):
            entry_points |= {(path, name) for name in _started(root)}
    return SourceFunctions(tuple(functions), frozenset(entry_points), tuple(unread))


def _functions(path: str, root: "Node") -> Iterator[Function]:
    named = {text(node.child_by_field_name("name")): node for node in everything(root) if node.type in FUNCTIONS}
    named |= {text(each.child_by_field_name("name")): value for each in everything(root) if (value := _function_value(each)) is not None}
    for node, place in _placed(root, _Place("module", exported_names(root))):
        name = place.name or ANONYMOUS
        yield Function(
            path=path,
            name=".".join((*place.names, name)),
            span=span(node),
            public=place.is_public(name) and name != "constructor" and not _is_hidden(node),
            trivial=is_trivial(node),
            handlers=handlers_of(node, named),
            body=body_digest(node),
            statement_lines=_statement_lines(node),
        )


def _function_value(node: "Node") -> "Node | None":
    value = node.child_by_field_name("value") if node.type == "variable_declarator" else None
    return value if value is not None and value.type in FUNCTIONS else None


def _placed(root: "Node", top: _Place) -> Iterator[tuple["Node", _Place]]:
    """Every function below a node, with its place."""
    pending = [(root, top)]
    while pending:
        node, place = pending.pop()
        if node.type in FUNCTIONS:
            place = place.called(text(node.child_by_field_name("name")) or place.name)
            yield node, place
            inner = place.inside(place.name or ANONYMOUS, "closed")
        elif node.type in CLASSES:
            name = text(node.child_by_field_name("name")) or place.name or "default"
            inner = place.inside(name, "open" if place.is_public(name) else "closed")
        else:
            inner = _below(node, place)
        pending += [(child, inner) for child in reversed(node.children)]


def _below(node: "Node", place: _Place) -> _Place:
    """The place of what stands in a node that is neither function nor class, which may name and open it."""
    if node.type == "export_statement":
        return place.called("default", "open")
    if node.type == "assignment_expression":
        exported = exporting_name(node)
        return place.called(exported, "open") if exported is not None else place.called(_assigned(node))
    if node.type in NAMING:
        name = text(node.child_by_field_name(NAMING[node.type])).strip("'\"")
        return place.called(name, "closed" if _is_hidden(node) else None)
    if node.type == "object" and place.name not in {"", "exports", "default"}:
        return place.inside(place.name, "open" if place.is_public(place.name) else "closed")
    keeps = place.scope == "module" or node.type in WRAPPING
    return place if keeps else place.called("")


def _assigned(assignment: "Node") -> str:
    """The name that an assignment gives: of A.prototype.b it is b, of a variable its own."""
    return next(chain(assignment.child_by_field_name("left")), "")


def _is_hidden(node: "Node") -> bool:
    """Whether TypeScript hides a member: private or protected."""
    return any(each.type == "accessibility_modifier" and text(each) != "public" for each in node.children)


def _statement_lines(function: "Node") -> tuple[int, ...]:
    body = function.child_by_field_name("body")
    if body is None:
        return ()
    if body.type != "statement_block":
        return (body.start_point.row + 1,)
    statements = (node for node in own_nodes(body) if node.type.endswith(("_statement", "_declaration")))
    return tuple(sorted({node.start_point.row + 1 for node in statements}))


def _commands(path: str, content: bytes) -> Iterator[str]:
    """The files that a package.json names as commands; none where it is no JSON, which whoever installs the project is told of."""
    try:
        manifest = json.loads(content)
    except ValueError:
        return
    found = manifest.get("bin", {}) if isinstance(manifest, dict) else {}
    for place in found.values() if isinstance(found, dict) else [found]:
        yield (PurePosixPath(path).parent / str(place)).as_posix()


def _started(root: "Node") -> Iterator[str]:
    """The functions that the top of a module calls: main(), await main(), main().catch(…)."""
    for statement in root.named_children:
        if statement.type == "expression_statement" and statement.named_children:
            yield from list(chain(statement.named_children[0]))[-1:]
