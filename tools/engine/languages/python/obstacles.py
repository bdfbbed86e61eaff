"""Why an overlay of the installed environment would not be the candidate's: what is built or installed would differ."""

import configparser
from typing import Final

from state.measurement import Root
from tools.engine.languages.bench import Trees
from tools.engine.languages.python.names import PYPROJECT, is_compiled_source
from tools.engine.languages.python.pyproject import metadata
from tools.engine.repository.objects import diff, read_blob

_BUILT_BY: Final = ("setup.py", "setup.cfg", PYPROJECT)


def obstacle(root: Root, trees: Trees) -> str:
    """What of the build differs between base and measured tree, or nothing."""
    if trees.measured == trees.base:
        return ""
    inside = (change for change in diff(trees.repository, trees.base, trees.measured) if root.holds(change.path))
    for change in inside:
        if is_compiled_source(change.path):
            return f"{change.path} has to be compiled, and differs from the base: the installed build is not this tree's"
        if root.inner(change.path) in _BUILT_BY:
            base, candidate = (read_blob(trees.repository, tree, change.path) for tree in (trees.base, trees.measured))
            if _installs_otherwise(root.inner(change.path), base, candidate):
                return f"what {change.path} installs or needs differs from the base: the installed environment is not this tree's"
    return ""


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
