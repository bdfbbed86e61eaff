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
"""What a candidate newly puts in the place of clocks, of chance and of what compares: then numbers say what it likes."""

from collections.abc import Iterator, Mapping
from typing import Final

from state.answers import quoted
from tools.engine.evaluation.base_word import BaseOwned, seen_by
from tools.engine.languages.replacing import Replaced
from tools.engine.repository.blobs import small_blobs
from tools.engine.repository.changes import ChangedLines
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import list_tree

LARGEST_FILE: Final = 1 << 20  # bytes


def replacements(repository: Repository, tree: str, owned: BaseOwned, written: Mapping[str, ChangedLines]) -> tuple[str, ...]:
    """A line for each, by path:line, what it is and what is replaced; a line that was only moved is none.

    Tests may do what is undone behind them, and set what is left to chance: both are everyday.
    """
    paths = {path for path, lines in written.items() if lines.added}
    entries = [(entry.path, entry.object_id) for entry in list_tree(repository, tree) if entry.path in paths and entry.mode.startswith("100")]
    return tuple(
        f"{quoted(path)}:{found.line} replaces {found.kind}: {quoted(found.what)}"
        for path, content in small_blobs(repository, entries, LARGEST_FILE).items()
        for found in _new(owned, path, content, written[path])
    )


def _new(owned: BaseOwned, path: str, content: bytes, lines: ChangedLines) -> Iterator[Replaced]:
    added = {hunk.new_start + offset: text.strip() for hunk in lines.hunks for offset, text in enumerate(hunk.added)}
    before = {text.strip() for hunk in lines.hunks for text in hunk.removed}
    of_a_test = owned.matches(path)
    for seen in seen_by(owned.roots, path):
        for found in seen.language.replaced(seen.path, content):
            everyday = of_a_test and (found.undone or found.kind == "chance")
            if found.line in added and added[found.line] not in before and not everyday:
                yield found
