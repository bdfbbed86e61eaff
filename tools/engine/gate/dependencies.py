"""What a change makes a project depend on besides."""

from collections.abc import Iterable
from typing import Final

from tools.engine.languages.table import languages
from tools.engine.repository.blobs import small_blobs
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import diff

ENDINGS: Final = (".toml", ".txt", ".in", ".cfg", ".json", ".mod", "setup.py", "Pipfile")  # of manifests: of most files nothing more need be asked
LARGEST: Final = 1 << 20  # bytes of a manifest


def added_dependencies(repository: Repository, base_tree: str, tree: str) -> tuple[str, ...]:
    """The names that manifests ask for and none of the changed ones did before, each as file: name. One that moved to another file is not new."""
    likely = [change for change in diff(repository, base_tree, tree) if change.path.endswith(ENDINGS)]
    changes = [change for change in likely if any(each.manifests(change.path) for each in languages().values())]
    before = {name for _, names in _asked(repository, ((change.path, change.old_id) for change in changes if change.status != "A")) for name in names}
    after = _asked(repository, ((change.path, change.new_id) for change in changes if change.status != "D"))
    return tuple(f"{path}: {name}" for path, names in after for name in sorted(names - before))


def _asked(repository: Repository, files: Iterable[tuple[str, str]]) -> list[tuple[str, frozenset[str]]]:
    contents = small_blobs(repository, files, LARGEST)
    return [(path, frozenset(name for each in languages().values() for name in each.asks_for(path, content))) for path, content in contents.items()]
