"""Product code that sets what another module of the project has: a mend that holds where that line ran, and nowhere else."""

from collections.abc import Collection, Mapping

from state.answers import quoted
from tools.engine.evaluation.base_word import BaseOwned, Seen, seen_by
from tools.engine.repository.changes import ChangedLines
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import list_tree, read_blob


def replacing(repository: Repository, trees: tuple[str, str], owned: BaseOwned, product: Mapping[str, ChangedLines]) -> tuple[str, ...]:
    """A line for each attribute of another module or class of the project that the product newly sets; `trees` are the base's and the candidate's."""
    files = [entry.path for entry in list_tree(repository, trees[1]) if entry.mode.startswith("100") and not owned.matches(entry.path)]
    lines = []
    for path, changed in product.items():
        for seen in seen_by(owned.roots, path) if changed.added else ():
            before, after = (_assigned(repository, tree, path, seen, files) for tree in trees)
            new = {line: target for line, target in after.items() if line in changed.added and target not in before.values()}
            lines += [
                f"{quoted(path)}:{line} sets {quoted(target)}, which another file of the project has: mend it there" for line, target in new.items()
            ]
    return tuple(lines)


def _assigned(repository: Repository, tree: str, path: str, seen: Seen, files: Collection[str]) -> Mapping[int, str]:
    """What a file of a tree sets of others; nothing where there is no such file."""
    content = read_blob(repository, tree, path)
    top = path.removesuffix(seen.path)
    inside = [each.removeprefix(top) for each in files if each.startswith(top)]
    return seen.language.assigned_elsewhere(seen.path, content, inside) if content is not None else {}
