"""The original's backlog: bullets or numbered lines in strategy/backlog.md, and in deferred.md before that."""

import re
from dataclasses import dataclass
from typing import Final

from state.errors import Problem
from state.original.text import plain, whole_text

FILES: Final = ("strategy/backlog.md", "strategy/deferred.md", "deferred.md")
ITEM_LIMIT: Final = 2000  # characters of an item; the whole stays in the original file
_BULLET: Final = re.compile(r"(?P<indent> {0,3})(?:[-*+]|[0-9]{1,4}[.)])[ \t]+(?:\[(?P<box>[ xX])\][ \t]+)?(?P<text>\S.*)")
_SHOWN: Final = 60


@dataclass(frozen=True)
class Items:
    """The open items in their order, each on one line; what was odd, by line; and how many items are done, each of them odd too."""

    texts: tuple[str, ...]
    problems: tuple[Problem, ...]
    done: int = 0


def read_items(content: bytes, file: str) -> Items:
    """The items of a backlog. An indented line goes on with the item above it; a ticked box is an item that is done, and kept in the file only."""
    found: list[str] = []
    problems: list[Problem] = []
    done = 0
    into: list[str] | None = None  # the lines of the item that goes on; None where nothing goes on
    for number, line in enumerate(whole_text(content).split("\n"), 1):
        bullet = _BULLET.fullmatch(line.rstrip())
        if bullet is None and line.strip() and line[:1] in (" ", "\t") and into is not None:
            into.append(line.strip())
            continue
        if into:
            found.append(_item(into, f"{file}:{number - len(into)}", problems))
        into = None
        if bullet is not None and (bullet["box"] or " ") == " ":
            into = [bullet["text"]]
        elif bullet is not None:
            done += 1
            problems.append(Problem(f"{file}:{number}", "an item that is done", "open items; it is kept in the file only"))
        elif line.strip() and not line.startswith("#"):
            problems.append(Problem(f"{file}:{number}", f"{line.strip()[:_SHOWN]!a}", "a line such as `- item`; it is kept in the file only"))
    if into:
        found.append(_item(into, file, problems))
    return Items(tuple(found), tuple(problems), done)


def _item(lines: list[str], where: str, problems: list[Problem]) -> str:
    text, whole = plain(" ".join(lines), ITEM_LIMIT)
    if not whole:
        problems.append(Problem(where, "a long item", f"at most {ITEM_LIMIT} characters; the rest is kept in the file only"))
    return text
