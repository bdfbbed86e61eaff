"""What an experiment may change: the scope of factory.md, and in a research cycle those of its surfaces that are open at the cycle's level."""

from dataclasses import dataclass
from functools import cached_property

from state.configuration import Configuration
from state.cycles import Level
from state.patterns import Patterns


@dataclass(frozen=True)
class Surfaces:
    """What may be changed at a level: `modifiable`, of it what `mutable` matches, of that what the level opens. An empty list bounds nothing.

    While inner the inner surfaces are open, and the outer ones besides when outer. Where only one of the two is named, the other is what else is
    mutable. Outside of research (`level` is empty) `modifiable` alone counts.
    """

    level: Level | None
    modifiable: tuple[str, ...]
    mutable: tuple[str, ...] = ()
    inner: tuple[str, ...] = ()
    outer: tuple[str, ...] = ()

    def closed_by(self, path: str) -> str:
        """Why a path may not be changed, in words to stand behind it; empty where it may."""
        if not self._patterns.modifiable.matches(path):
            return f"is outside {', '.join(self.modifiable)}"
        if self.mutable and not self._patterns.mutable.matches(path):
            return f"is outside the mutable surfaces {', '.join(self.mutable)}"
        if self.level is None or self._at_level(path):
            return ""
        if self.level == "inner" and self._patterns.outer.matches(path):
            return f"is of the outer surfaces, which open after a plateau; open now, in the inner loop: {', '.join(self.listed)}"
        return f"is outside the surfaces of the {self.level} loop: {', '.join(self.listed)}"

    @property
    def listed(self) -> tuple[str, ...]:
        """The patterns of what is open, for who edits: the narrowest of the lists that bound it; an exception is what the level still closes."""
        whole = self.mutable or self.modifiable
        if self.level is None or not (self.inner or self.outer):
            return whole
        if self.level == "inner":
            return self.inner or (*whole, *(f"!{pattern}" for pattern in self.outer if not pattern.startswith("!")))
        return (*self.inner, *self.outer) if self.inner and self.outer else whole

    @property
    def within(self) -> tuple[str, ...]:
        """The wider list that bounds what is open too; empty where `listed` is all of it."""
        return () if self.listed == self.modifiable else self.mutable if self.mutable and self.listed != self.mutable else self.modifiable

    @property
    def opens_later(self) -> tuple[str, ...]:
        """The surfaces that a plateau opens."""
        return self.outer if self.level == "inner" else ()

    def _at_level(self, path: str) -> bool:
        found = self._patterns
        if self.level == "inner":
            return found.inner.matches(path) if self.inner else not found.outer.matches(path)
        return found.inner.matches(path) or found.outer.matches(path) if self.inner and self.outer else True

    @cached_property
    def _patterns(self) -> "_Matched":
        return _Matched(*map(Patterns, (self.modifiable, self.mutable, self.inner, self.outer)))


@dataclass(frozen=True)
class _Matched:
    modifiable: Patterns
    mutable: Patterns
    inner: Patterns
    outer: Patterns


def surfaces_of(configuration: Configuration, level: Level | None) -> Surfaces:
    """What may be changed by this configuration in a cycle of this level; None for a cycle that is no research."""
    if level is None:
        return Surfaces(None, configuration.modifiable)
    loop = configuration.outer_loop
    inner, outer = (loop.inner, loop.outer) if loop else ((), ())
    return Surfaces(level, configuration.modifiable, configuration.mutable_surfaces, inner, outer)
