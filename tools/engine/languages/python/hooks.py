"""The ways in which an editable installation points into the main checkout, and how they are turned towards a tree."""

import ast
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.engine.languages.bench import Unprovable

# Lines of .pth files that run code, known not to change where the project's own modules come from.
HARMLESS_LINES: Final = (
    re.compile(r"import os; var = 'SETUPTOOLS_USE_DISTUTILS'"),
    re.compile(r"import _virtualenv\s*$"),
    re.compile(r"import sys; exec\('import os\\n\\nif os.getenv\(\"COVERAGE_PROCESS_START\"\)"),
    re.compile(r"import sys, types, os;\s*has_mfs = sys.version_info"),
)
# Modules behind `import X; …` lines whose paths we know how to read: setuptools' finder and the redirector of `editables`.
KNOWN_HOOKS: Final = re.compile(r"import (__editable___\w+_finder|_editable_impl_\w+)\b")


@dataclass(frozen=True)
class Turn:
    """From the main checkout, under each of its spellings, to a tree. Paths in `kept` (the environment itself) stay what they are.

    With `strict` no line of code is taken but those that are known: what a candidate's own build wrote may not start what it likes.
    """

    main: tuple[Path, ...]
    kept: tuple[Path, ...]
    tree: Path
    strict: bool = False

    def path(self, text: str) -> str:
        """The path itself, or where it lies under the main checkout, the same place in the tree."""
        place = Path(os.path.normpath(text)) if text else Path()  # `..` may lead out of an environment, into the checkout around it
        if not place.is_absolute() or any(place.is_relative_to(kept) for kept in self.kept):
            return text
        for main in self.main:
            if place.is_relative_to(main):
                return str(self.tree / place.relative_to(main))
        return text

    def mentioned(self, text: str) -> bool:
        """Whether the text names the main checkout otherwise than by naming what is kept."""
        for kept in self.kept:
            text = text.replace(str(kept), "")
        return any(str(main) in text for main in self.main)


def turn_lines(name: str, text: str, turn: Turn, folder: Path) -> str:
    """The text of a .pth file with its paths turned. Raises Unprovable for a line of code that could lead to the main checkout."""
    lines = []
    for line in text.splitlines():
        if line.startswith(("import ", "import\t")):
            _check_code(name, line, turn, folder)
            lines.append(line)
        elif line.strip() and not line.startswith("#"):
            lines.append(turn.path(str((folder / line.strip()).absolute()) if not line.startswith("/") else line.rstrip()))
    return "".join(f"{line}\n" for line in lines)


def turn_module(name: str, source: str, turn: Turn) -> str:
    """The source of an editable installation's hook with every path in it turned. Raises Unprovable where it cannot be read."""
    try:
        module = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise Unprovable(f"{name} does not parse") from error
    lines = source.splitlines(keepends=True)
    constants = [node for node in ast.walk(module) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    for node in sorted(constants, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        turned = turn.path(node.value) if isinstance(node.value, str) else node.value
        if turned != node.value and node.end_lineno == node.lineno:
            line = lines[node.lineno - 1].encode()
            lines[node.lineno - 1] = (line[: node.col_offset] + repr(turned).encode() + line[node.end_col_offset :]).decode()
    result = "".join(lines)
    if turn.mentioned(result):
        raise Unprovable(f"{name} still names the main checkout")
    return result


def _check_code(name: str, line: str, turn: Turn, folder: Path) -> None:
    if any(known.match(line) for known in HARMLESS_LINES) or KNOWN_HOOKS.match(line):
        return
    imported = re.match(r"import\s+([A-Za-z_][\w.]*)", line)
    module = imported.group(1).split(".")[0] if imported else ""
    files = [folder / f"{module}.py", *sorted((folder / module).glob("*.py"))]
    texts = [file.read_text(encoding="utf-8", errors="replace") for file in files if file.is_file()]
    if turn.strict or "editable" in f"{name}{line}".lower() or turn.mentioned(line) or any(turn.mentioned(text) for text in texts):
        raise Unprovable(f"the line {line[:80]!r} of {name}")
