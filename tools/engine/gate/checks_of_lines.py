"""Checks of the lines that a change adds: secrets, answers that it may not know, and whether it was tried before."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from state.answers import one_line, quoted
from tools.engine.gate.evidence import cut, passes_unless
from tools.engine.gate.facts import Check, Facts, Leak, Result

# What each likeness counts, and how much of it is a note, a suspicion, or too much. Measured: see `leakage`.
OF_A_VALUE: Final = 1
OF_A_ROW: Final = 2
OF_AN_ANSWER: Final = 3
SUSPECT_FROM: Final = 2
HIGH_FROM: Final = 8
Level = Literal["low", "medium", "high"]
_RESULTS: Final[Mapping[Level, Result]] = MappingProxyType({"low": "pass", "medium": "suspect", "high": "fail"})
LESSON_SHOWN: Final = 160


def secrets(facts: Facts) -> Check:
    """No added line holds a secret that the base does not have: a private key, a provider's token, a password, a random value by a telling name.

    Facts: the added lines; what is found is never shown. Names of files, and files that are no text, are not looked at.
    Results: pass, fail.
    """
    lines = [f"{quoted(each.path)}:{each.line} holds {each.kind}" for each in facts.seen.secrets]
    return passes_unless("secrets", lines) if lines else Check("secrets", "pass", _unread(facts))


def leakage(facts: Facts) -> Check:
    """The change knows no answers: nothing of fixed surfaces, of cases and of what is held out stands in its added lines.

    Facts: rare values, answers beside their questions and rows of eight words that the base has nowhere else. A single value is a note.
    Results: pass, fail, suspect.
    """
    level = _level(facts.seen.leaks)
    if level is None:
        return Check("leakage", "pass", _unread(facts))
    lines = [f"{level}: {_leak(each)}" for each in facts.seen.leaks]
    return Check("leakage", _RESULTS[level], cut(lines))


def not_a_repeat(facts: Facts) -> Check:
    """The change does not do line by line what an experiment did that was given up. Where the person asked for it, they decide.

    Facts: removed and added lines of both, without line numbers, blanks and comments; of the 50 experiments that were given up last.
    Results: pass, fail, suspect.
    """
    lines = [
        f"experiment {each.experiment}, {each.state}, did the same" + (f"; its lesson: {one_line(each.lesson, LESSON_SHOWN)}" if each.lesson else "")
        for each in facts.seen.repeats
    ]
    if lines and facts.hypothesis.ordered:
        return Check("not_a_repeat", "suspect", cut(lines))
    return passes_unless("not_a_repeat", lines)


def _unread(facts: Facts) -> tuple[str, ...]:
    return cut([f"not looked at, as it holds no text: {quoted(path)}" for path in facts.seen.unread])


def _level(leaks: tuple[Leak, ...]) -> Level | None:
    """How much of what it may not know a change knows; None for nothing."""
    weight = sum(OF_A_VALUE * each.values + OF_A_ROW * each.rows + OF_AN_ANSWER * each.answers for each in leaks)
    if weight >= HIGH_FROM:
        return "high"
    return "medium" if weight >= SUSPECT_FROM else "low" if weight else None


def _leak(leak: Leak) -> str:
    kinds = ((leak.values, "rare value"), (leak.answers, "answer"), (leak.rows, "line"))
    said = ", ".join(f"{count} {kind}{'s' * (count > 1)}" for count, kind in kinds if count)
    return f"{said} of {quoted(leak.source)} at {', '.join(map(quoted, leak.places))}"
