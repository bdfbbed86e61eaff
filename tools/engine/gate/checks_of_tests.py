"""Checks of the tests: that none of the base's is lost or weakened, and what new ones prove."""

import re
from collections.abc import Sequence
from typing import Final

from state.answers import one_line, quoted
from state.cycles import Hypothesis
from tools.engine.evaluation.assessment import RENAMED, Assessment, TestAccount
from tools.engine.gate.evidence import cut
from tools.engine.gate.facts import Check, Facts, OwnCheck

TESTS: Final = "tests"  # the dimension
NAMES_LIMIT: Final = 450  # characters of a line that names many tests
HOW_TO_PROVE: Final = (
    "a fix is proven by a test that runs on the base and fails there: let it call what the base has, and use new names inside other tests alone"
)


HOW_TO_RENAME: Final = "with the base's tests, as they are there: what was renamed needs its old name as an alias"
# How Python, JavaScript, Go and Rust say that a name is gone.
_NAME_IS_GONE: Final = re.compile(
    r"has no attribute|cannot import name|No module named|name '\w+' is not defined|\w is not (?:defined|a function|a constructor)|undefined: \w"
    r"|cannot find (?:function|value|type)"
)


def tests_kept(facts: Facts) -> Check:
    """Every test that passed at the base passes in the candidate with the base's word; changed tests are a person's to accept.

    Facts: every test id of both sides, the candidate's run with the base's tests, and what became of files that belong to the base.
    Results: pass, fail, suspect, not_yet.
    """
    if facts.comparison is None:
        return Check("tests_kept", "not_yet")
    tests = facts.comparison.assessment.tests
    lines = [f"{quoted(test)} passes on the base and does not pass here{_at_times(test, tests)}" for test in tests.lost]
    lines += [f"{quoted(test)} is new and does not pass{_at_times(test, tests)}" for test in tests.new_failing]
    lines += [f"no test of {quoted(test)} can be read" for test in tests.uncollected]
    if lines:
        return Check("tests_kept", "fail", (*cut(lines), *((HOW_TO_RENAME,) if tests.lost and _NAME_IS_GONE.search(facts.comparison.output) else ())))
    if TESTS in facts.comparison.assessment.lost:
        return Check("tests_kept", "not_yet", (f"the {tests.base_total} tests of the base were not run here: see measured",))
    suspicion = [*facts.comparison.suspicion, *_turned(tests)]
    notes = _undeclared(tests)
    return Check("tests_kept", "suspect" if suspicion else "pass", (*cut(suspicion), *cut(notes)))


def _undeclared(tests: TestAccount) -> list[str]:
    """New tests that pass on the base too and were not announced: one by itself, several of a file in a line that names them all, if it can."""
    files: dict[str, list[str]] = {}
    for test in tests.undeclared:
        files.setdefault(test.split("::", 1)[0], []).append(test)
    lines = []
    for path, found in files.items():
        if len(found) == 1:
            lines.append(f"{quoted(found[0])} passes on the base too, which the hypothesis does not announce: it proves nothing")
        else:
            names = ", ".join(quoted(test.split("::", 1)[-1]) for test in found)
            said = f"{len(found)} new tests pass on the base too, which the hypothesis does not announce: they prove nothing: {names}"
            lines.append(one_line(f"{quoted(path)}: {said}", NAMES_LIMIT))
    more = tests.count("undeclared") - len(tests.undeclared)
    return [*lines, *((f"and {more} more new tests pass on the base too",) if more else ())]


def _at_times(test: str, tests: TestAccount) -> str:
    """What is added of a test that passes in some runs only."""
    return " in every run: it is flaky" if test in tests.flaky else ""


def _turned(tests: TestAccount) -> list[str]:
    """What became of tests without their being lost: each for a person to judge. One that was only renamed is still there."""
    renamed = {pair.split(RENAMED)[0] for pair in tests.renamed}
    lines = [f"{quoted(test)} was skipped or expected to fail at the base and passes now" for test in tests.unexplained]
    lines += [f"{quoted(test)} passes on the base and is skipped here" for test in tests.skipped]
    lines += [f"{quoted(test)} passes on the base and is expected to fail here" for test in tests.xfailed]
    return lines + [f"{quoted(test)} passes on the base and is gone here" for test in tests.gone if test not in renamed]


def improved_or_proven(facts: Facts) -> Check:
    """The composite rose beyond noise; or nothing is worse, and tests show a fix, or what the person asked for: not there before, and here now.
    In research the metric decides, as ratchet says.

    Facts: the difference of the composites with its tolerance, and the hypothesis's own tests over the base and in the candidate.
    Results: pass, fail, suspect, not_yet.
    """
    if facts.comparison is None:
        return Check("improved_or_proven", "not_yet")
    found, own = facts.comparison.assessment, facts.comparison.own_checks
    if found.difference is None:
        return Check("improved_or_proven", "not_yet", (f"no delta: nothing that could have improved was measured{_without(found)}",))
    gain = f"delta {found.delta:+.4f}, tolerance {found.tolerance:.4f}{_shorter(found)}{_without(found)}"
    if any(check.on_candidate != "passed" and check.by_itself for check in own):
        return Check("improved_or_proven", "fail", cut(["what the hypothesis promises does not pass here", *map(_own_check, own)]))
    if facts.mode == "research":
        return Check("improved_or_proven", "pass", ("in research the metric decides: see ratchet",))
    if found.progress:
        return Check("improved_or_proven", "pass", (gain, *cut([_own_check(check) for check in own if not check.by_itself])))
    if found.not_worse and facts.hypothesis.ordered:
        return _as_ordered(facts.hypothesis, own, gain)
    if found.not_worse and facts.hypothesis.category == "fix" and _proven(own):
        return Check("improved_or_proven", "pass", (gain, *map(_proof, own)))
    return Check("improved_or_proven", "fail", cut([f"{gain}: no gain", *_why_no_gain(facts.hypothesis.category, found, own)]))


def _why_no_gain(category: str, found: Assessment, own: Sequence[OwnCheck]) -> list[str]:
    """What is missing to a proof, and what got worse."""
    shown = [_own_check(check) for check in own if not check.proves]
    if category == "fix" and any(check.base == "absent" for check in own):
        shown.append(HOW_TO_PROVE)
    if found.not_worse and _proven(own):
        shown.append(f"own checks prove a fix alone, and this is {category}: where it is one, revert it and propose it as a fix")
    if not found.not_worse and any(check.proves for check in own):
        shown += [f"worse: {row.name} {row.delta:+.4f}" for row in found.rows if row.delta is not None and row.delta * row.weight < 0]
        shown += [f"{_proof(check)}, which outweighs no fall" for check in own if check.proves]
    return shown


def _shorter(found: Assessment) -> str:
    return f" ({found.shorter:+.4f} of it because covered lines went, none of them untested now)" if found.shorter < 0 else ""


def _without(found: Assessment) -> str:
    """What no number was had of on either side, and why."""
    missing = [f"{row.name}: {quoted(one_line(row.reason, 200))}" for row in found.rows if row.candidate is None and row.base is None]
    return f"; not measured: {', '.join(missing)}" if missing else ""


def _as_ordered(hypothesis: Hypothesis, own: Sequence[OwnCheck], gain: str) -> Check:
    """What the person asked for need not raise the composite. What no test tells from how it was before, they have to look at themselves.

    A fix has to fail on the base by what the base does; of anything else it is enough that the base lacks what the change brings, and of a phase
    of a plan that nothing of it could run there.
    """
    lacked = [check.proves or bool(check.missing) or (hypothesis.kind == "phase" and check.base == "absent") for check in own]
    added = hypothesis.category != "fix" and bool(own) and all(lacked)
    if _proven(own) or added:
        return Check("improved_or_proven", "pass", (gain, "the person asked for it", *map(_proof, own)))
    unseen = "the person asked for it, and no test shows it: they have to look"
    return Check("improved_or_proven", "suspect", cut([f"{gain}: no gain", unseen, *map(_own_check, own)]))


def _proven(own: Sequence[OwnCheck]) -> bool:
    return bool(own) and all(check.proves for check in own)


def _proof(check: OwnCheck) -> str:
    before = (
        f"the base lacks {quoted(check.missing)}" if check.missing else "it could not run before" if check.base == "absent" else "it failed before"
    )
    return f"proven by {quoted(check.test)}: {before} and passes now"


def _own_check(check: OwnCheck) -> str:
    """How one own check went, on the base and here."""
    if not check.by_itself:
        return f"own check {quoted(check.test)}: cannot be run by itself here: factory.md names no test runner"
    why = f" ({quoted(check.missing)} is not there)" if check.missing else ""
    if check.words_alone and check.on_candidate == "passed":
        why += " (only comments, docstrings or documents of the product differ: no code is mended)"
    return f"own check {quoted(check.test)}: base {check.base}{why}, candidate {check.on_candidate or 'absent'}"
