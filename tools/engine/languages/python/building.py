"""When the installed environment is not a tree's own: what has to be built for it, told from files alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Final

from state.measurement import Root
from state.model import JSON, digest
from tools.engine.languages.bench import Trees
from tools.engine.languages.python.names import PYPROJECT, is_manifest
from tools.engine.languages.python.obstacles import BUILT_BY, is_built, other_compiled, other_manifest
from tools.engine.languages.python.pyproject import parsed_toml
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import list_tree, read_blob

# Counted up when the same sources would be built to something else.
BUILDING: Final = 1
# Of what a build system requires: these compile.
_COMPILERS: Final = (
    "cython", "maturin", "setuptools-rust", "setuptools_rust", "scikit-build", "scikit_build_core", "meson-python", "mesonpy", "cffi", "pybind11",
    "nanobind", "mypy", "hatch-cython", "numpy",
)  # fmt: skip
_BUILD_FILES: Final = frozenset({"CMakeLists.txt", "Cargo.toml", "Cargo.lock", "build.rs", "meson.options", "meson_options.txt"})


@dataclass(frozen=True)
class Need:
    """What has to be built. `sources` names all that the result depends on, with object ids.

    `differs` says in words what is not as it was installed, or nothing; `manifests` is a digest of the manifests where they install something else.
    """

    sources: tuple[tuple[str, str], ...]
    differs: str
    manifests: str

    def key(self, environment: str, root: Root) -> str:
        """Trees with equal keys share what was built."""
        return digest(["built", BUILDING, environment, root.path, [list(each) for each in self.sources]])[:32]

    @property
    def instrument(self) -> JSON:
        """What it changes about the instrument: that the project was built, and with which manifests where they are not the base's."""
        return ["built", BUILDING, self.manifests]


def need_of(root: Root, trees: Trees) -> Need | None:
    """What of a tree the installed environment does not have: compiled sources, which no tree has the products of, and other manifests."""
    sources, compiles = _sources(trees.repository, trees.measured, root)
    compiled, manifest = other_compiled(root, trees), other_manifest(root, trees)
    if not (compiles or compiled or manifest):
        return None
    facts = [[path, object_id] for path, object_id in sources if root.inner(path) in BUILT_BY]
    return Need(sources, manifest or compiled, digest(facts) if manifest else "")


@lru_cache(maxsize=16)
def _sources(repository: Repository, tree: str, root: Root) -> tuple[tuple[tuple[str, str], ...], bool]:
    """What a build reads besides Python modules, with object ids; and whether it compiles something."""
    inside = [entry for entry in list_tree(repository, tree) if root.holds(entry.path) and not _apart(root, root.inner(entry.path))]
    compiled = [entry for entry in inside if is_built(root.inner(entry.path))]
    read = [entry for entry in inside if is_manifest(entry.path) or _decides(root.inner(entry.path))]
    names = {root.inner(entry.path) for entry in inside}
    pyproject = read_blob(repository, tree, root.outer(PYPROJECT)) if PYPROJECT in names else None
    facts = tuple(sorted((entry.path, entry.object_id) for entry in {*compiled, *read}))
    return facts, bool(compiled) and _compiles(names, pyproject)


def _compiles(names: Sequence[str] | set[str], pyproject: bytes | None) -> bool:
    """Whether the build system is one that compiles."""
    parsed = parsed_toml(pyproject or b"") or {}
    system, tool = parsed.get("build-system", {}), parsed.get("tool", {})
    words = [*system.get("requires", ()), system.get("build-backend", "")] if isinstance(system, dict) else []
    table = tool.get("setuptools", {}) if isinstance(tool, dict) else {}
    declared = isinstance(table, dict) and "ext-modules" in table
    return "setup.py" in names or declared or any(str(word).lower().startswith(_COMPILERS) for word in words)


def _decides(path: str) -> bool:
    """Whether the file steers a build: a module at the top may be imported by setup.py."""
    name = PurePosixPath(path).name
    return name in _BUILD_FILES or ("/" not in path and name.endswith(".py"))


def _apart(root: Root, path: str) -> bool:
    return any(path.startswith(f"{folder}/") for folder in root.apart)
