"""Comparing a candidate with its base: the floors, the delta, what was lost, what fell, and the tests by id (algorithms.md 5).

Pure: from facts to an Assessment. `base` is the base's own tree, `candidate` the tree C as committed, `overlaid` the tree O, in which the
base's word is laid over the candidate; where O equals C the caller hands the same measurements twice.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from state.measurement import PlannedDimension, Profile, Reading, ReadingState
from tools.engine.evaluation.assessment import FINDINGS_PARTS, GUARD_PATTERNS, Assessment, Fall, Measurements, Row, TestAccount
from tools.engine.evaluation.noise import bound_of_runs
from tools.engine.languages.findings import Finding, findings_value
from tools.engine.languages.functions import GROWTH_OF_ONE, surface_value

# Sums of weighted values are compared beyond the noise of floating point only.
EPSILON: Final = 1e-9
EVIDENCE_LINES: Final = 20
# What is read off factory.md and the names of files.
OF_THE_CONTRACT: Final = frozenset({GUARD_PATTERNS, "config_parser"})
# Names of outcomes that are an executed test which did not hold.
UNCOLLECTED: Final = "collection_error"
BROKEN: Final = frozenset({"failed", "error", UNCOLLECTED})


@dataclass(frozen=True)
class Contract:
    """What decides a comparison, fixed at the base. `noise` holds e_d, per dimension, where a calibration has shown any.

    A dimension that is a mean of runs brings a bound of its own, and the larger counts.
    """

    profile: Profile
    weights: Mapping[str, float]
    threshold: float
    noise: Mapping[str, float] = field(default_factory=dict)


def assess(contract: Contract, base: Measurements, candidate: Measurements, overlaid: Measurements, newly_covered: int = 0) -> Assessment:
    """Compare. Pure; never raises for readings that are missing: they are unavailable.

    `newly_covered` is how many lines coverage gained from the base to the candidate (newly_covered.py).
    """
    tests = _of_what_ran(account_tests(base.outcomes, candidate.outcomes, overlaid.outcomes), candidate, overlaid)
    flaky = tuple(sorted(base.flaky.keys() | candidate.flaky.keys() | overlaid.flaky.keys()))
    before = {each.name: base.reading(each.name) for each in contract.profile.applicable()}
    after = {each.name: _candidate_reading(each, base, candidate, overlaid) for each in contract.profile.applicable()}
    if "coverage" in after:
        after["coverage"] = _without_padding(before["coverage"], after["coverage"], newly_covered)
    # The candidate's own spread may only make it harder to be better, never easier not to be worse.
    noise = {name: max(contract.noise.get(name, 0.0), bound_of_runs(reading)) for name, reading in before.items()}
    doubt = {name: max(noise[name], bound_of_runs(reading)) for name, reading in after.items()}
    rows = tuple(
        _row(each, contract.weights[each.name], doubt[each.name], (before[each.name], after[each.name])) for each in contract.profile.applicable()
    )
    floor_base, floor_candidate = _floor(contract.weights, before), _floor(contract.weights, after)
    delta = math.fsum(row.weight * row.delta for row in rows if row.delta is not None)
    tolerance = math.fsum(contract.weights[row.name] * doubt[row.name] for row in rows)
    shorter = math.fsum(row.weight * row.delta for row in rows if row.delta is not None and _is_only_shorter(row, base, candidate))
    return Assessment(
        floor_base=floor_base,
        floor_candidate=floor_candidate,
        delta=delta,
        tolerance=tolerance,
        threshold=contract.threshold,
        rows=rows,
        lost=tuple(row.name for row in rows if row.base is not None and row.candidate is None),
        gained=tuple(row.name for row in rows if row.base is None and row.candidate is not None),
        unmeasured=tuple(row.name for row in rows if row.candidate is None),
        falls=tuple(fall for row in rows if (fall := _fall(row, noise[row.name], tests, (base, candidate)))),
        tests=tests.model_copy(update={"flaky": flaky}),
        progress=delta > tolerance + EPSILON,
        not_worse=delta - shorter >= -math.fsum(contract.weights[row.name] * noise[row.name] for row in rows) - EPSILON,
        shorter=shorter,
        threshold_ok=floor_candidate >= contract.threshold - EPSILON or floor_base < contract.threshold - EPSILON,
    )


def account_tests(base: Mapping[str, str], candidate: Mapping[str, str], overlaid: Mapping[str, str]) -> TestAccount:
    """The tests by id: what the base had, what of it is lost in O, what became of it in C, what is new in C, what fails in either."""
    added = candidate.keys() - base.keys()
    uncollected = {test for test in added if candidate[test] == UNCOLLECTED}
    new = sorted(added - uncollected)
    broken = {test for side in (overlaid, candidate) for test, outcome in side.items() if outcome in BROKEN}
    lost = {test for test, outcome in base.items() if outcome == "passed" and _lost(test, candidate, overlaid)}
    kept_by_the_base = {test: candidate.get(test, "gone") for test, outcome in base.items() if outcome == "passed" and test not in lost}

    def turned(outcome: str) -> tuple[str, ...]:
        return tuple(sorted(test for test, found in kept_by_the_base.items() if found == outcome))

    return TestAccount(
        base_total=len(base),
        base_passed=sum(outcome == "passed" for outcome in base.values()),
        lost=tuple(sorted(lost)),
        new=tuple(new),
        new_failing=tuple(test for test in new if candidate[test] in BROKEN),
        uncollected=tuple(sorted(uncollected)),
        failed=tuple(sorted(broken)),
        skipped=turned("skipped"),
        xfailed=turned("xfailed"),
        gone=turned("gone"),
        unexplained=tuple(
            sorted(test for test, outcome in base.items() if outcome in {"skipped", "xfailed"} and overlaid.get(test) in {"passed", "xpassed"})
        ),
    )


def _of_what_ran(tests: TestAccount, candidate: Measurements, overlaid: Measurements) -> TestAccount:
    """The account where no test could be run on a side: of that side nothing is known, so no test is lost or gone there."""
    nothing = [not side.outcomes and side.reading("tests").state is not ReadingState.MEASURED for side in (candidate, overlaid)]
    unknown = ({"gone": ()} if nothing[0] else {}) | ({"lost": ()} if nothing[1] else {})
    return tests.model_copy(update=unknown)


def _lost(test: str, candidate: Mapping[str, str], overlaid: Mapping[str, str]) -> bool:
    """Whether a test that passed at the base is lost: with the base's word it has to pass, and as committed it must not break."""
    return overlaid.get(test) != "passed" or candidate.get(test) in BROKEN


def _candidate_reading(planned: PlannedDimension, base: Measurements, candidate: Measurements, overlaid: Measurements) -> Reading:
    """Tests need both trees; what the project itself evaluates comes from O, everything else from C."""
    if planned.tier == "project":
        return overlaid.reading(planned.name)
    own = candidate.reading(planned.name)
    if planned.name in FINDINGS_PARTS.values():
        return _per_base_lines(base.reading(planned.name), own)
    if planned.name in OF_THE_CONTRACT:
        return _no_more(base.reading(planned.name), own)
    if planned.name == "capability_surface":
        return _growth_of_one(base.reading(planned.name), own)
    if planned.name != "tests" or own.state is not ReadingState.MEASURED:
        return own
    by_the_base = overlaid.reading("tests")
    if base.outcomes and by_the_base.state is not ReadingState.MEASURED:
        return by_the_base
    return _tests_value(own, base, candidate, overlaid)


def _no_more(before: Reading, own: Reading) -> Reading:
    """The candidate's value, never above the base's: what factory.md says is no candidate's to change, and a file that a pattern meets is no gain."""
    if before.value is None or own.value is None or own.value <= before.value:
        return own
    return own.model_copy(update={"value": before.value})


def _per_base_lines(before: Reading, own: Reading) -> Reading:
    """The candidate's findings per thousand lines of the base: one denominator on both sides.

    With its own lines, every line that a candidate adds would thin its findings out, and padding would be an improvement.
    """
    findings, lines = own.facts.get("findings"), before.facts.get("lines")
    if own.value is None or before.value is None or not isinstance(findings, int) or not isinstance(lines, int) or lines <= 0:
        return own
    return own.model_copy(update={"value": findings_value(findings, lines)})


def _without_padding(before: Reading, own: Reading, newly_covered: int) -> Reading:
    """Coverage rises by the lines that no test ran at the base and one runs now, as a share of the base's lines, and by nothing else.

    Lines that come with their own tests change the ratio, and would do so for lines that do nothing too; so do lines that go. It falls as the
    ratio does.
    """
    executable = before.facts.get("executable")
    if before.value is None or own.value is None or own.value <= before.value or not isinstance(executable, int | float) or executable <= 0:
        return own
    return own.model_copy(update={"value": min(own.value, before.value + newly_covered / executable)})


def _growth_of_one(before: Reading, own: Reading) -> Reading:
    """The surface grows by GROWTH_OF_ONE functions at most, whatever number a candidate brings; the reason says so where it does.

    As a base, the tree that lands has all of them.
    """
    counts = [side.facts.get("tested") for side in (before, own)]
    if before.value is None or own.value is None or not all(isinstance(count, int | float) for count in counts):
        return own
    at_base, here = (float(count) for count in counts if count is not None)
    most = surface_value(at_base + GROWTH_OF_ONE)
    if own.value <= most:
        return own
    reason = f"{here - at_base:g} more functions than at the base: {GROWTH_OF_ONE} count in one experiment"
    return own.model_copy(update={"value": most, "reason": reason})


def _tests_value(own: Reading, base: Measurements, candidate: Measurements, overlaid: Measurements) -> Reading:
    """Passed / (base ids in O + candidate's new ids in C); a test that passed in some runs only counts by their share.

    New tests that pass do not raise it: beside a base test that does not, any number of them would, and mend nothing.
    """
    new = candidate.outcomes.keys() - base.outcomes.keys()
    total = len(base.outcomes) + len(new)
    if not total:
        return own
    of_the_base = math.fsum(_passing(overlaid, test) for test in base.outcomes)
    passed = of_the_base + math.fsum(_passing(candidate, test) for test in new)
    most = of_the_base / len(base.outcomes) if base.outcomes else 1.0
    return own.model_copy(update={"value": min(passed / total, most)})


def _passing(side: Measurements, test: str) -> float:
    """The share of the runs in which a test passed."""
    return side.flaky.get(test, 1.0 if side.outcomes.get(test) == "passed" else 0.0)


def _floor(weights: Mapping[str, float], readings: Mapping[str, Reading]) -> float:
    """F: what is not measured adds nothing, so it is a lower bound."""
    return math.fsum(weights[name] * reading.value for name, reading in readings.items() if reading.value is not None)


def _row(planned: PlannedDimension, weight: float, noise: float, sides: tuple[Reading, Reading]) -> Row:
    before, after = sides
    both = before.value is not None and after.value is not None
    return Row(
        name=planned.name,
        tier=planned.tier,
        weight=weight,
        base_state=before.state,
        base=before.value,
        candidate_state=after.state,
        candidate=after.value,
        delta=(after.value or 0.0) - (before.value or 0.0) if both else None,
        noise=noise,
        reason=after.reason or before.reason,
    )


def _fall(row: Row, noise: float, tests: TestAccount, sides: tuple[Measurements, Measurements]) -> Fall | None:
    """The dimension's fall with its evidence, or None. What was not measured on both sides is lost or gained, not fallen."""
    if row.delta is None:
        return None
    base, candidate = sides
    if row.name == "tests":
        evidence = [f"{test} passes on the base and does not pass here" for test in tests.lost]
    elif row.name in base.findings or row.name in candidate.findings:
        evidence = _more_findings(base.findings.get(row.name, ()), candidate.findings.get(row.name, ()))
    elif row.delta >= -noise - EPSILON:
        evidence = []
    elif row.name == "coverage":
        evidence = _more_uncovered(base.uncovered, candidate.uncovered)
    else:
        evidence = [f"{row.base:.4f} at the base, {row.candidate:.4f} here"]
    return Fall(name=row.name, tier=row.tier, evidence=_shortened(evidence)) if evidence else None


def _is_only_shorter(row: Row, base: Measurements, candidate: Measurements) -> bool:
    """Whether the share of covered lines fell because covered lines went, while no more lines than before are untested: a fix may be shorter."""
    if row.name != "coverage" or row.delta is None or row.delta >= 0:
        return False
    before, after = (sum(map(len, side.uncovered.values())) for side in (base, candidate))
    return after <= before


def _more_findings(base: Sequence[Finding], candidate: Sequence[Finding]) -> list[str]:
    """Findings of each rule that there are more of than at the base: the lines whose text the base did not have."""
    rules_before, rules_after = _count(base, by_text=False), _count(candidate, by_text=False)
    grown = {rule for rule, number in rules_after.items() if number > rules_before[rule]}
    texts_before, texts_after = _count(base, by_text=True), _count(candidate, by_text=True)
    paths = {(each.rule, each.text): each.path for each in candidate}
    fresh = texts_after - texts_before
    return [f"{rule} {paths[rule, text]}: {text} ({number} more)" for (rule, text), number in sorted(fresh.items()) if (rule,) in grown]


def _count(findings: Sequence[Finding], *, by_text: bool) -> Counter[tuple[str, ...]]:
    counts: Counter[tuple[str, ...]] = Counter()
    for finding in findings:
        counts[(finding.rule, finding.text) if by_text else (finding.rule,)] += finding.count
    return counts


def _more_uncovered(base: Mapping[str, Sequence[str]], candidate: Mapping[str, Sequence[str]]) -> list[str]:
    """The lines that no test ran and that the base did not have uncovered; nothing unless there are more of them than at the base."""
    before = Counter(text for lines in base.values() for text in lines)
    after = Counter(text for lines in candidate.values() for text in lines)
    if after.total() <= before.total():
        return []
    fresh = after - before
    places = {text: path for path, lines in candidate.items() for text in lines}
    return [f"not run by any test: {places[text]}: {text}" + (f" ({number} times)" if number > 1 else "") for text, number in sorted(fresh.items())]


def _shortened(evidence: Sequence[str]) -> tuple[str, ...]:
    more = len(evidence) - EVIDENCE_LINES
    return (*evidence[:EVIDENCE_LINES], f"and {more} more") if more > 0 else tuple(evidence)
