"""The repository's remotes: where the project comes from, where one's own branches go, and what was fetched from there last."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tools.engine.repository.git import decode
from tools.engine.repository.location import Repository
from tools.engine.repository.merging import is_ancestor
from tools.engine.repository.objects import diff

LOOKED_BACK: Final = 50  # commits of an upstream branch


@dataclass(frozen=True)
class Remotes:
    """The remote that changes are meant for, and the one that one's own branches are pushed to: two where the project is a fork."""

    upstream: str
    own: str


def remote_address(repository: Repository) -> str:
    """The address that git fetches `origin` from, or the only remote where there is one alone; empty where neither is."""
    name = _usual(_names(repository))
    return address_of(repository, name) if name else ""


def remotes_of(repository: Repository) -> Remotes | None:
    """`upstream` is the remote of this name, else the usual one; `own` is `remote.pushDefault`, else the usual one. None without any."""
    names = _names(repository)
    usual = _usual(names)
    chosen = decode(repository.git.run("config", "--get", "remote.pushDefault").stdout).strip()
    own = chosen if chosen in names else usual
    upstream = "upstream" if "upstream" in names else usual
    return Remotes(upstream or own, own or upstream) if own or upstream else None


def address_of(repository: Repository, remote: str, *, push: bool = False) -> str:
    """The address of a remote, as git uses it for fetching or for pushing; empty where git knows none."""
    said = repository.git.run("remote", "get-url", *(("--push",) if push else ()), "--", remote)
    return decode(said.stdout).strip() if said.exit_code == 0 else ""


def fetched(repository: Repository, remote: str, branch: str) -> tuple[str, str] | None:
    """A remote's branch of this name, else its usual one, and the commit that it held when it was fetched last; None where that never was."""
    ref = f"refs/remotes/{remote}/{branch}"
    if found := _commit(repository, ref):
        return branch, found
    usual = decode(repository.git.run("symbolic-ref", "--quiet", f"refs/remotes/{remote}/HEAD").stdout).strip()
    found = _commit(repository, usual) if usual else ""
    return (usual.removeprefix(f"refs/remotes/{remote}/"), found) if found else None


def _commit(repository: Repository, ref: str) -> str:
    said = repository.git.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    return decode(said.stdout).strip() if said.exit_code == 0 else ""


@lru_cache(maxsize=32)
def first_holding(repository: Repository, base: str, commit: str, tip: str) -> str:
    """The commit of an upstream branch, `tip` or one of the LOOKED_BACK before it, that first held all that `commit` changes since `base`.

    A merge has the commit itself, a squash only its files. Empty where none holds it.
    """
    if is_ancestor(repository, commit, tip):
        return tip
    wanted = frozenset(change.path for change in diff(repository, base, commit))
    listed = repository.git.text("rev-list", "--first-parent", f"--max-count={LOOKED_BACK}", "--end-of-options", tip, f"^{base}").split()
    held = (each for each in reversed(listed) if wanted.isdisjoint(change.path for change in diff(repository, commit, each)))
    return next(held, "")


def _names(repository: Repository) -> list[str]:
    return repository.git.text("remote").split()


def _usual(names: list[str]) -> str:
    return "origin" if "origin" in names else names[0] if len(names) == 1 else ""
