"""Files that tests use: what they import by relative paths and what the runner's configuration names, as far as it is no part of the product."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from tools.engine.languages.javascript.owned import HELPER, is_base_owned
from tools.engine.languages.javascript.package_json import PACKAGE
from tools.engine.languages.javascript.packages import NODE_MODULES, read_object

_IMPORTED: Final = re.compile(r"""(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\w*(?:\.\w+)?\(\s*|\bmock\w*\(\s*)["'](\.{1,2}/[^"'\n]*|\.{1,2})["']""")
# What a runner's configuration loads into every test, or hands tests over to.
_LOADING: Final = re.compile(
    r"""\b(?:setupFiles\w*|global(?:Setup|Teardown)|\w*[eE]nvironment|\w*[rR]unner|resolver|reporters|snapshotSerializers|\w*[sS]equencer"""
    r"""|testResultsProcessor|transform)["']?\s*:\s*(\[[^\]]*\]|\{[^}]*\}|["'][^"']*["'])"""
)
_NAMED: Final = re.compile(r"""["'](?:<rootDir>/)?((?:\.{0,2}/)?[\w@.-]+(?:/[\w@.-]+)*\.[cm]?[jt]sx?)["']""")
_ENDINGS: Final = ("", ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json", "/index.ts", "/index.tsx", "/index.js", "/index.mjs")
# TypeScript imports x.ts by the name x.js.
_OTHER_NAME: Final = {".js": (".ts", ".tsx"), ".mjs": (".mts",), ".cjs": (".cts",), ".jsx": (".tsx",)}
_CONFIGURATION: Final = ("vitest.config.*", "vitest.workspace.*", "vite.config.*", "jest.config.*")


def helpers_of(folder: Path, tests: Sequence[str], source_paths: Sequence[str]) -> tuple[str, ...]:
    """The files of a folder that the test files use and that are no product: outside of the source, or called a helper of tests."""
    found = dict.fromkeys(path for path in _set_up(folder) if path not in tests)
    pending = [path for start in (*tests, *found) for path in _imports(folder, start)]
    while pending:
        path = pending.pop()
        if path not in tests and path not in found and _is_helper(path, source_paths):
            found[path] = None
            pending += _imports(folder, path)
    return tuple(sorted(found))


def _is_helper(path: str, source_paths: Sequence[str]) -> bool:
    inside = any(path == source or path.startswith(f"{source}/") for source in source_paths)
    return not inside or is_base_owned(path, source_paths) or HELPER.search(PurePosixPath(path).stem) is not None


def _set_up(folder: Path) -> Iterator[str]:
    """The files that the runner's configuration loads into every test."""
    package = read_object(folder / PACKAGE)
    texts = [_text(file) for pattern in _CONFIGURATION for file in folder.glob(pattern)]
    texts += [json.dumps(package[key]) for key in ("jest", "vitest") if key in package]
    for named in (name for text in texts for loading in _LOADING.findall(text) for name in _NAMED.findall(loading)):
        if (path := _resolved(folder, folder, named.removeprefix("/"))) is not None:
            yield path


def _imports(folder: Path, path: str) -> Iterator[str]:
    for named in _IMPORTED.findall(_text(folder / path)):
        if (found := _resolved(folder, (folder / path).parent, named)) is not None:
            yield found


def _resolved(folder: Path, start: Path, named: str) -> str | None:
    """The file of the folder that a relative name means."""
    place = Path(PurePosixPath(start) / named)
    others = [place.with_suffix(ending) for ending in _OTHER_NAME.get(place.suffix, ())]
    for candidate in (*(Path(f"{place}{ending}") for ending in _ENDINGS), *others):
        real = candidate.resolve()
        if real.is_file() and real.is_relative_to(folder.resolve()):
            path = real.relative_to(folder.resolve()).as_posix()
            return None if NODE_MODULES in path.split("/") else path
    return None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return ""
