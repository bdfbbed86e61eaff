"""Trees without the files that nobody but the server may see, and those files by themselves."""

from collections.abc import Sequence
from functools import lru_cache

from state.configuration import Configuration
from state.patterns import Patterns
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import Entry, list_tree, write_tree_from


def held_out_patterns(configuration: Configuration) -> tuple[str, ...]:
    """What `## Holdout` keeps from every candidate."""
    return configuration.holdout.paths if configuration.holdout else ()


@lru_cache(maxsize=64)
def entries_of(repository: Repository, tree: str, patterns: tuple[str, ...]) -> tuple[Entry, ...]:
    """The files of a tree that the patterns match. A tree never changes: asked once."""
    if not patterns:
        return ()
    wanted = Patterns(patterns)
    return tuple(entry for entry in list_tree(repository, tree) if wanted.matches(entry.path))


@lru_cache(maxsize=64)
def without(repository: Repository, tree: str, patterns: tuple[str, ...]) -> str:
    """The tree without the files that the patterns match; the tree itself where there are none. Only objects are written."""
    found = entries_of(repository, tree, patterns)
    return write_tree_from(repository, tree, {entry.path: None for entry in found}) if found else tree


def with_entries(repository: Repository, tree: str, entries: Sequence[Entry]) -> str:
    """The tree with these files put in. Only objects are written."""
    return write_tree_from(repository, tree, {entry.path: entry for entry in entries}) if entries else tree
