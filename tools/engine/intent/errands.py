"""What a person says of the work itself: keep this for later, what waits, work through it, stop, take the last one back."""

import re
from dataclasses import dataclass
from typing import Final, Literal

Action = Literal["add", "remove", "list", "work", "stop", "undo"]

_LIST: Final = r"(?:the |our |my |your |its )?(?:back ?log|to-?do list|merkliste)"
_KEEP: Final = r"(?:add|put|note|write|save|keep|record|file|remember|stick|move|park)"
_SHOW: Final = r"(?:what(?:'s| is| are| was| else is)?|which|show|list|see|display|read|open|tell|give|is there anything|anything)"
_WORK: Final = r"(?:work|do|clear|process|tackle|go|pick|take|start|continue|handle|clean|empty|build|implement)"
_RUNNING: Final = r"(?:it|this|that|here|everything|all|now|please|working|the (?:cycle|work|run|job|experiment|evaluation|build))"
_TAKE_BACK: Final = r"(?:undo|revert|roll ?back|take back|back out)"
_LAST: Final = r"(?:last|latest|previous|newest|most recent)"
_LANDED: Final = r"(?:change|experiment|landing|keep|merge|commit|one|thing)"
_FOUND: Final[tuple[tuple[Action, str], ...]] = (
    ("add", rf"^{_KEEP}\b[: ]*(?P<text>.*?)[: ]*\b(?:to|on|onto|in|into|for) {_LIST}\b[: ]*(?P<rest>.*)$"),
    ("add", rf"^(?:add|create|make|file|note|new)(?: an?| another| this)?(?: new)? {_LIST} (?:item|entry|idea|note)\b[: ]*(?P<text>.*)$"),
    ("add", r"^(?:remember|note|keep|save|park) (?:this |that |it )?for later\b[: ]*(?P<text>.+)$"),
    ("add", rf"^{_LIST}: (?P<text>.+)$"),
    ("add", r"^(?:setz|schreib|pack|nimm)e? (?P<text>.+?) (?:auf|in) (?:das |die |den )?(?:backlog|merkliste)$"),
    ("remove", rf"^(?:remove|delete|drop|take|strike|close|cancel|forget|cross)\b.*\b(?:from|off|on) (?:of )?{_LIST}$"),
    ("remove", rf"^(?:remove|delete|drop|close|cancel) {_LIST} item\b.*$"),
    ("list", rf"^{_SHOW}\b.*\b{_LIST}\b.*$"),
    ("list", rf"^{_LIST}$"),
    ("work", rf"^{_WORK}\b.*\b{_LIST}\b.*$"),
    ("undo", rf"^{_TAKE_BACK}\b.*?\b(?:the )?{_LAST} {_LANDED}(?: (?:that )?(?:was |you |we )?(?:kept|landed|merged))?$"),
    ("undo", rf"^{_TAKE_BACK} (?:the )?experiment (?P<number>\d{{1,9}})$"),
    ("stop", rf"^(?:stop|halt|abort|quit|enough|cancel)(?: {_RUNNING})*$"),
)  # fmt: skip
_MEANT: Final = frozenset({"it", "this", "that", "them", "these", "those"})  # what was spoken of before
_ITEM: Final = re.compile(r"\bB[1-9]\d{0,8}\b", re.IGNORECASE)


@dataclass(frozen=True)
class Errand:
    """What is to be done: `text` is what is to be kept on the backlog, `items` those of it that were named, `number` the experiment."""

    action: Action
    text: str = ""
    items: tuple[str, ...] = ()
    number: int | None = None


def errand_of(words: str, plain: str) -> Errand | None:
    """The errand in a person's words, which are `plain` as the rules are held against them; None where they are about something else."""
    for action, pattern in _FOUND:
        found = re.match(pattern, plain.rstrip("?! "))
        if found is None:
            continue
        parts = found.groupdict()
        kept = max((parts.get("text") or "", parts.get("rest") or ""), key=len).strip(" :,.\"'")
        if action == "add" and not kept:
            continue
        if number := parts.get("number"):
            return Errand(action, number=int(number))
        return Errand(action, "" if kept in _MEANT else _as_written(words, kept), tuple(item.upper() for item in _ITEM.findall(words)))
    return None


def _as_written(words: str, plain: str) -> str:
    """A part of the words as the person wrote it: the rules read them in lower case."""
    flat = " ".join(words.split())
    place = flat.lower().find(plain)
    return flat[place : place + len(plain)] if place >= 0 else plain
