"""A reviewer's report that quotes what really changed."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.support.repositories import git

HUNK = re.compile(r"^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


def review(project: Path, worktree: Path) -> dict[str, Any]:
    """A review that passes the worktree: a quote of every changed file, an answer to every guard of factory.md."""
    base = base_of(project, int(worktree.name))
    quoted = quotes(worktree, base)
    guards = re.findall(r"(?m)^- (Do not .*)$", git(project, "show", f"{base}:factory.md"))
    return {
        "role": "reviewer", "reviewer": "reviewer-1", "independence": "subagent", "decision": "pass",
        "quotes": quoted,
        "guards": [{"guard": guard, "holds": True, "evidence": f"looked at {quoted[0]['at'] if quoted else 'all of it'}"} for guard in guards],
    }  # fmt: skip


def base_of(project: Path, number: int) -> str:
    """The commit that an experiment is measured against now."""
    with closing(sqlite3.connect(f"file:{project / '.git/refactory/factory.db'}?mode=ro", uri=True)) as connection:
        return str(connection.execute("SELECT base FROM experiments WHERE id = ?", (number,)).fetchone()[0])


def quotes(worktree: Path, base: str) -> list[dict[str, str]]:
    """The first changed line of every file that differs from `base`, quoted as the report wants it."""
    found: dict[str, dict[str, str]] = {}
    for name in git(worktree, "ls-files", "--others", "--exclude-standard").splitlines():
        found[name] = {"at": f"{name}:1", "text": (worktree / name).read_text(encoding="utf-8").split("\n")[0]}
    name = ""
    hunk = (1, 1)
    for line in git(worktree, "diff", "-U0", "--no-renames", base).splitlines():
        if line.startswith("diff --git "):
            name = line.split(" b/", 1)[1]
        elif place := HUNK.match(line):
            hunk = int(place[1]), int(place[2])
        elif name not in found and line[:1] in "+-" and not line.startswith(("+++ ", "--- ")):
            at = f"base:{name}:{hunk[0]}" if line[0] == "-" else f"{name}:{hunk[1]}"
            found[name] = {"at": at, "text": line[1:]}
    return list(found.values())
