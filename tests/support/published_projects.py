"""Projects that others published: their sources as PyPI has them, in a repository of their own, with an environment that they are installed in."""

import subprocess
import sys
import tarfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support.python_projects import give_environment
from tests.support.repositories import commit, git

# What installing and running leave in a checkout, beside what a project's own .gitignore names: a source distribution often has none.
LEFT: Final = (".venv/", "__pycache__/", "*.egg-info/", ".coverage*", ".pytest_cache/", ".mypy_cache/")


@dataclass(frozen=True)
class Published:
    """A release on PyPI, and what its tests need besides it, each with its version."""

    name: str
    version: str
    needs: Sequence[str] = ()

    @property
    def release(self) -> str:
        """What its sources are named by."""
        return f"{self.name}-{self.version}"


def fetch(projects: Iterable[Published], folder: Path) -> None:
    """Download the sources of the projects into `folder`, which has to be there. Needs a network."""
    wanted = [f"{each.name}=={each.version}" for each in projects]
    _pip("download", "--no-deps", "--no-binary", ",".join(each.name for each in projects), "--dest", str(folder), *wanted)


def install(project: Published, fetched: Path, template: Path, root: Path) -> Path:
    """The project in a repository at `root`, installed as `pip install -e .` does in an environment made of the template. Needs a network."""
    with tarfile.open(fetched / f"{project.release}.tar.gz") as archive:
        archive.extractall(fetched, filter="data")
    (fetched / project.release).rename(root)
    environment = give_environment(template, root)
    _pip("--python", str(environment / "bin" / "python"), "install", "--editable", str(root), *project.needs)
    git(root, "init", "-q", "-b", "main")
    (root / ".git" / "info" / "exclude").write_text("".join(f"{name}\n" for name in LEFT), encoding="utf-8")
    commit(root, {}, project.release)
    return root


def _pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments], check=True)
