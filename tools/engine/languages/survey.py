"""The nouns of discovery: what a language's survey saw of a root, and what the discovery of the whole comes to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from state.measurement import PlannedDimension, Profile, Root


@dataclass(frozen=True)
class Project:
    """A project, or a folder of it, as discovery sees it: its tracked paths, and how a tracked file is read (None where there is none).

    `path` is where the folder `root` lies in the main checkout; empty for the whole.
    """

    root: Path
    files: Sequence[str]
    read: Callable[[str], bytes | None]
    path: str = ""

    @property
    def top(self) -> Path:
        """The main checkout."""
        return self.root.parents[self.path.count("/")] if self.path else self.root

    def within(self, path: str) -> "Project":
        """The same seen from a folder of it; the project itself for the empty path."""
        if not path:
            return self
        prefix = f"{path}/"
        inner = tuple(file.removeprefix(prefix) for file in self.files if file.startswith(prefix))
        return replace(self, root=self.root / path, files=inner, read=lambda file: self.read(f"{prefix}{file}"), path=path)


@dataclass(frozen=True)
class Selection:
    """A test runner that a command of the contract names, and the arguments by which it selects tests."""

    runner: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Missing:
    """What was not found, and the line that would bring it; `hinders` where tests probably do not even start without it."""

    what: str
    remedy: str
    hinders: bool = False


@dataclass(frozen=True)
class Survey:
    """What one language's survey saw of one root.

    `root` has an empty path: whoever asked knows which folder it was. `dimensions` are those that the toolchain decides, of the hygiene and growth
    tiers; `commands` what they would run. `test_paths` are where tests lie, `kind` what sort of project it is (library, command line, web service
    …), `frameworks` what it is built with. Paths are relative to the root.
    """

    root: Root
    dimensions: tuple[PlannedDimension, ...]
    commands: tuple[str, ...]
    test_paths: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()
    kind: str = ""
    frameworks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposed:
    """A command that tests the whole project, and the file that says what it does: whoever may change that file decides what the command finds."""

    command: str
    file: str


@dataclass(frozen=True)
class Discovery:
    """How a project would be measured: the profile to approve, what was seen, and what was not found.

    `test_paths` are where tests lie; `kind`, `frameworks` as of a survey; `automation` is where its checks run already, `benchmarks` what measures
    something already, `benchmark_files` every file of it; `eval_spec` are sentences for a draft. `proposed` is the command that a draft
    would measure by, where no language does.
    """

    profile: Profile
    seen: tuple[str, ...]
    missing: tuple[Missing, ...]
    test_paths: tuple[str, ...]
    kind: str = ""
    frameworks: tuple[str, ...] = ()
    automation: tuple[str, ...] = ()
    benchmarks: tuple[str, ...] = ()
    benchmark_files: tuple[str, ...] = ()
    eval_spec: tuple[str, ...] = ()
    proposed: Proposed | None = None
