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


def stand_ins(repository: Repository, tree: str, owned: BaseOwned, written: Mapping[str, ChangedLines]) -> tuple[str, ...]:
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
