"""Surveying a Rust crate or workspace: crates and tests by their files, frameworks by what Cargo.toml asks for, and the tools of the machine."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from state.errors import Refusal
from state.measurement import PlannedDimension, Root
from tools.engine.languages.rust.cargo_file import parsed
from tools.engine.languages.rust.names import MANIFEST, NOT_ROOTS, TEST_FOLDERS, is_code, is_test_file, source_paths
from tools.engine.languages.rust.scanning import test_names
from tools.engine.languages.rust.static_tools import CHECK, CLIPPY
from tools.engine.languages.rust.toolchain import Rust, candidates, find_rust
from tools.engine.languages.survey import Missing, Project, Selection, Survey

NO_COVERAGE: Final = "the compiler's coverage is not read by this version"
INSTALL_RUST: Final = "install Rust with rustup, so that `cargo` is on PATH or in ~/.cargo/bin"
FRAMEWORKS: Final = {
    "axum": "web service",
    "actix-web": "web service",
    "rocket": "web service",
    "warp": "web service",
    "poem": "web service",
    "tonic": "web service",
    "leptos": "web application",
    "yew": "web application",
    "dioxus": "web application",
    "tauri": "desktop",
    "egui": "desktop",
    "eframe": "desktop",
    "iced": "desktop",
    "bevy": "desktop",
    "clap": "command line",
    "ratatui": "command line",
    "polars": "data",
}


@dataclass(frozen=True)
class Found:
    """What the files and the machine showed. `lint` is the tool to take."""

    project: Project
    version: str
    lint: str
    tests: int
    test_files: int
    sources: tuple[str, ...]
    manifests: tuple[dict[str, Any], ...]


def roots(project: Project) -> tuple[str, ...]:
    """The outermost folders with a Cargo.toml, and those below that a workspace leaves out; none of examples, templates and test data."""
    folders = [PurePosixPath(file).parent for file in project.files if PurePosixPath(file).name == MANIFEST]
    own = [folder for folder in folders if not any(part in NOT_ROOTS | TEST_FOLDERS or part.startswith(".") for part in folder.parts)]
    found: list[PurePosixPath] = []
    for folder in sorted(own, key=lambda folder: (len(folder.parts), folder)):
        above = next((each for each in found if folder.is_relative_to(each)), None)
        if above is None or _stands_alone(project, above, folder):
            found.append(folder)
    return tuple("" if not folder.parts else folder.as_posix() for folder in found)


def survey(project: Project, selection: Selection | None) -> Survey:
    """Look at the root. Raises Refusal NO_TOOLCHAIN where no cargo runs. Of the toolchain only its version is asked, in the root's folder."""
    rust = find_rust(os.environ.get("PATH", ""), project.root)
    if rust is None:
        raise Refusal("NO_TOOLCHAIN", "No cargo with a compiler that runs was found.", where=(str(project.root),), expected=INSTALL_RUST)
    found = _found(project, rust.number, CLIPPY if rust.has_clippy else CHECK)
    dimensions = _dimensions(found)
    planned = {dimension.name for dimension in dimensions if dimension.applicable}
    arguments = selection.arguments if selection else ()
    root = Root(
        language="rust",
        manager="cargo",
        interpreter=_from_the_top(rust.cargo, project.top),
        test_runner="cargo test" if "tests" in planned else "",
        test_arguments=arguments,
        lint=found.lint if "lint" in planned else "",
        types=CHECK if "type_check" in planned else "",
        source_paths=found.sources,
    )
    kind, frameworks = _kind(found)
    return Survey(
        root=root,
        dimensions=dimensions,
        commands=tuple(_commands(found, planned, arguments)),
        test_paths=_test_paths(project),
        seen=tuple(_seen(found, rust)),
        missing=tuple(_missing(found, rust)),
        kind=kind,
        frameworks=frameworks,
    )


def look(project: Project) -> tuple[PlannedDimension, ...]:
    """The dimensions as a survey would plan them, known from files alone: nothing is run, not even cargo, and one test is enough to know of tests."""
    known = next(candidates(os.environ.get("PATH", "")), None)
    if known is None:
        return ()
    lint = CLIPPY if (known.parent / "cargo-clippy").exists() else CHECK
    tests = next(_tests_by_file(project), 0)
    return _dimensions(Found(project, "as installed", lint, tests, bool(tests), source_paths(project.files), ()))


def _tests_by_file(project: Project) -> Iterator[int]:
    """How many tests each file holds that holds any; files that are called so come first, and what does not even name a test is not parsed."""
    files = (file for file in project.files if is_code(file) and not _is_apart(file))
    for file in sorted(files, key=lambda file: not is_test_file(file)):
        content = project.read(file) or b""
        if (b"test" in content or b"bench" in content) and (count := len(test_names(content))):
            yield count


def _found(project: Project, version: str, lint: str) -> Found:
    counts = list(_tests_by_file(project))
    manifests = [parsed(project.read(file) or b"") for file in project.files if PurePosixPath(file).name == MANIFEST and not _is_apart(file)]
    return Found(project, version, lint, sum(counts), len(counts), source_paths(project.files), tuple(each for each in manifests if each))


def _is_apart(file: str) -> bool:
    return bool(NOT_ROOTS & set(PurePosixPath(file).parts[:-1]))


def _stands_alone(project: Project, above: PurePosixPath, folder: PurePosixPath) -> bool:
    """Whether a crate below another manifest is no part of its workspace: it has a workspace of its own, or is left out."""
    inner = parsed(project.read((folder / MANIFEST).as_posix()) or b"") or {}
    outer = (parsed(project.read((above / MANIFEST).as_posix()) or b"") or {}).get("workspace")
    if "workspace" in inner or not isinstance(outer, dict):
        return True
    members, left_out = (each if isinstance(each, list) else [] for each in (outer.get("members", []), outer.get("exclude", [])))
    path = folder.relative_to(above)
    if any(path.is_relative_to(str(each)) for each in left_out):
        return True
    # Crates that members depend on by their path are members too: only what no pattern takes and no path names stands alone.
    named = any(path.match(str(each)) or str(path) == str(each).rstrip("/") for each in members)
    depended = f'"{path}"' in (project.read((above / MANIFEST).as_posix()) or b"").decode("utf-8", "replace")
    return not (named or depended)


def _dimensions(found: Found) -> tuple[PlannedDimension, ...]:
    if not any(is_code(file) for file in found.project.files):
        return tuple(_not(name, "no Rust file was seen") for name in ("tests", "coverage", "lint", "type_check"))
    return (
        _planned("tests", f"cargo test of rustc {found.version}, test by test") if found.tests else _not("tests", "no #[test] function was seen"),
        _not("coverage", NO_COVERAGE),
        _planned("lint", f"{found.lint} of rustc {found.version}, findings per 1,000 lines"),
        _planned("type_check", f"{CHECK}, what the compiler refuses per 1,000 lines"),
    )


def _planned(name: str, how: str) -> PlannedDimension:
    return PlannedDimension(name=name, tier="hygiene", applicable=True, how=how)


def _not(name: str, why: str) -> PlannedDimension:
    return PlannedDimension(name=name, tier="hygiene", applicable=False, why=why)


def _commands(found: Found, planned: set[str], arguments: tuple[str, ...]) -> Iterator[str]:
    if "tests" in planned:
        yield " ".join(("cargo test", *(arguments or ("--workspace",))))
    if "lint" in planned:
        yield f"{found.lint} --workspace --all-targets"
    if "type_check" in planned:
        yield f"{CHECK} --workspace --all-targets"


def _seen(found: Found, rust: Rust) -> Iterator[str]:
    yield f"{rust.version} ({rust.programs})"
    names = [str(each["package"].get("name")) for each in found.manifests if isinstance(each.get("package"), dict)]
    yield f"crates: {', '.join(names)}" if names else "no crate with a name"
    yield f"{found.tests} test functions in {found.test_files} files"


def _missing(found: Found, rust: Rust) -> Iterator[Missing]:
    if not rust.has_clippy:
        yield Missing("clippy", "rustup component add clippy")
    if not found.tests:
        yield Missing("tests", "a file tests/SOMETHING.rs with a function marked #[test]")


def _kind(found: Found) -> tuple[str, tuple[str, ...]]:
    """What sort of project it is, and its frameworks, by the dependencies that its manifests name."""
    asked = {name for manifest in found.manifests for name in _dependencies(manifest)}
    frameworks = tuple(name for name in FRAMEWORKS if name in asked)
    if frameworks:
        return FRAMEWORKS[frameworks[0]], frameworks
    files = [PurePosixPath(file) for file in found.project.files]
    runs = any(file.name == "main.rs" and file.parent.name == "src" for file in files) or any("bin" in manifest for manifest in found.manifests)
    return ("command line" if runs else "library"), ()


def _dependencies(manifest: dict[str, Any]) -> set[str]:
    workspace = manifest.get("workspace")
    tables = (manifest.get("dependencies"), workspace.get("dependencies") if isinstance(workspace, dict) else None)
    return {name for table in tables if isinstance(table, dict) for name in table}


def _test_paths(project: Project) -> tuple[str, ...]:
    """The folders of integration tests beside a Cargo.toml."""
    crates = [PurePosixPath(file).parent for file in project.files if PurePosixPath(file).name == MANIFEST and not _is_apart(file)]
    folders = [(crate / "tests").as_posix() for crate in crates]
    return tuple(sorted({folder for folder in folders if any(file.startswith(f"{folder}/") for file in project.files)}))


def _from_the_top(program: Path, top: Path) -> str:
    return str(program.relative_to(top) if program.is_relative_to(top) else program)
