"""Comparing an experiment with its base: the trees measured part by part, what is known taken from the store, and all of it assessed."""

import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import anyio
import anyio.to_thread

from state.answers import quoted
from state.baselines import Baseline, BaselineRow
from state.calibrations import Calibration, calibration_under
from state.cycles import Hypothesis, hypothesis
from state.experiments import Experiment, ExperimentMeasured
from state.measurement import TIER_WEIGHTS, Reading, ReadingState, Sample
from state.model import digest
from tools.engine.contract import Contract
from tools.engine.evaluation.assessment import TESTS_PART, Assessment, Measurements, TestAccount, measurements
from tools.engine.evaluation.base_word import BaseOwned, base_owned, examine
from tools.engine.evaluation.cases import fixed_patterns
from tools.engine.evaluation.commanded import CONSTRAINT, SMOKE
from tools.engine.evaluation.composite import Contract as Weighing
from tools.engine.evaluation.composite import assess
from tools.engine.evaluation.noise import spread_of
from tools.engine.evaluation.parts import kind_of, parts_of
from tools.engine.evaluation.planning import Target
from tools.engine.evaluation.repeats import counted
from tools.engine.evaluation.weights import contract_weights
from tools.engine.experiment.base_files import what_changed
from tools.engine.experiment.bench import Bench
from tools.engine.experiment.covering import gained_by_tests
from tools.engine.experiment.history import snapshot, with_history
from tools.engine.experiment.outcomes import measured_with
from tools.engine.experiment.proving import over_the_base, with_new_tests
from tools.engine.experiment.renames import renamed
from tools.engine.experiment.replacements import replacing
from tools.engine.experiment.silent_tests import silent_tests
from tools.engine.experiment.special_cases import special_cases
from tools.engine.experiment.stand_ins import stand_ins
from tools.engine.experiment.suppressions import asking_for_the_runner, on_the_line_of_a_head, silenced
from tools.engine.experiment.whereabouts import asking_where_it_runs
from tools.engine.gate.facts import Comparison, ConstraintResult
from tools.engine.languages.growth import CAPABILITY
from tools.engine.repository.changes import changed_lines
from tools.engine.session import server_record

SUSPICION_KEPT: Final = 50
FAILING_SHOWN: Final = 10
UNCOVERED_SHOWN: Final = 3
OURS: Final = frozenset(name for tier in TIER_WEIGHTS.values() for name in tier)  # dimensions that every project has
COPIES_UNSEEN: Final = 5  # copies that one change may bring without a word
OUTPUT_LIMIT: Final = 2000  # characters of what a run printed last


async def compare(bench: Bench, experiment: Experiment) -> Comparison:
    """Measure base and candidate, as far as they are not known, and compare them."""
    begun = time.monotonic()
    parts = parts_of(bench.target().contract)
    base = await bench.take("base", bench.base_tree, [part for part in parts if part != SMOKE], bench.target())
    target = bench.target(_test_files(base))
    tree = experiment.tree or ""
    own = await bench.take("candidate", tree, parts, target)
    tests = [part for part in parts if kind_of(part) == TESTS_PART]
    by_the_base = await bench.take("candidate with the base's tests", tree, tests, replace(target, word="base"))
    overlaid = (*(sample for sample in own if kind_of(sample.part) != TESTS_PART), *by_the_base)
    history = await anyio.to_thread.run_sync(snapshot, bench.session)
    before, after = with_history(measurements(base), history), with_history(measurements(own), history)
    sides = before, after, with_history(measurements(overlaid), history)
    owned = base_owned(bench.contract.profile.roots, target.observed, fixed_patterns(bench.contract.configuration))
    idea = _idea(bench, experiment)
    proofs = await over_the_base(bench, tree, idea, sides[:2], owned)
    gained = await anyio.to_thread.run_sync(gained_by_tests, bench.session.repository, (bench.base_tree, tree), sides[:2], owned)
    assessment = assess(_weighing(bench), *sides, gained)
    silent = await anyio.to_thread.run_sync(_saying_nothing, bench, tree, assessment, _test_files(own), before.outcomes)
    seen = await anyio.to_thread.run_sync(partial(_suspicion, bench, tree, owned, idea, tested=bool(before.outcomes)))
    suspicion = (*seen, *silent, *more_copies(before, after))
    moved = await anyio.to_thread.run_sync(_renamed, bench, tree, assessment.tests)
    account = with_new_tests(assessment.tests.model_copy(update={"renamed": moved}), proofs, sides[1], idea)
    return Comparison(
        tree=tree, base_tree=bench.base_tree, assessment=assessment.model_copy(update={"tests": account.shortened()}),
        smoke=sides[1].readings.get(SMOKE), constraints=_constraints(*sides[:2]), own_checks=proofs.own_checks, instruments=_instruments(base, own),
        suspicion=suspicion[:SUSPICION_KEPT], output=_output(assessment, by_the_base, own), samples=_repeated(base, own),
        spread=_spread(base, own), calibration=_calibration(bench), seconds=round(time.monotonic() - begun, 3),
    )  # fmt: skip


async def record_comparison(bench: Bench, experiment: Experiment) -> None:
    """Compare a candidate with its base, and write down what came of it."""
    found = await compare(bench, experiment)
    measured = ExperimentMeasured(
        experiment=experiment.id, tree=found.tree, base=experiment.base, delta=found.assessment.difference, assessment=found.model_dump(mode="json")
    )
    await anyio.to_thread.run_sync(server_record, bench.session, measured)


async def as_the_base_sees(bench: Bench) -> Target:
    """The base as a target, with the test files that its own run was seen to use: what else lies over a candidate is the base's word."""
    tests = [part for part in parts_of(bench.target().contract) if kind_of(part) == TESTS_PART]
    return bench.target(_test_files(await bench.take("base", bench.base_tree, tests, bench.target())))


def _idea(bench: Bench, experiment: Experiment) -> Hypothesis | None:
    """What the experiment tries."""
    with bench.session.store.reading() as connection:
        found = hypothesis(connection, experiment.hypothesis)
    return found.content if found else None


def _renamed(bench: Bench, tree: str, account: TestAccount) -> tuple[str, ...]:
    return renamed(account, bench.session.repository, (bench.base_tree, tree), bench.contract.profile.roots)


def _suspicion(bench: Bench, tree: str, owned: BaseOwned, idea: Hypothesis | None, *, tested: bool) -> tuple[str, ...]:
    """What looks wrong in a candidate without being proof: checkers that it silences, a product that knows its tests or patches
    itself, files of the base's.

    Where the base was not `tested`, the first settings of tools weaken nothing.
    """
    repository = bench.session.repository
    changed = [change for change in examine(repository, bench.base_tree, tree, owned) if change.suspicious and (tested or not change.first)]
    written = changed_lines(repository, bench.base_tree, tree)
    lines = [f"{quoted(each.path)}: {what_changed(each, written.get(each.path))}" for each in changed]
    product = {path: each for path, each in written.items() if not owned.matches(path)}
    trees = bench.base_tree, tree
    asking = (*asking_for_the_runner(product), *asking_where_it_runs(repository, bench.base_tree, owned, product, idea))
    special = (*special_cases(repository, trees, owned, written, idea), *replacing(repository, trees, owned, product))
    replaced = stand_ins(repository, tree, owned, written)
    return (*silenced(written), *asking, *special, *replaced, *on_the_line_of_a_head(product), *lines)


def _saying_nothing(bench: Bench, tree: str, assessment: Assessment, used: Collection[str], base: Collection[str]) -> tuple[str, ...]:
    """New tests that assert nothing. `used` are the files of the candidate's run; those that hold tests of the base help no others."""
    helping = set(used) - {test.split("::", 1)[0] for test in base}
    return silent_tests(assessment, bench.session.repository, tree, bench.contract.profile.roots, helping)


def _repeated(base: Sequence[Sample], own: Sequence[Sample]) -> dict[str, tuple[int, int]]:
    """How often each part was measured at the base and at the candidate, of those that were more than once."""
    before, after = counted(base), counted(own)
    return {part: (before.get(part, 0), count) for part, count in after.items() if max(before.get(part, 0), count) > 1}


def _spread(base: Sequence[Sample], own: Sequence[Sample]) -> dict[str, tuple[float | None, float | None]]:
    """How far the measurements of each dimension lie apart, at the base and at the candidate; None of a side that was measured once."""
    before, after = spread_of(base), spread_of(own)
    return {name: (before.get(name), after.get(name)) for name in {**before, **after}}


def _constraints(base: Measurements, own: Measurements) -> tuple[ConstraintResult, ...]:
    """The hard constraints on the candidate's tree, and beside each whether it holds at the base."""
    return tuple(
        ConstraintResult(name=name, holds=_holds(reading), on_base=_holds(base.constraints.get(name)), ended=_ended(reading))
        for name, reading in own.constraints.items()
    )


def _holds(reading: Reading | None) -> bool:
    return reading is not None and reading.value == 1.0


def _ended(reading: Reading) -> str:
    """How the command of a hard constraint ended."""
    if reading.state is not ReadingState.MEASURED:
        return f"{reading.state}: {reading.reason}"
    return f"exit code {reading.facts.get('exit_code')} after {reading.seconds:.1f} s"


def _calibration(bench: Bench) -> Calibration | None:
    """What a calibration under the contract has shown; the flaky tests stand in the account of tests."""
    with bench.session.store.reading() as connection:
        found = calibration_under(connection, contract_key(bench.contract))
    return found.model_copy(update={"flaky": ()}) if found else None


def _weighing(bench: Bench) -> Weighing:
    """What decides: the weights of the contract, and the noise that a calibration under it has shown."""
    contract, calibrated = bench.contract, _calibration(bench)
    weights = contract_weights(contract.configuration, contract.profile)
    return Weighing(contract.profile, weights, contract.configuration.threshold, calibrated.noise if calibrated else {})


def baseline(bench: Bench, samples: Sequence[Sample], seconds: float) -> Baseline:
    """What the base measured by itself."""
    contract, found = bench.contract, with_history(measurements(samples), snapshot(bench.session))
    assessment = assess(_weighing(bench), found, found, found)
    rows = tuple(
        BaselineRow(name=row.name, weight=round(row.weight, 4), value=row.base, detail=_detail(found.reading(row.name))) for row in assessment.rows
    )
    uncovered = sorted(((path, len(lines)) for path, lines in found.uncovered.items() if lines), key=lambda item: -item[1])[:UNCOVERED_SHOWN]
    broken = sorted(test for test, outcome in found.outcomes.items() if outcome in ("failed", "error", "collection_error"))
    failing = tuple(test for test in broken if test not in found.flaky)
    return Baseline(
        tree=bench.base_tree, contract=contract_key(contract), composite=assessment.floor_base, threshold=assessment.threshold,
        tests=assessment.tests.base_total, failing=failing[:FAILING_SHOWN], flaky=tuple(sorted(found.flaky))[:FAILING_SHOWN],
        rows=rows, uncovered=tuple(uncovered),
        broken_constraints=tuple(f"{name}: {_ended(reading)}" for name, reading in found.constraints.items() if not _holds(reading)),
        seconds=round(seconds, 3),
        output=_said(samples, ["tests"] if failing else [row.name for row in assessment.rows if row.base is None] or failed_commands(found)),
    )  # fmt: skip


def _detail(reading: Reading) -> str:
    if reading.state is not ReadingState.MEASURED:
        return quoted(f"{reading.state}: {reading.reason}")
    return quoted(", ".join(f"{name} {_number(value)}" for name, value in sorted(reading.facts.items()) if value != ""))


def _number(value: float | str) -> float | str:
    """A fact as a person reads it: not more digits than a measurement is good for."""
    return float(f"{value:.4g}") if isinstance(value, float) else value


def _test_files(samples: Iterable[Sample]) -> tuple[str, ...]:
    return tuple(path for sample in samples if kind_of(sample.part) == TESTS_PART for path in sample.material.get("test_files", ()))


def _output(assessment: Assessment, by_the_base: Sequence[Sample], own: Sequence[Sample]) -> str:
    """The tail of the run that shows why: where base tests were lost, the one with the base's word; nothing where all is well."""
    if assessment.lost:
        return _said(own, assessment.lost)
    if assessment.tests.lost or assessment.tests.failed:
        return _said(by_the_base if assessment.tests.lost else own, ("tests",))
    if failed := failed_commands(measurements(own)):
        return _said(own, failed)
    must_pass = [sample for sample in own if sample.part == SMOKE or sample.part.startswith(CONSTRAINT)]
    return _said(must_pass, [sample.part for sample in must_pass if not _holds(sample.readings[0])])


def failed_commands(found: Measurements) -> list[str]:
    """The project's own dimensions that are 0, such as those whose command was not found: what it printed says why."""
    return [name for name, reading in found.readings.items() if name not in OURS and name != SMOKE and reading.value == 0]


def more_copies(before: Measurements, after: Measurements) -> tuple[str, ...]:
    """A line where a candidate brings many public functions that are copies of one another: they count once, and somebody should ask why."""
    counts = [side.reading(CAPABILITY).facts.get("copies", 0) for side in (before, after)]
    more = int(counts[1]) - int(counts[0])
    return (f"{more} more functions than at the base are copies of others, but for names and numbers",) if more > COPIES_UNSEEN else ()


def _said(samples: Iterable[Sample], dimensions: Collection[str]) -> str:
    """The tail of what the first run of these dimensions printed, if it printed anything."""
    newest_first = reversed(tuple(samples))
    found = (sample.output for sample in newest_first if any(reading.dimension in dimensions for reading in sample.readings))
    return next((output for output in found if output), "")[-OUTPUT_LIMIT:]


def _instruments(base: Sequence[Sample], own: Sequence[Sample]) -> dict[str, tuple[str, str]]:
    """What measured each part on both sides: instrument and environment."""
    before = {sample.part: measured_with(sample.instrument, sample.environment) for sample in base}
    return {sample.part: (before[sample.part], measured_with(sample.instrument, sample.environment)) for sample in own if sample.part in before}


def contract_key(contract: Contract) -> str:
    """What a baseline is bound to: factory.md's contract and the profile."""
    return digest([contract.configuration.contract(), contract.profile.plain()])
