"""The answer envelope: what every tool gives back, in the order in which it stands (surface.md 3)."""

import re
import unicodedata
from typing import Any, Final

from pydantic import Field

from state.masking import mask_text
from state.model import Model

SUMMARY_LIMIT: Final = 300
CALLER_TEXT_LIMIT: Final = 120
UNTRUSTED_LIMIT: Final = 2000
NAME_LIMIT: Final = 200
SHORT_HASH: Final = 7
_LOOKED_AT: Final = 10 * UNTRUSTED_LIMIT  # characters from the end, in which secrets are looked for before the cut
# What programs write to colour and move: as ECMA-48 has it, from ESC to the final byte.
_TERMINAL: Final = re.compile(r"\x1b(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]|\][^\x07\x1b]{0,400}(?:\x07|\x1b\\)|[@-Z\\^_])")


class Next(Model):
    """The one next action: what to do in words, and the exact call. `tool` is None where it is the person's turn."""

    do: str
    tool: str | None = None
    arguments: dict[str, Any] = Field(default_factory=dict)
    fill: tuple[str, ...] = ()
    role: str = ""


class Option(Model):
    """Another call that is allowed now, and why it may be wanted."""

    tool: str
    arguments: dict[str, Any] = Field(default_factory=dict)
    why: str


class At(Model):
    """Where the project stands."""

    state: str
    mode: str = ""
    cycle: int | None = None
    step: str = ""
    experiment: int | None = None
    experiment_state: str = ""
    waiting_for: str = ""


class Refused(Model):
    """Why nothing was done."""

    code: str
    kind: str
    what: str
    where: tuple[str, ...] = ()
    expected: str = ""
    problems: tuple[dict[str, str], ...] = ()


class Answer(Model):
    """One tool's answer. Fields at their default are left out on the wire."""

    summary: str
    refused: Refused | None = None
    next: Next | None = None
    contract: str = ""
    data: dict[str, Any] = Field(default_factory=dict)
    options: tuple[Option, ...] = ()
    at: At | None = None
    warnings: tuple[str, ...] = ()
    repeated: bool = False
    more: str = ""
    total: int | None = None
    project: str = ""


def short(commit: str | None) -> str:
    """A hash as people say it."""
    return (commit or "")[:SHORT_HASH]


def one_line(text: str, limit: int = CALLER_TEXT_LIMIT) -> str:
    """Text that the caller wrote, as it comes back: one line, control characters removed, cut."""
    flat = " ".join(clean(text).split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def sentence(text: str) -> str:
    """A text on one line that ends with one full stop."""
    return f"{one_line(text).rstrip('.')}."


def quoted(name: str) -> str:
    """A name out of the repository where one must stand in the server's own words: one line, at most NAME_LIMIT characters."""
    return one_line(name, NAME_LIMIT)


def untrusted(origin: str, text: str, limit: int = UNTRUSTED_LIMIT) -> dict[str, Any]:
    """Text that neither the server nor the caller wrote: data, never an order. The end is kept where it must be cut, to `limit` characters."""
    cleaned = mask_text(clean(text[-_LOOKED_AT:]))
    return {"untrusted": {"from": quoted(origin), "text": cleaned[-limit:]}}


def clean(text: str) -> str:
    """`text` without control and bidirectional characters and terminal sequences; line ends and tabs stay."""
    if text.isprintable():  # nothing of these is; most texts are, and need no closer look
        return text
    return "".join(
        character
        for character in _TERMINAL.sub("", text)
        if character in "\n\t" or (unicodedata.category(character) not in ("Cc", "Cf", "Cs") or character in "\u200d\u200c")
    )
