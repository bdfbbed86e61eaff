"""What measuring one part needs and gives: the place where a tree was written, the trees that are compared, and what was taken."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Protocol

from state.measurement import Reading, ReadingState
from state.model import JSON
from tools.engine.process import Finished
from tools.engine.repository.location import Repository

OUTPUT_KEPT: Final = 4000  # characters of what a command printed last


@dataclass(frozen=True)
class Place:
    """A tree, written fresh into a private folder, with folders beside it that belong to this measurement alone."""

    room: Path

    @property
    def tree(self) -> Path:
        """Where the files of the tree are."""
        return self.room / "tree"

    @property
    def home(self) -> Path:
        """The HOME of commands."""
        return self.room / "home"

    @property
    def temporary(self) -> Path:
        """The TMPDIR of commands."""
        return self.room / "tmp"


@dataclass(frozen=True)
class Trees:
    """The trees of one measurement, as git tree ids: `measured` is written and run, `settings` is it with the base's tool configuration."""

    repository: Repository
    measured: str
    settings: str
    base: str


@dataclass(frozen=True)
class Taken:
    """What came out of measuring one part."""

    readings: tuple[Reading, ...]
    commands: tuple[str, ...] = ()
    tools: Mapping[str, str] = field(default_factory=dict)
    material: Mapping[str, Any] = field(default_factory=dict)
    output: str = ""


class Bench(Protocol):
    """A project's toolchain in one language, ready to measure its trees."""

    @property
    def environment(self) -> str:
        """The environment key: interpreter and what is installed."""

    def instrument(self, part: str, trees: Trees, *, with_coverage: bool) -> JSON:
        """What the part is measured with; equal instruments measure alike. Runs nothing."""

    def obstacle(self, trees: Trees) -> str:
        """Why code of the measured tree cannot be run in this environment, or nothing."""

    def surround(self, place: Place) -> dict[str, str]:
        """Prepare the toolchain beside a tree; returns the environment of commands there. Raises Unprovable."""

    async def take(self, part: str, place: Place, trees: Trees, progress: Callable[[str], None], *, with_coverage: bool) -> Taken:
        """Measure one of tests, lint and types at the place."""


class Unprovable(Exception):  # noqa: N818 - a proof that failed becomes a reading, not a failure of the program
    """It cannot be proved whose code would run; the message names the reason."""


def not_taken(dimensions: Sequence[str], state: ReadingState, reason: str) -> Taken:
    """The part was not measured, for one reason."""
    return Taken(tuple(Reading(dimension=name, state=state, reason=reason[:1000]) for name in dimensions))


def ended_badly(dimensions: Sequence[str], finished: Finished, what: str) -> Taken:
    """The part's command did not do its work: its time was over, or it failed. What it said stays apart from the reason, which is ours."""
    if finished.outcome == "timeout":
        reason, state = f"{what} was still running after {finished.seconds:.0f} s", ReadingState.TIMEOUT
    else:
        ended = f"ended with {finished.exit_code}" if finished.outcome == "exited" else f"was {finished.outcome.replace('_', ' ')}"
        reason, state = f"{what} {ended}", ReadingState.ERROR
    return Taken(not_taken(dimensions, state, reason).readings, output=output_tail(finished))


def without_place(taken: Taken, place: Place) -> Taken:
    """The same with paths as they are in the project: the private folder's name means nothing to anybody, and differs each time."""
    prefix = f"{place.tree}/"
    readings = tuple(each.model_copy(update={"reason": each.reason.replace(prefix, "")}) for each in taken.readings)
    return replace(taken, readings=readings, output=taken.output.replace(prefix, ""))


def output_tail(finished: Finished) -> str:
    """The last characters of what a command printed."""
    return f"{finished.stdout}\n{finished.stderr}".strip()[-OUTPUT_KEPT:]
