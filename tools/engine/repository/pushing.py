"""Pushing one new branch: never by force, never onto a branch that is somebody else's, and without a word of the repository's own settings."""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from state.answers import one_line
from state.errors import Refusal
from state.masking import mask_text
from tools.engine.process import Quick
from tools.engine.repository.cloning import OF_THE_NETWORK, PROTOCOLS
from tools.engine.repository.git import Git, decode
from tools.engine.repository.location import Repository, branch_ref

PATIENCE: Final = 100.0  # seconds
# The sign-in that a credential helper of the person's may be `gh auth git-credential` for.
_SIGN_IN: Final = ("GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN", "GH_CONFIG_DIR", "GITLAB_TOKEN", "GLAB_CONFIG_DIR")
_PLAIN: Final = ("--porcelain", "--no-verify", "--no-follow-tags", "--no-signed", "--recurse-submodules=no", "--no-force-with-lease")


@dataclass(frozen=True)
class Push:
    """A commit that becomes the branch `branch` at `address`. `protected` are the names that it must not have."""

    address: str
    commit: str
    branch: str
    protected: frozenset[str] = frozenset()


def push(repository: Repository, wanted: Push, variables: Mapping[str, str]) -> None:
    """Push; a branch that holds the commit there already is left as it is.

    Done from a bare repository that only borrows the objects: hooks, helpers and programs of the project's own settings have no say; those of the
    person do, so that their sign-in works. Raises Refusal PROTECTED_BRANCH where the branch may not be pushed or holds other commits there,
    NO_NETWORK for everything else, with git's own words, BUSY where it takes longer than PATIENCE.
    """
    ref = branch_ref(repository, wanted.branch)
    if wanted.branch in wanted.protected:
        expected = "a branch of its own, which clean_pr names by itself"
        raise Refusal("PROTECTED_BRANCH", f"{wanted.branch} is no branch to push to", where=(wanted.branch,), expected=expected)
    with tempfile.TemporaryDirectory(prefix="factory-push-") as folder:
        git = _borrowing(repository, Path(folder))
        arguments = ("push", *_PLAIN, "--", wanted.address, f"{wanted.commit}:{ref}")
        done = git.run(*arguments, timeout=PATIENCE, handed_on=_handed_on(variables))
    if done.exit_code != 0:
        raise _not_pushed(wanted, done)


def _handed_on(variables: Mapping[str, str]) -> dict[str, str]:
    """The way out and the person's sign-in, and nobody asked for a password."""
    names = (*OF_THE_NETWORK, *_SIGN_IN)
    quiet = {"GIT_ALLOW_PROTOCOL": ":".join(PROTOCOLS), "GIT_ASKPASS": "", "GIT_SSH_COMMAND": "ssh -o BatchMode=yes"}
    return {**{name: variables[name] for name in names if name in variables}, **quiet}


def _borrowing(repository: Repository, folder: Path) -> Git:
    """An empty repository in `folder` that sees all objects of `repository`, and where its history was cut off."""
    form = repository.git.text("rev-parse", "--show-object-format")
    Git(folder).bytes_("init", "--quiet", "--bare", "--template=", f"--object-format={form}", ".")
    (folder / "objects" / "info").mkdir(parents=True, exist_ok=True)
    (folder / "objects" / "info" / "alternates").write_bytes(str(repository.common / "objects").encode("utf-8", "surrogateescape") + b"\n")
    if (repository.common / "shallow").is_file():
        shutil.copyfile(repository.common / "shallow", folder / "shallow")
    return Git(folder, git_dir=folder)


def _not_pushed(wanted: Push, done: Quick) -> Refusal:
    """Why the branch is not there: it holds other commits, the forge protects it, or it could not be reached."""
    words = f"{decode(done.stdout)}\n{decode(done.stderr)}"
    said = ("git push", mask_text(words.strip()))
    where = (one_line(mask_text(wanted.address)), wanted.branch)
    if "[rejected]" in words:
        what = f"the branch {wanted.branch} holds other commits there, and nothing is pushed by force"
        return Refusal("PROTECTED_BRANCH", what, where=where, expected="the branch removed there by the person, or their own push", untrusted=said)
    if "[remote rejected]" in words:
        what = f"{wanted.branch} was refused there: it is protected, or a rule of the repository says no"
        expected = "leave to push branches of this name, or a fork as remote.pushDefault"
        return Refusal("PROTECTED_BRANCH", what, where=where, expected=expected, untrusted=said)
    what, expected = f"{wanted.branch} could not be pushed", "a way to the remote, and leave to push there"
    return Refusal("NO_NETWORK", what, where=where, expected=expected, untrusted=said)
