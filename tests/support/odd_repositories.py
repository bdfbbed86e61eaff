"""Repositories as they are met in the wild: each is the small scored project, made odd in one way, as a person or their tools would have it."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support.repositories import commit, git, git_process, make_repository
from tests.support.scored_states import SCORED

# A byte that is not UTF-8 stands in a name as Python and git's runner have it, as a lone surrogate.
NOT_UTF8: Final = "caf\udce9.txt"
ODD_NAMES: Final = ("with space.txt", "line\nend.txt", "-dash.txt", NOT_UTF8, "ünïcode.txt", 'quote".txt', "tab\t.txt", ":(top).txt")
POINTER: Final = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "ab" * 32 + "\nsize 12345\n"
HOOKS: Final = (
    "applypatch-msg", "commit-msg", "fsmonitor-watchman", "post-applypatch", "post-checkout", "post-commit", "post-index-change", "post-merge",
    "post-rewrite", "post-update", "pre-applypatch", "pre-auto-gc", "pre-commit", "pre-merge-commit", "pre-push", "pre-rebase",
    "prepare-commit-msg", "reference-transaction", "sendemail-validate", "update",
)  # fmt: skip


@dataclass(frozen=True)
class Canary:
    """A program that leaves a line in `trace` when it runs, and fails."""

    program: Path
    trace: Path

    def ran(self) -> str:
        """What ran, if anything did."""
        return self.trace.read_text() if self.trace.exists() else ""


def git_directory(project: Path) -> Path:
    """Where a project's git directory is, also apart from it."""
    place = project / ".git"
    return (project.resolve() / place.read_text().removeprefix("gitdir: ").strip()).resolve() if place.is_file() else place


def plant(project: Path) -> Canary:
    """Make every program that a repository can name a canary: hooks, helpers, drivers, signers, pagers, editors and aliases."""
    canary = Canary(project.parent / "canary.sh", project.parent / "canary-ran")
    canary.program.write_text(f'#!/bin/sh\necho "$0 $*" >> "{canary.trace}"\nexit 1\n')
    canary.program.chmod(0o755)
    hooks = project.parent / "hooks"
    hooks.mkdir()
    inner = git_directory(project)
    (inner / "hooks").mkdir(exist_ok=True)
    for name in HOOKS:
        (hooks / name).symlink_to(canary.program)
        (inner / "hooks" / name).symlink_to(canary.program)
    (inner / "info").mkdir(exist_ok=True)
    (inner / "info" / "attributes").write_text("*.txt diff=canary merge=canary\n")
    named = (
        "core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.gitProxy", "core.askPass", "core.alternateRefsCommand",
        "diff.external", "diff.canary.textconv", "diff.canary.command", "gpg.program", "gpg.ssh.program", "sequence.editor", "credential.helper",
        "interactive.diffFilter", "uploadpack.packObjectsHook", "trailer.factory.command", "remote.origin.uploadpack", "remote.origin.receivepack",
        "remote.origin.vcs",
    )  # fmt: skip
    for name in named:
        git(project, "config", name, str(canary.program))
    git(project, "config", "core.hooksPath", str(hooks))
    git(project, "config", "merge.canary.driver", f"{canary.program} %O %A %B")
    for alias in ("ls-tree", "commit-tree", "update-ref", "worktree", "add"):
        git(project, "config", f"alias.{alias}", f"!{canary.program}")
    for switch in ("commit.gpgSign", "tag.gpgSign", "log.showSignature", "pager.log", "pager.diff-tree", "gc.autoDetach", "submodule.recurse"):
        git(project, "config", switch, "true")
    git(project, "config", "gc.auto", "1")
    return canary


def plain(path: Path) -> None:
    """Nothing odd but the canaries, which are in all."""
    make_repository(path, SCORED)


def origin_of(path: Path) -> Path:
    """A repository to clone `path` from, with two commits."""
    origin = make_repository(path.parent / "origin", SCORED)
    commit(origin, {"README.md": "# more\n"}, "second")
    git(origin, "config", "uploadpack.allowFilter", "true")
    return origin


def shallow(path: Path) -> None:
    """The newest commit alone."""
    git(path.parent, "clone", "-q", "--depth", "1", f"file://{origin_of(path)}", str(path))


def partial(path: Path) -> None:
    """A clone that fetches contents when they are wanted: all that stand in the checkout are here, older ones are not."""
    git(path.parent, "clone", "-q", "--filter=blob:none", f"file://{origin_of(path)}", str(path))


def partial_and_sparse(path: Path) -> None:
    """One that lacks contents of the newest commit, too: those of the folder that its checkout leaves out."""
    origin = origin_of(path)
    commit(origin, {"docs/long.md": "long\n", "docs/other.md": "other\n"}, "third")
    git(path.parent, "clone", "-q", "--filter=blob:none", "--sparse", f"file://{origin}", str(path))


def sparse(path: Path) -> None:
    """A checkout without one folder."""
    make_repository(path, {**SCORED, "docs/long.md": "long\n", "src/a.md": "a\n"})
    git(path, "sparse-checkout", "set", "src")


def with_submodule(path: Path) -> None:
    """A submodule, checked out and with an edit in it."""
    part = make_repository(path.parent / "part", {"part.txt": "part\n"})
    make_repository(path, SCORED)
    git(path, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(part), "lib/part")
    commit(path, {}, "part")
    (path / "lib/part/part.txt").write_text("edited\n")


def with_missing_submodule(path: Path) -> None:
    """A submodule that was never fetched."""
    with_submodule(path.parent / "whole")
    git(path.parent, "clone", "-q", str(path.parent / "whole"), str(path))


def large_files(path: Path) -> None:
    """Pointers of Git LFS, with its filters set up as `git lfs install` does, and no git-lfs on this machine."""
    make_repository(path, {**SCORED, "large.bin": POINTER, ".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n"})
    for name, command in (("clean", "git-lfs clean -- %f"), ("smudge", "git-lfs smudge -- %f"), ("process", "git-lfs filter-process")):
        git(path, "config", f"filter.lfs.{name}", command)
    git(path, "config", "filter.lfs.required", "true")


def large_files_without_filters(path: Path) -> None:
    """Pointers of Git LFS in a clone of somebody who never installed it."""
    make_repository(path, {**SCORED, "large.bin": POINTER, ".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n"})


def renamed_target(path: Path) -> None:
    """A main branch of another name."""
    make_repository(path, SCORED, branch="trunk")


def slashed_target(path: Path) -> None:
    """A branch whose name needs care."""
    make_repository(path, SCORED, branch="feature/größer-als.1")


def other_objects(path: Path) -> None:
    """Objects named by SHA-256."""
    path.mkdir()
    git(path, "init", "-q", "-b", "main", "--object-format=sha256")
    commit(path, SCORED, "first")


def reftable(path: Path) -> None:
    """Refs in a format that this git does not know."""
    make_repository(path, SCORED)
    git(path, "config", "core.repositoryFormatVersion", "1")
    git(path, "config", "extensions.refStorage", "reftable")


def odd_names(path: Path) -> None:
    """Names with everything in them that a file system takes."""
    make_repository(path, SCORED)
    for name in ODD_NAMES:
        (path / name).write_text("odd\n")
    commit(path, {}, "odd")


def odd_folder(path: Path) -> None:
    """A project in a folder with such a name; `path` becomes a link to it."""
    inner = path.parent / os.fsdecode(b"-a b\xe9'$(x)")
    make_repository(inner, SCORED)
    path.symlink_to(inner)


def nobody(path: Path) -> None:
    """Nobody's name is set, and git may not guess one."""
    plain(path)
    git(path, "config", "user.useConfigOnly", "true")


def other_encoding(path: Path) -> None:
    """Commit messages in another encoding."""
    plain(path)
    git(path, "config", "i18n.commitEncoding", "ISO-8859-1")
    git(path, "config", "i18n.logOutputEncoding", "ISO-8859-1")


def line_ends(path: Path) -> None:
    """Line ends as on another system."""
    plain(path)
    git(path, "config", "core.autocrlf", "true")


def smudged(path: Path) -> None:
    """Filters of the person's: what is committed in capitals lies in small letters in their checkouts."""
    make_repository(path, {**SCORED, "shown.dat": "COMMITTED\n", ".gitattributes": "*.dat filter=letters\n"})
    git(path, "config", "filter.letters.clean", "tr a-z A-Z")
    git(path, "config", "filter.letters.smudge", "tr A-Z a-z")
    (path / "shown.dat").unlink()
    git(path, "checkout", "-q", "--", "shown.dat")


def odd_index(path: Path) -> None:
    """An index in two files, of the newest version, with what git knows of untracked files."""
    plain(path)
    for name, value in (("core.splitIndex", "true"), ("index.version", "4"), ("core.untrackedCache", "true")):
        git(path, "config", name, value)
    git(path, "update-index", "--split-index", "--untracked-cache")


def hidden_edits(path: Path) -> None:
    """Files that the person told git not to look at."""
    make_repository(path, {**SCORED, "mine.cfg": "theirs\n", "local.cfg": "theirs\n"})
    git(path, "update-index", "--skip-worktree", "mine.cfg")
    git(path, "update-index", "--assume-unchanged", "local.cfg")
    (path / "mine.cfg").write_text("my own\n")
    (path / "local.cfg").write_text("my own\n")


def elsewhere(path: Path) -> None:
    """The git directory lies apart from the checkout."""
    path.mkdir()
    git(path, "init", "-q", "-b", "main", "--separate-git-dir", str(path.parent / "apart"))
    commit(path, SCORED, "first")


def within_another(path: Path) -> None:
    """The project is itself a submodule of another."""
    part = make_repository(path.parent / "part", SCORED)
    outer = make_repository(path.parent / "outer", {"a.txt": "a\n"})
    git(outer, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(part), "inner")
    path.symlink_to(outer / "inner")


def with_a_repository_inside(path: Path) -> None:
    """A repository of the person's own, untracked, inside the project."""
    plain(path)
    make_repository(path / "scratch", {"mine.txt": "mine\n"})


def own_worktree_settings(path: Path) -> None:
    """Settings for each worktree by itself."""
    plain(path)
    git(path, "config", "extensions.worktreeConfig", "true")
    git(path, "config", "--worktree", "core.sparseCheckout", "false")


def in_the_middle_of_a_rebase(path: Path) -> None:
    """A rebase that stopped at a clash."""
    plain(path)
    git(path, "switch", "-q", "-c", "side")
    commit(path, {"README.md": "# side\n"}, "side")
    git(path, "switch", "-q", "main")
    commit(path, {"README.md": "# main\n"}, "main")
    assert git_process(path, "rebase", "side").returncode == 1


def bisecting(path: Path) -> None:
    """A bisection under way: HEAD stands on a commit of the past."""
    plain(path)
    for number in range(4):
        commit(path, {"README.md": f"# {number}\n"}, str(number))
    git(path, "bisect", "start", "HEAD", "HEAD~4")


def locked_index(path: Path) -> None:
    """A git that is at work, or died, in the person's checkout."""
    plain(path)
    (path / ".git" / "index.lock").write_text("")


def pruned(path: Path) -> None:
    """A worktree of the person's whose folder they removed by hand."""
    plain(path)
    git(path, "worktree", "add", "-q", str(path.parent / "theirs"), "-b", "theirs")
    shutil.rmtree(path.parent / "theirs")


def grafted(path: Path) -> None:
    """A commit of the past that another one replaces, and a stash."""
    plain(path)
    first = git(path, "rev-parse", "HEAD")
    second = commit(path, {"README.md": "# second\n"}, "second")
    git(path, "replace", first, commit(path, {"README.md": "# forged\n"}, "forged"))
    git(path, "reset", "-q", "--hard", second)
    (path / "README.md").write_text("# stashed\n")
    git(path, "stash", "-q")


@dataclass(frozen=True)
class Odd:
    """One odd repository: how it is made at a path, and what the walk of a host comes to in it.

    `refused` is the code of the first refusal, `says` words of that answer or of a warning before it; without `refused` the walk ends with the change
    landed on `target`. `edits` are files that the experiment writes besides. `daily` rows are cheap or show most.
    """

    make: Callable[[Path], None]
    refused: str = ""
    says: str = ""
    target: str = "main"
    edits: tuple[str, ...] = ()
    daily: bool = False


ODD: Final = (
    Odd(plain, daily=True),
    Odd(shallow),
    Odd(partial),
    Odd(partial_and_sparse, refused="NO_TOOLCHAIN", says="git fetch --refetch --no-filter", daily=True),
    Odd(sparse),
    Odd(with_submodule),
    Odd(with_missing_submodule),
    Odd(large_files, refused="NEEDS_APPROVAL", says="git-lfs: not found", daily=True),
    Odd(large_files_without_filters),
    Odd(renamed_target, target="trunk"),
    Odd(slashed_target, target="feature/größer-als.1"),
    Odd(other_objects, daily=True),
    Odd(reftable, refused="UNSUPPORTED_REPO", says="a newer git", daily=True),
    Odd(odd_names, edits=ODD_NAMES, daily=True),
    Odd(odd_folder, refused="UNSUPPORTED_REPO", says="not UTF-8"),
    Odd(nobody),
    Odd(other_encoding, daily=True),
    Odd(line_ends),
    Odd(smudged, daily=True),
    Odd(odd_index),
    Odd(hidden_edits),
    Odd(elsewhere),
    Odd(within_another),
    Odd(with_a_repository_inside),
    Odd(own_worktree_settings),
    Odd(in_the_middle_of_a_rebase, refused="TARGET_BUSY", says="git rebase --continue, or --abort", daily=True),
    Odd(bisecting, refused="TARGET_BUSY", says="git bisect reset", daily=True),
    Odd(locked_index, refused="NEEDS_APPROVAL", says="index.lock", daily=True),
    Odd(pruned),
    Odd(grafted),
)
