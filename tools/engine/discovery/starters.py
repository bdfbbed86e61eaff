"""Sentences that a first `## Eval Spec` begins with: what a person of that trade would look at first, by the kind of project."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

_BY_KIND: Final = MappingProxyType(
    {
        "library": ("The package imports, and the example in the README does what it says",),
        "command line": ("The command answers --help, and does what it says with a small real input",),
        "web service": (
            "The service starts, and its health endpoint answers 200",
            "One request of each kind is answered in the form that is documented",
        ),
        "web application": ("The start page renders without an error", "The main links lead somewhere"),
        "desktop": ("The program starts and closes without an error",),
        "data": ("One small data set runs through from beginning to end",),
        "documentation": ("The documents build without a warning, and their links lead somewhere",),
        "plugin": ("The host loads the plugin, and its main function does something that can be seen",),
    }
)
_BY_FRAMEWORK: Final = MappingProxyType(
    {
        "Django": "manage.py check finds nothing",
        "FastAPI": "/docs lists every endpoint",
        "Next.js": "The home page renders, also without JavaScript where it is meant to",
    }
)
_CONTAINERS: Final = "The container builds, and is healthy after it starts"
_OTHERWISE: Final = "The main entry point runs"


def starters(kind: str, frameworks: Sequence[str], *, containers: bool) -> tuple[str, ...]:
    """What a draft proposes to look at; a person corrects it. Never empty."""
    found = [*_BY_KIND.get(kind, ()), *(_BY_FRAMEWORK[name] for name in frameworks if name in _BY_FRAMEWORK)]
    found += [_CONTAINERS] if containers else []
    return tuple(found) or (_OTHERWISE,)
