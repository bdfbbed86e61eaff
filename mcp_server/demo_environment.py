"""Virtual environments without a network: made by the standard library, and filled with copies of distributions that are installed here."""

import importlib.metadata
import shutil
import sys
from collections.abc import Sequence
from importlib.util import cache_from_source
from pathlib import Path
from typing import Final

from tools.engine.process import child_environment, run_quick

VENV_TIMEOUT: Final = 120.0  # seconds


def make_environment(environment: Path, names: Sequence[str]) -> None:
    """Make a virtual environment of our own interpreter's version at `environment`, and copy the distributions `names` with their needs into it.

    Raises RuntimeError with venv's own words where it cannot be made, and what fill_environment raises.
    """
    quiet = child_environment(home=environment.parent, temporary=environment.parent)
    base = getattr(sys, "_base_executable", sys.executable)
    made = run_quick(
        [base, "-I", "-m", "venv", "--without-pip", str(environment)], directory=environment.parent, environment=quiet, timeout=VENV_TIMEOUT
    )
    if made.exit_code != 0:
        raise RuntimeError(f"venv ended with {made.exit_code}: {(made.stderr or made.stdout).decode('utf-8', 'replace')[-500:]}")
    fill_environment(environment, names)


def fill_environment(environment: Path, names: Sequence[str]) -> None:
    """Copy the distributions `names`, and all that they require here, out of our own site-packages by their records.

    The environment must be of our own Python version. Raises importlib.metadata.PackageNotFoundError for one that is not installed here.
    """
    packages = environment / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    for distribution in _with_requirements(names):
        for file in distribution.files or ():
            source = Path(str(distribution.locate_file(file))).resolve()
            if "__pycache__" in file.parts or not source.is_file():
                continue
            if ".." in file.parts:
                _copy_script(source, environment)
            else:
                _copy(source, packages / file)


def _with_requirements(names: Sequence[str]) -> list[importlib.metadata.Distribution]:
    """The distributions, each once; requirements that do not apply here are those that are not installed."""
    found: dict[str, importlib.metadata.Distribution] = {}
    wanted = list(names)
    while wanted:
        name = wanted.pop()
        if name.lower().replace("_", "-") in found:
            continue
        distribution = importlib.metadata.distribution(name)
        found[name.lower().replace("_", "-")] = distribution
        wanted += [needed for requirement in distribution.requires or () if (needed := _needed(requirement))]
    return list(found.values())


def _needed(requirement: str) -> str | None:
    """The name of a requirement, or None where an extra asks for it or it is not installed here."""
    words, _, marker = requirement.partition(";")
    name = words.strip()
    for stop in "[<>=!~ (":
        name = name.split(stop)[0]
    if "extra" in marker:
        return None
    try:
        importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return None  # a marker for another system or version
    return name


def _copy(source: Path, target: Path) -> None:
    """A file with the time of its last change, so that what was compiled from it, copied beside it, still counts."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)
    compiled = Path(cache_from_source(source)) if source.suffix == ".py" else source
    if compiled != source and compiled.is_file():
        (target.parent / compiled.parent.name).mkdir(exist_ok=True)
        shutil.copy2(compiled, target.parent / compiled.parent.name / compiled.name)


def _copy_script(source: Path, environment: Path) -> None:
    """A command of the distribution: a script begins with the path of its interpreter, which is the new environment's."""
    target = environment / "bin" / source.name
    content = source.read_bytes()
    if content.startswith(b"#!"):
        rest = content.partition(b"\n")[2]
        content = b"#!" + str(environment / "bin" / "python").encode() + b"\n" + rest
    target.write_bytes(content)
    target.chmod(0o755)
