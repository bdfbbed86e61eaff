"""The demo's scratch repository: a copy of the example's project as a person would have it, and what must be true of it afterwards."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mcp_server.demo_environment import make_environment
from mcp_server.demo_story import Edit, Person
from tools.engine.repository.git import Git

BRANCH: Final = "main"
TOOLS: Final = ("pytest", "coverage", "ruff", "mypy")
FEW_TOOLS: Final = ("pytest", "coverage")


@dataclass(frozen=True)
class Scratch:
    """A repository at `root`, its only branch checked out, with the person's unfinished work in it."""

    root: Path
    person: Person

    @property
    def git(self) -> Git:
        """Git in the person's checkout."""
        return Git(self.root)

    def commit(self, name: str = BRANCH) -> str:
        """The commit that a branch or ref names; empty for none."""
        return self.git.text("for-each-ref", "--format=%(objectname)", name if name.startswith("refs/") else f"refs/heads/{name}")

    def tree(self, name: str = BRANCH) -> str:
        """The tree of what `name` names."""
        return self.git.text("rev-parse", "--verify", f"{name}^{{tree}}")

    def status(self) -> list[str]:
        """What `git status` shows the person, one line a path."""
        return self.git.text("status", "--porcelain", "--untracked-files=all").splitlines()

    def expected_status(self) -> list[str]:
        """What it shows as long as only the person's own work is uncommitted."""
        return [*(f" M {path}" for path in sorted(self.person.edits)), *(f"?? {path}" for path in sorted(self.person.untracked))]

    def local_work(self) -> dict[str, bytes]:
        """The files that hold the person's unfinished work, byte for byte."""
        return {path: (self.root / path).read_bytes() for path in (*self.person.edits, *self.person.untracked)}


def make_scratch(folder: Path, project: Path, person: Person, tools: tuple[str, ...] = TOOLS) -> Scratch:
    """Copy an example's project into a new repository below `folder`, give it a virtual environment, and leave the person's work in it.

    Raises OSError, GitFailed, and what make_environment raises.
    """
    root = folder / project.parent.name
    shutil.copytree(project, root, ignore=shutil.ignore_patterns(".*cache", "__pycache__", ".venv", "results"))
    scratch = Scratch(root, person)
    scratch.git.text("init", "-q", "-b", BRANCH)
    scratch.git.text("add", "-A")
    scratch.git.text("commit", "-q", "-m", "The project as it stands")
    make_environment(root / ".venv", tools)
    packages = next((root / ".venv" / "lib").glob("python3*/site-packages"))
    (packages / "project.pth").write_text(f"{root / 'src'}\n", encoding="utf-8")  # what `pip install -e .` would leave
    for path, text in person.edits.items():
        with (root / path).open("a", encoding="utf-8", newline="") as file:
            file.write(text)
    for path, text in person.untracked.items():
        (root / path).write_text(text, encoding="utf-8", newline="")
    return scratch


def build(worktree: Path, edits: tuple[Edit, ...]) -> list[str]:
    """What the builder does: type the edits in the worktree. Answers a line a file: its path, lines added and removed.

    Raises ValueError where `old` does not stand in the file exactly once.
    """
    for edit in edits:
        file = worktree / edit.path
        text = file.read_text(encoding="utf-8")
        if text.count(edit.old) != 1:
            raise ValueError(f"{edit.path}: the text to be changed stands there {text.count(edit.old)} times, not once")
        file.write_text(text.replace(edit.old, edit.new), encoding="utf-8", newline="")
    counts = [line.split("\t") for line in Git(worktree).text("diff", "--no-ext-diff", "--numstat").splitlines()]
    return [f"{path}: +{added} -{removed}" for added, removed, path in counts]


def quotes(worktree: Path) -> list[dict[str, str]]:
    """What the reviewer quotes: the first changed line of every place in the worktree's diff, as submit_report wants it."""
    found: list[dict[str, str]] = []
    path, at = "", ""
    for line in Git(worktree).text("diff", "--no-ext-diff", "--unified=0", "--no-prefix").splitlines():
        if line.startswith("+++ "):
            path = line.removeprefix("+++ ")
        elif line.startswith("@@ "):
            removed, added = line.split()[1:3]
            gone = added.endswith(",0")
            at = f"base:{path}:{removed[1:].split(',')[0]}" if gone else f"{path}:{added[1:].split(',')[0]}"
        elif at and line.startswith("-" if at.startswith("base:") else "+"):
            found.append({"at": at, "text": line[1:]})
            at = ""
    return found
