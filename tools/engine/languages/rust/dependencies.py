"""What crates from elsewhere compile to, kept between trees with the same Cargo.lock and compiler.

Only the base's own tree gives, before any test of it ran; every tree takes a copy, so that nothing a candidate runs reaches what others take.
Crates of the tree itself are never kept: what was built of another tree would be measured as this one.
"""

import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import anyio.to_thread

from state.model import digest
from tools.engine.languages.bench import Place, Task
from tools.engine.languages.running import run_command
from tools.engine.languages.rust.crates import Workspace
from tools.engine.languages.rust.toolchain import Toolchain, target_folder

KEPT: Final = 2  # the newest used ones, of tests and of checks each
TIMEOUT: Final = 600.0  # seconds
LOCK_FILE: Final = "Cargo.lock"
How = Literal["build", "check"]


@dataclass(frozen=True)
class Dependencies:
    """What one way of compiling a root has kept. `cache` is the folder of ours in which it lies."""

    toolchain: Toolchain
    cache: Path
    how: How
    words: tuple[str, ...] = ()  # of cargo, that change how dependencies are built

    def kept_for(self, place: Place) -> Path | None:
        """Where it lies for the tree of a place; None where the tree does not say which crates it takes."""
        lock = place.folder / LOCK_FILE
        if not lock.is_file():
            return None
        key = digest([self.toolchain.environment, self.toolchain.root.path, list(self.words), lock.read_text(encoding="utf-8", errors="replace")])
        return self.cache / "rust" / f"{self.how}-{key}"

    async def bring(self, place: Place) -> None:
        """Put a copy of what is kept where cargo will build, unless something was built there."""
        kept = await anyio.to_thread.run_sync(self.kept_for, place)
        if kept is not None and kept.is_dir():
            await anyio.to_thread.run_sync(_copy, kept, target_folder(place))

    async def wants(self, place: Place, task: Task) -> bool:
        """Whether what was built at a place is worth keeping: it is the base's own tree, and nothing is kept for its crates."""
        kept = await anyio.to_thread.run_sync(self.kept_for, place)
        return kept is not None and not kept.exists() and task.trees.measured == task.trees.base and target_folder(place).is_dir()

    async def keep(self, place: Place, workspace: Workspace) -> None:
        """Keep what was built at a place, without the tree's own crates; nothing where it takes none from elsewhere."""
        kept = await anyio.to_thread.run_sync(self.kept_for, place)
        if kept is None or not workspace.fetched:
            return
        half = kept.with_name(f"{kept.name}.{secrets.token_hex(4)}")
        try:
            await anyio.to_thread.run_sync(lambda: shutil.copytree(target_folder(place), half, symlinks=True))
            argv = (str(self.toolchain.rust.programs / "cargo"), "clean", "--offline", *(word for each in workspace.own for word in ("-p", each)))
            variables = {**self.toolchain.environment_at(place), "CARGO_TARGET_DIR": str(half)}
            cleaned = await run_command(place.command(argv, variables, TIMEOUT, writable=(self.cache,)))
            if cleaned.exit_code == 0 and not kept.exists():
                half.rename(kept)
                await anyio.to_thread.run_sync(_forget, kept.parent, self.how)
        finally:
            await anyio.to_thread.run_sync(lambda: shutil.rmtree(half, ignore_errors=True))


def _copy(kept: Path, target: Path) -> None:
    """Copy as one step: cargo, or another tool at this place, may have begun there."""
    half = target.with_name(f"{target.name}.{secrets.token_hex(4)}")
    shutil.copytree(kept, half, symlinks=True)
    os.utime(kept)
    try:
        half.rename(target)
    except OSError:
        shutil.rmtree(half)


def _forget(folder: Path, how: How) -> None:
    """Keep the newest used ones only."""
    ages: Sequence[Path] = sorted(folder.glob(f"{how}-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for each in ages[KEPT:]:
        shutil.rmtree(each, ignore_errors=True)
