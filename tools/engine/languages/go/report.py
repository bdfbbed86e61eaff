"""What a Go test binary reported, read from the lines that it marks, and whether it can be believed.

A process that ended early has told nothing that counts but its failures; one whose canary did not fail has told nothing at all.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

MARK: Final = "\x16"  # testing's own sign before each line of its report (`-test.v=test2json`)
FAILED: Final = 1  # the exit code of a binary in which a test failed; with a canary among them it is never another
_ENDED: Final = {"PASS": "passed", "FAIL": "failed", "SKIP": "skipped"}
_LINE: Final = re.compile(r"(?:=== (?P<begins>RUN) +(?P<begun>\S.*)|--- (?P<word>PASS|FAIL|SKIP): (?P<name>.+?) \(\d[\d.]*s\)|(?P<end>PASS|FAIL)$)")
# From bad to good: what was said worst of a test counts.
_ORDER: Final = ("failed", "error", "skipped", "passed")
Belief = Literal["believed", "broke off", "forged"]


@dataclass
class Report:
    """One test process: outcomes by name as testing writes them (subtests behind a slash), and whether it told its own end."""

    outcomes: dict[str, str] = field(default_factory=dict)
    ended: bool = False

    def belief(self, canary: str, exit_code: int | None) -> Belief:
        """Whether the process can be believed. A test of the name `canary` must have failed, and the exit code must say so too."""
        told = self.outcomes.get(canary)
        if told in {"passed", "skipped"} or (told == "failed" and exit_code == 0) or (told is None and exit_code == 0):
            return "forged"
        return "believed" if told == "failed" and exit_code == FAILED and self.ended else "broke off"

    def counted(self, belief: Belief, expected: Iterable[str], canary: str) -> dict[str, str]:
        """The outcomes that count, without the canary's. After a process that broke off only failures do; the other tests are in error."""
        told = {name: outcome for name, outcome in self.outcomes.items() if name != canary}
        if belief == "believed":
            return told
        names = dict.fromkeys((*told, *expected))
        return {name: "failed" if told.get(name) == "failed" else "error" for name in names}


def read_report(text: str) -> Report:
    """Read what a test binary printed under `-test.v=test2json`. A test that began and did not end is in error."""
    report = Report()
    for piece in text.split(MARK)[1:]:
        match = _LINE.match(piece.partition("\n")[0].rstrip("\r"))
        if match is None:
            continue
        if match["begins"]:
            report.outcomes.setdefault(match["begun"], "error")
        elif match["word"]:
            report.outcomes[match["name"]] = _worse(report.outcomes.get(match["name"]), _ENDED[match["word"]])
        else:
            report.ended = True
    return report


def test_id(file: str, name: str) -> str:
    """The id of a test: its file, and its name with those of its subtests."""
    return f"{file}::{name.replace('/', ' > ')}"


def named(outcomes: Mapping[str, str], files: Mapping[str, str], other: str) -> dict[str, str]:
    """Outcomes by id. `files` says in which file each test function stands, `other` where one stands that was not seen."""
    return {test_id(files.get(name.partition("/")[0], other), name): outcome for name, outcome in outcomes.items()}


def _worse(before: str | None, now: str) -> str:
    # That it began is no outcome yet.
    return now if before in {None, "error"} else min(str(before), now, key=_ORDER.index)
