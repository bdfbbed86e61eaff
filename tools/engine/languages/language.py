"""What the measuring of a project asks of a language. The module `language` of each package here answers it."""

from collections.abc import Awaitable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from state.measurement import PlannedDimension, Root
from tools.engine.languages.bench import Bench, Home
from tools.engine.languages.changes import BaseOwnedChange
from tools.engine.languages.replacing import Replaced
from tools.engine.languages.survey import Project, Selection, Survey
from tools.engine.languages.written import Written


class Language(Protocol):
    """One language. Paths are relative to the root that is meant, but for those of `roots`."""

    # Detect.

    def roots(self, project: Project) -> tuple[str, ...]:
        """The folders of the project with a toolchain of their own (empty text: the top), outermost first. Reads tracked files, runs nothing."""

    def selection_of(self, command: str) -> Selection | None:
        """The runner and the arguments that select tests, where the command is one of this language's test runners; else None."""

    def survey(self, project: Project, selection: Selection | None) -> Survey:
        """Look at a root, without running anything of the project's. Raises Refusal NO_TOOLCHAIN where the language itself does not run here."""

    def look(self, project: Project) -> tuple[PlannedDimension, ...]:
        """The dimensions that a survey would plan now, as far as files alone tell: quick, and nothing is run."""

    # The base's word.

    def owns(self, path: str, source_paths: Sequence[str]) -> bool:
        """Whether the base's word stands for the file, by its name: tests, and the configuration of test runners and tools."""

    def mixes(self, path: str) -> bool:
        """Whether the file mixes concerns, and is grafted by key."""

    def configures(self, path: str) -> bool:
        """Whether the file decides what coverage, linter and type checker report."""

    def graft(self, path: str, base: bytes | None, candidate: bytes | None) -> bytes | None:
        """A mixed file as it stands in the tree with the base's word; the candidate's bytes where they agree; None where it is absent."""

    def examine(self, path: str, base: bytes | None, candidate: bytes) -> BaseOwnedChange | None:
        """What was done to a base-owned file; None where the file is not the language's."""

    def tests_inside(self, path: str, base: bytes | None, candidate: bytes | None) -> BaseOwnedChange | None:
        """What was done to tests of the base, or to what they assert with, in a file that is not the base's; None where nothing was."""

    def bodies_of_tests(self, path: str, content: bytes) -> Mapping[str, str]:
        """A digest of each test of a file, by the name that its id has behind the file, without parameters; what cannot be told is left out."""

    def saying_nothing(self, files: Mapping[str, bytes]) -> Mapping[str, frozenset[str]]:
        """The tests in these files that assert nothing, by file and by the name as above. What helps tests has to be among the files."""

    def written(self, path: str, content: bytes) -> Written:
        """The values written out in a file, and what is done for one of them alone; nothing where the language does not tell."""

    def assigned_elsewhere(self, path: str, content: bytes, product: Collection[str]) -> Mapping[int, str]:
        """Line to what is set there of another module or class of the project, whose files are `product`; nothing where it cannot be told."""

    def code_of(self, path: str, content: bytes) -> str:
        """A digest of what a file does, the same whatever its comments and docstrings say; empty where that cannot be told."""

    def lines_in_functions(self, path: str, content: bytes) -> Collection[int]:
        """The lines of a file, from 1, that run only where a function is called; of others coverage says no more than that the file was loaded."""

    def replaced(self, path: str, content: bytes) -> tuple[Replaced, ...]:
        """What a file puts in the place of clocks, of chance and of what compares; nothing where the language does not tell."""

    def asks_for(self, path: str, content: bytes) -> frozenset[str]:
        """The names of what a manifest asks to have installed; nothing where the file is none."""

    # Prepare, test, lint, type-check, cover and count.

    def manifests(self, path: str) -> bool:
        """Whether the file decides what is installed or built: trees with equal manifests share an environment."""

    def files_of_test(self, test: str, paths: Sequence[str]) -> tuple[str, ...]:
        """Those of `paths` in which the test of this id stands, as far as its id tells: laid over the base, they let it run there."""

    def open_bench(self, home: Home, root: Root, cache: Path) -> Awaitable[Bench]:
        """The toolchain of a root whose dependencies are installed in `home`. `cache` is for what tools keep, keyed by content.

        Raises Refusal NO_TOOLCHAIN where an approved tool is gone.
        """
