"""The cargo of a project: where it is, which compiler it has there, and the environment in which it runs beside a tree."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from state.errors import Refusal
from state.measurement import Root
from state.model import digest
from tools.engine.languages.bench import Home, Place
from tools.engine.process import CommandNotFound, ProcessTimeout, child_environment, run_quick

PROBE_TIMEOUT: Final = 30.0  # seconds
OWN_FOLDER: Final = ".cargo"
# What of the user's cargo folder commands need: settings and what was fetched.
SEEN: Final = ("config", "config.toml", "registry", "git")


@dataclass(frozen=True)
class Rust:
    """A cargo that runs, with the compiler that a folder's toolchain file chooses. `programs` is the folder of the real ones."""

    cargo: Path
    version: str  # what rustc says of itself
    sysroot: Path
    fetched: Path  # the user's cargo folder

    @property
    def programs(self) -> Path:
        """Where cargo, rustc and their companions lie, without rustup in front of them: no file of a tree chooses another."""
        real = self.sysroot / "bin"
        return real if (real / "cargo").exists() else self.cargo.parent

    @property
    def seen(self) -> tuple[Path, ...]:
        """What of the user's cargo folder commands see."""
        return tuple(path for name in SEEN if (path := self.fetched / name).exists())

    @property
    def libraries(self) -> tuple[Path, ...]:
        """The folders of the compiler's shared libraries, which tests of procedural macros load."""
        return (self.sysroot / "lib", *sorted((self.sysroot / "lib" / "rustlib").glob("*/lib")))

    @property
    def number(self) -> str:
        """The compiler's version alone."""
        return self.version.split()[1] if len(self.version.split()) > 1 else self.version

    @property
    def has_clippy(self) -> bool:
        """Whether the linter is installed."""
        return (self.programs / "cargo-clippy").exists()


@dataclass(frozen=True)
class Toolchain:
    """The toolchain of a root."""

    home: Home
    root: Root
    rust: Rust

    @property
    def environment(self) -> str:
        """The environment key. Which crates are built in, the tree says itself (Cargo.lock)."""
        return digest([self.rust.version, self.rust.has_clippy])

    def environment_at(self, place: Place) -> dict[str, str]:
        """The environment variables of commands at a place. What is built stays there: a target folder of another tree may be stale."""
        extra = {
            "CARGO_HOME": str(self.rust.fetched),  # to be read: crates keep their path, by which cargo knows what it built of them
            "CARGO_TARGET_DIR": str(target_folder(place)),
            "CARGO_INCREMENTAL": "0",
            "CARGO_NET_OFFLINE": "true",
            "CARGO_TERM_COLOR": "never",
        }
        return place.environment((str(self.rust.programs),), extra)


def target_folder(place: Place) -> Path:
    """Where cargo builds a place's tree."""
    return place.beside("target")


def open_toolchain(home: Home, root: Root) -> Toolchain:
    """The toolchain that an approved root names. Raises Refusal NO_TOOLCHAIN where its cargo is gone or does not run."""
    folder = home.top / root.path
    rust = describe(home.top / root.interpreter, folder if folder.is_dir() else home.top)
    if rust is None:
        raise Refusal(
            "NO_TOOLCHAIN",
            f"The project's cargo {root.interpreter} is gone or does not run.",
            where=(str(home.top / root.interpreter),),
            expected="the cargo that the evaluation was approved with; install it again, or discover the project anew",
        )
    return Toolchain(home, root, rust)


def find_rust(search_path: str, folder: Path) -> Rust | None:
    """The first cargo with a compiler that runs in the folder, on `search_path` or where rustup puts it."""
    return next((found for program in candidates(search_path) if (found := describe(program, folder))), None)


def candidates(search_path: str) -> Iterator[Path]:
    """The cargo programs, without running them."""
    folders = [*search_path.split(os.pathsep), str(_users_folder() / "bin")]
    return (Path(found) for folder in folders if folder and Path(folder).is_absolute() and (found := shutil.which("cargo", path=folder)))


def describe(cargo: Path, folder: Path) -> Rust | None:
    """What the compiler beside a cargo says of itself in a folder; None where it does not run. It reads the folder's toolchain file, and no code."""
    compiler = cargo.parent / "rustc"
    version, sysroot = _asked(compiler, folder, "-V"), _asked(compiler, folder, "--print", "sysroot")
    return Rust(cargo, version, Path(sysroot), _users_folder()) if version and sysroot else None


def _users_folder() -> Path:
    return Path(os.environ.get("CARGO_HOME") or Path.home() / OWN_FOLDER)


def _asked(program: Path, folder: Path, *arguments: str) -> str:
    """What the program prints; empty where it does not run. rustup must not fetch a toolchain that is not there."""
    kept = {name: os.environ[name] for name in ("CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN") if name in os.environ}
    quiet = child_environment(home=Path.home(), temporary=Path("/tmp"), extra={**kept, "RUSTUP_AUTO_INSTALL": "0"})  # noqa: S108 - it writes nothing
    try:
        said = run_quick([str(program), *arguments], directory=folder, environment=quiet, timeout=PROBE_TIMEOUT)
    except (CommandNotFound, ProcessTimeout, PermissionError, OSError, ValueError):
        return ""
    return said.stdout.decode("utf-8", "replace").strip() if said.exit_code == 0 else ""
