"""Checks of what was measured: dimensions, composites, hard constraints, the smoke test and what is held out."""

from state.answers import quoted, short
from state.holdouts import HeldOut
from state.measurement import ReadingState
from tools.engine.gate.evidence import cut, passes_unless
from tools.engine.gate.facts import Check, ConstraintResult, Facts


def measured(facts: Facts) -> Check:
    """The tree in the worktree was measured, and nothing that the base has measurements of went missing.

    Facts: the stored comparison of exactly the tree that the worktree holds now.
    Results: pass, fail, not_yet.
    """
    if facts.comparison is None:
        return Check("measured", "not_yet", (f"the tree {short(facts.tree)} in the worktree has no record",))
    lost = facts.comparison.assessment.lost
    rows = {row.name: row for row in facts.comparison.assessment.rows}
    why = {name: f"{rows[name].candidate_state}, {quoted(rows[name].reason)}" if name in rows else "no row" for name in lost}
    return passes_unless("measured", [f"{quoted(name)} was measured at the base and is missing now: {why[name]}" for name in lost])


def comparable(facts: Facts) -> Check:
    """Base and candidate were measured by the same instruments.

    Facts: the digests of tools, settings and environment that each side was measured with.
    Results: pass, fail, not_yet.
    """
    if facts.comparison is None:
        return Check("comparable", "not_yet")
    return passes_unless(
        "comparable", [f"{part}: another instrument than at the base" for part, (base, now) in facts.comparison.instruments.items() if base != now]
    )


def threshold(facts: Facts) -> Check:
    """The composite reaches the threshold, or the base did not reach it either.

    Facts: both composites and the threshold of factory.md at the base.
    Results: pass, fail, not_yet.
    """
    if facts.comparison is None:
        return Check("threshold", "not_yet")
    found = facts.comparison.assessment
    line = f"composite at least {found.floor_candidate:.3f}, threshold {found.threshold:.3f}, base {found.floor_base:.3f}"
    if found.threshold_ok and found.floor_candidate < found.threshold:
        line += ": below the threshold, as the base was: allowed"
    return Check("threshold", "pass" if found.threshold_ok else "fail", (line,))


def no_hygiene_fall(facts: Facts) -> Check:
    """No dimension of hygiene fell.

    Facts: the falls of tests, coverage, lint, types and the other dimensions of hygiene, also of those without weight.
    Results: pass, fail, not_yet.
    """
    if facts.comparison is None:
        return Check("no_hygiene_fall", "not_yet")
    weightless = {row.name for row in facts.comparison.assessment.rows if row.weight == 0}
    lines, lost = [], facts.comparison.assessment.lost
    for fall in facts.comparison.assessment.falls:
        if fall.tier != "hygiene":
            continue
        if fall.name in weightless:
            lines.append(f"{fall.name}: its weight is 0, which takes it out of the score; a fall of it refuses all the same")
        if fall.name == "tests":
            lines.append(f"tests: {facts.comparison.assessment.tests.count('lost')} lost, named under tests_kept")
        else:
            lines += [f"{fall.name}: {quoted(line)}" for line in fall.evidence or ("",)]
    unknown = [f"{row.name}: not measured here" for row in facts.comparison.assessment.rows if row.tier == "hygiene" and row.name in lost]
    return Check("no_hygiene_fall", "not_yet", cut(unknown)) if unknown and not lines else passes_unless("no_hygiene_fall", [*lines, *unknown])


def hard_constraints(facts: Facts) -> Check:
    """Every hard constraint of factory.md holds in the candidate.

    Facts: how each command ended on the candidate's tree, and on the base's.
    Results: pass, fail, not_yet.
    """
    wanted = [constraint.name for constraint in facts.configuration.hard_constraints]
    if not wanted:
        return Check("hard_constraints", "pass", ("factory.md has none",))
    if facts.comparison is None:
        return Check("hard_constraints", "not_yet")
    found = {constraint.name: constraint for constraint in facts.comparison.constraints}
    broken = [name for name in wanted if name not in found or not found[name].holds]
    if not broken:
        return Check("hard_constraints", "pass", cut([f"{name} holds" for name in wanted]))
    return Check("hard_constraints", "fail", cut([_unmet(name, found.get(name)) for name in broken]))


def _unmet(name: str, found: ConstraintResult | None) -> str:
    if found is None:
        return f"{name}: it did not run"
    return f"{name}: {quoted(found.ended)}" + ("" if found.on_base else "; it does not hold at the base either")


def smoke_test(facts: Facts) -> Check:
    """The smoke test of factory.md passes in the candidate.

    Facts: how its command ended on the candidate's tree.
    Results: pass, fail, not_yet.
    """
    if facts.configuration.smoke_test is None:
        return Check("smoke_test", "pass", ("factory.md has none",))
    if facts.comparison is None:
        return Check("smoke_test", "not_yet")
    smoke = facts.comparison.smoke
    if smoke is None or smoke.state is not ReadingState.MEASURED:
        return Check("smoke_test", "fail", (f"not measured: {quoted(smoke.reason) if smoke else 'it did not run'}",))
    return Check("smoke_test", "pass" if smoke.value == 1.0 else "fail", (f"{smoke.seconds:.1f} s",))


def holdout(facts: Facts) -> Check:
    """The candidate does no worse on what it could not see; keep measures that, once everything else lets it through.

    Facts: one number of each side, measured by keep on files that no candidate gets to see.
    Results: pass, suspect.
    """
    if facts.configuration.holdout is None:
        return Check("holdout", "pass", ("factory.md has none",))
    found = facts.held_out
    if found is None:
        return Check("holdout", "pass", ("keep measures it, when no other check fails",))
    base, candidate = (f"{value:.4f}" if value is not None else str(state) for value, state in _held_out_sides(found))
    return Check("holdout", "suspect" if found.fell else "pass", (f"{candidate} on what is held out, {base} at the base",))


def _held_out_sides(found: HeldOut) -> tuple[tuple[float | None, ReadingState], tuple[float | None, ReadingState]]:
    return (found.base, found.base_state), (found.candidate, found.candidate_state)
