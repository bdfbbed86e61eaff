"""A voice: thinks aloud until its words are spent, and cannot leave a right answer alone unless it sees sums that add up to it.

It stands for a model that a project rents and cannot change. Like one, it answers differently every time, and differently to every wording; the same
seed with the same words gives the same answer, so that a run can be repeated.
"""

import hashlib
import re
from dataclasses import dataclass
from random import Random

from waycount.courtyards import Courtyard

PRICE = 0.000_002  # dollars a word
DOUBT = 0.5  # how often a voice with the last word takes mirror images for the same way
BELIEF = 0.45  # what one sum that adds up leaves of that doubt
SLIP = 0.015  # how often a voice misreads a courtyard
ALARM = re.compile(r"\b(never|must not|do not|beware|warning|careful|mistakes?)\b", re.IGNORECASE)
SUM = re.compile(r"(\d+(?: \+ \d+)+) = (\d+)")


@dataclass(frozen=True)
class Reply:
    """What a voice says: its answer, None where it had no words left for one, and the words that it spent."""

    answer: int | None
    words: int


def count(prompt: str, words: int, courtyard: Courtyard, seed: int) -> Reply:
    """Ask a voice to count the ways through a courtyard."""
    dice = _dice(prompt, "", courtyard, seed)
    thinking = dice.randint(60, 140)
    if thinking > words:
        return Reply(None, words)
    return Reply(courtyard.ways() + (dice.random() < SLIP), thinking)


def settle(prompt: str, shown: str, courtyard: Courtyard, claims: tuple[int, ...], seed: int) -> Reply:
    """Ask a voice to settle on one answer, given what others claim, at least one, and what it is shown. It always says something."""
    dice = _dice(prompt, shown, courtyard, seed)
    claimed = max(claims, key=claims.count)
    doubt = min(0.75, DOUBT + 0.04 * len(ALARM.findall(prompt + shown)))
    for _ in range(_sums(shown, claimed)):
        doubt *= BELIEF
    corrected = dice.random() < doubt
    return Reply((claimed + 1) // 2 if corrected else claimed, 20 + len(shown.split()))


def _sums(shown: str, claimed: int) -> int:
    """How many sums in what is shown add up, and lead to the claimed number."""
    pairs = [(sum(int(part) for part in parts.split(" + ")), int(total)) for parts, total in SUM.findall(shown)]
    return sum(added == total for added, total in pairs) if any(total == claimed for _, total in pairs) else 0


def _dice(prompt: str, shown: str, courtyard: Courtyard, seed: int) -> Random:
    """Chance that depends on every word: nobody can tell beforehand what another wording draws."""
    return Random(hashlib.sha256(f"{seed}\n{courtyard.name}\n{prompt}\n{shown}".encode()).digest())
