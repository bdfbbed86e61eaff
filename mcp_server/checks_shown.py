"""What the doctor found, for a terminal and as JSON."""

import sys
from collections.abc import Iterable
from typing import Any, Final

from mcp_server.meant_folder import from_the_terminal, meant_folder
from mcp_server.this_process import settings_of_this_process
from state.answers import clean
from state.errors import Refusal
from state.integrity.findings import Check
from tools.engine.repository.location import Repository, locate

NAME_WIDTH: Final = 15
INDENT: Final = " " * 7


def meant_project(given: str) -> Repository:
    """The project that a person means, by the same order as every call. Raises Refusal NO_PROJECT or UNSUPPORTED_REPO."""
    source = settings_of_this_process({})
    return locate(meant_folder(source, from_the_terminal(source.given, given)))


def checks_text(checks: Iterable[Check]) -> str:
    """One line a check; below a wrong one what is wrong, and what mends it."""
    lines = []
    for check in checks:
        mark = "ok" if check.passed else "wrong" if check.faults else "-"
        lines.append(f"{mark:<6} {check.name:<{NAME_WIDTH}} {clean(check.said)}")
        for fault in check.faults:
            lines.append(f"{INDENT}{clean(str(fault))}")
            lines.append(f"{INDENT}  mend: {clean(fault.mend)}")
    return "\n".join(lines) + "\n"


def checks_json(checks: Iterable[Check]) -> list[dict[str, Any]]:
    """The same as plain values."""
    return [
        {"name": check.name, "ok": check.passed, "said": check.said, "looked": check.looked, "wrong": [vars(fault) for fault in check.faults]}
        for check in checks
    ]


def sound(checks: Iterable[Check]) -> bool:
    """Whether nothing is wrong."""
    return all(check.passed for check in checks)


def say_no(command: str, refusal: Refusal) -> int:
    """A refusal on standard error; answers the exit code."""
    lines = [f"refactory {command}: {refusal.what}", *(f"  at {place}" for place in refusal.where), *(f"  {problem}" for problem in refusal.problems)]
    if refusal.expected:
        lines.append(f"  expected: {refusal.expected}")
    sys.stderr.write("\n".join(clean(line) for line in lines) + "\n")
    return 1
