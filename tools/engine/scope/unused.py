"""The sections of factory.md that are read, checked and approved, but that this version does not act on, each with what it waits for."""

from dataclasses import dataclass
from typing import Final

from state.configuration import Configuration


@dataclass(frozen=True)
class Waiting:
    """A field of Configuration that nothing acts on yet: its section, and what would act on it."""

    field: str
    section: str
    waits_for: str


# A version that acts on a section takes its row away.
WAITING: Final = (
    Waiting("research_target", "Research Target", "research mode"),
    Waiting("mutable_surfaces", "Mutable Surfaces", "research mode; until then Modifiable alone says what may change"),
    Waiting("inner_loop", "Inner Loop", "research mode"),
    Waiting("outer_loop", "Outer Loop Surfaces", "research mode"),
    Waiting("cost_budget", "Cost Budget", "costs being counted"),
)


def unused_sections(configuration: Configuration) -> tuple[Waiting, ...]:
    """The sections of a configuration that wait for a later version."""
    values = configuration.model_dump()
    return tuple(each for each in WAITING if values.get(each.field) not in (None, ()))
