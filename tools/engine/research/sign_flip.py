"""The sign-flip test: how often chance alone would give as much as was seen, if the labels of base and candidate meant nothing.

Each pair was run in an order that a coin decided, so under that assumption every difference might as well have had the other sign. What is counted is
the share of all 2^m patterns of signs whose sum is at least the one seen (Fisher's randomisation test). No shape of the noise is assumed.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from statistics import fmean
from typing import Final

VERSION: Final = 1  # of the numbers this module gives: stored with every decision, raised whenever one of them may change
EXACT: Final = 40  # differences up to which all patterns are counted
_BY_HALVES: Final = 20  # up to which that is quicker by halves
STEPS: Final = 2**14  # the largest difference in whole steps
_NEAR_THE_MIDDLE: Final = 1e-3  # standard deviations: there the saddlepoint formula divides nothing by nothing


def p_value(scores: Sequence[float]) -> float:
    """The one-sided p of differences for which up is better, or of their `ranks`; zeros are no evidence, and none at all gives 1.

    Sizes are rounded to steps of the largest, and what that may cost is added on the safe side: p is up to 1% too large, never too small.
    Differences that are equal in size are counted as heads and tails (McNemar's exact test). Above EXACT unequal ones, the saddlepoint formula
    gives the tail.
    """
    uneven = [score for score in scores if score]
    if not uneven:
        return 1.0
    largest = max(map(abs, uneven))
    sizes = [max(1, round(abs(score) / largest * STEPS)) for score in uneven]
    if all(score > 0 for score in uneven):
        return 0.5 ** len(sizes)
    if min(sizes) == max(sizes):
        return _heads(sum(score > 0 for score in uneven), len(sizes))
    seen = sum(size if score > 0 else -size for size, score in zip(sizes, uneven, strict=True))
    return _counted(sizes, seen) if len(sizes) <= EXACT else _saddlepoint(sizes, seen)


def ranks(differences: Sequence[float]) -> list[float]:
    """Each difference by the rank of its size among those not zero, with its sign (Wilcoxon); equal sizes share the middle of their ranks."""
    order = sorted(abs(difference) for difference in differences if difference)
    middle = {size: (bisect_left(order, size) + 1 + bisect_right(order, size)) / 2 for size in set(order)}
    return [math.copysign(middle[abs(difference)], difference) if difference else 0.0 for difference in differences]


def _heads(heads: int, tosses: int) -> float:
    """How often that many heads or more fall."""
    ways = patterns = math.comb(tosses, heads)
    for number in range(heads, tosses):
        ways = ways * (tosses - number) // (number + 1)
        patterns += ways
    return patterns / (1 << tosses)


def _counted(sizes: Sequence[int], seen: int) -> float:
    """The share of all patterns that reach the sum seen; rounding moved that by one step a size at the most."""
    count = len(sizes)
    least = max(0, -((count - seen - sum(sizes)) // 2))  # of the positive ones' sum
    return (_by_halves(sizes, least) if count <= _BY_HALVES else _by_digits(sizes, least)) / (1 << count)


def _by_halves(sizes: Sequence[int], least: int) -> int:
    """How many subsets have at least that sum: each of one half with those of the other that complete it."""
    half = len(sizes) // 2
    others = sorted(_sums(sizes[half:]))
    return sum(len(others) - bisect_left(others, least - each) for each in _sums(sizes[:half]))


def _sums(sizes: Sequence[int]) -> list[int]:
    """Those of all subsets."""
    sums = [0]
    for size in sizes:
        sums += [each + size for each in sums]
    return sums


def _by_digits(sizes: Sequence[int], least: int) -> int:
    """The same in one whole number, whose digit at place x, of `width` bits, says how many subsets have the sum x. A remainder adds digits up."""
    width = len(sizes) + 1
    subsets = 1
    for size in sizes:
        subsets += subsets << size * width
    return (subsets >> least * width) % ((1 << width) - 1)


def _saddlepoint(sizes: Sequence[int], seen: int) -> float:
    """The tail by Lugannani and Rice, for a sum of independent +x and -x, whose cumulants are those of log cosh."""
    count, scale = len(sizes), max(sizes)
    parts = [size / scale for size in sizes]
    # Sums lie two of their greatest common divisor apart: half of that is the correction for continuity, where it is more than that for rounding.
    threshold = (seen - max(math.gcd(*sizes), count)) / scale
    spread = math.sqrt(math.fsum(part * part for part in parts))
    if abs(threshold) < _NEAR_THE_MIDDLE * spread:
        return _beyond(threshold / spread)
    if threshold <= -math.fsum(parts):
        return 1.0
    tilt = _tilt(parts, abs(threshold))
    exponent = math.fsum(_log_cosh(tilt * part) for part in parts)
    root = math.sqrt(2 * (tilt * abs(threshold) - exponent))
    curvature = math.sqrt(math.fsum((part / math.cosh(tilt * part)) ** 2 for part in parts))
    tail = _beyond(root) + math.exp(-root * root / 2) / math.sqrt(2 * math.pi) * (1 / (tilt * curvature) - 1 / root)
    return min(1.0, max(0.5**count, tail if threshold > 0 else 1 - tail))


def _tilt(parts: Sequence[float], threshold: float) -> float:
    """The t above zero at which the mean of the tilted sum is the threshold: it grows with t, so halving an interval finds it."""
    low, high = 0.0, 1.0
    while math.fsum(part * math.tanh(high * part) for part in parts) < threshold:
        low, high = high, 2 * high
    while high - low > 1e-9 * high:
        middle = fmean((low, high))
        if math.fsum(part * math.tanh(middle * part) for part in parts) < threshold:
            low = middle
        else:
            high = middle
    return high


def _log_cosh(value: float) -> float:
    return value + math.log1p(math.exp(-2 * value)) - math.log(2)


def _beyond(deviations: float) -> float:
    """The share of a normal distribution that lies above so many standard deviations."""
    return math.erfc(deviations / math.sqrt(2)) / 2
