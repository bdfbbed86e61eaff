"""At how many pairs an attempt is looked at, and when going on is hopeless."""

from collections.abc import Sequence
from typing import Final

FIRST: Final = 3  # pairs before any look
_DOUBLED_BELOW: Final = 12  # pairs up to which the next look comes after twice as many
_LEFT: Final = 1.25  # a look closer to the cap than that is left out: it would use error for almost the same data
Lines = tuple[tuple[int, float], ...]
# Uneven pairs from which a line holds: p above it, and going on is hopeless. Lines only ever end an attempt without a keep: change them freely.
FUTILITY: Final[Lines] = ((20, 1 / 64), (12, 1 / 16), (6, 1 / 4), (2, 3 / 8))


def looks_for(first: int, cap: int) -> tuple[int, ...]:
    """The numbers of pairs after which an attempt is looked at, the cap last: 3 and 30 give 3, 6, 12, 20 and 30."""
    following = max(FIRST, first)
    looks: list[int] = []
    while following * (_LEFT if looks else 1) < cap:
        looks.append(following)
        following = 2 * following if following < _DOUBLED_BELOW else -(-5 * following // 3)
    return (*looks, cap)


def fewest_that_keep(looks: Sequence[int], alpha: float) -> int | None:
    """The pairs at which the first look is that can keep anything, where no pair is even; None where even the cap is too few."""
    carried = 0.0
    for pairs in looks:
        limit, carried = limit_of(carried + share_of(looks, pairs, alpha), pairs)
        if limit:
            return pairs
    return None


def share_of(looks: Sequence[int], pairs: int, alpha: float) -> float:
    """What a look may use of its attempt's share: as much as its pairs have of those of all looks."""
    return alpha * pairs / sum(looks)


def limit_of(available: float, units: int) -> tuple[float, float]:
    """The limit of a look, and what is carried on to the next one; `available` is what was carried here and the look's own share.

    With `units` differences that are not zero the smallest p is 2^-units: less than that cannot be reached, and is not spent. Sizes alone say which,
    and no sign does, so that given the sizes the limits are constants that add up to the attempt's share at the most.
    """
    return (available, 0.0) if available >= 0.5**units else (0.0, available)


def futility_line(uneven: int, lines: Lines = FUTILITY) -> float | None:
    """The p above which going on is hopeless after so many pairs that are not even; None where there are too few to say."""
    return next((line for least, line in lines if uneven >= least), None)
