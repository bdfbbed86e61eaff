"""A test that must fail, in every crate's own tests, its integration tests and its documentation: whatever forges results lets it pass too."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Canary:
    """A test of a name that nothing in the tree knows."""

    secret: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def name(self) -> str:
        """The test function, at the top of a crate; it comes last in the order of names."""
        return f"zz_factory_{self.secret}"

    @property
    def item(self) -> str:
        """The item whose documentation holds a test."""
        return f"ZzFactory{self.secret}"

    def write(self, files: Iterable[Path], libraries: Iterable[Path], *, ignored: bool) -> None:
        """Put it behind all that stands in the files that targets begin with; `ignored` where only ignored tests are chosen.

        Only compilers of tests see it, and no line of the tree moves.
        """
        documented = set(libraries)
        for file in dict.fromkeys(files):
            with file.open("a", encoding="utf-8") as end:
                end.write(f"\n#[cfg(test)]\n#[test]\n{'#[ignore]' if ignored else ''}\nfn {self.name}() {{\n    panic!();\n}}\n")
                if file in documented:
                    end.write(f"\n/// ```\n/// panic!();\n/// ```\n#[cfg(doctest)]\n#[allow(dead_code)]\nstruct {self.item};\n")
