"""Small real Python projects: a repository with an environment of its own, discovered and measured as the product does it."""

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from mcp_server.demo_environment import make_environment
from state.configuration import Configuration
from state.measurement import Reading, Sample
from tests.support.repositories import commit, git, make_repository
from tools.engine.discovery.discover import discover
from tools.engine.evaluation.assessment import Assessment, measurements
from tools.engine.evaluation.composite import Contract, assess
from tools.engine.evaluation.measure import Listeners, measure
from tools.engine.evaluation.parts import MeasuringContract, parts_of
from tools.engine.evaluation.planning import Target
from tools.engine.evaluation.weights import dimension_weights
from tools.engine.languages.survey import Project as Seen
from tools.engine.repository.location import Repository, locate

TOOLS = ("pytest", "coverage", "ruff", "mypy")
SLUG = {
    "pyproject.toml": '[project]\nname = "slug"\nversion = "1.0"\n\n[tool.pytest.ini_options]\ntestpaths = ["tests"]\n',
    ".gitignore": ".venv/\n__pycache__/\n",
    "src/slug/__init__.py": (
        'def slug(text: str) -> str:\n    return "-".join(text.lower().split())\n\n\ndef shout(text: str) -> str:\n    return text.upper()\n'
    ),
    "tests/test_slug.py": (
        "import pytest\n\nfrom slug import slug\n\n\n"
        'def test_lower() -> None:\n    assert slug("A") == "a"\n\n\n'
        '@pytest.mark.parametrize("text", ["a b", "a  b", " a b "])\ndef test_blanks(text: str) -> None:\n    assert slug(text) == "a-b"\n'
    ),
}


def template_environment(folder: Path, extra: Iterable[str] = ()) -> Path:
    """An environment with the usual tools, to be linked into projects by `give_environment`."""
    environment = folder / "template"
    make_environment(environment, (*TOOLS, *extra))
    return environment


def give_environment(template: Path, root: Path) -> Path:
    """A `.venv` for the project at `root`: a copy of the template, its files hard links where the disk allows it."""
    environment = root / ".venv"
    shutil.copytree(template, environment, symlinks=True, copy_function=_link)
    for script in (environment / "bin").iterdir():
        if not script.is_symlink() and script.read_bytes()[:2] == b"#!":
            content = script.read_bytes().replace(str(template).encode(), str(environment).encode())
            script.unlink()
            script.write_bytes(content)
            script.chmod(0o755)
    return environment


def _link(source: str, target: str) -> str:
    try:
        Path(target).hardlink_to(source)
    except OSError:
        shutil.copy2(source, target)
    return target


def site_packages(environment: Path) -> Path:
    """The folder of what is installed."""
    return next((environment / "lib").glob("python3.*/site-packages"))


def editable(root: Path, source: str = "src") -> None:
    """Install the project as `pip install -e .` does for a plain src layout: one line in a .pth file."""
    (site_packages(root / ".venv") / "_slug.pth").write_text(f"{root / source}\n", encoding="utf-8")


@dataclass
class Shelf:
    """Samples kept by their keys, as the store would, and what was told on the way."""

    samples: dict[str, Sample] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    async def keep(self, sample: Sample) -> None:
        self.samples[sample.key] = sample
        self.order.append(sample.part)

    def listeners(self) -> Listeners:
        return Listeners(known=self.samples.get, keep=self.keep, progress=self.told.append)


@dataclass
class Project:
    """A project under measurement. `base` is the tree of its first commit."""

    root: Path
    repository: Repository
    base: str
    contract: MeasuringContract
    cache: Path
    shelf: Shelf = field(default_factory=Shelf)
    variables: dict[str, str] = field(default_factory=dict)

    def candidate(self, files: Mapping[str, str], remove: Iterable[str] = ()) -> str:
        """The tree of a candidate: committed on a branch of its own, the main checkout stays at the base."""
        git(self.root, "checkout", "-q", "-b", f"candidate-{len(git(self.root, 'branch', '--list').splitlines())}", "main")
        for name in remove:
            (self.root / name).unlink()
        commit(self.root, files, "candidate")
        tree = git(self.root, "rev-parse", "HEAD^{tree}")
        git(self.root, "checkout", "-q", "main")
        return tree

    def target(self, tree: str, word: Literal["own", "base"] = "own") -> Target:
        observed = next(
            (tuple(each.material.get("test_files", ())) for each in self.shelf.samples.values() if (each.part, each.tree) == ("tests", self.base)), ()
        )
        return Target(self.repository, tree, self.base, word, self.contract, self.cache, observed, self.variables)

    async def measure(self, tree: str, parts: Iterable[str] | None = None, word: Literal["own", "base"] = "own") -> tuple[Sample, ...]:
        wanted = tuple(parts) if parts is not None else parts_of(self.contract)
        return await measure(self.target(tree, word), wanted, self.shelf.listeners())

    async def readings(self, tree: str, parts: Iterable[str] | None = None, word: Literal["own", "base"] = "own") -> dict[str, Reading]:
        return {reading.dimension: reading for sample in await self.measure(tree, parts, word) for reading in sample.readings}

    async def assess(self, tree: str, parts: Iterable[str] | None = None) -> Assessment:
        """Measure base, candidate and candidate with the base's word, and compare."""
        wanted = tuple(parts) if parts is not None else parts_of(self.contract)
        base = measurements(await self.measure(self.base, wanted))
        candidate = measurements(await self.measure(tree, wanted))
        by_the_base = tuple(part for part in wanted if part == "tests" or part.startswith("project:"))
        overlaid = measurements(await self.measure(tree, by_the_base, "base"))
        weights = dimension_weights(self.contract.profile, None, {each.name: each.weight for each in self.contract.configuration.project_evaluations})
        return assess(Contract(self.contract.profile, weights, self.contract.configuration.threshold), base, candidate, overlaid)


def make_project(root: Path, template: Path, files: Mapping[str, str] | None = None, **configuration: object) -> Project:
    """A repository with `files` (SLUG if none), a `.venv`, an editable installation where there is a src folder, discovered."""
    files = SLUG if files is None else files
    make_repository(root, files)
    give_environment(template, root)
    if (root / "src").is_dir():
        editable(root)
    settings = Configuration.model_validate({"goal": "Slugs.", "modifiable": ["src/**", "tests/**"], "guards": ["Keep the tests"], **configuration})
    return discovered(root, settings)


def discovered(root: Path, settings: Configuration) -> Project:
    """The project as discovery sees it, its contract as a person would approve it."""
    tracked = git(root, "ls-files").splitlines()
    found = discover(Seen(root, tracked, lambda path: (root / path).read_bytes() if path in tracked else None), settings)
    base = git(root, "rev-parse", "HEAD^{tree}")
    return Project(root, locate(root), base, MeasuringContract(settings, found.profile), root.parent / "cache")
