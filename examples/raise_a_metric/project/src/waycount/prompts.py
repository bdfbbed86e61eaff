"""What each voice is told."""

import re
from dataclasses import dataclass
from pathlib import Path

WORDS = re.compile(r"^Words: (\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Prompt:
    """The text for a voice, and how many words it may spend on thinking."""

    text: str
    words: int


def read_prompt(file: Path) -> Prompt:
    """A prompt with its line `Words: NUMBER`. Raises OSError, and ValueError where that line is missing."""
    text = file.read_text(encoding="utf-8")
    found = WORDS.search(text)
    if found is None:
        raise ValueError(f"{file.name} has no line `Words: NUMBER`")
    return Prompt(text, int(found[1]))
