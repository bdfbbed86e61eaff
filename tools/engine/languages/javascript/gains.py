"""Whether a test file only gained: every statement of the base stands in it unchanged, and nothing that was added can change what they do."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from tools.engine.languages.javascript.trees import arguments, chain, everything, names_in, parsed, text

if TYPE_CHECKING:
    from tree_sitter import Node

GROUPS: Final = frozenset({"describe", "suite", "context"})
TESTS: Final = frozenset({"it", "test", "specify", "bench"})
# What may follow a test's name without leaving out others, or itself.
PLAIN_WORDS: Final = frozenset({"each", "for", "concurrent", "sequential", "extend"})
# Names that tests do not declare themselves, but take from where the runner keeps them.
RUNNERS_NAMES: Final = GROUPS | TESTS | frozenset({"expect", "assert", "vi", "jest", "require", "module", "globalThis", "process", "console"})
RUNNERS_MODULES: Final = frozenset(
    {"vitest", "@jest/globals", "node:test", "test", "node:assert", "node:assert/strict", "assert", "assert/strict", "chai"}
)
PLAIN_STATEMENTS: Final = frozenset(
    {
        "function_declaration", "generator_function_declaration", "class_declaration", "abstract_class_declaration", "lexical_declaration",
        "interface_declaration", "type_alias_declaration", "enum_declaration", "empty_statement",
    }
)  # fmt: skip
Shape = tuple[str, ...]


def loss_in(path: str, base: bytes, candidate: bytes) -> str | None:
    """What of the base's file does not stand unchanged in the candidate's, or which addition is more than a plain gain; None where it only gained."""
    before, after = parsed(path, base), parsed(path, candidate)
    if before is None or after is None:
        return "it does not parse"
    return _loss(statements_of(before), statements_of(after))


def suspicion_in(path: str, content: bytes) -> str | None:
    """What in a test file that the candidate added leaves out other tests; None where it is a plain one: its own set-up is its own affair."""
    root = parsed(path, content)
    if root is None:
        return "it does not parse"
    calls = (call for call in everything(root) if call.type == "call_expression")
    return next((f"{_shown(call)} leaves out other tests (only)" for call in calls if _is_alone(call)), None)


def _loss(before: Sequence["Node"], after: Sequence["Node"]) -> str | None:
    """Walk both bodies in step: the base's statements must come in their order; what lies between them was added."""
    imports = Counter(shape for node in after if node.type == "import_statement" for shape in _imported(node))
    added: list[Node] = []
    position = 0
    for statement in before:
        if statement.type == "import_statement":
            if any(not imports[shape] for shape in _imported(statement)):
                return f"gone or changed: {_shown(statement)}"
            continue
        start = position
        while position < len(after) and not _stands(statement, after[position]):
            position += 1
        if position == len(after):
            return f"gone or changed: {_shown(statement)}"
        added += after[start:position]
        if (group := group_of(statement)) and (inside := _loss(*(statements_of(body) for body in (group, group_of(after[position])) if body))):
            return f"in {_title(statement)}: {inside}"
        position += 1
    added += after[position:]
    had = {shape for node in before if node.type == "import_statement" for shape in _imported(node)}
    return _suspicious(added, frozenset(name for node in before for name in _bound(node)), had)


def statements_of(node: "Node") -> list["Node"]:
    """The statements of a module or a block, without comments."""
    return [each for each in node.named_children if each.type not in {"comment", "hash_bang_line"}]


def shape_of(node: "Node") -> Shape:
    """The words of a node without comments and white space: equal shapes do the same."""
    return tuple(text(each) for each in everything(node, but=frozenset({"comment"})) if not each.children and each.type != "comment")


def _imported(node: "Node") -> dict[Shape, str]:
    """One shape for each name that an import brings, with the name that it has here; for one that brings none, the module alone."""
    source = text(node.child_by_field_name("source"))
    clause = next((each for each in node.named_children if each.type == "import_clause"), None)
    if clause is None:
        return {("import", source): ""}
    parts = [name for part in clause.named_children for name in (part.named_children if part.type == "named_imports" else [part])]
    return {(source, part.type, *shape_of(part)): shape_of(part)[-1] for part in parts}


def _stands(base: "Node", candidate: "Node") -> bool:
    """Whether it is the same statement; of a group of tests its head, because its body may gain too."""
    before, after = group_of(base), group_of(candidate)
    if before is not None and after is not None:
        return _head(base, before) == _head(candidate, after)
    return base.type == candidate.type and shape_of(base) == shape_of(candidate)


def _head(statement: "Node", body: "Node") -> Shape:
    return tuple(
        text(each)
        for each in everything(statement, but=frozenset({"comment"}))
        if not each.children and each.type != "comment" and not (body.start_byte < each.start_byte < body.end_byte - 1)
    )


def call_of(statement: "Node") -> "Node | None":
    """The call that a statement consists of."""
    inner = statement.named_children[0] if statement.type == "expression_statement" and statement.named_children else None
    return inner if inner is not None and inner.type == "call_expression" else None


def words_called(call: "Node") -> list[str]:
    """The names of what is called, the outermost first: `test.each(…)(…)` gives test, each."""
    return [*chain(call.child_by_field_name("function"))][::-1]


def group_of(statement: "Node") -> "Node | None":
    """The body of a group of tests; None where the statement is none."""
    call = call_of(statement)
    if call is None or not set(words_called(call)[:1]) & GROUPS:
        return None
    given = arguments(call)
    body = given[-1].child_by_field_name("body") if given else None
    return body if body is not None and body.type == "statement_block" else None


def _suspicious(added: Iterable["Node"], taken: frozenset[str], had: set[Shape]) -> str | None:
    """The first added statement that could change what others do, with the reason."""
    for node in added:
        if node.type == "import_statement":
            if reason := _suspicious_import(node, taken, had):
                return reason
            continue
        names = set(_bound(node))
        if clash := names & (taken | RUNNERS_NAMES):
            return f"{sorted(clash)[0]} was bound anew: {_shown(node)}"
        if node.type in PLAIN_STATEMENTS:
            continue
        if reason := _suspicious_call(node):
            return reason
    return None


def _suspicious_import(node: "Node", taken: frozenset[str], had: set[Shape]) -> str | None:
    fresh = {shape: name for shape, name in _imported(node).items() if shape not in had}
    if "" in fresh.values():
        return f"code that runs when it is loaded was added: {_shown(node)}"
    from_runner = text(node.child_by_field_name("source")).strip("\"'") in RUNNERS_MODULES
    clash = set() if from_runner else set(fresh.values()) & (taken | RUNNERS_NAMES)
    return f"{sorted(clash)[0]} was bound anew: {_shown(node)}" if clash else None


def _suspicious_call(node: "Node") -> str | None:
    call = call_of(node)
    words = words_called(call) if call is not None else []
    if call is None or not words or words[0] not in GROUPS | TESTS:
        return f"code that acts on other tests was added: {_shown(node)}"
    if reason := _left_out(call):
        return reason
    if not set(words[1:]) <= PLAIN_WORDS:
        return f"a test that does not simply run was added: {_shown(node)}"
    group = group_of(node)
    return _suspicious_group(group) if group is not None else None


def _suspicious_group(group: "Node") -> str | None:
    """A group of its own may set up what it likes for itself; tests in it may not be left out."""
    calls = (call for call in everything(group) if call.type == "call_expression")
    return next((found for call in calls if (found := _left_out(call))), None)


def _left_out(call: "Node") -> str | None:
    """A call that leaves out other tests, or a test of its own."""
    words = words_called(call)
    if not words or not (words[0] in GROUPS | TESTS or words[0] in {"fit", "fdescribe", "xit", "xtest", "xdescribe"}):
        return None
    if _is_alone(call):
        return f"{_shown(call)} leaves out other tests (only)"
    if set(words) & {"skip", "todo", "failing", "fails", "skipIf", "runIf"} or words[0].startswith("x"):
        return f"{_shown(call)} is a test that does not count"
    return None


def _is_alone(call: "Node") -> bool:
    """Whether a test or a group is the only one of its file that runs."""
    words = words_called(call)
    return bool(words) and (words[0] in {"fit", "fdescribe"} or (words[0] in GROUPS | TESTS and "only" in words))


def _bound(node: "Node") -> Iterator[str]:
    """The names that a statement binds where it stands."""
    if node.type == "import_statement":
        yield from _imported(node).values()
    elif node.type in {"lexical_declaration", "variable_declaration"}:
        for declarator in node.named_children:
            yield from names_in(declarator.child_by_field_name("name"))
    elif (name := node.child_by_field_name("name")) is not None:
        yield text(name)
    elif node.type == "export_statement":
        yield from (name for inner in node.named_children for name in _bound(inner))


def _title(statement: "Node") -> str:
    call = call_of(statement)
    given = arguments(call) if call is not None else []
    return text(given[0])[:80] if given else "a group"


def _shown(node: "Node") -> str:
    return text(node).splitlines()[0][:100] if text(node) else node.type
