"""What a request points at: a repository's address, an issue, a file with a spec, a folder."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

SPEC_ENDINGS: Final = frozenset({".md", ".markdown", ".txt", ".rst", ".adoc", ".org"})
MOST_ISSUES: Final = 10  # that one request may name
_END: Final = ".,;:!?)]}>\"'"  # what stands behind an address in a sentence, and is no part of it

_ADDRESS: Final = re.compile(
    r"(?:https?|ssh|git|file)://[^\s<>\"']+|\bgit@[\w.-]+:[\w./~-]+"
    r"|(?<![\w./@-])(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org)/[\w.~-]+/[\w.~-]+"
)
_ISSUE_ADDRESS: Final = re.compile(r"^https?://[^/\s]+/\S+?/(?:-/)?issues/(?P<number>\d{1,9})(?:[/?#].*)?$")
# A page of a repository's host that is a repository itself: an owner and a name, or whatever ends in .git.
_REPOSITORY_ADDRESS: Final = re.compile(
    r"^(?:(?:https?://)?(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|git\.[\w.-]+)/[\w.~-]+/[\w.~-]+/?"
    r"|(?:https?|ssh|git|file)://\S+\.git/?|(?:ssh|git|file)://\S+|git@[\w.-]+:\S+)$"
)
_SHORTHAND: Final = re.compile(r"(?<![\w/.-])(?P<issue>[A-Za-z0-9][\w.-]*/[\w.-]+#\d{1,9})\b")
_NUMBERED: Final = re.compile(
    r"(?i)\b(?:issues?|tickets?|bug (?:report )?#?(?=\d)|gh-|#)\s*(?:nr\.?|no\.?|number|n°)?\s*#?(?P<first>\d{1,9})\b"
    r"(?P<more>(?:\s*(?:,|and|und|et|y|&|\+)\s*(?:issue\s*)?#?\d{1,9}\b)*)"
)
_HASH: Final = re.compile(r"(?<![\w/&])#(?P<number>\d{1,9})\b")
_BARE: Final = re.compile(r"^\s*#?(?P<number>\d{1,9})\s*[?.!]*\s*$")
_ITEM: Final = re.compile(r"(?<![\w#/.-])(?P<item>B[1-9]\d{0,8})\b(?!\.\w)")
_PATH: Final = re.compile(
    r"(?:(?<=\s)|^)[\"'`]?(?P<path>(?:~|\.{1,2})?/[^\s\"'`]+|[\w][\w./-]*\.(?:md|markdown|txt|rst|adoc|org))[\"'`]?(?=$|[\s,;:.!?])"
)
_LONGEST_NAME: Final = 255  # bytes of one part of a path that a system takes


@dataclass(frozen=True)
class Pointed:
    """What a request points at. `alone`: it says nothing else."""

    kind: Literal["repository", "issue", "item", "file", "folder"]
    targets: tuple[str, ...]
    alone: bool


@dataclass(frozen=True)
class Place:
    """What lies on the disk of the person, for a path in their words: `folder` is where a relative one begins."""

    folder: Path
    is_file: Callable[[Path], bool] = Path.is_file
    is_folder: Callable[[Path], bool] = Path.is_dir


def repository_address(text: str) -> str:
    """The first address of a repository in `text`; empty where there is none. A page of a repository, such as a file, is none."""
    found = next((address for address in _addresses(text) if _REPOSITORY_ADDRESS.match(address)), "")
    return found if not found or "://" in found or found.startswith("git@") else f"https://{found}"


def is_repository_address(text: str) -> bool:
    """Whether `text` is the address of a repository and nothing else."""
    return bool(_REPOSITORY_ADDRESS.match(text.strip()))


def issues_in(text: str) -> tuple[str, ...]:
    """The issues that `text` names, as it names them: 42, owner/repo#42 or an address; each once."""
    addresses = [address for address in _addresses(text) if _ISSUE_ADDRESS.match(address)]
    rest = _ADDRESS.sub(" ", text)
    shorthands = [found["issue"] for found in _SHORTHAND.finditer(rest)]
    rest = _SHORTHAND.sub(" ", rest)
    bare = _BARE.match(rest)
    numbers = [bare["number"]] if bare else []
    for found in _NUMBERED.finditer(rest):
        numbers += [found["first"], *re.findall(r"\d+", found["more"])]
    numbers += [found["number"] for found in _HASH.finditer(rest)]
    return tuple(dict.fromkeys([*addresses, *shorthands, *numbers]))[:MOST_ISSUES]


def pointed_at(text: str, place: Place) -> Pointed | None:
    """What `text` points at, the most exact first: an issue's address, a repository's, an item of the backlog, a file with a spec, a folder."""
    issues = issues_in(text)
    if any(issue.startswith("http") for issue in issues) or _BARE.match(text):
        return Pointed("issue", issues, alone=not _words_beside(text, _ADDRESS))
    if address := repository_address(text):
        return Pointed("repository", (address,), alone=not _words_beside(text, _ADDRESS))
    if issues:
        return Pointed("issue", issues, alone=False)
    if items := tuple(dict.fromkeys(found["item"] for found in _ITEM.finditer(text))):
        return Pointed("item", items[:MOST_ISSUES], alone=not _words_beside(text, _ITEM))
    return _on_the_disk(text, place)


def _on_the_disk(text: str, place: Place) -> Pointed | None:
    alone = _path_of(text.strip().strip("\"'`"), place)  # a path may hold blanks where it stands alone
    for path, said_alone in ((alone, True), *((_path_of(found["path"].rstrip(_END), place), False) for found in _PATH.finditer(text))):
        if path is None:
            continue
        only = said_alone or not _words_beside(text, _PATH)
        if place.is_file(path) and path.suffix.lower() in SPEC_ENDINGS:
            return Pointed("file", (str(path),), only)
        if only and place.is_folder(path):
            return Pointed("folder", (str(path),), only)
    return None


def _path_of(text: str, place: Place) -> Path | None:
    """The absolute path that `text` may be; None where it can be none."""
    if not text.strip() or not text.isprintable() or any(len(part.encode()) > _LONGEST_NAME for part in text.split("/")):
        return None
    try:
        return place.folder / Path(text).expanduser()
    except RuntimeError:  # ~ of a user whom nobody knows
        return None


def _addresses(text: str) -> list[str]:
    return [found.group().rstrip(_END) for found in _ADDRESS.finditer(text)]


def _words_beside(text: str, pattern: re.Pattern[str]) -> str:
    return re.sub(r"[\s\"'`.,;:!?]+", "", pattern.sub(" ", text))
