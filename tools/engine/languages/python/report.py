"""What the reporter wrote about a test run, read again, and whether it can be believed.

Valid: the end was reported, the tests seen are those collected, the exit code agrees, and the canary failed. A green exit code proves nothing.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

TESTS_FAILED: Final = 1  # pytest's exit code where tests failed; with a canary among them it is never another
NO_TESTS: Final = 5
# From bad to good: what happened worst in a test's phases is its outcome.
_ORDER: Final = ("error", "failed", "xpassed", "xfailed", "skipped", "passed")


@dataclass
class Report:
    """One run: outcomes by test id (the canary apart), what was collected, and how the process ended. `messages` say why tests did not pass."""

    outcomes: dict[str, str] = field(default_factory=dict)
    collected: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    deselected: list[str] = field(default_factory=list)
    messages: dict[str, str] = field(default_factory=dict)
    canary: str | None = None
    canary_outcome: str | None = None
    end: int | None = None
    provenance: dict[str, Any] | None = None

    def problem(self, exit_code: int) -> str | None:
        """Why the run cannot be believed, or None."""
        if self.end is None or self.provenance is None:
            return f"the run broke off: no end was reported after {len(self.outcomes)} of {len(self.collected)} tests (exit code {exit_code})"
        if not self.collected:
            return f"pytest collected no test (exit code {exit_code})"
        missing = [test for test in self.collected if test not in self.outcomes and test != self.canary]
        if missing:
            return f"{len(missing)} collected tests were not reported, first {missing[0]}"
        if self.canary_outcome == "passed":
            return "a test that must fail was reported as passed: something in the process forges results"
        if self.canary_outcome not in {"failed", "error"}:
            return f"a test that must fail was reported as {self.canary_outcome or 'nothing'}"
        if self.end != exit_code or self.provenance.get("exit") != exit_code:
            return f"the exit code {exit_code} does not agree with the {self.end} that pytest reported"
        if exit_code != TESTS_FAILED:
            return f"the exit code {exit_code} does not agree with a run in which a test failed"
        return None


def read_report(lines: Iterable[str]) -> Report:
    """Read the reporter's lines. A torn last line, of a process that was killed, is left out."""
    report = Report()
    phases: dict[str, list[str]] = {}
    for line in lines:
        try:
            record = json.loads(line)
        except ValueError:
            continue
        _take(report, phases, record)
        _hear(report, record)
    for test, found in phases.items():
        outcome = min(found, key=_ORDER.index)
        if test == report.canary:
            report.canary_outcome = outcome
        else:
            report.outcomes[test] = outcome
    return report


def _take(report: Report, phases: dict[str, list[str]], record: dict[str, Any]) -> None:
    match record:
        case {"event": "collected", "ids": [*ids], "files": [*files]}:
            report.collected, report.files = [_plain(each) for each in ids], [_plain(each) for each in files]
        case {"event": "deselected", "ids": [*ids]}:
            report.deselected += [_plain(each) for each in ids]
        case {"event": "canary", "id": str(test)}:
            report.canary = _plain(test)
        case {"event": "collection_error", "id": str(test)}:
            report.outcomes[_plain(test)] = "collection_error"
        case {"event": "module_skipped", "id": str(test)}:
            report.outcomes[_plain(test)] = "skipped"
        case {"event": "phase", "id": str(test), "when": str(when), "outcome": str(outcome), "xfail": bool(expected)}:
            if found := _phase_outcome(when, outcome, expected=expected):
                phases.setdefault(_plain(test), []).append(found)
        case {"event": "end", "exit": int(code)}:
            report.end = code
        case {"event": "provenance"}:
            report.provenance = record


def _hear(report: Report, record: dict[str, Any]) -> None:
    """By what a test failed first, or could not be collected."""
    match record:
        case {"event": "phase" | "collection_error", "id": str(test), "message": str(message)} if message:
            report.messages.setdefault(_plain(test), _plain(message))
        case _:
            pass


def _phase_outcome(when: str, outcome: str, *, expected: bool) -> str | None:
    """A phase in the words of outcomes; None for what says nothing, such as a run that a plugin repeats."""
    if outcome == "passed":
        return "xpassed" if expected else "passed"
    if outcome == "skipped":
        return "xfailed" if expected else "skipped"
    if outcome == "failed":
        return "failed" if when == "call" else "error"
    return None


def _plain(text: object) -> str:
    """Text that can be written as UTF-8: file names and parameters may hold halves of characters."""
    return str(text).encode("utf-8", "backslashreplace").decode("utf-8")
