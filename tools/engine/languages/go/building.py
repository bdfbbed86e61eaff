"""Building the test binaries of a tree. Nothing of the project's runs here, so go's build cache may be shared by all trees.

A test process never writes there: it is started by itself, not by `go test`.
"""

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tools.engine.languages.bench import Place, output_tail
from tools.engine.languages.go.arguments import Chosen
from tools.engine.languages.go.packages import FIELDS, Listing, Package, batches, read_listing
from tools.engine.languages.go.toolchain import Toolchain
from tools.engine.languages.running import run_command
from tools.engine.process import Finished

TIMEOUT: Final = 1800.0  # seconds for one command that builds


@dataclass(frozen=True)
class Canary:
    """A test that must fail, of a name that nothing in the tree knows. It stands in a file that go compiles last."""

    secret: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def name(self) -> str:
        """The test function."""
        return f"TestFactory{self.secret}"

    def write(self, package: Package) -> Path:
        """Put it into a package, beside the last of its tests. Returns the file."""
        name = f"{package.name}_test" if package.external else package.name
        file = package.folder / f"zzzz_{self.secret}_test.go"
        testing = f"factory{self.secret}"  # a name that hides nothing of the package, and is hidden by nothing
        file.write_text(
            f'package {name}\n\nimport {testing} "testing"\n\nfunc {self.name}(t *{testing}.T) {{ t.Fatal("a test that must fail") }}\n',
            encoding="utf-8",
        )
        return file


@dataclass(frozen=True)
class Built:
    """The binary of a package's tests; None where it could not be built."""

    package: Package
    binary: Path | None


@dataclass(frozen=True)
class Building:
    """The toolchain at a place, what of the packages is chosen, and whether the binaries count the lines that they run."""

    toolchain: Toolchain
    place: Place
    chosen: Chosen
    with_coverage: bool

    async def list_packages(self) -> tuple[Listing, Finished]:
        """The packages that are chosen, with everything that they are built from. Raises ValueError where go printed something else."""
        said = self.place.beside("packages.json")
        finished = await self._go("list", "-e", "-deps", "-test", FIELDS, *self._tags(), *self.chosen.packages, said=said)
        return read_listing(said.read_text(encoding="utf-8", errors="replace") if said.exists() else ""), finished

    async def build(self, packages: tuple[Package, ...]) -> tuple[list[Built], Finished | None, str]:
        """Build their test binaries. Returns also the command that was stopped at its time limit, if one was, and what the compiler said."""
        built: list[Built] = []
        said: list[str] = []
        for number, group in enumerate(batches(packages)):
            folder = self.place.beside("binaries") / str(number)
            folder.mkdir(parents=True)
            finished = await self._go("test", "-c", "-o", f"{folder}/", *self._coverage(), *self.chosen.build, *(each.import_path for each in group))
            if finished.outcome != "exited":
                return built, finished, output_tail(finished)
            said.append(output_tail(finished))
            built += [Built(each, folder / each.binary if (folder / each.binary).exists() else None) for each in group]
        return built, None, "\n".join(each for each in said if each)

    async def _go(self, *arguments: str, said: Path | None = None) -> Finished:
        variables = self.toolchain.environment_at(self.place)
        return await run_command(
            self.place.command((str(self.toolchain.go.program), *arguments), variables, TIMEOUT, said, writable=(self.toolchain.cache,))
        )

    def _tags(self) -> tuple[str, ...]:
        return tuple(word for word in self.chosen.build if word.startswith(("-tags=", "-mod=", "-race", "-msan", "-asan")))

    def _coverage(self) -> tuple[str, ...]:
        if not self.with_coverage:
            return ()
        concurrent = any(word.startswith(("-race", "-msan", "-asan")) for word in self.chosen.build)
        return "-cover", f"-covermode={'atomic' if concurrent else 'set'}", "-coverpkg=./..."
