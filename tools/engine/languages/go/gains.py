"""Whether a Go test file only gained: every declaration of the base stands in it unchanged, and nothing added acts on other tests."""

import re
from collections.abc import Sequence
from typing import Final

from tools.engine.languages.go.scanning import declarations

_NAMED: Final = re.compile(r"(?:func (?:\([^)]*\)\s*)?|var |const |type )(?P<name>\w+)")
_RUNS_AT_START: Final = re.compile(r"func init\s*\(\s*\)|var\b[^{]*=[^{]*\(")
_FOR_EFFECT: Final = re.compile(r"import (?:_|\.) ")
_HEAD: Final = re.compile(r"(?:package|import)\b")


def loss_in(base: bytes, candidate: bytes) -> str | None:
    """What of the base's file does not stand unchanged in the candidate's, or which addition is more than a plain gain; None where it only gained."""
    before, after = declarations(base), declarations(candidate)
    if before is None or after is None:
        return "it does not parse"
    remaining = list(after)
    for declaration in before:
        if declaration not in remaining:
            return f"gone or changed: {_shown(declaration)}"
        remaining.remove(declaration)
    kept = [each for each in after if each in before and not _HEAD.match(each)]
    if kept != [each for each in before if not _HEAD.match(each)]:
        return "its declarations stand in another order"
    names = {match["name"] for each in before if (match := _NAMED.match(each))}
    return _acting_on_others(remaining, names) or next(
        (f"code that runs at start was added: {_shown(each)}" for each in remaining if _RUNS_AT_START.match(each)), None
    )


def suspicion_in(content: bytes) -> str | None:
    """Why an added test file is more than tests: it acts on all tests of its package, or it does not parse; None where it does neither."""
    found = declarations(content)
    return "it does not parse" if found is None else _acting_on_others(found, set())


def _acting_on_others(added: Sequence[str], taken: set[str]) -> str | None:
    """The first added declaration that could change what other tests do, with the reason."""
    for each in added:
        match = _NAMED.match(each)
        name = match["name"] if match else ""
        if name and name != "_" and name in taken:
            return f"{_shown(each)} declares {name} anew"
        if name == "TestMain":
            return "TestMain was added, which acts on all tests of the package"
        if each.startswith("//go:linkname"):
            return f"a linker directive was added: {_shown(each)}"
        if _FOR_EFFECT.match(each) or re.match(r"func init\s*\(\s*\)", each):
            return f"code that runs at start was added: {_shown(each)}"
    return None


def _shown(declaration: str) -> str:
    return declaration.splitlines()[0][:100]
