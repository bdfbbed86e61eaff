"""What a look at the store found: a check, and each thing that is wrong with what it was expected to be and the way to mend it."""

from dataclasses import dataclass
from typing import Final

REPAIR: Final = "refactory doctor --repair"
REBUILD: Final = "refactory doctor --rebuild"
GIVE_UP: Final = "refactory doctor --repair --accept-loss"
SHOWN: Final = 20  # faults of one check that are named; the rest is counted


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong. `mend` is a command, or what a person has to do."""

    where: str
    found: str
    expected: str
    mend: str

    def __str__(self) -> str:
        return f"{self.where}: {self.found}; expected {self.expected}"


@dataclass(frozen=True)
class Check:
    """What one look found; `said` is one line for whoever reads it. A check that could not be made is not passed: `looked` is False."""

    name: str
    said: str
    faults: tuple[Fault, ...] = ()
    looked: bool = True

    @property
    def passed(self) -> bool:
        """Whether it was looked at and nothing is wrong."""
        return self.looked and not self.faults


def check_of(name: str, said: str, faults: list[Fault]) -> Check:
    """A check with the first of its faults; what was well otherwise is not said where something is wrong."""
    if not faults:
        return Check(name, said)
    more = f", {SHOWN} of them shown" if len(faults) > SHOWN else ""
    return Check(name, f"{len(faults)} wrong{more}", tuple(faults[:SHOWN]))
