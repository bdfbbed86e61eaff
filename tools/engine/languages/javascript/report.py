"""What a runner reported of one run, and whether it can be believed.

Valid: the end was reported, in every test file the tests that must fail did fail, and the exit code agrees. A green exit code proves nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tools.engine.languages.javascript.canary import Canaries


@dataclass(frozen=True)
class Case:
    """One test as it was reported: its file (relative to the folder of the run), its names from outside in, its outcome, and by what it failed."""

    file: str
    names: tuple[str, ...]
    outcome: str
    said: str = ""


@dataclass(frozen=True)
class Report:
    """One run. `unloaded` are files that could not be loaded or broke off, `foreign` files outside of the tree."""

    cases: tuple[Case, ...] = ()
    files: tuple[str, ...] = ()
    unloaded: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    ended: bool = False
    facts: Mapping[str, int] = field(default_factory=dict)

    def outcomes(self, canaries: Canaries) -> dict[str, str]:
        """Outcomes by test id, without the canaries."""
        return {**dict.fromkeys(self.unloaded, "collection_error"), **{test: case.outcome for test, case in self._by_id(canaries)}}

    def messages(self, canaries: Canaries) -> dict[str, str]:
        """By what tests failed, by the same ids."""
        return {test: case.said for test, case in self._by_id(canaries) if case.said}

    def _by_id(self, canaries: Canaries) -> Iterator[tuple[str, Case]]:
        """A name that occurs more than once in a file is numbered from its second time on."""
        seen: Counter[str] = Counter()
        for case in self.cases:
            if not canaries.is_one(case.names[-1]):
                name = f"{case.file}::{' > '.join(case.names)}"
                seen[name] += 1
                yield (name if seen[name] == 1 else f"{name} #{seen[name]}"), case

    def forged(self, canaries: Canaries) -> bool:
        """Whether a test that must fail was reported as passed."""
        return "passed" in self._canaries(canaries)

    def problem(self, canaries: Canaries, exit_code: int) -> str | None:
        """Why the run cannot be believed, or None."""
        if not self.ended:
            return f"the run broke off: no end was reported after {len(self.cases)} tests (exit code {exit_code})"
        if not self.files:
            return f"the runner found no test file (exit code {exit_code})"
        if self.forged(canaries):
            return "a test that must fail was reported as passed: something in the process forges results"
        watched = {case.file for case in self.cases if canaries.is_one(case.names[-1])}
        silent = [file for file in self.files if file in canaries.files and file not in watched and file not in self.unloaded]
        if silent:
            return f"{silent[0]} ended early: a test at its end, which must fail, was not reported"
        if "failed" not in self._canaries(canaries) and set(self.files) != set(self.unloaded):
            return "a test that must fail was reported nowhere"
        if exit_code == 0:
            return "the exit code 0 does not agree with a run in which a test failed"
        return None

    def _canaries(self, canaries: Canaries) -> Iterable[str]:
        return [case.outcome for case in self.cases if canaries.is_one(case.names[-1])]
