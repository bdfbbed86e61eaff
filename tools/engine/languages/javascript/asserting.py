"""Which tests of a JavaScript project assert something of what they run: only what these execute counts as tested."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tools.engine.languages.javascript.assertions import is_assertion
from tools.engine.languages.javascript.known import TESTS, Known, known_in_file
from tools.engine.languages.javascript.reached import reached
from tools.engine.languages.javascript.trees import FUNCTIONS, arguments, chain, everything, own_nodes, parsed, text

if TYPE_CHECKING:
    from tree_sitter import Node

SUITES: Final = frozenset({"describe", "suite", "context"})


@dataclass(frozen=True)
class FoundTest:
    """A test as its file has it: the titles of its suites and its own, as far as they are plain text, its line, and whether it asserts something.

    `word_ends` is the place, in bytes of the file, behind the word that begins its call (test, it) where that word alone is called, else None.
    """

    path: str
    titles: tuple[str, ...]
    line: int
    asserts: bool
    word_ends: int | None = None


def found_tests(files: Mapping[str, bytes]) -> tuple[FoundTest, ...]:
    """The tests of the files, by their paths, in the order of the text; helpers among them count for tests that call them.

    A title that is computed is "*". Files that do not parse hold none.
    """
    roots = {path: root for path, content in files.items() if (root := parsed(path, content)) is not None}
    known = {path: known_in_file(root) for path, root in roots.items()}
    functions = [(name, node, known[path]) for path, root in roots.items() for name, node in _named_functions(root)]
    helping: frozenset[str] = frozenset()
    while more := frozenset(name for name, node, names in functions if name not in helping and _asserts(node, helping, names)):
        helping |= more
    return tuple(found for path, root in roots.items() for found in _tests(path, root, helping, known[path]))


def _named_functions(root: "Node") -> Iterator[tuple[str, "Node"]]:
    for node in everything(root):
        if node.type in FUNCTIONS and (name := text(node.child_by_field_name("name"))):
            yield name, node
        elif node.type == "variable_declarator":
            value = node.child_by_field_name("value")
            if value is not None and value.type in FUNCTIONS:
                yield text(node.child_by_field_name("name")), value


def _tests(path: str, root: "Node", helping: frozenset[str], known: Known) -> Iterator[FoundTest]:
    pending: list[tuple[Node, tuple[str, ...]]] = [(root, ())]
    while pending:
        node, titles = pending.pop()
        kind = _kind(node)
        body = _body(node) if kind else None
        if body is not None:
            titles = (*titles, _title(arguments(node)))
            if kind in TESTS:
                yield FoundTest(path, titles, node.start_point.row + 1, _asserts(body, helping, known), _plain_word(node))
        pending += [(child, titles) for child in reversed(node.children)]


def _kind(node: "Node") -> str:
    """Which word of the test runners a call is: test, it.only, describe.each(…)…"""
    root = list(chain(node.child_by_field_name("function")))[-1:] if node.type == "call_expression" else []
    return root[0] if root and root[0] in SUITES | TESTS else ""


def _plain_word(call: "Node") -> int | None:
    """Where the word of a test ends that is called without any more words: `test` of test("title", …), nothing of test.each([…])("title", …)."""
    callee = call.child_by_field_name("function")
    return callee.end_byte if callee is not None and callee.type == "identifier" else None


def _body(call: "Node") -> "Node | None":
    return next((each for each in arguments(call) if each.type in FUNCTIONS), None)


def _title(given: Sequence["Node"]) -> str:
    return text(given[0])[1:-1] if given and given[0].type == "string" else "*"


def _asserts(function: "Node", helping: frozenset[str], known: Known) -> bool:
    """Whether it has an assertion, or throws by itself on a condition."""
    if any(is_assertion(node, helping, known) for node in reached(function)):
        return True
    conditions = (node for node in own_nodes(function) if node.type == "if_statement")
    return any(each.type == "throw_statement" for node in conditions for each in own_nodes(node))
