"""Which words of a `go test` command select or build tests and are kept, and which only report, repeat or stop early."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

EVERYTHING: Final = ("./...",)
_BUILD: Final = frozenset({"race", "msan", "asan", "trimpath", "modcacherw"})
_BUILD_WITH_VALUE: Final = frozenset({"tags", "ldflags", "mod", "p", "buildvcs", "pgo", "installsuffix", "asmflags", "buildmode"})
_TEST: Final = frozenset({"short", "fullpath"})
_TEST_WITH_VALUE: Final = frozenset({"run", "skip", "timeout", "parallel", "cpu"})
_DROPPED: Final = frozenset({"v", "json", "cover", "x", "n", "i", "a", "work", "failfast", "benchmem", "linkshared", "artifacts"})
_DROPPED_WITH_VALUE: Final = frozenset(
    {
        "count", "coverprofile", "covermode", "coverpkg", "bench", "benchtime", "o", "vet", "outputdir", "cpuprofile", "memprofile", "blockprofile",
        "mutexprofile", "trace", "shuffle", "memprofilerate", "blockprofilerate", "mutexprofilefraction",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Chosen:
    """What a command chooses: packages, flags of the build, flags of the test binaries, and what these are handed on as they are."""

    packages: tuple[str, ...] = EVERYTHING
    build: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    handed_on: tuple[str, ...] = ()

    @property
    def narrowed(self) -> bool:
        """Whether only some tests of a package are chosen."""
        return any(word.startswith(("-run=", "-skip=", "-short")) for word in self.test) or bool(self.handed_on)

    @property
    def words(self) -> tuple[str, ...]:
        """The same as words of a command."""
        return (*self.build, *self.test, *self.packages, *(("-args", *self.handed_on) if self.handed_on else ()))

    def test_flags(self, canary: str) -> tuple[str, ...]:
        """The flags as a test binary takes them; a pattern of names lets the canary through too."""
        named = (f"{word}|^{canary}$" if word.startswith("-run=") else word for word in self.test)
        return (*(f"-test.{word.removeprefix('-')}" for word in named), *self.handed_on)


def selection_of(command: str) -> tuple[str, ...] | None:
    """The words by which a `go test` chooses tests; None where it is no such command, alone on one line, or it asks for something else than a run."""
    try:
        words = shlex.split(command, comments=True)
    except ValueError:
        return None
    if words[:2] != ["go", "test"] or any(character in command for character in ";|&<>`$\n"):
        return None
    found = chosen(words[2:])
    return None if found is None else () if found == Chosen() else found.words


def chosen(words: Sequence[str]) -> Chosen | None:
    """What the words behind `go test` choose; None where one of them is not known here."""
    packages: list[str] = []
    build: list[str] = []
    test: list[str] = []
    remaining = list(words)
    while remaining:
        word = remaining.pop(0)
        if word in {"-args", "--args"}:
            break
        if not word.startswith("-"):
            packages.append(word)
            continue
        name, separator, value = word.lstrip("-").partition("=")
        name = name.removeprefix("test.")
        takes_value = name in _BUILD_WITH_VALUE | _TEST_WITH_VALUE | _DROPPED_WITH_VALUE
        if takes_value and not separator:
            if not remaining:
                return None
            value = remaining.pop(0)
        if name in _BUILD | _BUILD_WITH_VALUE:
            build.append(f"-{name}={value}" if takes_value or separator else f"-{name}")
        elif name in _TEST | _TEST_WITH_VALUE:
            test.append(f"-{name}={value}" if takes_value or separator else f"-{name}")
        elif name not in _DROPPED | _DROPPED_WITH_VALUE:
            return None
    return Chosen(tuple(packages) or EVERYTHING, tuple(build), tuple(test), tuple(remaining))
