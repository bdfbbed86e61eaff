"""Clones: of a project, to try things in, of which the original notices nothing; and of an address, to work on what lies there."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import anyio
import anyio.to_thread

from state.answers import one_line
from state.errors import Refusal
from tools.engine.process import Finished, supervise
from tools.engine.repository.git import LONG, Git
from tools.engine.repository.location import Repository, locate

PROTOCOLS: Final = ("https", "ssh", "file")
CLONE_LIMIT: Final = 1800.0  # seconds
WATCHED_EVERY: Final = 1.0  # seconds
# What a person has set for the network, and the agent that holds their keys: git needs it to get there.
OF_THE_NETWORK: Final = (
    "SSH_AUTH_SOCK", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy", "GIT_SSL_CAINFO",
    "SSL_CERT_FILE", "SSL_CERT_DIR",
)  # fmt: skip
_UNREACHED: Final = (
    "Could not resolve", "unable to access", "Connection", "connection", "timed out", "Network is unreachable", "early EOF", "RPC failed",
)  # fmt: skip


def clone(repository: Repository, branch: str, folder: Path) -> Repository:
    """A clone with this one branch, checked out in `folder`, which must not exist. It reads the original's objects, and knows no remote.

    Raises GitFailed.
    """
    source = Git(folder.parent)
    options = ("--quiet", "--shared", "--no-tags", "--single-branch", "--branch", branch)
    source.bytes_("clone", *options, "--", str(repository.root), str(folder), timeout=LONG)
    Git(folder).bytes_("remote", "remove", "origin")
    return locate(folder)


async def clone_from(address: str, folder: Path, tell: Callable[[str], None]) -> Repository:
    """A clone of the repository at `address` in `folder`, which must not exist; `tell` hears how much has come. Nobody is asked for a password.

    Raises Refusal NO_NETWORK where the address cannot be reached or takes too long, BAD_ARGUMENTS where there is nothing to clone there, each with
    git's own words.
    """
    settings = ("protocol.allow=never", *(f"protocol.{name}.allow=always" for name in PROTOCOLS), "core.askPass=")
    options = ("--quiet", "--template=", "--no-recurse-submodules")
    command = Git(folder.parent).command(
        *(part for setting in settings for part in ("-c", setting)), "clone", *options, "--", address, str(folder), timeout=CLONE_LIMIT,
        handed_on={"GIT_SSH_COMMAND": "ssh -o BatchMode=yes", **{name: os.environ[name] for name in OF_THE_NETWORK if name in os.environ}},
    )  # fmt: skip
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_watch, folder, tell)
        done = await supervise(command)
        tasks.cancel_scope.cancel()
    if done.outcome == "exited" and done.exit_code == 0:
        return await anyio.to_thread.run_sync(_with_a_commit, folder, address)
    raise _not_cloned(address, done)


async def _watch(folder: Path, tell: Callable[[str], None]) -> None:
    while True:
        received = await anyio.to_thread.run_sync(_size, folder)
        tell(f"cloning: {received / 1_000_000:.1f} MB received")
        await anyio.sleep(WATCHED_EVERY)


def _size(folder: Path) -> int:
    """How many bytes of packs lie in a clone that is being made."""
    total = 0
    for pack in (folder / ".git" / "objects" / "pack").glob("*"):
        try:
            total += pack.stat().st_size
        except FileNotFoundError:  # renamed meanwhile
            continue
    return total


def _with_a_commit(folder: Path, address: str) -> Repository:
    try:
        return locate(folder)
    except Refusal as refusal:
        what = f"the repository at {one_line(address)} has no commit that could be checked out"
        raise Refusal("BAD_ARGUMENTS", what, where=("source",), expected="a repository with a commit, or an idea in words") from refusal


def _not_cloned(address: str, done: Finished) -> Refusal:
    """Why git could not clone: the network, or what was asked for."""
    said = ("git", done.stderr.strip())
    if done.outcome == "timeout":
        what = f"cloning {one_line(address)} did not end within {CLONE_LIMIT / 60:.0f} minutes"
        return Refusal("NO_NETWORK", what, expected="a faster network, or a clone made by hand", untrusted=said)
    if done.outcome == "exited" and not any(word in done.stderr for word in _UNREACHED):
        if "No space left" in done.stderr or "Disk quota" in done.stderr:
            return Refusal("STORE_BROKEN", "there is no room for the clone", expected="room on the disk, or another directory", untrusted=said)
        what = f"git could not clone {one_line(address)}"
        return Refusal("BAD_ARGUMENTS", what, where=("source",), expected="the address of a repository that you may read", untrusted=said)
    return Refusal("NO_NETWORK", f"{one_line(address)} could not be reached", expected="a network, and leave to use it", untrusted=said)
