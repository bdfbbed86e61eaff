"""Builders of real git repositories for tests: they act as a person at a terminal would, apart from every configuration of the machine."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

PERSON = {"GIT_AUTHOR_NAME": "Pat", "GIT_AUTHOR_EMAIL": "pat@example.org", "GIT_COMMITTER_NAME": "Pat", "GIT_COMMITTER_EMAIL": "pat@example.org"}


def git_process(path: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run git as a person would, hooks and all, and give back how it ended; for tests in which git is expected to refuse."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment = {**ours, **PERSON, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C", "GIT_EDITOR": "true"}
    return subprocess.run(
        ["git", *args],
        cwd=path,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
    )


def git(path: Path, *args: str) -> str:
    """Run git in `path` and return what it printed, without the last line end. A failure raises AssertionError with git's own words."""
    done = git_process(path, *args)
    assert done.returncode == 0, f"git {' '.join(args)} in {path} ended with {done.returncode}: {done.stderr}"
    return done.stdout.rstrip("\n")


def write_files(path: Path, files: Mapping[str, str]) -> None:
    """Write `files` (relative name to text) under `path`, with the folders that they need."""
    for name, text in files.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")


def make_repository(path: Path, files: Mapping[str, str], branch: str = "main") -> Path:
    """Make a repository at `path` whose only commit, on `branch`, holds `files`; returns its top folder."""
    path.mkdir(parents=True, exist_ok=True)
    git(path, "init", "-q", "-b", branch)
    commit(path, files, "first")
    return path


def commit(path: Path, files: Mapping[str, str], message: str) -> str:
    """Write `files`, commit everything that changed (an empty commit if nothing did), and return the commit's id."""
    write_files(path, files)
    git(path, "add", "-A")
    git(path, "commit", "-q", "--allow-empty", "-m", message)
    return git(path, "rev-parse", "HEAD")
