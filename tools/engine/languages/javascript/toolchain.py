"""A JavaScript project's toolchain: its Node, what is installed, and how a command is started beside a tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from state.errors import Refusal
from state.measurement import Root
from state.model import digest
from tools.engine.languages.bench import NOTHING, Home, Place, Unprovable
from tools.engine.languages.javascript.managers import install_line
from tools.engine.languages.javascript.node import Node, describe
from tools.engine.languages.javascript.node_modules import elsewhere, link_modules, modules_of
from tools.engine.languages.javascript.packages import NODE_MODULES, Package, find_package, fingerprint
from tools.engine.process import Command

INSIDE: Final = Path(__file__).parent / "inside"
# The same for every command: nothing is watched or coloured, snapshots are compared and not written.
FIXED: Final = {"CI": "true", "NO_COLOR": "1", "FORCE_COLOR": "0", "NODE_DISABLE_COLORS": "1"}


@dataclass(frozen=True)
class Toolchain:
    """The toolchain of a root whose dependencies are installed in `home`. `cache` is a folder of ours for caches that are keyed by content."""

    home: Home
    root: Root
    node: Node
    cache: Path

    @cached_property
    def environment(self) -> str:
        """The environment key."""
        return digest(["node", self.node.version, str(self.node.executable), fingerprint(self.home.top, self.root.path)])

    @cached_property
    def installed(self) -> tuple[Path, ...]:
        """The folders in which packages and the node itself lie, and our own scripts."""
        modules = modules_of(self.home.top, self.root.path)
        stores = sorted({store for folder in modules for store in elsewhere(folder, self.home.top)})
        return (*modules, *stores, self.node.executable.resolve().parents[1], INSIDE)

    def package(self, name: str) -> Package | None:
        """An installed package, or None."""
        return find_package(self.home.top, self.root.path, name)

    def missing(self, *names: str) -> str:
        """That packages are not installed, with what a person types to have them."""
        return f"{', '.join(names)} is not installed: {install_line(self.root.manager, self.root.path, names)}"

    def surround(self, place: Place) -> dict[str, str]:
        """Link what is installed into the tree; returns the environment of commands there. Raises Unprovable."""
        try:
            link_modules(self.home.top, place.tree, place.root)
        except OSError as problem:
            raise Unprovable(f"what is installed cannot be linked into the tree: {problem}") from problem
        return self.environment_at(place)

    def environment_at(self, place: Place, more: dict[str, str] | None = None) -> dict[str, str]:
        """The environment variables of commands at a place, `more` among them."""
        path = (str(place.folder / NODE_MODULES / ".bin"), str(self.node.executable.parent))
        return place.environment(path, {**FIXED, **(more or NOTHING)})

    def command(self, place: Place, argv: Sequence[str], timeout: float, said: Path | None = None) -> Command:
        """A command of Node's."""
        return place.command((str(self.node.executable), *argv), self.environment_at(place), timeout, said)


def open_toolchain(home: Home, root: Root, cache: Path) -> Toolchain:
    """The toolchain that an approved root names. Raises Refusal NO_TOOLCHAIN where its Node is gone or does not run."""
    node = describe(home.top / root.interpreter)
    if node is None:
        raise Refusal(
            "NO_TOOLCHAIN",
            f"The project's Node {root.interpreter} is gone or does not run.",
            where=(str(home.top / root.interpreter),),
            expected="the Node that the evaluation was approved with; install it again, or discover the project anew",
        )
    return Toolchain(home, root, node, cache)
