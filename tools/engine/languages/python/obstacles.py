"""Why an overlay of the installed environment would not be the candidate's: what is built or installed would differ."""

import configparser
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from state.measurement import Root
from tools.engine.languages.bench import Trees
from tools.engine.languages.python.names import PYPROJECT, is_compiled_source
from tools.engine.languages.python.pyproject import metadata
from tools.engine.languages.python.source_paths import NOT_SOURCE
from tools.engine.repository.objects import diff, read_blob

BUILT_BY: Final = ("setup.py", "setup.cfg", PYPROJECT)


def other_compiled(root: Root, trees: Trees) -> str:
    """A compiled source that differs between base and measured tree, in words; or nothing."""
    for path in _changed(root, trees):
        if is_built(root.inner(path)):
            return f"{path} has to be compiled, and differs from the base: the installed build is not this tree's"
    return ""


def other_manifest(root: Root, trees: Trees) -> str:
    """A manifest of the root that would install something else than the base's, in words; or nothing."""
    for path in _changed(root, trees):
        if root.inner(path) in BUILT_BY:
            base, candidate = (read_blob(trees.repository, tree, path) for tree in (trees.base, trees.measured))
            if _installs_otherwise(root.inner(path), base, candidate):
                return f"what {path} installs or needs differs from the base: the installed environment is not this tree's"
    return ""


def is_built(path: str) -> bool:
    """Whether the file is compiled into the product: what lies with tests and documents is not."""
    return is_compiled_source(path) and not NOT_SOURCE & set(PurePosixPath(path).parts[:-1])


def _changed(root: Root, trees: Trees) -> Iterator[str]:
    if trees.measured == trees.base:
        return
    for change in diff(trees.repository, trees.base, trees.measured):
        if root.holds(change.path) and not any(root.inner(change.path).startswith(f"{folder}/") for folder in root.apart):
            yield change.path


def _installs_otherwise(path: str, base: bytes | None, candidate: bytes | None) -> bool:
    if path == PYPROJECT:
        before, after = metadata(base), metadata(candidate)
        return before is None or after is None or before != after
    if path == "setup.cfg":
        return _installing_sections(base) != _installing_sections(candidate)
    return True


def _installing_sections(content: bytes | None) -> dict[str, dict[str, str]] | None:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string((content or b"").decode("utf-8", "replace"))
    except configparser.Error:
        return None
    return {name: dict(parser.items(name)) for name in parser.sections() if name.split(".")[0] in {"metadata", "options"}}
