"""A Python project's toolchain: its interpreter, what is installed there, and how a command is started beside a tree."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from state.errors import Refusal
from state.measurement import Root
from tools.engine.languages.bench import Home, Place
from tools.engine.languages.python.distributions import Distribution, fingerprint, install_line, installed
from tools.engine.languages.python.environment import Overlay, lay_over
from tools.engine.languages.python.interpreter import Interpreter, describe

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
    def environment(self) -> str:
        """The environment key."""
        return fingerprint(self.interpreter, self.distributions.values())

    def version(self, name: str) -> str | None:
        """The installed version of a distribution, or None where it is not installed."""
        found = self.distributions.get(name)
        return found.version if found else None

    def install_line(self, *names: str) -> str:
        """What a person types to have these distributions."""
        return install_line(self.interpreter, self.home.top, self.distributions, names)

    def lay_over(self, place: Place) -> Overlay:
        """Build the overlay environment of a place, before anything runs there. Raises Unprovable."""
        return lay_over(self.interpreter, self.home.top, place.tree, self.overlay(place).folder)

    def overlay(self, place: Place) -> Overlay:
        """The overlay environment of a place."""
        return Overlay(place.beside("environment"))

    def environment_at(self, place: Place) -> dict[str, str]:
        """The environment variables of commands at a place."""
        return place.environment((str(self.overlay(place).scripts),), FIXED)


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
