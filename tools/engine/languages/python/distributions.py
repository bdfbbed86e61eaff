"""What is installed for an interpreter, read as files: nothing of it is imported, and a project's tree has no say in it."""

import configparser
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from state.model import digest
from tools.engine.languages.python.interpreter import Interpreter


class _CaseKeepingParser(configparser.ConfigParser):
    def optionxform(self, optionstr: str) -> str:
        return optionstr


@dataclass(frozen=True)
class Distribution:
    """One installed distribution. `metadata` is its dist-info or egg-info folder."""

    name: str
    version: str
    metadata: Path

    def entry_points(self, group: str) -> dict[str, str]:
        """The entry points of one group, name to `module` or `module:attribute`."""
        parser = _CaseKeepingParser(delimiters=("=",), strict=False, interpolation=None)
        try:
            parser.read_string((self.metadata / "entry_points.txt").read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError, configparser.Error):
            return {}
        return dict(parser[group]) if parser.has_section(group) else {}


def installed(interpreter: Interpreter) -> dict[str, Distribution]:
    """The distributions of an interpreter's site-packages by their normalised names; where two folders hold one, the first on the path wins."""
    found: dict[str, Distribution] = {}
    for folder in interpreter.site_packages:
        for metadata in sorted(folder.iterdir()):
            if metadata.suffix in {".dist-info", ".egg-info"} and (distribution := _distribution(metadata)):
                found.setdefault(distribution.name, distribution)
    return found


def fingerprint(interpreter: Interpreter, distributions: Iterable[Distribution]) -> str:
    """The environment key: interpreter, what is installed, and every line by which site-packages change the import path."""
    hooks: dict[str, str] = {}
    for folder in interpreter.site_packages:
        hooks |= {hook.name: hook.read_text(encoding="utf-8", errors="replace") for hook in sorted(folder.glob("*.pth"))}
    versions = {each.name: each.version for each in distributions}
    return digest(["python", interpreter.version, str(interpreter.executable), versions, hooks])


def plugin_arguments(distributions: Mapping[str, Distribution], left_out: frozenset[str]) -> list[str]:
    """`-p MODULE` for each pytest plugin that is installed, apart from the distributions left out.

    By the module's name, which is not looked up among entry points: the project's tree may add some of those.
    """
    arguments: list[str] = []
    for name in sorted(distributions):
        if name not in left_out:
            for entry, target in sorted(distributions[name].entry_points("pytest11").items()):
                arguments += ["-p", entry if ":" in target else target.strip()]
    return arguments


def normalised(name: str) -> str:
    """The one spelling of a distribution's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _distribution(metadata: Path) -> Distribution | None:
    name, _, version = metadata.stem.partition("-")
    if metadata.suffix == ".egg-info":
        version = version.split("-py")[0]
    return Distribution(normalised(name), version, metadata) if name and version else None
