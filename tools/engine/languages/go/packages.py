"""What `go list` says of a tree's packages: where each lies, which test files it has, and whether all code that it uses is known."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FIELDS: Final = "-json=ImportPath,Dir,Name,Standard,DepOnly,ForTest,TestGoFiles,XTestGoFiles,Error"
_OBJECT: Final = re.compile(r"^\{\n.*?^\}$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Package:
    """A package of the root with its test files, which go compiles into the package or, `external`, beside it."""

    import_path: str
    folder: Path
    name: str
    internal: tuple[str, ...] = ()
    external: tuple[str, ...] = ()

    @property
    def test_files(self) -> tuple[Path, ...]:
        """Its test files in the order in which go runs them."""
        return tuple(self.folder / name for name in (*self.internal, *self.external))

    @property
    def binary(self) -> str:
        """The name that go gives to its test binary: the last element of its path that is no major version."""
        parts = self.import_path.split("/")
        if len(parts) > 1 and re.fullmatch(r"v[2-9]|v[1-9]\d+", parts[-1]):
            parts.pop()
        return f"{parts[-1]}.test"


@dataclass(frozen=True)
class Listing:
    """The packages of a root, the folder of every package that is built in, and what go could not find."""

    packages: tuple[Package, ...]
    folders: tuple[Path, ...]
    problems: tuple[str, ...]

    @property
    def tested(self) -> tuple[Package, ...]:
        """Those that have test files."""
        return tuple(each for each in self.packages if each.test_files)

    def foreign(self, allowed: Sequence[Path]) -> Path | None:
        """A folder that code is taken from and that lies in none of the allowed ones; None where there is no such folder."""
        tops = [top.resolve() for top in allowed]
        return next((folder for folder in self.folders if not any(folder.resolve().is_relative_to(top) for top in tops)), None)


def read_listing(text: str) -> Listing:
    """Read what `go list -e -deps -test` printed with FIELDS, also between other lines. Raises ValueError where it is not its JSON."""
    records = [json.loads(match[0]) for match in _OBJECT.finditer(text)]
    own = [record for record in records if _is_own(record)]
    packages = tuple(
        Package(
            record["ImportPath"],
            Path(record["Dir"]),
            record.get("Name", ""),
            tuple(record.get("TestGoFiles", ())),
            tuple(record.get("XTestGoFiles", ())),
        )
        for record in own
    )
    folders = dict.fromkeys(Path(record["Dir"]) for record in records if record.get("Dir") and not record.get("Standard"))
    return Listing(packages, tuple(folders), tuple(_problems(records)))


def batches(packages: Iterable[Package]) -> list[list[Package]]:
    """The packages in groups, each of which can be built into one folder: no two binaries of a group have the same name."""
    groups: list[list[Package]] = []
    for package in packages:
        free = next((group for group in groups if package.binary not in {each.binary for each in group}), None)
        if free is None:
            groups.append([package])
        else:
            free.append(package)
    return groups


def _is_own(record: dict[str, Any]) -> bool:
    """Whether it is a package that the pattern named, not what go makes of it for its tests."""
    made = record.get("ForTest") or record["ImportPath"].endswith(".test")
    return not (record.get("DepOnly") or record.get("Standard") or made) and bool(record.get("Dir"))


def _problems(records: Iterable[dict[str, Any]]) -> list[str]:
    errors = (record.get("Error") for record in records)
    return list(dict.fromkeys(str(error.get("Err", "")).strip() for error in errors if isinstance(error, dict)))
