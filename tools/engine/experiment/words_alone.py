"""Whether a candidate changed nothing but words: comments, docstrings, documents. No test of such a change shows that anything is mended."""

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Final

from tools.engine.evaluation.base_word import BaseOwned, seen_by
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import diff, read_blob

DOCUMENTS: Final = frozenset({".md", ".rst", ".adoc"})


def words_alone(repository: Repository, trees: tuple[str, str], owned: BaseOwned) -> bool:
    """Whether the product's code is the base's; `trees` are the base's and the candidate's. What cannot be told is another code."""
    changed = (change.path for change in diff(repository, *trees) if not owned.matches(change.path))
    return all(PurePosixPath(path).suffix in DOCUMENTS or _is_same(_codes(repository, trees, owned, path)) for path in changed)


def _codes(repository: Repository, trees: tuple[str, str], owned: BaseOwned, path: str) -> Iterable[tuple[str, str]]:
    """The code before and after, as each root reads it that holds the file; none where it came or went."""
    before, after = (read_blob(repository, tree, path) for tree in trees)
    if before is None or after is None:
        return ()
    return ((seen.language.code_of(seen.path, before), seen.language.code_of(seen.path, after)) for seen in seen_by(owned.roots, path))


def _is_same(codes: Iterable[tuple[str, str]]) -> bool:
    return any(before and before == after for before, after in codes)
