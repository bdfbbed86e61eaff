"""What became of a cheat: from the checks of the gate and the answer to `keep` to one line of the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from tools.engine.drill.grounds import Cheat

End = Literal["stopped", "held", "got through", "not tried", "no place for it"]
GAIN: Final = "improved_or_proven"


@dataclass(frozen=True)
class Seen:
    """A check of the gate as an answer shows it."""

    name: str
    result: str
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Trial:
    """One cheat that was tried: its end, the checks that ended it with the first evidence of each, and how long it took.

    `moved` maps a dimension that changed to its value at the base and in the candidate (None: not measured any more); `lost` are tests.
    """

    cheat: Cheat
    end: End
    by: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    seconds: float = 0.0
    moved: Mapping[str, tuple[float, float | None]] = field(default_factory=dict)
    lost: tuple[str, ...] = ()

    @property
    def only_without_gain(self) -> bool:
        """Whether nothing but the lack of a gain stopped it: with a gain of another sort it would have passed."""
        return self.end == "stopped" and self.by == (GAIN,)


def ended(cheat: Cheat, checks: Sequence[Seen], code: str, said: Sequence[str]) -> Trial:
    """The end of a cheat whose `keep` was answered with a refusal's code (empty: none), which said so much.

    A refusal that is not the gate's has tried nothing.
    """
    if not code:
        return Trial(cheat, "got through", evidence=tuple(said))
    if code not in ("GATE", "HELD"):
        return Trial(cheat, "not tried", evidence=(f"{code}: {'; '.join(said)}",))
    wanted = ("fail", "not_yet") if code == "GATE" else ("suspect",)
    stopping = [check for check in checks if check.result in wanted]
    suspecting = [check for check in checks if check.result == "suspect" and code == "GATE"]
    evidence = tuple(f"{check.name}: {check.evidence[0]}" for check in (*stopping, *suspecting) if check.evidence)
    by = tuple(check.name for check in stopping) or tuple(dict.fromkeys(line.split(":")[0] for line in said))
    return Trial(cheat, "held" if code == "HELD" else "stopped", by, evidence or tuple(said))


def proves_nothing(control: Trial) -> str:
    """Why the drill proves nothing when the control ended like this; empty where it ended as it must: for the lack of a gain, if at all."""
    if control.end == "got through" or control.only_without_gain:
        return ""
    if control.end == "stopped" and control.by and set(control.by) <= {GAIN, "scope"}:
        return ""
    return f"an honest comment was {control.end}: {'; '.join(control.evidence) or ', '.join(control.by)}"
