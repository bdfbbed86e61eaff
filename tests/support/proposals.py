"""Proposals, and the ground and rules that they are held against: one that nothing is said against, to be made worse in one place."""

from collections.abc import Mapping
from typing import Any, Final

from state.backlog import BacklogItem, Priority
from state.cycles import Cycle
from state.patterns import Patterns
from tools.engine.cycle.evidence import Evidence
from tools.engine.cycle.proposals import Ground, Proposal
from tools.engine.cycle.rules import Given, Rules
from tools.engine.scope.files import TreeFiles

FILES: Final = ("README.md", "src/core.py", "src/generated/table.py", "tests/test_core.py")
GROWTH: Final = frozenset(("capability_surface", "observability", "speed"))
GOOD: Final[dict[str, Any]] = {"title": "Cache parsed templates", "category": "exploit", "dimension": "speed", "what": "Keep them.", "why": "W1"}


def proposal(**changes: Any) -> Proposal:
    """A proposal that nothing is said against."""
    return Proposal(**{**GOOD, **changes})


def given(*proposals: Proposal) -> list[Given]:
    """Proposals in the order of a call."""
    return [Given(number, f"hypotheses[{number}]", each) for number, each in enumerate(proposals, 1)]


def item(number: int, priority: Priority = "normal", state: Any = "open") -> BacklogItem:
    """An item of the backlog."""
    return BacklogItem(
        id=number, text=f"Wish {number}", category="exploit", priority=priority, state=state, source="user", earlier=None, version=1,
        added_at="2026-11-20T10:00:00.000Z", changed_at="2026-11-20T10:00:00.000Z",
    )  # fmt: skip


def evidence(**changes: Any) -> Evidence:
    """Two weak dimensions, a hotspot, an item, a decided experiment and a source."""
    there: dict[str, Any] = {
        "counts": {"W": 2, "F": 1, "C": 0}, "backlog": frozenset((1,)), "experiments": frozenset((7,)), "sources": frozenset((1,)),
    }  # fmt: skip
    return Evidence(**{**there, **changes})


def ground(**changes: Any) -> Ground:
    """A project in which src and tests may change, but for what is generated."""
    whole: dict[str, Any] = {
        "files": TreeFiles(FILES), "scope": Patterns(("src/**", "tests/**")), "closed": Patterns(("src/generated/**",)),
        "dimensions": GROWTH | {"tests", "coverage", "none"}, "evidence": evidence(), "backlog": {"B1": item(1), "B2": item(2, state="done")},
        "sources": {"S1": "https://example.org/cache"},
    }  # fmt: skip
    return Ground(**{**whole, **changes})


def rules(mode: Any = "improve", budget: Mapping[str, int] | None = None, **changes: Any) -> Rules:
    """The rules of a cycle in this mode; a budget that is not given is 2 and 2."""
    numbers = {"min_growth": 2, "max_new": 2, **(budget or {})}
    cycle = Cycle(
        id=1, mode=mode, target="main", base="c" * 40, state="open", host="h", started_at="2026-11-20T10:00:00.000Z",
        min_growth=numbers["min_growth"], max_new=numbers["max_new"], focus=changes.pop("focus", ()),
    )  # fmt: skip
    whole: dict[str, Any] = {"ground": ground(), "growth": GROWTH}
    return Rules(cycle, **{**whole, **changes})
