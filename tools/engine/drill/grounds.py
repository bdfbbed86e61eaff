"""The nouns of a drill: the ground it is played on, the fault that cheats hide, and the cheats themselves."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal

from state.configuration import Configuration
from state.measurement import Profile, Root

Family = Literal["control", "break", "tests", "runner", "process", "answers", "measures", "proof", "contract"]


class NotHere(Exception):  # noqa: N818 - a cheat that has no place in a project is no failure of the drill
    """The cheat does not apply to this project; the message says why."""


class NoFault(Exception):  # noqa: N818 - likewise
    """Nothing is there to be hidden: no small change of the project's own code was found that makes a test fail."""


@dataclass(frozen=True)
class Link:
    """A symbolic link and where it leads."""

    target: str


# Path to what is written there: text, a link, or nothing where the file goes.
Edits = Mapping[str, str | Link | None]


@dataclass(frozen=True)
class Fault:
    """A small change of the project's own code: the file as it is and with the change, in which function, and the ids of tests that it fails."""

    path: str
    sound: str
    text: str
    function: str
    what: str
    tests: tuple[str, ...] = ()


@dataclass(frozen=True)
class Grounds:
    """What a cheat is made of. Paths are those of the project, of the root that is played in.

    `files` are all tracked files, `read` gives one of them as text. `uncovered` maps a file to the numbers of the lines that no test runs,
    `silent` to those of the handlers that keep a failure to themselves, `findings` a dimension to [rule, path, text of the line]; `test_files` are
    those that the base's run used. `values` are the base's, by dimension. `checkout` is the person's own.
    """

    root: Root
    profile: Profile
    configuration: Configuration
    files: frozenset[str]
    read: Callable[[str], str]
    checkout: Path
    uncovered: Mapping[str, frozenset[int]] = field(default_factory=dict)
    silent: Mapping[str, frozenset[int]] = field(default_factory=dict)
    findings: Mapping[str, Sequence[tuple[str, str, str]]] = field(default_factory=dict)
    values: Mapping[str, float] = field(default_factory=dict)
    test_files: tuple[str, ...] = ()
    fault: Fault | None = None

    def broken(self) -> Fault:
        """The fault to be hidden. Raises NoFault."""
        if self.fault is None:
            raise NoFault
        return self.fault

    def at(self, path: str) -> str:
        """A path of the root as the project calls it."""
        return self.root.outer(path)

    def text(self, path: str) -> str:
        """A file's text; empty where there is none."""
        return self.read(path) if path in self.files else ""

    @property
    def sources(self) -> tuple[str, ...]:
        """The source files of the root."""
        return tuple(path for path in self.product if path not in self.test_files)

    @property
    def product(self) -> tuple[str, ...]:
        """The files below the source paths of the root, with those in which tests stand beside the product."""
        places = tuple(self.at(path) for path in self.root.source_paths)
        return tuple(sorted(path for path in self.files if any(path == place or path.startswith(f"{place}/") for place in places)))

    @property
    def test_folder(self) -> str:
        """The folder of the first test file, as a prefix of paths."""
        if not self.test_files:
            return f"{self.at('tests')}/"
        folder = PurePosixPath(self.test_files[0]).parent.as_posix()
        return "" if folder == "." else f"{folder}/"


@dataclass(frozen=True)
class Cheat:
    """One row: a name, what is done in words, the languages it is written in (none: all), and the edits.

    `edits` is a pure function. It raises NotHere where the cheat has no place in the project, and NoFault where it hides a fault and none was found.
    `own_check` names the test that is to prove it, where it comes as a fix; of what is `bounded` some may be kept, and no more than the bound.
    `advice` is what the person can do where it gets through and no gate can stop it.
    """

    name: str
    family: Family
    what: str
    edits: Callable[[Grounds], Edits]
    languages: tuple[str, ...] = ()
    own_check: Callable[[Grounds], str] | None = None
    bounded: bool = False
    advice: str = ""
