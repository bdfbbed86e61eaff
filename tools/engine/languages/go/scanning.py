"""The top level of a Go file, without a parser: its declarations as text, split where Go's own grammar ends them."""

import re
from collections.abc import Iterator
from typing import Final

# Comments, strings and runes: brackets in them do not count.
_OPAQUE: Final = re.compile(r"""//[^\n]*|/\*.*?\*/|`[^`]*`|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL)
_STEP: Final = re.compile(rf"(?P<opaque>{_OPAQUE.pattern})|(?P<open>[(\[{{])|(?P<close>[)\]}}])|(?P<end>[\n;])|[^\s]|\s", re.DOTALL)
_KEYWORD: Final = re.compile(r"(?:package|import|func|var|const|type)\b")
# Comments with a meaning for the compiler; `//go:build` stands before everything else.
_DIRECTIVE: Final = re.compile(r"^//(?:go:|line |export )|^// \+build ", re.MULTILINE)
_IMPORT: Final = re.compile(r"""(?:(?P<name>[\w.]+)\s+)?(?P<path>"[^"]*"|`[^`]*`)""")
_TEST: Final = re.compile(r"func (?P<name>(?:Test|Fuzz|Example)(?![a-z])\w*)\s*\(")
_OUTPUT: Final = re.compile(r"//\s*(?:unordered )?output:", re.IGNORECASE)


def declarations(content: bytes) -> list[str] | None:
    """The declarations and compiler directives in their order, each import by itself; None where brackets do not match.

    White space at the ends of lines and blank lines do not count, comments within a declaration do: an example's output stands in one.
    """
    pieces = _pieces(content.decode("utf-8", "replace"))
    if pieces is None:
        return None
    found: list[str] = []
    for piece in pieces:
        if _KEYWORD.match(piece) or _DIRECTIVE.match(piece) or not found:
            found.append(piece)
        elif not piece.startswith(("//", "/*")):
            found[-1] += f"\n{piece}"  # a line that goes on after an operator
    return [part for piece in found if not piece.startswith(("/*", "// ")) or _DIRECTIVE.match(piece) for part in _imports_apart(piece)]


def bare_declarations(content: bytes) -> list[str] | None:
    """The same without the comments inside them that have no meaning for the compiler."""
    found = declarations(content)
    return None if found is None else [_stripped(_OPAQUE.sub(_kept, piece)) for piece in found]


def _kept(opaque: re.Match[str]) -> str:
    """A string, rune or directive as it is; nothing of a comment."""
    return opaque[0] if not opaque[0].startswith(("//", "/*")) or _DIRECTIVE.match(opaque[0]) else ""


def test_names(content: bytes) -> list[str]:
    """The tests, fuzz tests and examples with an output that go would run, in their order."""
    found = []
    for declaration in declarations(content) or ():
        match = _TEST.match(declaration)
        if match and match["name"] != "TestMain" and (not match["name"].startswith("Example") or _OUTPUT.search(declaration)):
            found.append(match["name"])
    return found


def _pieces(text: str) -> list[str] | None:
    """What stands between the ends of lines outside of all brackets."""
    pieces, start, depth = [], 0, 0
    for step in _STEP.finditer(text):
        if step["open"]:
            depth += 1
        elif step["close"]:
            depth -= 1
            if depth < 0:
                return None
        elif step["end"] and not depth:
            pieces.append(text[start : step.start()])
            start = step.end()
    if depth:
        return None
    pieces.append(text[start:])
    return [stripped for piece in pieces if (stripped := _stripped(piece))]


def _stripped(piece: str) -> str:
    return "\n".join(line.strip() for line in piece.splitlines() if line.strip())


def _imports_apart(piece: str) -> Iterator[str]:
    """`import (…)` as one import for each path; everything else as it is."""
    if not re.match(r"import\b", piece):
        yield piece
        return
    for match in _IMPORT.finditer(re.sub(r"//[^\n]*", "", piece)):
        yield f"import {match['name'] + ' ' if match['name'] else ''}{match['path']}"
