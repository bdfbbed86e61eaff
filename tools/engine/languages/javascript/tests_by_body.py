"""The tests of a file by their names, each with its body: a test that was moved or given another name is known by what it does."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tools.engine.languages.javascript.gains import GROUPS, TESTS, call_of, group_of, shape_of, statements_of, words_called
from tools.engine.languages.javascript.trees import arguments, parsed, text

if TYPE_CHECKING:
    from tree_sitter import Node


def bodies_of_tests(path: str, content: bytes) -> dict[str, tuple[str, ...]]:
    """The words of each test's body, by the names from its groups to its own, as its id has them. Tests of computed names are left out."""
    root = parsed(path, content)
    seen: Counter[str] = Counter()
    found: dict[str, tuple[str, ...]] = {}
    for name, body in _tests(root, ()) if root is not None else ():
        seen[name] += 1
        found[name if seen[name] == 1 else f"{name} #{seen[name]}"] = body
    return found


def _tests(block: "Node", names: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for statement in statements_of(block):
        call = call_of(statement)
        words = words_called(call) if call is not None else []
        given = arguments(call) if call is not None else []
        title = _title(given[0]) if given else None
        if call is None or title is None or "each" in words or "for" in words:
            continue
        group = group_of(statement)
        if words[:1] and words[0] in GROUPS and group is not None:
            yield from _tests(group, (*names, title))
        elif words[:1] and words[0] in TESTS:
            yield " > ".join((*names, title)), tuple(word for each in given[1:] for word in shape_of(each))


def _title(node: "Node") -> str | None:
    """The text of a plain string; None for one that is computed."""
    if node.type not in {"string", "template_string"} or any(
        each.type in {"template_substitution", "escape_sequence"} for each in node.named_children
    ):
        return None
    return text(node)[1:-1]
