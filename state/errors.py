"""Refusals: what a tool says when it does not do what was asked. Each names what was wrong, where, and what was expected."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What whoever called should do about a refusal."""

    FIX = "fix"  # mend the call or the worktree
    ORDER = "order"  # do `next` first
    PERSON = "person"  # tell the person the words given, stop
    WAIT = "wait"  # once more, then tell the person
    END = "end"  # stop this line of work
    BROKEN = "broken"  # tell the person, go on without


KIND_OF_CODE: Final[dict[str, Kind]] = {
    **dict.fromkeys(
        (
            "BAD_ARGUMENTS", "UNKNOWN_ID", "BAD_CONFIG", "BAD_REPORT", "BAD_HYPOTHESIS", "HYPOTHESIS_BUDGET", "NOT_ONE", "TOO_SIMILAR", "BARRED",
            "LEAKAGE", "NO_CANDIDATE", "CONFLICT", "GATE", "EXISTS", "DUPLICATE", "DIFFERENT_CONTENT", "UNKNOWN_ISSUE", "UNKNOWN_TOOL",
        ),
        Kind.FIX,
    ),
    **dict.fromkeys(("OUT_OF_ORDER", "NOT_MEASURED", "CYCLE_OPEN", "ALREADY_DECIDED", "NOTHING_TO_APPROVE", "TOO_FEW"), Kind.ORDER),
    **dict.fromkeys(
        (
            "NO_PROJECT", "NEEDS_APPROVAL", "APPROVAL_VOID", "HELD", "UNSUPPORTED_REPO", "TARGET_BUSY", "NO_TOOLCHAIN", "NO_FORGE", "NO_TARGET",
            "PROTECTED_BRANCH", "STORE_BROKEN",
        ),
        Kind.PERSON,
    ),
    **dict.fromkeys(("BUSY", "NO_NETWORK"), Kind.WAIT),
    **dict.fromkeys(("REDIRECT_LIMIT", "BUDGET_SPENT"), Kind.END),
    "INTERNAL": Kind.BROKEN,
}  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a file or a call; `nearest` is the known name closest to what was found."""

    where: str
    found: str
    expected: str
    nearest: str = ""

    def __str__(self) -> str:
        hint = f"; did you mean {self.nearest}?" if self.nearest else ""
        return f"{self.where}: found {self.found}; expected {self.expected}{hint}"


def counted(problems: Sequence[object]) -> str:
    """How many problems there are: `1 problem`, `3 problems`."""
    return f"{len(problems)} problem{'' if len(problems) == 1 else 's'}"


class Refusal(Exception):  # noqa: N818 - a refusal is an ordinary answer that says no, not a failure of the program
    """The tool did not do what was asked, and changed nothing.

    `code` is one of KIND_OF_CODE; `what` one sentence; `where` one line per place; `expected` what would have been right; `problems` all
    faults of a file or a call at once; `untrusted` text from a program that explains it, with its origin.
    """

    def __init__(
        self,
        code: str,
        what: str,
        *,
        where: Sequence[str] = (),
        expected: str = "",
        problems: Sequence[Problem] = (),
        untrusted: tuple[str, str] | None = None,
    ) -> None:
        super().__init__(f"{code}: {what}")
        self.code = code
        self.kind = KIND_OF_CODE[code]
        self.what = what
        self.where = tuple(where)
        self.expected = expected
        self.problems = tuple(problems)
        self.untrusted = untrusted
