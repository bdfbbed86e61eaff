"""What stays out of a pull request: the defaults, what factory.md adds to them, and what it wants in. Pure."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from state.configuration import CleanPullRequest
from state.patterns import Patterns
from tools.engine.scope.files import TreeFiles

Clean = Literal["auto", "yes", "no"]
OWN: Final = ".factory/**"  # goes out whatever anybody says
# What the factory makes for its own use. One that matches a file of the base means the project's own files, and is not applied.
DEFAULTS: Final = ("eval/score.py", "benchmarks/**", "tests/**/eval_*")
NOT_INCLUDED: Final = "not in clean_pr_include"


@dataclass(frozen=True)
class Rules:
    """What is stripped: nothing where `clean` is false. `defaults` are those that apply; they and `exclude` win over `include`."""

    clean: bool
    defaults: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()

    def strips(self, path: str) -> str | None:
        """Why a file goes out, in the pattern that says so; None where it stays."""
        if not self.clean:
            return None
        if path.split("/", 1)[0] == OWN.split("/", 1)[0]:
            return OWN
        if (excluded := self._defaults.explain(path) or self._excluded.explain(path)) is not None:
            return excluded
        return NOT_INCLUDED if self._included and not self._included.matches(path) else None

    @cached_property
    def _defaults(self) -> Patterns:
        return Patterns(self.defaults)

    @cached_property
    def _excluded(self) -> Patterns:
        return Patterns(self.exclude)

    @cached_property
    def _included(self) -> Patterns:
        return Patterns(self.include)


def rules(configured: CleanPullRequest | None, asked: Clean, base_files: TreeFiles) -> Rules:
    """The rules for one pull request on a base with these files: what was asked for counts before factory.md, and that before the default, no."""
    found = configured or CleanPullRequest()
    if not (asked == "yes" or (asked == "auto" and found.clean_pr)):
        return Rules(clean=False)
    applying = tuple(pattern for pattern in DEFAULTS if not base_files.count(pattern))
    return Rules(clean=True, defaults=applying, exclude=tuple(found.clean_pr_exclude), include=tuple(found.clean_pr_include))
