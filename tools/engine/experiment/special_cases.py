"""Values of a candidate's own tests for which its product newly does something of its own: a case made for a test mends nothing else."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from state.answers import one_line, quoted
from state.cycles import Hypothesis
from tools.engine.evaluation.base_word import BaseOwned, seen_by
from tools.engine.languages.written import NOTHING_WRITTEN, Branch, Value, Written
from tools.engine.repository.blobs import small_blobs
from tools.engine.repository.changes import ChangedLines
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import list_tree

LARGEST_FILE: Final = 1 << 20  # bytes
SHOWN: Final = 60  # characters of a value
SHORTEST: Final = 3  # characters of a text that tells one input from others
SMALL: Final = range(-2, 11)
ROUND: Final = frozenset(
    {12, 16, 20, 24, 30, 32, 50, 60, 64, 90, 100, 127, 128, 180, 255, 256, 360, 365, 500, 512, 1000, 1024, 3600, 4096, 65535, 65536}
)  # fmt: skip
# One word, as formats, units, options, methods and files are called: a product may have to know it whatever its tests hand in.
NAME: Final = re.compile(r"""['"][^\W]?[!-~\w]*['"]""")


@dataclass(frozen=True)
class Changed:
    """A file of the candidate: what is written in it, and the numbers of the lines that are new."""

    written: Written
    added: Collection[int]


@dataclass(frozen=True)
class Suspect:
    """A value for which the product does something of its own, at `product`, and which a test has at `test`; both as path:line."""

    value: str
    product: str
    test: str

    @property
    def line(self) -> str:
        """What is said of it."""
        value = one_line(self.value, SHOWN)
        return f"{quoted(self.product)} does something of its own for {value}, which stands in the candidate's test at {quoted(self.test)}"


def special_cases(
    repository: Repository, trees: tuple[str, str], owned: BaseOwned, written: Mapping[str, ChangedLines], idea: Hypothesis | None
) -> tuple[str, ...]:
    """A line for each value of new or changed tests for which the product newly does something of its own.

    `trees` are the base's and the candidate's, `written` the lines that differ. A value that stands in the base's product is no suspect, nor is
    a name of the hypothesis that is no fix.
    """
    contents = _contents(repository, trees[1], written)
    files = {path: Changed(_written(owned, path, content), written[path].added) for path, content in contents.items()}
    tests = {path: changed for path, changed in files.items() if owned.matches(path)}
    found = suspects(tests, {path: changed for path, changed in files.items() if path not in tests})
    if idea is not None and idea.category != "fix":
        found = tuple(each for each in found if not _is_said(each.value, f"{idea.title} {idea.what}"))
    if not found:
        return ()
    before = [entry.path for entry in list_tree(repository, trees[0]) if entry.mode.startswith("100") and not owned.matches(entry.path)]
    base = [_written(owned, path, content) for path, content in _contents(repository, trees[0], before).items() if _may_hold(content, found)]
    return tuple(each.line for each in unknown_to(found, base))


def suspects(tests: Mapping[str, Changed], product: Mapping[str, Changed]) -> tuple[Suspect, ...]:
    """What the product newly does for a value alone that stands in new or changed tests, once for each file and value.

    A name, and the key of a table, count only where an answer to it stands in the same test; a value of the product's own types never does.
    """
    groups = [(path, group) for path, changed in tests.items() for group in changed.written.groups if _is_new(group, changed.added)]
    words = frozenset(word for changed in product.values() for word in changed.written.words)
    found: dict[tuple[str, str], Suspect] = {}
    for path, branch in _new_branches(product):
        for where, group in groups if branch.value.text not in words else ():
            if value := _given(branch, group):
                found.setdefault((path, value.text), Suspect(value.text, f"{path}:{branch.value.line}", f"{where}:{value.line}"))
    return tuple(found.values())


def unknown_to(found: Iterable[Suspect], base: Iterable[Written]) -> tuple[Suspect, ...]:
    """Those whose value does not stand in the product of the base."""
    known = {value.text for written in base for group in written.groups for value in group}
    return tuple(each for each in found if each.value not in known)


def _new_branches(product: Mapping[str, Changed]) -> Iterator[tuple[str, Branch]]:
    for path, changed in product.items():
        yield from ((path, branch) for branch in changed.written.branches if branch.value.line in changed.added and _tells(branch.value.text))


def _is_new(group: Sequence[Value], added: Collection[int]) -> bool:
    return any(value.line in added for value in group)


def _given(branch: Branch, group: Sequence[Value]) -> Value | None:
    """The value of a branch as it stands among those of a test; None where it does not, or is a name to which the test has no answer."""
    found = next((value for value in group if value.text == branch.value.text), None)
    if found is None or (not branch.listed and found.text[0] in "'\"" and not NAME.fullmatch(found.text)):
        return found
    texts = {value.text for value in group}
    return found if any(answer in texts for answer in branch.answers if answer != found.text) else None


def _tells(text: str) -> bool:
    """Whether a value tells one input from others: a text of some length, a number that is neither small nor round, several values together."""
    if text[0] in "'\"(":
        return len(text) - 2 >= SHORTEST
    if text.startswith("b"):
        return len(text) - 3 >= SHORTEST
    try:
        return float(text) not in SMALL and float(text) not in ROUND
    except ValueError:  # True, None, and numbers of another kind
        return False


def _is_said(value: str, words: str) -> bool:
    """Whether a value is a name that stands in the words."""
    return NAME.fullmatch(value) is not None and re.search(rf"(?<!\w){re.escape(value[1:-1])}(?!\w)", words) is not None


def _contents(repository: Repository, tree: str, paths: Collection[str]) -> dict[str, bytes]:
    """The plain files among these paths."""
    wanted = set(paths)
    entries = [(entry.path, entry.object_id) for entry in list_tree(repository, tree) if entry.path in wanted and entry.mode.startswith("100")]
    return small_blobs(repository, entries, LARGEST_FILE)


def _written(owned: BaseOwned, path: str, content: bytes) -> Written:
    """What the first language that knows the file says of it."""
    found = (seen.language.written(seen.path, content) for seen in seen_by(owned.roots, path))
    return next((each for each in found if each != NOTHING_WRITTEN), NOTHING_WRITTEN)


def _may_hold(content: bytes, found: Iterable[Suspect]) -> bool:
    """Whether one of the values may stand in a file: what has none of them need not be read closer."""
    return any("\\" in each.value or each.value[0] == "(" or each.value.strip("b'\"").encode() in content for each in found)
