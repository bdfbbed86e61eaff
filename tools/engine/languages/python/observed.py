"""What the files of a Python root and its environment show; nothing of the project runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tools.engine.languages.growth import LOOKED_INTO, MOST_READ, Search
from tools.engine.languages.python.choosing import LINTERS, TYPE_CHECKERS, chosen, wanted
from tools.engine.languages.python.counting import count
from tools.engine.languages.python.distributions import Distribution, installed
from tools.engine.languages.python.gains import named_tests
from tools.engine.languages.python.interpreter import Interpreter
from tools.engine.languages.python.lending import Loan, borrow
from tools.engine.languages.python.managers import Manager, adding, installing, manager_of
from tools.engine.languages.python.names import is_source, is_test_module
from tools.engine.languages.python.roots import apart, covered_members, without
from tools.engine.languages.python.source_paths import source_paths
from tools.engine.languages.survey import Project

FAILURES: Final = Search((b"except", b"suppress"), count)


@dataclass(frozen=True)
class Observed:
    """A root as it was found. `project` is without the folders in it that are roots of their own (`apart`); `tests` counts test functions by module.

    `own_loading` says that a module of tests decides by `load_tests` itself what runs, which only unittest obeys; `failing` that a function of the
    source has a failure path.
    """

    project: Project
    apart: tuple[str, ...]
    interpreter: Interpreter
    distributions: Mapping[str, Distribution]
    loan: Loan
    manager: Manager
    sources: tuple[str, ...]
    tests: Mapping[str, int]
    own_loading: bool
    failing: bool

    def has(self, name: str) -> bool:
        """Whether a distribution is installed for the interpreter."""
        return name in self.distributions

    def version(self, name: str) -> str:
        """The version of a distribution, installed or lent; empty where there is none."""
        return self.distributions[name].version if self.has(name) else self.loan.versions.get(name, "")

    def lent(self, name: str) -> bool:
        """Whether the factory would lend it."""
        return name in self.loan.versions

    def install(self, *names: str) -> str:
        """The line that would bring distributions."""
        return adding(self.manager, self.interpreter, self.project.top, names, has_pip=self.has("pip"))

    @property
    def install_project(self) -> str:
        """The line that would bring an environment with the project in it."""
        return installing(self.manager, self.interpreter, self.project.top, has_pip=self.has("pip"))

    @property
    def python(self) -> str:
        """The interpreter, relative to the main checkout where it lies inside."""
        executable, top = self.interpreter.executable, self.project.top
        return str(executable.relative_to(top) if executable.is_relative_to(top) else executable)

    @property
    def test_count(self) -> int:
        """How many test functions were seen."""
        return sum(self.tests.values())

    @property
    def runner(self) -> str:
        """What runs the tests: pytest, the project's own or lent; unittest where only that can; empty where there are none."""
        if not self.test_count:
            return ""
        if self.has("pytest") or (self.lent("pytest") and not self.own_loading):
            return "pytest"
        return "unittest" if self.own_loading else ""

    @property
    def linter(self) -> str:
        """The linter that measures, or nothing."""
        return chosen(LINTERS, self.project, self.has)

    @property
    def type_checker(self) -> str:
        """The type checker that measures, or nothing."""
        return chosen(TYPE_CHECKERS, self.project, self.has)

    @property
    def wanted_linter(self) -> str:
        """The linter to install where there is none."""
        return wanted(LINTERS, self.project)

    @property
    def wanted_type_checker(self) -> str:
        """The type checker to install where there is none."""
        return wanted(TYPE_CHECKERS, self.project)


def observe(project: Project, interpreter: Interpreter, *, counting: bool = True) -> Observed:
    """Look at a root with the interpreter that was found for it.

    Without `counting`, which is quick, one test function is enough to know that there are tests, and only a few files are searched for failure paths.
    """
    nested = apart(project)
    own = without(project, nested)
    distributions = installed(interpreter)
    members = (f"{member}/{source}" for member in covered_members(project) for source in source_paths(project.within(member).files))
    sources = tuple(dict.fromkeys((*source_paths(_beside_members(project, own).files), *members)))
    modules = [file for file in own.files if is_test_module(file)]
    product = (file for file in own.files if file.endswith(".py") and is_source(file, sources))
    failing = FAILURES.finds(product, own.read, MOST_READ if counting else LOOKED_INTO)
    return Observed(
        project=own,
        apart=nested,
        interpreter=interpreter,
        distributions=distributions,
        loan=borrow(interpreter, distributions),
        manager=manager_of(own),
        sources=sources,
        tests=_tests(own, modules, counting=counting),
        own_loading="pytest" not in distributions and any(b"def load_tests" in (own.read(file) or b"") for file in modules),
        failing=counting if failing is None else failing,
    )


def _tests(project: Project, modules: Sequence[str], *, counting: bool) -> dict[str, int]:
    found: dict[str, int] = {}
    for file in modules:
        found[file] = len(named_tests(project.read(file) or b""))
        if found[file] and not counting:
            break
    return found


def _beside_members(project: Project, own: Project) -> Project:
    """The files that belong to no member of the workspace: theirs are named from their own folders."""
    return without(own, covered_members(project))
