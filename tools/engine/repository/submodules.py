"""Where the commits of a tree's submodules lie in this clone. Their contents are named by hash: a name only says where to look."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tools.engine.repository.git import decode
from tools.engine.repository.left_out import LeftOut
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import Entry

_PATHS: Final = r"^submodule\..*\.path$"


def find_submodules(repository: Repository, tree: str, gitlinks: Sequence[Entry], prefix: str) -> tuple[dict[str, Repository], list[LeftOut]]:
    """The repository of each gitlink of a tree whose commit is here, and those that are not here.

    Looked for in the clone's `modules/NAME`, by the name that the tree's own .gitmodules gives, and in a `.git` folder of the main checkout.
    `prefix` stands before the paths that are reported (a submodule's own place and a slash).
    """
    names = _names(repository, tree) if gitlinks else {}
    found: dict[str, Repository] = {}
    left_out = []
    for link in gitlinks:
        module = next((each for each in _places(repository, link.path, names.get(link.path)) if _holds(each, link.object_id)), None)
        if module is None:
            mend = f"git submodule update --init --recursive {shlex.quote(prefix.partition('/')[0] if prefix else link.path)}"
            left_out.append(LeftOut(prefix + link.path, "a submodule whose commit is not in this clone: an empty folder", mend))
        else:
            found[link.path] = module
    return found, left_out


def _names(repository: Repository, tree: str) -> dict[str, str]:
    """The name of the submodule at each path, as the tree's .gitmodules says it; a file that git does not understand names none."""
    said = repository.git.run("config", f"--blob={tree}:.gitmodules", "--no-includes", "-z", "--get-regexp", _PATHS)
    records = decode(said.stdout).split("\0")[:-1] if said.exit_code == 0 else []
    pairs = [record.split("\n", 1) for record in records if "\n" in record]
    return {path.rstrip("/"): key.removeprefix("submodule.").removesuffix(".path") for key, path in pairs}


def _places(repository: Repository, path: str, name: str | None) -> list[Repository]:
    """Git directories that may hold a submodule: inside the clone only, whatever the name says, and by no symlink."""
    places = [] if name is None else [(repository.common / "modules", name, "")]
    if repository.root != repository.common:
        places.append((repository.root, path, ".git"))
    found = []
    for top, inner, last in places:
        folder = top.resolve() / inner / last
        if not any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in inner.split("/")) and _is_git_directory(folder):
            found.append(Repository(folder, folder))
    return found


def _is_git_directory(folder: Path) -> bool:
    return folder.resolve() == folder and (folder / "objects").is_dir() and (folder / "HEAD").is_file()


def _holds(module: Repository, commit: str) -> bool:
    """Whether the commit and its tree are here. A clone that fetches missing objects on demand does not count: no network here."""
    if module.git.run("config", "--get", "extensions.partialClone").exit_code == 0:
        return False
    return module.git.run("cat-file", "-e", f"{commit}^{{tree}}").exit_code == 0
