"""What a language has to know to be measured, and the table of those that do. A new language is a package and a row here."""

from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import Final, Protocol

from state.errors import Refusal
from state.measurement import Profile
from tools.engine.languages.bench import Bench
from tools.engine.languages.changes import BaseOwnedChange
from tools.engine.languages.python import language as python


class Language(Protocol):
    """One language; the module of its package satisfies this."""

    def owns(self, path: str, source_paths: Sequence[str]) -> bool:
        """Whether the base's word stands for the file, by its name."""

    def mixes(self, path: str) -> bool:
        """Whether the file mixes concerns, and is grafted by key."""

    def configures(self, path: str) -> bool:
        """Whether the file decides what coverage, linter and type checker report."""

    def graft(self, base: bytes | None, candidate: bytes | None) -> bytes | None:
        """A mixed file as it stands in the tree with the base's word; the candidate's bytes where they agree; None where it is absent."""

    def examine(self, path: str, base: bytes | None, candidate: bytes) -> BaseOwnedChange | None:
        """What was done to a base-owned file; None where the file is not the language's."""

    def open_bench(self, main: Path, profile: Profile, cache: Path) -> Awaitable[Bench]:
        """The toolchain of the main checkout. Raises Refusal NO_TOOLCHAIN."""


LANGUAGES: Final[dict[str, Language]] = {"python": python}


def language_of(profile: Profile) -> Language:
    """The language of a profile. Raises Refusal NO_TOOLCHAIN for one that this version cannot measure."""
    if profile.language not in LANGUAGES:
        raise Refusal(
            "NO_TOOLCHAIN",
            f"This version cannot measure {profile.language or 'a project of unknown language'}.",
            expected=f"one of {', '.join(LANGUAGES)}",
        )
    return LANGUAGES[profile.language]
