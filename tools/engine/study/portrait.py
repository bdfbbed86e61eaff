"""What a code base is, in a few numbers, read from one tree of git. Pure but for the reading."""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Final

from tools.engine.repository.blobs import small_blobs
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import GITLINK, SYMLINK, Entry, list_tree

LANGUAGES: Final = MappingProxyType(
    {
        ".py": "Python", ".pyi": "Python", ".js": "JavaScript", ".mjs": "JavaScript", ".cjs": "JavaScript", ".jsx": "JavaScript", ".ts": "TypeScript",
        ".tsx": "TypeScript", ".mts": "TypeScript", ".cts": "TypeScript", ".go": "Go", ".rs": "Rust", ".c": "C", ".h": "C", ".cc": "C++",
        ".cpp": "C++", ".hpp": "C++", ".java": "Java", ".kt": "Kotlin", ".rb": "Ruby", ".php": "PHP", ".cs": "C#", ".swift": "Swift",
        ".scala": "Scala", ".sh": "Shell", ".lua": "Lua", ".ex": "Elixir", ".exs": "Elixir", ".hs": "Haskell", ".ml": "OCaml", ".vue": "Vue",
        ".svelte": "Svelte", ".sql": "SQL", ".html": "HTML", ".css": "CSS",
    }
)  # fmt: skip
MOST_COUNTED: Final = 2000  # source files whose lines are counted; where there are more, nothing is said of lines
LARGEST: Final = 1 << 18  # bytes of such a file: what is larger, a program wrote
AT_ONCE: Final = 500  # files that are held in memory
LANGUAGES_SHOWN: Final = 4
STARTS_SHOWN: Final = 5
# Where programs begin, by the name of the file and, of some, by its folder.
_START_NAMES: Final = frozenset(
    ("__main__.py", "manage.py", "main.py", "main.go", "main.rs", "main.ts", "main.js", "server.js", "server.ts", "cli.py", "cli.js")
)
_START_FOLDERS: Final = frozenset(("bin",))
_TEST_WORDS: Final = ("test", "tests", "spec", "specs", "__tests__")


@dataclass(frozen=True)
class Portrait:
    """`languages`: by name the source files and, where they were counted, their lines, most files first. `files` counts every file of the tree.

    `tests` counts source files that look like tests; `starts` are files in which programs begin.
    """

    files: int
    languages: tuple[tuple[str, int, int | None], ...]
    tests: int
    starts: tuple[str, ...]


@lru_cache(maxsize=8)
def portrait(repository: Repository, tree: str) -> Portrait:
    """The portrait of a tree, named by its whole id: it never changes, so it is drawn once."""
    entries = [entry for entry in list_tree(repository, tree) if entry.mode not in (GITLINK, SYMLINK)]
    sources = [entry for entry in entries if PurePosixPath(entry.path).suffix in LANGUAGES]
    lines = _lines(repository, sources)
    counted = Counter(_language(entry) for entry in sources)
    return Portrait(
        files=len(entries),
        languages=tuple(
            (name, files, None if lines is None else lines[name]) for name, files in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
        ),
        tests=sum(_is_test(entry.path) for entry in sources),
        starts=tuple(sorted((entry.path for entry in sources if _starts(entry.path)), key=lambda path: (path.count("/"), path))),
    )  # fmt: skip


def line_counts(repository: Repository, tree: str, paths: frozenset[str]) -> dict[str, int]:
    """The lines of these files of a tree, by path; none for what is larger than LARGEST, or not there."""
    wanted = [(entry.path, entry.object_id) for entry in list_tree(repository, tree) if entry.path in paths and entry.mode not in (GITLINK, SYMLINK)]
    return {path: _count(content) for path, content in small_blobs(repository, wanted, LARGEST).items()}


def _lines(repository: Repository, sources: list[Entry]) -> Counter[str] | None:
    if len(sources) > MOST_COUNTED:
        return None
    found: Counter[str] = Counter()
    for start in range(0, len(sources), AT_ONCE):
        some = sources[start : start + AT_ONCE]
        contents = small_blobs(repository, [(entry.path, entry.object_id) for entry in some], LARGEST)
        for entry in some:
            found[_language(entry)] += _count(contents.get(entry.path, b""))
    return found


def _count(content: bytes) -> int:
    return content.count(b"\n") + (not content.endswith(b"\n") and bool(content))


def _language(entry: Entry) -> str:
    return LANGUAGES[PurePosixPath(entry.path).suffix]


def _is_test(path: str) -> bool:
    *folders, name = path.lower().split("/")
    words = name.replace("-", "_").replace(".", "_").split("_")
    return any(folder in _TEST_WORDS for folder in folders) or any(word in _TEST_WORDS for word in words)


def _starts(path: str) -> bool:
    *folders, name = path.split("/")
    return not _is_test(path) and (name in _START_NAMES or (bool(folders) and folders[-1] in _START_FOLDERS))
