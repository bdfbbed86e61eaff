"""The team: scout and counter count, the editor has the last word."""

from dataclasses import dataclass

from voice.model import count, settle

from waycount.courtyards import Courtyard
from waycount.evidence import evidence
from waycount.prompts import Prompt


@dataclass(frozen=True)
class Team:
    """The prompts of the three voices."""

    scout: Prompt
    counter: Prompt
    editor: Prompt


@dataclass(frozen=True)
class Answer:
    """What the team says of a courtyard: `claims` of scout and counter, the editor's `final` word, and the words spent."""

    claims: tuple[int, ...]
    final: int | None
    words: int


def answer(team: Team, courtyard: Courtyard, seed: int) -> Answer:
    """Ask the team; without any claim there is nothing to edit, and no final word."""
    replies = [count(prompt.text, prompt.words, courtyard, seed) for prompt in (team.scout, team.counter)]
    claims = tuple(reply.answer for reply in replies if reply.answer is not None)
    spent = sum(reply.words for reply in replies)
    if not claims:
        return Answer((), None, spent)
    last = settle(team.editor.text, "\n".join(evidence(courtyard, claims)), courtyard, claims, seed)
    return Answer(claims, last.answer, spent + last.words)
