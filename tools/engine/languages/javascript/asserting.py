"""Which tests of a JavaScript project assert something: only what they execute counts as tested.

An expectation of constants, or of a thing against itself, asserts nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tools.engine.languages.javascript.trees import FUNCTIONS, arguments, chain, everything, parsed, text, varies

if TYPE_CHECKING:
    from tree_sitter import Node

SUITES: Final = frozenset({"describe", "suite", "context"})
TESTS: Final = frozenset({"test", "it", "specify"})
# Roots on which every call asserts, and the calls that do of a test's own context (ava, tap, node's runner).
ASSERTING: Final = frozenset({"assert", "chai", "should", "sinon", "fc"})
CONTEXTS: Final = frozenset({"t", "tap"})
SAYING_NOTHING: Final = frozenset(
    {"pass", "plan", "log", "comment", "timeout", "teardown", "end", "test", "before", "after", "assertions", "hasAssertions"}
)


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
    functions = [(name, node) for root in roots.values() for name, node in _named_functions(root)]
    helping: frozenset[str] = frozenset()
    while more := frozenset(name for name, node in functions if name not in helping and _asserts(node, helping)):
        helping |= more
    return tuple(found for path, root in roots.items() for found in _tests(path, root, helping))


def _named_functions(root: "Node") -> Iterator[tuple[str, "Node"]]:
    for node in everything(root):
        if node.type in FUNCTIONS and (name := text(node.child_by_field_name("name"))):
            yield name, node
        elif node.type == "variable_declarator":
            value = node.child_by_field_name("value")
            if value is not None and value.type in FUNCTIONS:
                yield text(node.child_by_field_name("name")), value


def _tests(path: str, root: "Node", helping: frozenset[str]) -> Iterator[FoundTest]:
    pending: list[tuple[Node, tuple[str, ...]]] = [(root, ())]
    while pending:
        node, titles = pending.pop()
        kind = _kind(node)
        body = _body(node) if kind else None
        if body is not None:
            titles = (*titles, _title(arguments(node)))
            if kind in TESTS:
                yield FoundTest(path, titles, node.start_point.row + 1, _asserts(body, helping), _plain_word(node))
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


def _asserts(function: "Node", helping: frozenset[str]) -> bool:
    return any(_is_assertion(node, helping) for node in _live(function))


def _live(function: "Node") -> Iterator["Node"]:
    """What can be reached in a function, functions inside it included."""
    pending = [function]
    while pending:
        node = pending.pop()
        yield node
        children = node.children
        if node.type in {"if_statement", "while_statement"} and text(node.child_by_field_name("condition")) in {"(false)", "(0)"}:
            alternative = node.child_by_field_name("alternative")
            children = [alternative] if alternative is not None else []
        pending.extend(reversed(children))


def _is_assertion(node: "Node", helping: frozenset[str]) -> bool:
    if node.type != "call_expression":
        return False
    names = list(chain(node.child_by_field_name("function")))
    if not names:
        return False
    if names[-1] == "expect":
        return _expects(node)
    if "should" in names[1:]:
        return True
    if names[-1] in ASSERTING or (names[-1] in CONTEXTS and len(names) > 1 and names[0] not in SAYING_NOTHING):
        return _compares(arguments(node))
    return len(names) == 1 and names[0] in helping


def _expects(call: "Node") -> bool:
    """expect(value).matcher(wanted): a matcher is called on an expectation, of something that varies."""
    callee = call.child_by_field_name("function")
    node = callee.child_by_field_name("object") if callee is not None and callee.type == "member_expression" else None
    while node is not None and node.type == "member_expression":
        node = node.child_by_field_name("object")
    if node is None or node.type != "call_expression":
        return False
    return _compares([*arguments(node), *arguments(call)])


def _compares(values: Sequence["Node"]) -> bool:
    """Whether something that varies is looked at, and not held against itself."""
    texts = [text(each) for each in values]
    return any(varies(each) for each in values) and not (len(texts) > 1 and len(set(texts)) == 1)
