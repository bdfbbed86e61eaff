"""Instances that failed in the runs of one tree: how often, where and why as the runs tell it themselves; and the categories that they come to."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from state.answers import one_line, quoted

MOST: Final = 50  # that one analysis explains: those that failed most often
CATEGORIES_SHOWN: Final = 8


@dataclass(frozen=True)
class Seen:
    """What one run says of one instance; `stage` and `cause` are empty where it says no more than whether it passed."""

    run: int
    instance: str
    passed: bool
    stage: str = ""
    cause: str = ""


@dataclass(frozen=True)
class Failing:
    """An instance that failed in some of the runs that tell of it. `stages` and `causes` are theirs, the most frequent first; `last` failed last."""

    instance: str
    failed: int
    runs: int
    stages: tuple[str, ...]
    causes: tuple[str, ...]
    last: int


def failing(seen: Iterable[Seen]) -> tuple[Failing, ...]:
    """The instances that failed at least once, what fails most often first; at most MOST of them."""
    by_name: dict[str, list[Seen]] = {}
    for each in seen:
        by_name.setdefault(quoted(each.instance), []).append(each)
    found = [_failing(name, of_it) for name, of_it in by_name.items() if not all(each.passed for each in of_it)]
    return tuple(sorted(found, key=lambda one: (-one.failed / one.runs, -one.failed, one.instance))[:MOST])


def _failing(name: str, seen: Sequence[Seen]) -> Failing:
    failed = [each for each in seen if not each.passed]
    stages, causes = (_by_frequency(getattr(each, what) for each in failed) for what in ("stage", "cause"))
    return Failing(name, len(failed), len(seen), stages, causes, max(each.run for each in failed))


def _by_frequency(words: Iterable[str]) -> tuple[str, ...]:
    counts = Counter(quoted(word) for word in words if word.strip())
    return tuple(sorted(counts, key=lambda word: (-counts[word], word)))


def distribution(analysis: Mapping[str, Any]) -> dict[str, int]:
    """How many instances an analysis, as a failure analyst handed it in, puts into each category; the largest first."""
    counts = Counter(str(each["category"]) for each in analysis.get("failures", ()))
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def said(counts: Mapping[str, int]) -> str:
    """A distribution in words, the rest of many categories counted."""
    shown = [f"{one_line(name, 40)} {count}" for name, count in list(counts.items())[:CATEGORIES_SHOWN]]
    more = len(counts) - len(shown)
    return ", ".join([*shown, *([f"{more} more"] if more else [])])


def difference(before: Mapping[str, int], now: Mapping[str, int]) -> str:
    """What became of each category since the analysis before: `SLOW 5 -> 2, EMPTY gone (was 3), new: TIMEOUT 1, PARSING 2 as before`."""
    names = sorted({*before, *now}, key=lambda name: (-max(before.get(name, 0), now.get(name, 0)), name))
    parts = [_change(one_line(name, 40), before.get(name, 0), now.get(name, 0)) for name in names]
    more = len(parts) - CATEGORIES_SHOWN
    return ", ".join([*parts[:CATEGORIES_SHOWN], *([f"{more} more"] if more > 0 else [])])


def _change(name: str, before: int, now: int) -> str:
    if not before:
        return f"new: {name} {now}"
    if not now:
        return f"{name} gone (was {before})"
    return f"{name} {now} as before" if before == now else f"{name} {before} -> {now}"
