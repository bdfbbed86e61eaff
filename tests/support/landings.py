"""Builders for landings: a project, a commit made away from every checkout, and a process that dies in the middle."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.support.repositories import commit, git, git_process, make_repository, write_files
from tools.engine.repository.location import Repository, locate
from tools.engine.repository.outcome import Landing

FILES = {"touched.txt": "one\ntwo\nthree\n", "removed.txt": "to go\n", "apart.txt": "apart\n", "folder/deep.txt": "deep\n"}
CHANGE: dict[str, str | None] = {"touched.txt": "one\nTWO\nthree\n", "added/new.txt": "new\n", "removed.txt": None}

_DIES = """
import os, signal, sys
from pathlib import Path
from tools.engine.repository.landing import land
from tools.engine.repository.location import locate
from tools.engine.repository.outcome import Landing
from tools.engine.repository.recovery import recover

def fail(point):
    if point == sys.argv[5]:
        os.kill(os.getpid(), signal.SIGKILL)

Path(sys.argv[6]).write_text(str(os.getpid()))
{"land": land, "recover": recover}[sys.argv[7]](locate(Path(sys.argv[1])), Landing(*sys.argv[2:5]), fail)
"""


def make_project(tmp_path: Path, change: Mapping[str, str | None] = CHANGE) -> tuple[Repository, Landing]:
    """A project on `main`, and a landing there whose merge commit makes `change` (None: the file goes)."""
    repository = locate(make_repository(tmp_path / "project", FILES))
    return repository, make_landing(repository, change)


def make_landing(repository: Repository, change: Mapping[str, str | None], ref: str = "refs/heads/main") -> Landing:
    """A landing on `ref` whose commit was made in a worktree of its own, which is gone by now."""
    root, old = repository.root, git(repository.root, "rev-parse", ref)
    place = root.parent / "made-apart"
    git(root, "worktree", "add", "-q", "--detach", str(place), old)
    write_files(place, {name: text for name, text in change.items() if text is not None})
    for name in (name for name, text in change.items() if text is None):
        (place / name).unlink()
    tree = git(place, "rev-parse", f"{commit(place, {}, 'change')}^{{tree}}")
    new = git(root, "commit-tree", tree, "-p", old, "-p", git(place, "rev-parse", "HEAD"), "-m", "merge")
    git(root, "update-ref", "refs/factory/kept/001", new)
    git(root, "worktree", "remove", "--force", str(place))
    return Landing(ref, old, new)


def land_and_die(repository: Repository, landing: Landing, point: str, verb: str = "land") -> None:
    """Land (or recover) in another process, which SIGKILL ends when it passes `point`; its id stands in `.git/landing-pid`."""
    facts = [str(repository.root), landing.ref, landing.old, landing.new, point, str(repository.common / "landing-pid"), verb]
    done = subprocess.run([sys.executable, "-c", _DIES, *facts], cwd=Path(__file__).parents[2], capture_output=True, check=False)
    assert done.returncode == -9, done.stderr.decode()


def status(repository: Repository) -> str:
    """What `git status` shows a person in the main checkout."""
    return git(repository.root, "status", "--porcelain")


def refused(path: Path, *args: str) -> bool:
    """Whether git refuses this to a person."""
    return git_process(path, *args).returncode != 0
