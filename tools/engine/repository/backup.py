"""Refs of the factory's own that keep commits alive: the backups of branches given up, and the commits that wait to land."""

from dataclasses import dataclass
from typing import Literal

from state.errors import Refusal
from tools.engine.repository.git import GitFailed
from tools.engine.repository.location import Repository, branch_ref
from tools.engine.repository.merging import is_ancestor
from tools.engine.repository.worktrees import listing


@dataclass(frozen=True)
class Backup:
    """The ref that keeps what a branch held; `removed` is false while a checkout still stands on the branch, which then stays too."""

    ref: str
    commit: str
    removed: bool


def backup(repository: Repository, branch: str, number: int) -> Backup:
    """Turn `branch` into `refs/factory/backup/NNN`, in one ref transaction; called again, it answers with what was kept.

    A branch of that name that came back with other commits gets a ref of its own (`NNN-2`). Raises Refusal UNKNOWN_ID when there is neither
    branch nor backup, BUSY when git cannot move the refs now.
    """
    ref, wanted = branch_ref(repository, branch), f"refs/factory/backup/{number:03d}"
    held = _commit(repository, ref)
    if held is None:
        kept = _commit(repository, wanted)
        if kept is None:
            raise Refusal("UNKNOWN_ID", f"there is no branch {branch} and no backup of it", where=(wanted,), expected="the branch of an experiment")
        return Backup(wanted, kept, removed=True)
    free = _room_for(repository, wanted, held)
    removed = all(worktree.ref != ref for worktree in listing(repository))
    _update(repository, [f"update {free} {held}", *([f"delete {ref} {held}"] if removed else [f"verify {ref} {held}"])])
    return Backup(free, held, removed)


def keep_ref(repository: Repository, number: int, commit: str, kind: Literal["kept", "undone"] = "kept") -> str:
    """Let `refs/factory/kept/NNN` hold `commit`; a commit it held that the new one does not contain becomes a backup. Returns the ref.

    Raises Refusal BUSY when git cannot move the refs now.
    """
    ref = f"refs/factory/{kind}/{number:03d}"
    held = _commit(repository, ref)
    lines = [f"update {ref} {commit} {held or '0' * len(commit)}"]
    if held is not None and not is_ancestor(repository, held, commit):
        lines.append(f"update {_room_for(repository, f'refs/factory/backup/{number:03d}-{kind}', held)} {held}")
    if held != commit:
        _update(repository, lines)
    return ref


def keep_before(repository: Repository, number: int, commit: str) -> None:
    """Let `refs/factory/backup/NNN-before` hold what a branch held before it was carried over to another base.

    Raises Refusal BUSY when git cannot move the refs now.
    """
    ref = _room_for(repository, f"refs/factory/backup/{number:03d}-before", commit)
    _update(repository, [f"update {ref} {commit}"])


def _room_for(repository: Repository, ref: str, commit: str) -> str:
    """`ref`, or `ref` with the first number at which nothing would be lost by letting it hold `commit`."""
    name, number = ref, 1
    while (held := _commit(repository, name)) is not None and not is_ancestor(repository, held, commit):
        number += 1
        name = f"{ref}-{number}"
    return name


def _commit(repository: Repository, ref: str) -> str | None:
    quick = repository.git.run("rev-parse", "--verify", "--quiet", ref)
    return quick.stdout.decode().strip() if quick.exit_code == 0 else None


def _update(repository: Repository, lines: list[str]) -> None:
    try:
        repository.git.bytes_("update-ref", "--stdin", standard_input="".join(f"{line}\n" for line in lines).encode())
    except GitFailed as error:
        raise error.of_the_disk(repository.common) or Refusal(
            "BUSY", "git cannot move the factory's refs now", where=tuple(lines), untrusted=("git", error.stderr)
        ) from error
