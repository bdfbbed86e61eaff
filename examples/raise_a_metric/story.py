"""The words of this story: what the host's model, its builder and its reviewer say and type, read from story.toml."""

import tomllib
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field

from mcp_server.demo_story import Edit
from state.model import Model

EVIDENCE: Final = "src/waycount/evidence.py"


class Arm(Model):
    """One try of a hypothesis: its edits, or the body of `evidence` alone, and what has to come of its runs."""

    name: str
    expected: Literal["better", "not_better"]
    review: str
    reason: str = ""
    lesson: str = ""
    edits: tuple[Edit, ...] = ()
    evidence: str = ""


class Finding(Model):
    """What the researcher found, and where."""

    claim: str
    source: str


class Research(Model):
    """The report of the researcher."""

    summary: str
    findings: tuple[Finding, ...]


class Step(Model):
    """One cycle. `causes` says of every category of failures why it happens; the first arm is the one that is decided."""

    about: str
    plays: str
    causes: dict[str, str]
    research: Research | None = None
    hypothesis: dict[str, Any]
    arms: tuple[Arm, ...] = Field(min_length=1)


class ResearchStory(Model):
    """The whole of it: what the person asks, and the cycles that follow. `ends`: the last of them reaches the target."""

    request: str
    ends: bool = True
    cycles: tuple[Step, ...] = Field(min_length=1)


def read_research_story(folder: Path) -> ResearchStory:
    """The story in `folder`. Raises OSError without story.toml, and pydantic's ValidationError for one of another form."""
    return ResearchStory.model_validate(tomllib.loads((folder / "story.toml").read_text(encoding="utf-8")))


def typed(arm: Arm, worktree: Path) -> tuple[Edit, ...]:
    """The edits of an arm: those that it names, or its own body for the function `evidence`."""
    if not arm.evidence:
        return arm.edits
    text = (worktree / EVIDENCE).read_text(encoding="utf-8")
    return (Edit(path=EVIDENCE, old=text[text.index("    return [") :], new=arm.evidence),)
