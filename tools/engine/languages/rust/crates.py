"""What cargo says of a tree: its crates and their targets, what it built, and what the compiler objected to."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

TESTED_KINDS: Final = frozenset({"lib", "rlib", "dylib", "cdylib", "staticlib", "proc-macro", "bin", "test"})


@dataclass(frozen=True)
class Target:
    """One thing that cargo builds of a crate, with the file that it begins with. `tested` and `documented`: which tests of it run by default."""

    name: str
    kinds: tuple[str, ...]
    file: Path
    tested: bool
    documented: bool

    @property
    def of_tests(self) -> bool:
        """Whether its tests are built by a plain `cargo test`."""
        return self.tested and bool(TESTED_KINDS & set(self.kinds))

    @property
    def is_library(self) -> bool:
        """Whether it is the crate's library."""
        return not {"bin", "test", "example", "bench", "custom-build"} & set(self.kinds)


@dataclass(frozen=True)
class Crate:
    """A member of the workspace."""

    identity: str
    name: str
    version: str
    manifest: Path
    targets: tuple[Target, ...]

    @property
    def folder(self) -> Path:
        """Where its Cargo.toml lies."""
        return self.manifest.parent

    @property
    def is_documented(self) -> bool:
        """Whether it has a library whose documentation is tested."""
        return any(target.documented and target.is_library for target in self.targets)


@dataclass(frozen=True)
class Workspace:
    """The crates of a root; of every crate that is built from a folder its manifest and its identity; and how many come from elsewhere."""

    crates: tuple[Crate, ...]
    local: tuple[Path, ...]
    own: tuple[str, ...] = ()
    fetched: int = 0

    def foreign(self, tree: Path) -> Path | None:
        """A crate taken from a folder outside of the tree; None where there is none."""
        return next((manifest for manifest in self.local if not manifest.resolve().is_relative_to(tree.resolve())), None)


@dataclass(frozen=True)
class Executable:
    """A test binary, with the crate that it is run in and the target that it was built of."""

    crate: Crate
    target: Target
    program: Path


@dataclass(frozen=True)
class Message:
    """What the compiler said of a place: rule (or empty), `error` or `warning`, the file as it prints it, line from 1."""

    rule: str
    level: str
    file: str
    line: int
    column: int = 0


def read_metadata(text: str) -> Workspace:
    """Read what `cargo metadata --format-version 1` printed, also between other lines. Raises ValueError or KeyError."""
    line = next((line for line in text.splitlines() if line.startswith('{"packages"')), None)
    if line is None:
        raise ValueError("there is no line of metadata")
    said = json.loads(line)
    members = set(said["workspace_members"])
    crates = tuple(_crate(package) for package in said["packages"] if package["id"] in members)
    local = [package for package in said["packages"] if package.get("source") is None]
    manifests, own = tuple(Path(package["manifest_path"]) for package in local), tuple(package["id"] for package in local)
    return Workspace(crates, manifests, own, len(said["packages"]) - len(local))


def records(text: str) -> Iterator[dict[str, Any]]:
    """The JSON lines of `--message-format=json`. Other lines, and what is no object with a reason, are left out."""
    for line in text.splitlines():
        if not line.startswith("{"):
            continue
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict) and "reason" in record:
            yield record


def executables(said: Iterable[dict[str, Any]], crates: Sequence[Crate]) -> list[Executable]:
    """The test binaries of these crates that were built."""
    by_identity = {crate.identity: crate for crate in crates}
    found = []
    for record in said:
        crate = by_identity.get(record.get("package_id", ""))
        if record["reason"] == "compiler-artifact" and record.get("executable") and record["profile"]["test"] and crate:
            target = _target(record["target"])
            found.append(Executable(crate, target, Path(record["executable"])))
    return sorted(found, key=lambda each: (str(each.target.file), each.target.name))


def built_well(said: Iterable[dict[str, Any]]) -> bool | None:
    """Whether cargo said that the build was finished well; None where it said nothing of its end."""
    return next((bool(record["success"]) for record in said if record["reason"] == "build-finished"), None)


def messages(said: Iterable[dict[str, Any]]) -> list[Message]:
    """What the compiler said of places in the code, each once: a file is compiled again for its tests."""
    found = []
    for record in said:
        if record["reason"] != "compiler-message":
            continue
        told = record["message"]
        span = next((each for each in told["spans"] if each["is_primary"]), None)
        if span is not None and told["level"] in {"error", "warning"}:
            rule = str((told.get("code") or {}).get("code", ""))
            found.append(Message(rule, told["level"], span["file_name"], int(span["line_start"]), int(span["column_start"])))
    return list(dict.fromkeys(found))


def _crate(package: dict[str, Any]) -> Crate:
    targets = tuple(_target(target) for target in package["targets"])
    return Crate(package["id"], package["name"], package["version"], Path(package["manifest_path"]), targets)


def _target(target: dict[str, Any]) -> Target:
    return Target(target["name"], tuple(target["kind"]), Path(target["src_path"]), bool(target["test"]), bool(target["doctest"]))
