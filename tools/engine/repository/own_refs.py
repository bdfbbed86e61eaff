"""The factory's refs as they are now: which there are, what else keeps a commit alive, and lost ones made again."""

from typing import Final

from state.errors import Refusal
from tools.engine.repository.git import LONG, GitFailed
from tools.engine.repository.location import Repository

_OURS: Final = ("refs/factory/", "refs/heads/factory/")


def own_refs(repository: Repository) -> dict[str, str]:
    """Every ref of the factory's, and every branch of an experiment, with the commit that it holds."""
    lines = repository.git.text("for-each-ref", "--format=%(refname) %(objectname)", *_OURS).splitlines()
    return dict(line.split(" ", 1) for line in lines)


def is_there(repository: Repository, commit: str) -> bool:
    """Whether the repository still has a commit of this id."""
    return repository.git.run("cat-file", "-e", f"{commit}^{{commit}}").exit_code == 0


def keeper_of(repository: Repository, commit: str) -> str:
    """A ref from which the commit is reached; nothing where there is none, and git may take it away one day. Raises GitFailed for no commit."""
    return repository.git.text("for-each-ref", "--count=1", "--format=%(refname)", f"--contains={commit}")


def loose_commits(repository: Repository, subject: str) -> list[str]:
    """The newest commits that no ref reaches and whose message begins with `subject`."""
    said = repository.git.run("fsck", "--no-reflogs", "--dangling", "--connectivity-only", "--no-progress", timeout=LONG).stdout.decode()
    ends = [line.removeprefix("dangling commit ") for line in said.splitlines() if line.startswith("dangling commit ")]
    return [commit for commit in ends if repository.git.text("log", "-1", "--format=%s", commit).startswith(subject)]


def drop_ref(repository: Repository, ref: str) -> None:
    """Let a ref of the factory's go; nothing to do where it is gone. Raises Refusal BUSY when git cannot move it now."""
    try:
        repository.git.bytes_("update-ref", "-d", ref)
    except GitFailed as error:
        raise error.of_the_disk(repository.common) or Refusal(
            "BUSY", "git cannot move the factory's refs now", where=(ref,), untrusted=("git", error.stderr)
        ) from error


def make_ref(repository: Repository, ref: str, commit: str) -> bool:
    """Let a ref that is not there hold a commit; answers whether it does now: another process may have been quicker with another one."""
    try:
        repository.git.bytes_("update-ref", ref, commit, "0" * len(commit))
    except GitFailed as error:
        if trouble := error.of_the_disk(repository.common):
            raise trouble from error
        return own_refs(repository).get(ref) == commit
    return True
