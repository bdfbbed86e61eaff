"""Whether a test that was promised stands in a candidate at all: of what cannot be run by its id, that much can be said."""

from collections.abc import Iterable, Sequence
from typing import Final

from state.measurement import Root
from tools.engine.evaluation.base_word import seen_by
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import read_blob

BELOW: Final = ("::", " > ", " #", "/")  # what may follow the name of a class, suite or test


def stands(repository: Repository, tree: str, roots: Sequence[Root], test: str) -> bool:
    """Whether the file of a test id is there and has such a test, as far as its language tells the names of tests."""
    path, _, name = test.partition("::")
    content = read_blob(repository, tree, path)
    if content is None or not name:
        return content is not None
    plain = name.split("[", 1)[0]
    seen = [each for each in seen_by(roots, path) if each.language.code_of(each.path, content)]
    return not seen or any(_has(each.language.bodies_of_tests(each.path, content), plain) for each in seen)


def _has(names: Iterable[str], name: str) -> bool:
    return any(each == name or each.startswith(tuple(f"{name}{below}" for below in BELOW)) or name.startswith(f"{each}/") for each in names)
