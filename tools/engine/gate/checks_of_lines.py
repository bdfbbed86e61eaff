"""Checks of the lines that a change adds: secrets, answers that it may not know, and whether it was tried before."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from state.answers import one_line, quoted
from state.leaks import Level
from tools.engine.gate.evidence import cut, passes_unless
from tools.engine.gate.facts import Check, Facts, Leak, Result
from tools.engine.gate.leaks import level_of, said, weight_of

_RESULTS: Final[Mapping[Level, Result]] = MappingProxyType({"low": "pass", "medium": "suspect", "high": "fail"})
IF_REAL: Final = (
    "take it out; where it is a real one, have the person make it void too: what was captured stays in this repository, in the experiment's branch "
    "and its backup, until `refactory clean` takes that"
)
LESSON_SHOWN: Final = 160


def secrets(facts: Facts) -> Check:
    """No added line holds a secret that the base does not have: a private key, a provider's token, a password, a random value by a telling name.

    Facts: the added lines; what is found is never shown. Names of files, and files that are no text, are not looked at.
    Results: pass, fail.
    """
    lines = [f"{quoted(each.path)}:{each.line} holds {each.kind}" for each in facts.seen.secrets]
    return passes_unless("secrets", [*lines, IF_REAL]) if lines else Check("secrets", "pass", _unread(facts))


def leakage(facts: Facts) -> Check:
    """The change knows no answers: nothing of fixed surfaces, of cases and of what is held out stands in its added lines.

    Facts: rare values, answers beside their questions, rows of eight words and of four numbers that the base has nowhere else. A single
    value is a note. Texts of the cycle that knew much, and were refused for it, are a person's to judge, and so is a line that names a file which is
    withheld or held out, as no open file of its kind does at the base.
    Results: pass, fail, suspect.
    """
    level, handed_in = level_of(weight_of(facts.seen.leaks)), facts.seen.handed_in
    named = [f"names a file that is withheld or held out at {quoted(place)}" for place in facts.seen.named]
    lines = [*(f"{level}: {_leak(each)}" for each in facts.seen.leaks), *handed_in, *named]
    if not lines:
        return Check("leakage", "pass", _unread(facts))
    result = _RESULTS[level] if level else "pass"
    return Check("leakage", "suspect" if (handed_in or named) and result == "pass" else result, cut(lines))


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
    beyond = [f"its answers are not known, as it is too large: {quoted(path)}" for path in facts.seen.beyond]
    return cut([*(f"not looked at, as it holds no text: {quoted(path)}" for path in facts.seen.unread), *beyond])


def _leak(leak: Leak) -> str:
    return f"{said(leak)} at {', '.join(map(quoted, leak.places))}"
