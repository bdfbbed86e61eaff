"""A JavaScript or TypeScript file as code alone: what it does apart from what it says, and what of it runs only where a function is called."""

from collections.abc import Collection

from state.model import digest
from tools.engine.languages.javascript.trees import FUNCTIONS, everything, is_code, parsed, span, text


def code_of(path: str, content: bytes) -> str:
    """A digest of the words of the syntax tree without comments. Empty for what is no code or does not parse."""
    root = parsed(path, content) if is_code(path) else None
    return digest([text(node) for node in everything(root) if not node.children and node.type != "comment"]) if root is not None else ""


def lines_in_functions(path: str, content: bytes) -> Collection[int]:
    """The lines of the bodies of functions; what stands elsewhere runs when the module is loaded."""
    root = parsed(path, content) if is_code(path) else None
    bodies = [node.child_by_field_name("body") for node in everything(root) if node.type in FUNCTIONS] if root is not None else []
    places = [span(body) for body in bodies if body is not None]
    return {line for place in places for line in range(place.first_line, place.last_line + 1)}
