"""A gh and a glab that answer what a test put down for them: programs in a folder of their own, in the form that the real ones answer in."""

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.repositories import git

REMOTE = "https://github.com/Pat/Slug.git"
PROGRAM = """#!{python} -IS
import json, os, re, sys
here = os.path.dirname(os.path.abspath(__file__))
asked = " ".join(sys.argv[1:])
with open(os.path.join(here, "asked.jsonl"), "a", encoding="utf-8") as log:
    log.write(json.dumps({{"asked": sys.argv[1:], "environment": dict(os.environ), "folder": os.getcwd()}}) + "\\n")
with open(os.path.join(here, "replies.json"), encoding="utf-8") as file:
    replies = json.load(file)
for pattern, code, out, err in replies:
    if re.search(pattern, asked):
        sys.stdout.write(out)
        sys.stderr.write(err)
        sys.exit(code)
sys.exit("unexpected: " + asked)
"""


@dataclass
class Forge:
    """The programs. What is asked is held against `replies` one after the other: a pattern, and how the program ends and what it prints."""

    folder: Path

    def answers(self, *replies: tuple[str, Any], failing: Mapping[str, tuple[int, str]] | None = None) -> None:
        """Put down what is answered: JSON for a pattern, or an exit code with words on standard error."""
        rows = [[pattern, code, "", words] for pattern, (code, words) in (failing or {}).items()]
        rows += [[pattern, 0, json.dumps(found), ""] for pattern, found in replies]
        (self.folder / "replies.json").write_text(json.dumps(rows), encoding="utf-8")

    def github(self, *issues: dict[str, Any], total: int | None = None) -> None:
        """GitHub with these issues: the open ones are listed, each can be asked for."""
        open_ones = [each for each in issues if each["state"] == "OPEN"]
        listing = {"data": {"repository": {"issues": {"totalCount": len(open_ones) if total is None else total, "nodes": open_ones}}}}
        single = [(rf"number={each['number']} ", {"data": {"repository": {"issue": each}}}) for each in issues]
        self.answers(*single, (r"first=30 ", listing), failing={r"number=404 ": (1, "gh: Could not resolve to an Issue with the number of 404.")})

    @property
    def asked(self) -> list[dict[str, Any]]:
        """Every call so far: its arguments, environment and folder."""
        log = self.folder / "asked.jsonl"
        return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []

    @property
    def questions(self) -> list[str]:
        """What was asked so far, without the words of queries."""
        return [re.sub(r"query=.*?(?= -f)", "", " ".join(each["asked"])) for each in self.asked]


def make_forge(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Forge:
    """A gh and a glab, first in the PATH of the server."""
    folder.mkdir(parents=True)
    for name in ("gh", "glab"):
        (folder / name).write_text(PROGRAM.format(python=sys.executable), encoding="utf-8")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return Forge(folder)


def with_remote(project: Path, address: str = REMOTE) -> Path:
    """The project with a remote origin."""
    git(project, "remote", "add", "origin", address)
    return project


def github_issue(number: int, title: str = "Crash on an empty text", **changed: Any) -> dict[str, Any]:
    """An issue as GitHub's API answers it, opened by the owner."""
    return {
        "number": number, "title": title, "body": f"Steps for {number}.", "url": f"https://github.com/Pat/Slug/issues/{number}", "state": "OPEN",
        "authorAssociation": "OWNER", "viewerDidAuthor": True, "updatedAt": "2026-11-01T10:00:00Z", "author": {"login": "pat"},
        "labels": {"nodes": []}, **changed,
    }  # fmt: skip


def gitlab_issue(number: int, title: str = "Crash on an empty text", author: str = "pat", **changed: Any) -> dict[str, Any]:
    """An issue as GitLab's API answers it."""
    return {
        "id": 1000 + number, "iid": number, "title": title, "description": f"Steps for {number}.", "state": "opened", "labels": ["bug"],
        "web_url": f"https://gitlab.com/group/sub/slug/-/issues/{number}", "updated_at": "2026-11-01T10:00:00Z",
        "author": {"id": 1, "username": author, "name": "Somebody"}, **changed,
    }  # fmt: skip
