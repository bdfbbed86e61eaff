"""The languages that can be measured: every package here that has a module `language`. A new one is found by being there."""

import importlib
from functools import cache
from pathlib import Path
from typing import cast

from state.errors import Refusal
from tools.engine.languages.language import Language

_HERE = Path(__file__).parent


@cache
def languages() -> dict[str, Language]:
    """Every language by its name, in the order of names."""
    return {name: _language(name) for name in sorted(_names())}


def language_named(name: str) -> Language:
    """The language of that name. Raises Refusal NO_TOOLCHAIN for one that this version cannot measure."""
    if name not in _names():
        raise Refusal(
            "NO_TOOLCHAIN",
            f"This version cannot measure {name or 'a project of unknown language'}.",
            expected=f"one of {', '.join(sorted(_names()))}",
        )
    return _language(name)


@cache
def _names() -> frozenset[str]:
    """Looked for once: in a large project every file is asked for its language."""
    return frozenset(package.parent.name for package in _HERE.glob("*/language.py"))


@cache
def _language(name: str) -> Language:
    # That the module answers all that a Language is asked is held by a contract test.
    return cast("Language", importlib.import_module(f"{__package__}.{name}.language"))
