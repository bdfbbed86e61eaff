"""Who runs first, and with which seed: fixed by the record alone, so that nobody chooses it and anybody can check it."""

import hashlib
from collections.abc import Iterable
from typing import Final

_SEED_BITS: Final = 31


def candidate_first(campaign: int | str, attempt: int | str, pair: int) -> bool:
    """Whether the candidate of a pair runs before its base. A stream of its own (confirming, calibrating) has a word for its attempt."""
    return bool(_digest(campaign, attempt, pair)[0] & 1)


def seed_of(campaign: int | str, attempt: int | str, pair: int) -> int:
    """The seed of both runs of a pair, of 31 bits."""
    return int.from_bytes(_digest(campaign, attempt, pair, "seed")[:4], "big") >> (32 - _SEED_BITS)


def in_order(campaign: int | str, block: int | str, sides: Iterable[str]) -> list[str]:
    """The sides of a block, of which one is the base that several candidates share, in random order."""
    return sorted(sides, key=lambda side: _digest(campaign, block, side, "order"))


def _digest(*parts: int | str) -> bytes:
    return hashlib.sha256("/".join(map(str, parts)).encode()).digest()
