"""What a Rust test binary reported, read from libtest's JSON lines, and whether it can be believed.

A process that ended early has told nothing that counts but its failures; one whose canary did not fail has told nothing at all.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

FAILED: Final = 101  # the exit code of a binary in which a test failed; with a canary among them it is never another
_BEGINS: Final = '{ "type": '
_ENDED: Final = {"ok": "passed", "failed": "failed", "ignored": "skipped", "timeout": ""}
_LISTED: Final = re.compile(r"^(?P<name>.+): (?P<kind>test|benchmark)$")
_DOC: Final = re.compile(r"^test (?P<file>.+?\.\w+) - (?P<name>.*?)\s*\(line (?P<line>\d+)\)(?P<how>.*?) \.\.\. (?P<word>ok|FAILED|ignored)\b")
_DOC_COUNT: Final = re.compile(r"^running (?P<count>\d+) tests?$")
# From bad to good: what was said worst of a test counts.
_ORDER: Final = ("failed", "error", "skipped", "passed")
Belief = Literal["believed", "broke off", "forged"]


@dataclass
class Report:
    """One test process: outcomes by name as libtest writes them, and how many it said at its end that there were."""

    outcomes: dict[str, str] = field(default_factory=dict)
    begun: int | None = None
    ended: int | None = None

    def belief(self, canary: str, listed: Sequence[str], exit_code: int | None) -> Belief:
        """Whether the process can be believed: a test of the name `canary` failed, the exit code says so, and every listed test was told of."""
        told = self.outcomes.get(canary)
        if not listed and not self.outcomes and exit_code == 0:
            return "believed"  # all of it is compiled for something else
        if told in {"passed", "skipped"} or exit_code == 0:
            return "forged"
        whole = self.begun == self.ended == len(self.outcomes) and set(listed) == set(self.outcomes)
        return "believed" if told == "failed" and exit_code == FAILED and whole else "broke off"

    def counted(self, belief: Belief, listed: Iterable[str], canary: str) -> dict[str, str]:
        """The outcomes that count, without the canary's. After a process that broke off only failures do; the other tests are in error."""
        told = {name: outcome for name, outcome in self.outcomes.items() if name != canary}
        if belief == "believed":
            return told
        names = (name for name in dict.fromkeys((*told, *listed)) if name != canary)
        return {name: "failed" if told.get(name) == "failed" else "error" for name in names}


def read_report(text: str) -> Report:
    """Read what a binary printed under `--format json`, wherever in a line it stands. A test that began and did not end is in error."""
    report = Report()
    for line in text.splitlines():
        found = line.find(_BEGINS)
        if found < 0:
            continue
        try:
            record = json.loads(line[found:])
        except ValueError:
            continue
        _take(report, record)
    return report


def read_list(text: str) -> list[str]:
    """The names of tests in what `--list --format terse` printed."""
    return [match["name"] for line in text.splitlines() if (match := _LISTED.match(line)) and match["kind"] == "test"]


def read_documentation(text: str) -> Report:
    """What rustdoc printed of documentation tests: names are `file - item`, with an ordinal where an item has several."""
    report = Report()
    lines: list[tuple[str, str, int, str, str]] = []
    for line in text.splitlines():
        if count := _DOC_COUNT.match(line):
            report.begun = (report.begun or 0) + int(count["count"])
        elif match := _DOC.match(line):
            lines.append((match["file"], match["name"].strip(), int(match["line"]), match["how"].strip(" -"), match["word"]))
    seen: dict[str, int] = {}
    for file, item, _line, how, word in sorted(lines):
        name = " - ".join(each for each in (file, item, how) if each)
        seen[name] = seen.get(name, 0) + 1
        told = {"ok": "passed", "FAILED": "failed", "ignored": "skipped"}[word]
        report.outcomes[name if seen[name] == 1 else f"{name}#{seen[name]}"] = told
    report.ended = len(lines)
    return report


def test_id(file: str, name: str) -> str:
    """The id of a test: the file that its target begins with, and its modules and name."""
    return f"{file}::{name.replace('::', ' > ')}"


def _take(report: Report, record: dict[str, Any]) -> None:
    match record:
        case {"type": "suite", "event": "started", "test_count": int(count)}:
            report.begun = count
        case {"type": "suite", "event": "ok" | "failed", "passed": int(passed), "failed": int(failed), "ignored": int(ignored)}:
            report.ended = passed + failed + ignored
        case {"type": "test", "event": "started", "name": str(name)}:
            report.outcomes.setdefault(name, "error")
        case {"type": "test", "event": str(event), "name": str(name)} if _ENDED.get(event):
            before = report.outcomes.get(name)
            # That it began is no outcome yet.
            report.outcomes[name] = _ENDED[event] if before in {None, "error"} else min(str(before), _ENDED[event], key=_ORDER.index)
