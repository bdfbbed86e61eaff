"""The checks of the gate: each one pure function from facts to a result with evidence."""

from collections.abc import Callable, Sequence
from typing import Final

from state.answers import one_line, quoted, short
from state.cycles import Hypothesis
from state.holdouts import HeldOut
from state.measurement import ReadingState
from state.patterns import Patterns
from tools.engine.evaluation.assessment import RENAMED, TestAccount
from tools.engine.gate.facts import Check, ConstraintResult, Facts, OwnCheck, Result

PROTECTED: Final = ("/factory.md", "/.factory", "/eval/", ".gitmodules")
EVIDENCE_LIMIT: Final = 12
NAMES_LIMIT: Final = 450  # characters of a line that names many tests
SYMLINK, SUBMODULE = "120000", "160000"
HOW_TO_PROVE: Final = (
    "a fix is proven by a test that runs on the base and fails there: let it call what the base has, and use new names inside other tests alone"
)


def measured(facts: Facts) -> Check:
    """The tree in the worktree was measured, and nothing that the base has measurements of went missing."""
    if facts.comparison is None:
        return Check("measured", "not_yet", (f"the tree {short(facts.tree)} in the worktree has no record",))
    lost = facts.comparison.assessment.lost
    rows = {row.name: row for row in facts.comparison.assessment.rows}
    why = {name: f"{rows[name].candidate_state}, {quoted(rows[name].reason)}" if name in rows else "no row" for name in lost}
    return _from("measured", [f"{quoted(name)} was measured at the base and is missing now: {why[name]}" for name in lost])


def comparable(facts: Facts) -> Check:
    """Base and candidate were measured by the same instruments."""
    if facts.comparison is None:
        return Check("comparable", "not_yet")
    return _from(
        "comparable", [f"{part}: another instrument than at the base" for part, (base, now) in facts.comparison.instruments.items() if base != now]
    )


def threshold(facts: Facts) -> Check:
    """The composite reaches the threshold, or the base did not reach it either."""
    if facts.comparison is None:
        return Check("threshold", "not_yet")
    found = facts.comparison.assessment
    line = f"composite at least {found.floor_candidate:.3f}, threshold {found.threshold:.3f}, base {found.floor_base:.3f}"
    if found.threshold_ok and found.floor_candidate < found.threshold:
        line += ": below the threshold, as the base was: allowed"
    return Check("threshold", "pass" if found.threshold_ok else "fail", (line,))


def no_hygiene_fall(facts: Facts) -> Check:
    """No dimension of hygiene fell."""
    if facts.comparison is None:
        return Check("no_hygiene_fall", "not_yet")
    weightless = {row.name for row in facts.comparison.assessment.rows if row.weight == 0}
    lines = []
    for fall in facts.comparison.assessment.falls:
        if fall.tier != "hygiene":
            continue
        if fall.name in weightless:
            lines.append(f"{fall.name}: its weight is 0, which takes it out of the score; a fall of it refuses all the same")
        if fall.name == "tests":
            lines.append(f"tests: {facts.comparison.assessment.tests.count('lost')} lost, named under tests_kept")
        else:
            lines += [f"{fall.name}: {quoted(line)}" for line in fall.evidence or ("",)]
    return _from("no_hygiene_fall", lines)


def tests_kept(facts: Facts) -> Check:
    """Every test that passed at the base passes in the candidate with the base's word; changed tests are a person's to accept."""
    if facts.comparison is None:
        return Check("tests_kept", "not_yet")
    tests = facts.comparison.assessment.tests
    lines = [f"{quoted(test)} passes on the base and does not pass here{_at_times(test, tests)}" for test in tests.lost]
    lines += [f"{quoted(test)} is new and does not pass{_at_times(test, tests)}" for test in tests.new_failing]
    if lines:
        return Check("tests_kept", "fail", _cut(lines))
    suspicion = [*facts.comparison.suspicion, *_turned(tests)]
    notes = _undeclared(tests)
    return Check("tests_kept", "suspect" if suspicion else "pass", (*_cut(suspicion), *_cut(notes)))


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
    """The composite rose beyond noise; or nothing is worse, and tests show a fix, or what the person asked for: not there before, and here now."""
    if facts.comparison is None:
        return Check("improved_or_proven", "not_yet")
    found, own = facts.comparison.assessment, facts.comparison.own_checks
    gain = f"delta {found.delta:+.4f}, tolerance {found.tolerance:.4f}"
    if any(check.on_candidate != "passed" for check in own):
        return Check("improved_or_proven", "fail", _cut(["what the hypothesis promises does not pass here", *map(_own_check, own)]))
    if found.progress:
        return Check("improved_or_proven", "pass", (gain,))
    if found.not_worse and facts.hypothesis.ordered:
        return _as_ordered(facts.hypothesis, own, gain)
    if found.not_worse and facts.hypothesis.category == "fix" and _proven(own):
        return Check("improved_or_proven", "pass", (gain, *map(_proof, own)))
    shown = [_own_check(check) for check in own]
    if facts.hypothesis.category == "fix" and any(check.base == "absent" for check in own):
        shown.append(HOW_TO_PROVE)
    if found.not_worse and _proven(own):
        shown.append(f"own checks prove a fix alone, and this is {facts.hypothesis.category}: where it is one, revert it and propose it as a fix")
    return Check("improved_or_proven", "fail", _cut([f"{gain}: no gain", *shown]))


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
    return Check("improved_or_proven", "suspect", _cut([f"{gain}: no gain", unseen, *map(_own_check, own)]))


def _proven(own: Sequence[OwnCheck]) -> bool:
    return bool(own) and all(check.proves for check in own)


def _proof(check: OwnCheck) -> str:
    before = (
        f"the base lacks {quoted(check.missing)}" if check.missing else "it could not run before" if check.base == "absent" else "it failed before"
    )
    return f"proven by {quoted(check.test)}: {before} and passes now"


def _own_check(check: OwnCheck) -> str:
    """How one own check went, on the base and here."""
    why = f" ({quoted(check.missing)} is not there)" if check.missing else ""
    return f"own check {quoted(check.test)}: base {check.base}{why}, candidate {check.on_candidate or 'absent'}"


def scope(facts: Facts) -> Check:
    """Every changed path lies in the modifiable scope of the base's factory.md."""
    allowed = Patterns(facts.configuration.modifiable)
    outside = [change.path for change in facts.changes if not allowed.matches(change.path)]
    return _from("scope", [f"{quoted(path)} is outside {', '.join(facts.configuration.modifiable)}" for path in outside])


def protected(facts: Facts) -> Check:
    """No protected or read-only path changed, and no symbolic link or submodule came in."""
    ours, theirs = Patterns(PROTECTED), Patterns(facts.configuration.read_only)  # apart: a `!` in theirs must not open ours
    closed = [change.path for change in facts.changes if ours.matches(change.path) or theirs.matches(change.path)]
    lines = [f"{quoted(path)} is protected" for path in closed]
    held_out = Patterns(facts.configuration.holdout.paths if facts.configuration.holdout else ())
    lines += [f"{quoted(change.path)} is held out" for change in facts.changes if held_out.matches(change.path)]
    lines += [f"{quoted(change.path)} became a symbolic link or a submodule" for change in facts.changes if change.new_mode in (SYMLINK, SUBMODULE)]
    return _from("protected", lines)


def fixed_surfaces(facts: Facts) -> Check:
    """No file of the fixed surfaces changed, came or went."""
    fixed = Patterns(facts.configuration.fixed_surfaces)
    return _from(
        "fixed_surfaces",
        [f"{quoted(change.path)} is fixed ({quoted(pattern)})" for change in facts.changes if (pattern := fixed.explain(change.path))],
    )


def guards(facts: Facts) -> Check:
    """Every guard of factory.md was answered by the review, and holds by every answer."""
    if facts.review is None:
        return Check("guards", "not_yet", ("no review has answered the guards yet",))
    answers = [(str(answer.get("guard")), answer.get("holds") is True) for answer in facts.review.body.get("guards", ())]
    answered, broken = {guard for guard, _ in answers}, {guard for guard, holds in answers if not holds}
    lines = [f"unanswered: {quoted(guard)}" for guard in facts.configuration.guards if guard not in answered]
    lines += [f"does not hold: {quoted(guard)}" for guard in facts.configuration.guards if guard in broken]
    return _from("guards", lines)


def hard_constraints(facts: Facts) -> Check:
    """Every hard constraint of factory.md holds in the candidate."""
    wanted = [constraint.name for constraint in facts.configuration.hard_constraints]
    if not wanted:
        return Check("hard_constraints", "pass", ("factory.md has none",))
    if facts.comparison is None:
        return Check("hard_constraints", "not_yet")
    found = {constraint.name: constraint for constraint in facts.comparison.constraints}
    broken = [name for name in wanted if name not in found or not found[name].holds]
    if not broken:
        return Check("hard_constraints", "pass", _cut([f"{name} holds" for name in wanted]))
    return Check("hard_constraints", "fail", _cut([_unmet(name, found.get(name)) for name in broken]))


def _unmet(name: str, found: ConstraintResult | None) -> str:
    if found is None:
        return f"{name}: it did not run"
    return f"{name}: {quoted(found.ended)}" + ("" if found.on_base else "; it does not hold at the base either")


def smoke_test(facts: Facts) -> Check:
    """The smoke test of factory.md passes in the candidate."""
    if facts.configuration.smoke_test is None:
        return Check("smoke_test", "pass", ("factory.md has none",))
    if facts.comparison is None:
        return Check("smoke_test", "not_yet")
    smoke = facts.comparison.smoke
    if smoke is None or smoke.state is not ReadingState.MEASURED:
        return Check("smoke_test", "fail", (f"not measured: {quoted(smoke.reason) if smoke else 'it did not run'}",))
    return Check("smoke_test", "pass" if smoke.value == 1.0 else "fail", (f"{smoke.seconds:.1f} s",))


def holdout(facts: Facts) -> Check:
    """The candidate does no worse on what it could not see; keep measures that, once everything else lets it through."""
    if facts.configuration.holdout is None:
        return Check("holdout", "pass", ("factory.md has none",))
    found = facts.held_out
    if found is None:
        return Check("holdout", "pass", ("keep measures it, when no other check fails",))
    base, candidate = (f"{value:.4f}" if value is not None else str(state) for value, state in _held_out_sides(found))
    return Check("holdout", "suspect" if found.fell else "pass", (f"{candidate} on what is held out, {base} at the base",))


def _held_out_sides(found: HeldOut) -> tuple[tuple[float | None, ReadingState], tuple[float | None, ReadingState]]:
    return (found.base, found.base_state), (found.candidate, found.candidate_state)


def reviewed(facts: Facts) -> Check:
    """Somebody who did not build it reviewed this candidate and said pass."""
    if facts.review is None:
        return Check("reviewed", "not_yet", ("no review of this candidate",))
    by = f"{facts.review.body.get('decision')} by {quoted(str(facts.review.body.get('reviewer')))} ({facts.review.body.get('independence')})"
    return Check("reviewed", "pass" if facts.review.decision == "pass" else "fail", (by,))


def up_to_date(facts: Facts) -> Check:
    """The candidate stands on the newest commit of its target."""
    if facts.experiment.merging is not None:
        return Check("up_to_date", "fail", (f"conflicts with {facts.target} are not resolved and captured yet",))
    return Check(
        "up_to_date",
        "not_yet" if facts.target_moved else "pass",
        (f"{facts.target} moved; keep merges it in and measures again",) * facts.target_moved,
    )


# The order in which they are shown (surface.md 4).
CHECKS: Final[tuple[Callable[[Facts], Check], ...]] = (
    measured, comparable, threshold, no_hygiene_fall, tests_kept, improved_or_proven, scope, protected, fixed_surfaces, guards,
    hard_constraints, smoke_test, holdout, reviewed, up_to_date,
)  # fmt: skip


def run_gate(facts: Facts) -> tuple[Check, ...]:
    """Every check, in order. A suspicion that a person accepted for this very tree passes."""
    accepted = facts.experiment.approved_tree == facts.tree
    return tuple(_accepted(check) if accepted and check.result == "suspect" else check for check in (check(facts) for check in CHECKS))


def of_result(checks: Sequence[Check], result: Result) -> list[Check]:
    """The checks with this result."""
    return [check for check in checks if check.result == result]


def _accepted(check: Check) -> Check:
    return Check(check.name, "pass", (*check.evidence, "accepted by a person"))


def _from(name: str, violations: Sequence[str]) -> Check:
    return Check(name, "fail" if violations else "pass", _cut(violations))


def _cut(lines: Sequence[str]) -> tuple[str, ...]:
    more = len(lines) - EVIDENCE_LIMIT
    return (*lines[:EVIDENCE_LIMIT], *((f"and {more} more",) if more > 0 else ()))
