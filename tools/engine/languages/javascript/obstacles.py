"""Why the packages that are installed would not be the candidate's: what its manifests or lock files ask for differs."""

from pathlib import PurePosixPath

from state.measurement import Root
from tools.engine.languages.bench import Trees
from tools.engine.languages.javascript.managers import install_all
from tools.engine.languages.javascript.owned import LOCKS
from tools.engine.languages.javascript.package_json import PACKAGE, installs
from tools.engine.repository.objects import diff, read_blob


def obstacle(root: Root, trees: Trees) -> str:
    """What of the manifests differs between base and measured tree, or nothing."""
    if trees.measured == trees.base:
        return ""
    for change in diff(trees.repository, trees.base, trees.measured):
        if not _concerns(root, change.path):
            continue
        name = PurePosixPath(change.path).name
        base, candidate = (read_blob(trees.repository, tree, change.path) for tree in (trees.base, trees.measured))
        if name in LOCKS or (name == PACKAGE and installs(base) != installs(candidate)):
            command = install_all(root.manager)
            return (
                f"{change.path} asks for other packages than the base, whose packages are installed: "
                f"with `command: {command}` under ## Setup in factory.md such a tree can be measured"
            )
    return ""


def _concerns(root: Root, path: str) -> bool:
    """Whether the file decides what is installed for the root: it lies in it or above it."""
    folder = PurePosixPath(path).parent.as_posix()
    return root.holds(path) or folder == "." or root.path.startswith(f"{folder}/")
