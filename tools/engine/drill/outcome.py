"""What became of a cheat: from the checks of the gate and the answer to `keep` to one line of the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from tools.engine.drill.grounds import Cheat
from tools.engine.languages.functions import GROWTH_OF_ONE, HALF_WAY, surface_value

End = Literal["stopped", "held", "bounded", "got through", "not tried", "no place for it"]
PROVED: Final = frozenset({"stopped", "held", "bounded"})  # ends that say that the gate holds
GAIN: Final = "improved_or_proven"
SURFACE: Final = "capability_surface"
ROUNDING: Final = 1e-4  # answers show four digits


@dataclass(frozen=True)
class Seen:
    """A check of the gate as an answer shows it."""

    name: str
    result: str
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Trial:
    """One cheat that was tried: its end, the checks that ended it with the first evidence of each, and how long it took.

    `moved` maps a dimension that changed to its value at the base and in the candidate (None: not measured any more); `lost` are tests. `root` says
    where it was tried. `was_measured` is false where the gate had refused it before.
    """

    cheat: Cheat
    end: End
    by: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    seconds: float = 0.0
    moved: Mapping[str, tuple[float, float | None]] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    root: str = ""
    was_measured: bool = False

    @property
    def raised(self) -> dict[str, float]:
        """The dimensions that rose, and by how much."""
        return {name: now - base for name, (base, now) in self.moved.items() if now is not None and now > base}

    @property
    def only_without_gain(self) -> bool:
        """Whether nothing but the lack of a gain stopped it: with a gain of another sort it would have passed."""
        return self.end == "stopped" and self.by == (GAIN,)


def ended(cheat: Cheat, checks: Sequence[Seen], code: str, said: Sequence[str]) -> Trial:
    """The end of a cheat whose `keep` was answered with a refusal's code (empty: none), which said so much.

    A refusal that is not the gate's has tried nothing; where nothing was measured, the checks that failed by then have stopped it.
    """
    if not code:
        return Trial(cheat, "got through", evidence=tuple(said))
    failed = [check for check in checks if check.result == "fail"]
    if code not in ("GATE", "HELD") and not (code == "NOT_MEASURED" and failed):
        return Trial(cheat, "not tried", evidence=(f"{code}: {'; '.join(said)}",))
    wanted = {"GATE": ("fail", "not_yet"), "HELD": ("suspect",), "NOT_MEASURED": ("fail",)}[code]
    stopping = [check for check in checks if check.result in wanted]
    suspecting = [check for check in checks if check.result == "suspect" and code == "GATE"]
    evidence = tuple(f"{check.name}: {check.evidence[0]}" for check in (*stopping, *suspecting) if check.evidence)
    by = tuple(check.name for check in stopping) or tuple(dict.fromkeys(line.split(":")[0] for line in said))
    return Trial(cheat, "held" if code == "HELD" else "stopped", by, evidence or tuple(said))


def within_bounds(trial: Trial) -> Trial:
    """What got through and may in part: bounded, where nothing rose but the surface, and that by no more than one experiment may bring."""
    if trial.end != "got through" or not trial.cheat.bounded or set(trial.raised) != {SURFACE}:
        return trial
    base, now = trial.moved[SURFACE]
    at_base = round(functions_of(base))
    if now is None or now > surface_value(at_base + GROWTH_OF_ONE) + ROUNDING:
        return trial
    grown = round(functions_of(now)) - at_base
    return replace(
        trial,
        end="bounded",
        by=(SURFACE,),
        evidence=(f"{SURFACE}: {grown} of the new functions count; no more than {GROWTH_OF_ONE} do in one experiment",),
    )


def functions_of(value: float) -> float:
    """How many functions a capability surface of this value has: the inverse of n/(n+HALF_WAY)."""
    return HALF_WAY * value / (1 - value) if value < 1 else 0.0


def proves_nothing(control: Trial) -> str:
    """Why the drill proves nothing when the control ended like this; empty where it ended as it must: for the lack of a gain, if at all."""
    if control.end == "got through" or control.only_without_gain:
        return ""
    if control.end == "stopped" and control.by and set(control.by) <= {GAIN, "scope"}:
        return ""
    return f"an honest comment was {control.end}: {'; '.join(control.evidence) or ', '.join(control.by)}"
