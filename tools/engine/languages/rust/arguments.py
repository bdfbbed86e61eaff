"""Which words of a `cargo test` command select or build tests and are kept, and which only report, cache or stop early."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

EVERYTHING: Final = ("--workspace",)
_KEPT: Final = frozenset(
    {
        "--workspace",
        "--all",
        "--lib",
        "--bins",
        "--tests",
        "--examples",
        "--all-targets",
        "--doc",
        "--all-features",
        "--no-default-features",
        "--release",
    }
)
_KEPT_WITH_VALUE: Final = frozenset({"-p", "--package", "--exclude", "--bin", "--test", "--example", "-F", "--features", "--profile"})
_DROPPED: Final = frozenset(
    {"-q", "--quiet", "-v", "--verbose", "-vv", "--no-fail-fast", "--locked", "--offline", "--frozen", "--future-incompat-report", "--keep-going"}
)
_DROPPED_WITH_VALUE: Final = frozenset({"-j", "--jobs", "--message-format", "--color", "--target-dir", "--timings"})
# Behind `--`: words of the test binary.
_TEST_DROPPED: Final = frozenset({"--nocapture", "--no-capture", "--show-output", "-q", "--quiet", "--report-time", "--list"})
_TEST_DROPPED_WITH_VALUE: Final = frozenset({"--format", "--color", "-Z", "--logfile"})
_TEST_WITH_VALUE: Final = frozenset({"--skip", "--test-threads"})
_TARGETS: Final = frozenset({"--lib", "--bins", "--tests", "--examples", "--all-targets", "--bin", "--test", "--example"})
_BUILD_ONLY: Final = frozenset({"--all-features", "--no-default-features", "--features", "-F", "--workspace", "--all"})


@dataclass(frozen=True)
class Chosen:
    """What a command chooses: words of cargo, and words of the test binaries."""

    cargo: tuple[str, ...] = EVERYTHING
    test: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The same as words of a command."""
        return (*self.cargo, *(("--", *self.test) if self.test else ()))

    @property
    def with_binaries(self) -> bool:
        """Whether other than documentation tests are chosen."""
        return "--doc" not in self.cargo

    @property
    def with_documentation(self) -> bool:
        """Whether documentation tests are chosen."""
        return not self.with_binaries or not self._names_targets

    @property
    def building(self) -> tuple[str, ...]:
        """How cargo is asked for the test binaries. `cargo test` itself stops at the first crate that does not compile."""
        return ("test", "--no-run") if self._names_targets else ("build", "--tests", "--keep-going")

    @property
    def _names_targets(self) -> bool:
        return any(word.partition("=")[0] in _TARGETS for word in self.cargo)

    @property
    def whole(self) -> bool:
        """Whether every target of the workspace is built."""
        return all(word.partition("=")[0] in _BUILD_ONLY for word in self.cargo)

    @property
    def features(self) -> tuple[str, ...]:
        """The words that say how, and not what, is built."""
        return tuple(
            word for word in self.cargo if word.partition("=")[0] not in {*_TARGETS, "--doc", "-p", "--package", "--exclude", "--workspace", "--all"}
        )

    def test_words(self, canary: str) -> tuple[str, ...]:
        """The words of a test binary; a filter of names lets the canary through too."""
        return (*self.test, canary) if any(not word.startswith("-") for word in self.test) else self.test


def selection_of(command: str) -> tuple[str, ...] | None:
    """The words by which a `cargo test` chooses tests; None where it is no such command, alone on one line, or has words that are not known here."""
    try:
        words = shlex.split(command, comments=True)
    except ValueError:
        return None
    if words[:2] not in (["cargo", "test"], ["cargo", "t"]) or any(character in command for character in ";|&<>`$\n"):
        return None
    found = chosen(words[2:])
    return None if found is None else () if found == Chosen() else found.words


def chosen(words: Sequence[str]) -> Chosen | None:
    """What the words behind `cargo test` choose, values joined to their names; without a package everything of the workspace. None: not known."""
    cut = list(words).index("--") if "--" in words else len(words)
    cargo = _kept(words[:cut], (_KEPT, _KEPT_WITH_VALUE, _DROPPED, _DROPPED_WITH_VALUE))
    test = _kept(words[cut + 1 :], (frozenset(), _TEST_WITH_VALUE, _TEST_DROPPED, _TEST_DROPPED_WITH_VALUE))
    if cargo is None or test is None:
        return None
    # A bare word before `--` is a filter of names too.
    names = [word for word in cargo if not word.startswith("-")]
    flags = [word for word in cargo if word.startswith("-")]
    if not any(word.partition("=")[0] in {"-p", "--package", "--workspace", "--all"} for word in flags):
        flags = [*EVERYTHING, *flags]
    return Chosen(tuple(flags), (*names, *test))


def _kept(words: Sequence[str], sets: tuple[frozenset[str], ...]) -> list[str] | None:
    """The words that stay. Of the binary's own (no kept flags without a value given) every other flag stays as it is."""
    flags, with_value, dropped, dropped_with_value = sets
    kept: list[str] = []
    remaining = list(words)
    while remaining:
        word = remaining.pop(0)
        name, separator, value = word.partition("=")
        if name in with_value | dropped_with_value:
            if not separator:
                if not remaining:
                    return None
                value = remaining.pop(0)
            if name in with_value:
                kept.append(f"{name}={value}")
        elif not word.startswith("-") or name in flags or (not flags and name not in dropped):
            kept.append(word)
        elif name not in dropped:
            return None
    return kept
