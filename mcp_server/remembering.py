"""Remembering: the registry of projects hears once a process of each project that was worked on, and again of each verdict."""

from dataclasses import dataclass, field
from pathlib import Path

from state.errors import Refusal
from state.registry import Progress, Project
from state.registry_folder import Registry, progress_of
from tools.engine.session import Session


@dataclass
class Remembering:
    """What this process told the registry, so that it tells nothing twice; the registries are by their folder."""

    told: dict[tuple[Path, Path], Progress] = field(default_factory=dict)
    registries: dict[Path, Registry] = field(default_factory=dict)

    def worked_on(self, session: Session, folder: Path | None) -> list[str]:
        """Tell the registry in `folder` of the session's project. What goes wrong is a warning, never a failed call; the next call tries again."""
        if folder is None:
            return ["the registry of projects has no place: nobody knows the home folder; set FACTORY_REGISTRY_DIR"]
        root = session.repository.root
        try:
            with session.store.reading() as connection:
                progress = progress_of(connection)
            if self.told.get((folder, root)) != progress:
                self.registries.setdefault(folder, Registry(folder)).note(root, progress)
                self.told[folder, root] = progress
        except Refusal as refusal:
            return [f"the registry of projects in {folder} is behind: {refusal.what}; run `{session.command} doctor --repair`"]
        except OSError as error:
            return [f"the registry of projects in {folder} is behind: {error.strerror or error}; run `{session.command} doctor --repair`"]
        return []

    def others(self, root: Path, folder: Path | None) -> int:
        """How many projects besides this one have decided experiments; none where the registry cannot be read."""
        return sum(1 for each in self.projects(folder) if each.experiments and Path(each.path) != root)

    def projects(self, folder: Path | None) -> list[Project]:
        """The projects in the registry at `folder`, the one with the newest experiment first; none where it cannot be read."""
        if folder is None or not folder.is_dir():
            return []
        try:
            return self.registries.setdefault(folder, Registry(folder)).projects()
        except (Refusal, OSError):
            return []  # what is wrong with it, a call's own warning says

    def close(self) -> None:
        """Let go of the databases."""
        for registry in self.registries.values():
            registry.close()
