"""What a tree is measured in besides itself: where its dependencies are, what is handed on and linked, and how far its commands are confined."""

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import anyio.to_thread

from state.configuration import Setup
from state.model import digest
from tools.engine.evaluation.commanded import Evaluation
from tools.engine.evaluation.homes import Failed, Prepared, Wanted, home_for, standing_home
from tools.engine.evaluation.linked import Linked, linked_of
from tools.engine.evaluation.planning import Target
from tools.engine.evaluation.privacy import private_folders
from tools.engine.languages.bench import Home, Place
from tools.engine.process import Confine, Confinement, confinement

HOMES = "homes"  # below the cache
CACHE = "cache"  # below the folder of a store


@dataclass(frozen=True)
class Surroundings:
    """The surroundings of one target. `key` is what of them changes what is measured; `each_tree` is a setup that has to run in every tree anew."""

    prepared: Prepared
    linked: Linked
    handed: Mapping[str, str] = field(default_factory=dict)
    each_tree: Evaluation | None = None
    network: bool = False
    means: Confinement = "none"

    @property
    def key(self) -> str:
        """Equal keys surround alike. Of what is handed on only the names count: values may be secrets."""
        each = self.each_tree.command if self.each_tree else ""
        return digest([self.prepared.key, self.linked.fingerprint(), sorted(self.handed), each, self.network, self.means])

    def confine(self, target: Target, installed: Iterable[Path]) -> Confine | None:
        """What commands may do: read everything but the main checkout and the person's keys, and reach the network where factory.md opens it.

        Of the main checkout what is `installed` stays to be read, and what is linked. None where this machine cannot confine them.
        """
        if self.means == "none":
            return None
        checkouts = {target.repository.root, target.home.root}
        hidden = (*checkouts, target.repository.common, target.home.common, *private_folders())
        visible = (target.cache, self.prepared.home.top, *self.linked.targets, *installed)
        return Confine((), hidden, tuple(path for path in visible if path.exists() and path not in checkouts), network=self.network)

    def settle(self, place: Place, confine: Confine | None) -> Place:
        """Bring what a fresh tree lacks: generated files, and links. Returns the place with what is handed on. Raises OSError."""
        for path in self.prepared.generated:
            copy = place.tree / path
            if not copy.exists() and copy.parent.resolve().is_relative_to(place.tree.resolve()):
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(self.prepared.made / path, copy, follow_symlinks=False)
        self.linked.link_into(place)
        return replace(place, handed=self.handed, confine=confine)


async def surroundings_of(target: Target, progress: Callable[[str], None]) -> Surroundings | Failed:
    """The surroundings of a target, prepared as `## Setup` says; Failed where its command does not end well.

    Raises Refusal BUSY where it is stopped from outside, OSError from the disk.
    """
    setup = target.contract.configuration.setup or Setup()
    linked = await anyio.to_thread.run_sync(linked_of, target.home, setup.link)
    handed = {name: target.variables[name] for name in setup.env if name in target.variables}
    found = Surroundings(Prepared(Home(target.home.root)), linked, handed, network=setup.network, means=await anyio.to_thread.run_sync(confinement))
    if not setup.command:
        return found
    if not target.contract.profile.roots:
        # Nobody knows which of its products depend on the sources: none of them is shared.
        return replace(found, each_tree=Evaluation("setup", setup.command, "exit_code", timeout=setup.timeout))
    wanted = Wanted(target.repository, target.tree, target.contract.profile.roots, setup, handed)
    lent = await standing_home(wanted, target.installed_in.store_folder / CACHE / HOMES) if target.installed_in else None
    prepared = lent or await home_for(wanted, target.cache / HOMES, progress)
    if isinstance(prepared, Failed):
        return prepared
    return replace(found, prepared=prepared if prepared.home.key else replace(prepared, home=found.prepared.home))
