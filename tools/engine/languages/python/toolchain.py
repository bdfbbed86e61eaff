"""A Python project's toolchain: its interpreter, what is installed there, and how a command is started beside a tree."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from state.errors import Refusal
from state.measurement import Root
from state.model import digest
from tools.engine.languages.bench import Home, Place
from tools.engine.languages.functions import SourceFunctions
from tools.engine.languages.python.distributions import Distribution, fingerprint, installed
from tools.engine.languages.python.environment import Overlay, lay_over
from tools.engine.languages.python.interpreter import Interpreter, describe
from tools.engine.languages.python.lending import LINE, Loan, borrow, lay_out
from tools.engine.languages.python.managers import adding, installing
from tools.engine.languages.python.own import entries_of, own_distribution, pretended

INSIDE: Final = Path(__file__).parent / "inside"
RUN_MODULE: Final = INSIDE / "run_module.py"
# The same for every command: no bytecode of one tree for another, no order that changes from run to run, no plugin that a tree declares.
FIXED: Final = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "NO_COLOR": "1"}


@dataclass(frozen=True)
class Toolchain:
    """The toolchain of a root whose dependencies are installed in `home`. `cache` is a folder of ours for caches that are keyed by content."""

    home: Home
    root: Root
    interpreter: Interpreter
    cache: Path

    @cached_property
    def distributions(self) -> dict[str, Distribution]:
        """What is installed."""
        return installed(self.interpreter)

    @cached_property
    def counted(self) -> dict[str, SourceFunctions]:
        """The functions of the trees that were read, by tree: several parts of a measurement ask for them, and reading them is most of counting."""
        return {}

    @cached_property
    def environment(self) -> str:
        """The environment key, with what is lent."""
        key = fingerprint(self.interpreter, self.distributions.values())
        return digest([key, self.loan.key]) if self.loan.key else key

    @cached_property
    def loan(self) -> Loan:
        """What the factory lends."""
        return borrow(self.interpreter, self.distributions)

    def version(self, name: str) -> str | None:
        """The version of a distribution, installed or else lent, or None where there is none."""
        found = self.distributions.get(name)
        return found.version if found else self.loan.versions.get(name)

    @cached_property
    def own(self) -> Distribution | None:
        """The project itself among what is installed."""
        return own_distribution(self.home.top / self.root.path, self.distributions)

    @property
    def pretended(self) -> dict[str, str]:
        """The version that a build or a start without git is told."""
        return pretended(self.own)

    def absent(self, name: str, *wanted: str) -> str:
        """That a tool is neither installed nor lent, what would bring it, and why the factory's own does not serve."""
        refused = self.loan.refused.get(name)
        return f"{name} is not installed for {self.root.interpreter}: {self.install_line(*wanted)}" + (f" ({refused})" if refused else "")

    def install_line(self, *names: str) -> str:
        """What a person types to have these distributions."""
        return adding(self.root.manager, self.interpreter, self.home.top, names, has_pip="pip" in self.distributions)

    @property
    def project_line(self) -> str:
        """What a person types to have the project itself installed."""
        return installing(self.root.manager, self.interpreter, self.home.top, has_pip="pip" in self.distributions)

    @property
    def kept(self) -> tuple[Path, ...]:
        """The folders in which what is installed or lent lies, wherever that is: no code of the project is there."""
        environment = (self.interpreter.environment.resolve(),) if self.interpreter.environment else ()
        return (*environment, *(folder.resolve() for folder in self.loan.lie_in(self.cache)))

    def lay_over(self, place: Place, *, without_own: bool = False) -> Overlay:
        """Build the overlay environment of a place, before anything runs there; without the project itself, if need be. Raises Unprovable."""
        left_out = entries_of(self.own) if without_own and self.own else frozenset[str]()
        overlay = lay_over(self.interpreter, self.home.top, place.tree, self.overlay(place).folder, left_out)
        if self.loan.entries:
            (overlay.site_packages / LINE).write_text(f"{lay_out(self.loan, self.cache)}\n", encoding="utf-8")
        return overlay

    def overlay(self, place: Place) -> Overlay:
        """The overlay environment of a place."""
        return Overlay(place.beside("environment"))

    def environment_at(self, place: Place) -> dict[str, str]:
        """The environment variables of commands at a place."""
        return place.environment((str(self.overlay(place).scripts),), {**FIXED, **self.pretended, **self.loan.variables()})


def open_toolchain(home: Home, root: Root, cache: Path) -> Toolchain:
    """The toolchain that an approved root names. Raises Refusal NO_TOOLCHAIN where its interpreter is gone or does not run."""
    interpreter = describe(home.top / root.interpreter)
    if interpreter is None:
        raise Refusal(
            "NO_TOOLCHAIN",
            f"The project's interpreter {root.interpreter} is gone or does not run.",
            where=(str(home.top / root.interpreter),),
            expected="the interpreter that the evaluation was approved with; make it again (python3 -m venv .venv), or discover the project anew",
        )
    return Toolchain(home, root, interpreter, cache)
