"""A project whose test suite does not end by itself, and leaves processes in sessions of their own behind; and its store, checked after a kill."""

from pathlib import Path

from mcp_server.demo_environment import make_environment
from state.store import Store
from tests.support.repositories import make_repository
from tests.support.stdio import Host
from tests.support.stores import assert_sound
from tools.engine.process.supervisor import descendants

SUITE = """import os
import subprocess
import time

from slug import slug


def test_that_sleeps_forks_and_leaves_sessions_behind() -> None:
    assert slug("A") == "a"
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.setsid()
        time.sleep(600)
    subprocess.Popen(["sleep", "600"], start_new_session=True)
    subprocess.Popen(["sh", "-c", "trap '' TERM INT HUP; while true; do sleep 600; done"])
    time.sleep(600)
"""
FILES = {
    ".gitignore": ".venv/\n",
    "slug.py": "def slug(text: str) -> str:\n    return text.lower()\n",
    "tests/test_slug.py": SUITE,
}
RESTLESS = 6  # processes that the suite comes to: pytest, two forks, a sleep, a shell and its sleep


def make_restless_project(root: Path) -> Path:
    """The project with an environment of its own."""
    make_repository(root, FILES)
    make_environment(root / ".venv", ("pytest", "coverage"))
    return root


def start_measuring(host: Host) -> None:
    """Take the project to a call that waits for its baseline, where FACTORY_AUTO_APPROVE lets it."""
    host.call("discover_project", goal="Slugs.")
    host.call("request_approval", what="evaluation")
    host.ask("tools/call", {"name": "run_eval", "arguments": {}})


def restless(server: int) -> bool:
    """Whether the suite has come to do all that it does."""
    return len(descendants(server)) > RESTLESS


def assert_whole(project: Path) -> None:
    """The store holds nothing half written: its events, replayed, give the tables that it has."""
    store = Store(project / ".git" / "refactory")
    try:
        assert_sound(store)
    finally:
        store.close()
