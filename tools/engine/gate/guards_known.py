"""The guards that the server knows by their wording: it decides these by facts, and asks no reviewer for them.

A wording is known only as a whole: one that says more, or makes an exception, is for a reviewer to judge.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

from state.answers import quoted
from state.patterns import Patterns
from tools.engine.evaluation.assessment import RENAMED
from tools.engine.evaluation.cases import fixed_patterns
from tools.engine.gate.checks_of_files import scope
from tools.engine.gate.checks_of_lines import secrets
from tools.engine.gate.evidence import passes_unless
from tools.engine.gate.facts import Check, Facts
from tools.engine.scope.programs import begun_commands


def _some(words: str) -> str:
    """One of these words or several, as they are joined in a sentence."""
    return f"(?:{words})(?:(?:,|,? or|,? and) (?:{words}))*"


_NOT: Final = r"(?:do not|don't|never|must not|you must not|agents must not)"
_NOT_MODIFY: Final = f"{_NOT} {_some('modify|change|edit|touch|alter|tamper with')} (?:any |the )?"
_CREDENTIALS: Final = _some("secrets?|credentials?|api keys?|passwords?|tokens?|private keys?")
_OTHERS: Final = "(?:external |third-?party |runtime )*"
_THRESHOLD: Final = "(?:eval |evaluation |score )?thresholds?"
_MEASURED_BY: Final = frozenset({"eval_command", "project_evaluations", "hard_constraints"})


def tests_stay(facts: Facts) -> Check:
    """Every test that passed at the base is there and runs; where one is gone or skipped, a person says whether it had to be."""
    if facts.comparison is None:
        return Check("tests_stay", "not_yet")
    if "tests" in facts.comparison.assessment.lost:
        return Check("tests_stay", "not_yet", ("the tests were not run here",))
    tests = facts.comparison.assessment.tests
    renamed = {pair.split(RENAMED)[0] for pair in tests.renamed}
    lines = [f"{quoted(test)} is gone" for test in tests.gone if test not in renamed]
    lines += [f"{quoted(test)} is skipped, or expected to fail" for test in (*tests.skipped, *tests.xfailed)]
    return Check("tests_stay", "suspect" if lines else "pass", tuple(lines))


def evaluation_stays(facts: Facts) -> Check:
    """No file of `eval/`, of cases or of fixed surfaces changed, nor a script that a command of the evaluation begins with."""
    configuration = facts.configuration
    owned = Patterns(("/eval/", "/evals/", *fixed_patterns(configuration)))
    begun = {path for each in begun_commands(configuration.model_dump()) if each.place[0] in _MEASURED_BY for path in (each.program, each.script)}
    return _untouched(facts, lambda path: owned.matches(path) or path in begun)


def contract_stays(facts: Facts) -> Check:
    """factory.md, which holds the threshold, is as it was."""
    return _untouched(facts, lambda path: path == "factory.md")


def read_only_stays(facts: Facts) -> Check:
    """No file that is read-only or fixed changed."""
    closed = Patterns((*facts.configuration.read_only, *facts.configuration.fixed_surfaces))
    return _untouched(facts, closed.matches)


def nothing_added(facts: Facts) -> Check:
    """No manifest asks for anything that none asked for at the base."""
    return passes_unless("nothing_added", [f"new: {quoted(each)}" for each in facts.seen.dependencies])


def _untouched(facts: Facts, owned: Callable[[str], bool]) -> Check:
    return passes_unless("untouched", [f"{quoted(change.path)} changed" for change in facts.changes if owned(change.path)])


@dataclass(frozen=True)
class KnownGuard:
    """One guard: how it is said most often, all wordings as an expression over words in small letters, and what decides it by facts alone.

    `also` is what else may be said in the place of its words, for people.
    """

    says: str
    also: str
    wordings: str
    decides: Callable[[Facts], Check]


KNOWN: Final = (
    KnownGuard(
        "Do not delete existing tests",
        "remove, skip, disable, drop; with or without `existing`",
        f"{_NOT} {_some('delete|remove|skip|disable|drop')} (?:any |the |any of the )?(?:existing |passing )?tests?(?: files?| cases?)?",
        tests_stay,
    ),
    KnownGuard(
        "Do not modify files outside scope",
        "change, edit, touch, alter; code, anything; Stay within scope",
        f"{_NOT_MODIFY}(?:files?|code|anything) (?:outside|outside of|out of) (?:the |its )?(?:modifiable )?scope"
        "|stay (?:with)?in (?:the )?(?:modifiable )?scope",
        scope,
    ),
    KnownGuard(
        "Do not modify the evaluation",
        "eval, eval/; its files, code, scripts, harness, folder",
        f"{_NOT_MODIFY}(?:eval|evals|evaluation|evaluations)/?(?: (?:files?|code|scripts?|harness|folder|directory|infrastructure))?",
        evaluation_stays,
    ),
    KnownGuard("Do not modify factory.md", "change, edit, touch, alter", rf"{_NOT_MODIFY}factory\.md", contract_stays),
    KnownGuard(
        "Do not lower the threshold",
        "reduce, change, modify, weaken; eval threshold",
        f"{_NOT} {_some('lower|reduce|change|modify|weaken')} (?:the )?{_THRESHOLD}",
        contract_stays,
    ),
    KnownGuard(
        "Do not modify read-only files",
        "fixed surfaces, protected files, ground truth",
        f"{_NOT_MODIFY}(?:read-?only files?|fixed surfaces?|protected files?|ground truth)",
        read_only_stays,
    ),
    KnownGuard(
        "Do not commit secrets",
        "add, include, introduce, leak, expose, hardcode; credentials, API keys, passwords, tokens; No secrets in code",
        f"{_NOT} {_some('commit|add|include|introduce|leak|expose|check in|hard-?code')} (?:any )?{_CREDENTIALS}"
        f"|no (?:hard-?coded )?{_CREDENTIALS}(?: in (?:the )?code)?",
        secrets,
    ),
    KnownGuard(
        "Do not add dependencies",
        "introduce; new, external, third-party, runtime; No new dependencies",
        f"{_NOT} {_some('add|introduce')} (?:any )?(?:new )?{_OTHERS}(?:dependency|dependencies)|no new {_OTHERS}dependencies",
        nothing_added,
    ),
)


def known_guard(guard: str) -> KnownGuard | None:
    """The row of a guard as factory.md words it; None where a reviewer has to judge it."""
    words = " ".join(guard.casefold().replace("\u2019", "'").replace("`", "").split()).rstrip(".! ")
    return next((known for known, wordings in zip(KNOWN, _wordings(), strict=True) if wordings.fullmatch(words)), None)


def asked_of_a_review(guards: tuple[str, ...]) -> tuple[str, ...]:
    """The guards that a review has to answer."""
    return tuple(guard for guard in guards if known_guard(guard) is None)


@cache
def _wordings() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(known.wordings) for known in KNOWN)
