"""What measuring one part needs and gives: the place where a tree was written, the trees that are compared, and what was taken."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, Protocol

from state.measurement import Reading, ReadingState
from state.model import JSON
from tools.engine.process import Command, Confine, Finished
from tools.engine.process.environment import child_environment
from tools.engine.repository.location import Repository

OUTPUT_KEPT: Final = 4000  # characters of what a command printed last
FAILURES_KEPT: Final = 200  # tests of which it is kept by what they failed
FAILURE_KEPT: Final = 500  # characters of that
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})

# What a root is measured by. Tests run the project's code; lint, types and counting only read it.
Kind = Literal["tests", "lint", "types", "counting"]
KINDS: Final[Mapping[Kind, tuple[str, ...]]] = MappingProxyType(
    {
        "tests": ("tests", "coverage", "capability_surface"),
        "lint": ("lint",),
        "types": ("type_check",),
        "counting": ("observability",),
    }
)


@dataclass(frozen=True)
class Home:
    """Where the dependencies of a tree are installed: the main checkout, or a folder that `## Setup` prepared for trees like it.

    `top` is that folder's top. `key` is empty for the main checkout, and else tells how it was prepared.
    """

    top: Path
    key: str = ""


@dataclass(frozen=True)
class Place:
    """A tree, exactly as committed, in a private folder, with folders beside it that belong to this measurement alone.

    `root` is the folder of the tree that is looked at (empty: its top). `handed` are the variables that `## Setup` hands on. `left_out` are
    lines for people: what of the tree could not be written, submodules and large files that this clone lacks above all. `confine` is what commands
    may do here besides writing into the room; None where this machine cannot confine them.
    """

    room: Path
    root: str = ""
    handed: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    confine: Confine | None = None

    @property
    def tree(self) -> Path:
        """Where the files of the tree are."""
        return self.room / "tree"

    @property
    def folder(self) -> Path:
        """The folder of the tree that is looked at, in which commands run."""
        return self.tree / self.root if self.root else self.tree

    @property
    def home(self) -> Path:
        """The HOME of commands."""
        return self.room / "home"

    @property
    def temporary(self) -> Path:
        """The TMPDIR of commands."""
        return self.room / "tmp"

    def beside(self, name: str) -> Path:
        """A file or folder beside the tree, another one for each root."""
        return self.room / (f"{name}@{self.root.replace('/', '+')}" if self.root else name)

    def environment(self, path: Sequence[str] = (), extra: Mapping[str, str] = NOTHING) -> dict[str, str]:
        """The whole environment of a command here: `path` before the system's folders, what is handed on, and last `extra`."""
        return child_environment(home=self.home, temporary=self.temporary, path=path, extra={**self.handed, **extra})

    def command(
        self, argv: Sequence[str], environment: Mapping[str, str], timeout: float, said: Path | None = None, *, writable: Sequence[Path] = ()
    ) -> Command:
        """A command to be run here, in the folder that is looked at. What it prints also goes into the file `said`, if there is one.

        It may write into the room, and into the folders `writable`: none where code of the project runs, which could leave something behind there.
        """
        confine = replace(self.confine, writable=(self.room, *writable)) if self.confine else None
        return Command(tuple(argv), self.folder, environment, timeout, raw_output=said, confine=confine)


@dataclass(frozen=True)
class Trees:
    """The trees of one measurement, as git tree ids: `measured` is written and run, `settings` is it with the base's tool configuration."""

    repository: Repository
    measured: str
    settings: str
    base: str


@dataclass(frozen=True)
class Task:
    """One kind of measurement of one root on one tree, and the dimensions that are wanted of it."""

    kind: Kind
    trees: Trees
    dimensions: tuple[str, ...]

    @property
    def with_coverage(self) -> bool:
        """Whether a run of tests has to see which lines it executes."""
        return self.kind == "tests" and self.dimensions != ("tests",)


@dataclass(frozen=True)
class Taken:
    """What came out of measuring one part. Paths in `readings` and `material` are those of the project, not of the root."""

    readings: tuple[Reading, ...]
    commands: tuple[str, ...] = ()
    tools: Mapping[str, str] = field(default_factory=dict)
    material: Mapping[str, Any] = field(default_factory=dict)
    output: str = ""


class Bench(Protocol):
    """The toolchain of one root, ready to measure trees. Commands run in `Place.folder`."""

    @property
    def environment(self) -> str:
        """The environment key: interpreter and what is installed."""

    @property
    def installed(self) -> tuple[Path, ...]:
        """The folders that commands read though they may lie in the main checkout, which is hidden from them: what is installed there."""

    def instrument(self, task: Task) -> JSON:
        """What the task is measured with; equal instruments measure alike. Runs nothing."""

    def obstacle(self, trees: Trees) -> str:
        """Why code of the measured tree cannot be run in this environment, or nothing."""

    async def prepare(self, trees: Trees, place: Place) -> None:
        """Make beside a tree what it needs and what is installed does not have, before `surround`. Raises Unprepared."""

    def surround(self, place: Place) -> dict[str, str]:
        """Prepare the toolchain beside a tree; returns the environment of commands there. Raises Unprovable."""

    async def take(self, task: Task, place: Place, progress: Callable[[str], None]) -> Taken:
        """Measure at the place, which is prepared. Raises Unprovable."""


class Unprovable(Exception):  # noqa: N818 - a proof that failed becomes a reading, not a failure of the program
    """It cannot be proved whose code would run; the message names the reason."""


class Unprepared(Exception):  # noqa: N818 - likewise
    """What the tree needs besides what is installed could not be made; `reason` says why, `output` is the end of what a command printed."""

    def __init__(self, reason: str, output: str = "") -> None:
        super().__init__(reason)
        self.reason, self.output = reason, output


def not_taken(dimensions: Sequence[str], state: ReadingState, reason: str) -> Taken:
    """The part was not measured, for one reason."""
    return Taken(tuple(Reading(dimension=name, state=state, reason=reason[:1000]) for name in dimensions))


def ended_badly(dimensions: Sequence[str], finished: Finished, what: str) -> Taken:
    """The part's command did not do its work: its time was over, or it failed. What it said stays apart from the reason, which is ours."""
    if finished.outcome == "timeout":
        reason, state = f"{what} was still running after {finished.seconds:.0f} s", ReadingState.TIMEOUT
    else:
        reason, state = f"{what} {how_it_ended(finished)}", ReadingState.ERROR
    return Taken(not_taken(dimensions, state, reason).readings, output=output_tail(finished))


def failures(messages: Mapping[str, str], outcomes: Mapping[str, str]) -> dict[str, str]:
    """By what tests failed, as the runner says it, the exception's type and words first; of the first FAILURES_KEPT of those that did not pass."""
    failed = [test for test in messages if outcomes.get(test) not in (None, "passed")]
    return {test: messages[test].strip()[:FAILURE_KEPT] for test in failed[:FAILURES_KEPT]}


def how_it_ended(finished: Finished) -> str:
    """How a command ended, in words that stand behind its name."""
    if finished.outcome == "exited":
        return f"ended with {finished.exit_code}"
    return f"was ended: {finished.bound}" if finished.bound else f"was {finished.outcome.replace('_', ' ')}"


def without_place(taken: Taken, place: Place) -> Taken:
    """The same with paths as they are in the project: the private folder's name means nothing to anybody, and differs each time."""
    prefix = f"{place.tree}/"
    readings = tuple(each.model_copy(update={"reason": each.reason.replace(prefix, "")}) for each in taken.readings)
    return replace(taken, readings=readings, output=taken.output.replace(prefix, ""))


def output_tail(finished: Finished) -> str:
    """The last characters of what a command printed."""
    return f"{finished.stdout}\n{finished.stderr}".strip()[-OUTPUT_KEPT:]
