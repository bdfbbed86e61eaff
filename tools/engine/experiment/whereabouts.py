"""Product code that asks where it runs: it newly names files of the project's own top or of its tests, which no user of the product has."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from state.answers import one_line, quoted
from state.cycles import Hypothesis
from tools.engine.evaluation.base_word import BaseOwned, seen_by
from tools.engine.repository.blobs import small_blobs
from tools.engine.repository.changes import ChangedLines
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import list_tree

LARGEST_FILE: Final = 1 << 20  # bytes
CODE: Final = frozenset({".py", ".pyi", ".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".go", ".rs"})
# What stands at the top of a project and is not handed on with its product.
AT_THE_TOP: Final = frozenset(
    {
        "pyproject.toml", "setup.cfg", "setup.py", "tox.ini", "pytest.ini", "package.json", "package-lock.json", "tsconfig.json", "go.mod",
        "go.sum", "Cargo.toml", "Cargo.lock",
    }
)  # fmt: skip
OURS: Final = frozenset({"conftest.py", "factory.md"})  # whether or not the project has them
OF_EVERY_FOLDER: Final = frozenset({"__init__.py", "index.js", "index.ts", "mod.rs"})
# Folders: their names are words too, and count only where a line looks for a file.
FOLDERS: Final = frozenset({".git", ".factory", "tests", "test", "__tests__"})
LOOKS: Final = re.compile(
    r"\b(?:Path|PurePath|PosixPath|open|exists|is_file|is_dir|isfile|isdir|l?stat|access|r?glob|iterdir|listdir|scandir|walk|read_text|joinpath"
    r"|path\.join|path\.resolve|readFile\w*|existsSync|l?statSync|readdir\w*|accessSync|filepath\.Join|ReadFile|ReadDir|Stat|Open|Path::new)\s*\("
    r"|[\w)\]]\s*/\s*f?[\"']"
)
_QUOTED: Final = re.compile(r"""(["'`])([\w.@+/\\-]+)\1""")
_COMMENT: Final = re.compile(r"\s*(?:#|//|/\*|\*)")
# A module of JavaScript reads its own version so.
_OWN_MANIFEST: Final = re.compile(r"(?:\bfrom|\bimport|\brequire)\s*\(?\s*[\"'][^\"']*package\.json[\"']")


@dataclass(frozen=True)
class Named:
    """A file or folder of the project that a line of the product names, as it is written there."""

    path: str
    line: int
    name: str
    text: str

    @property
    def said(self) -> str:
        """What is said of it."""
        return f"{quoted(self.path)}:{self.line} asks for {quoted(self.name)}, which the project has and its users do not: {one_line(self.text)}"


def asking_where_it_runs(
    repository: Repository, base_tree: str, owned: BaseOwned, product: Mapping[str, ChangedLines], idea: Hypothesis | None
) -> tuple[str, ...]:
    """A line for each such name in added code; one that the product of the base has is no finding, nor one of the words of what is no fix."""
    entries = [entry for entry in list_tree(repository, base_tree) if entry.mode.startswith("100")]
    tests = [entry.path for entry in entries if PurePosixPath(entry.path).suffix in CODE and owned.matches(entry.path)]
    names = {PurePosixPath(path).name for path in tests} - OF_EVERY_FOLDER
    names |= OURS | {PurePosixPath(entry.path).name for entry in entries} & AT_THE_TOP
    changed = {path: lines for path, lines in product.items() if _is_product(owned, path)}
    words = f"{idea.title} {idea.what}" if idea is not None and idea.category != "fix" else ""
    found = [each for each in names_of_the_project(changed, names) if each.name not in words]
    if not found:
        return ()
    before = [(entry.path, entry.object_id) for entry in entries if _is_product(owned, entry.path) and entry.path not in tests]
    known = {name for content in small_blobs(repository, before, LARGEST_FILE).values() for name in _quoted_in(content.decode("utf-8", "replace"))}
    return tuple(each.said for each in found if each.name not in known)


def names_of_the_project(product: Mapping[str, ChangedLines], files: Collection[str]) -> Iterator[Named]:
    """Every place of added code that names one of these files, or a folder in which tests, git or the factory keep theirs."""
    for path, lines in product.items():
        for hunk in lines.hunks:
            before = {name for text in hunk.removed for name in _quoted_in(text)}
            for number, text in enumerate(hunk.added, hunk.new_start):
                if not _COMMENT.match(text) and not _OWN_MANIFEST.search(text):
                    yield from (Named(path, number, name, text) for name in _quoted_in(text) if name not in before and _is_named(name, text, files))


def _is_named(name: str, text: str, files: Collection[str]) -> bool:
    parts = [part for part in re.split(r"[\\/]", name) if part not in ("", ".", "..")]
    if not parts:
        return False
    return parts[-1] in files or (not FOLDERS.isdisjoint(parts) and LOOKS.search(text) is not None)


def _is_product(owned: BaseOwned, path: str) -> bool:
    """Whether it is code below the source paths of a root, where the root has any."""
    if PurePosixPath(path).suffix not in CODE:
        return False
    places = [(seen.path, seen.source_paths) for seen in seen_by(owned.roots, path)]
    return any(not sources or any(inner == source or inner.startswith(f"{source}/") for source in sources) for inner, sources in places)


def _quoted_in(text: str) -> Iterable[str]:
    return (found[2] for found in _QUOTED.finditer(text))
