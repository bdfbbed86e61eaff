"""Comparing an experiment with its base: the trees measured part by part, what is known taken from the store, and all of it assessed."""

import json
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import anyio
import anyio.to_thread

from state.answers import quoted
from state.baselines import Baseline, BaselineRow
from state.cycles import hypothesis
from state.errors import Refusal
from state.experiments import Experiment
from state.measurement import Reading, ReadingState, Root, Sample
from state.model import canonical, digest
from state.samples import SampleTaken, stored_samples
from tools.engine.contract import Contract
from tools.engine.evaluation.assessment import TESTS_PART, Assessment, Measurements, measurements
from tools.engine.evaluation.base_word import base_owned, examine
from tools.engine.evaluation.commanded import CONSTRAINT, SMOKE
from tools.engine.evaluation.composite import Contract as Weighing
from tools.engine.evaluation.composite import assess
from tools.engine.evaluation.measure import Listeners, measure
from tools.engine.evaluation.parts import MeasuringContract, kind_of, of_roots, parts_of
from tools.engine.evaluation.planning import Target
from tools.engine.evaluation.weights import contract_weights
from tools.engine.experiment.suppressions import silenced
from tools.engine.gate.facts import Comparison, ConstraintResult, OwnCheck
from tools.engine.jobs.running import Progress
from tools.engine.languages.table import language_named
from tools.engine.repository.changes import changed_lines
from tools.engine.repository.objects import Entry, list_tree, write_tree_from
from tools.engine.session import Session, server_record

SUSPICION_KEPT: Final = 50
FAILING_SHOWN: Final = 10
UNCOVERED_SHOWN: Final = 3
OUTPUT_LIMIT: Final = 2000  # characters of what a run printed last
SETTLED: Final = (ReadingState.MEASURED, ReadingState.NOT_APPLICABLE, ReadingState.UNAVAILABLE)


@dataclass(frozen=True)
class Bench:
    """What every measurement of one job shares."""

    session: Session
    contract: Contract
    base_tree: str
    progress: Progress

    async def take(self, label: str, tree: str, parts: Sequence[str], target: Target) -> tuple[Sample, ...]:
        """Measure `tree`; what is known is not measured again, and what is finished is stored at once."""
        listeners = Listeners(
            known=lambda key: known_sample(self.session, key, self.progress),
            keep=lambda sample: anyio.to_thread.run_sync(keep_sample, self.session, sample),
            progress=lambda message: self.progress(f"{label}: {message}"),
        )
        return await measure(replace(target, tree=tree), parts, listeners)

    def target(self, observed: Iterable[str] = ()) -> Target:
        """The base itself as a target, to be varied."""
        return Target(
            repository=self.session.repository, tree=self.base_tree, base_tree=self.base_tree, word="own",
            contract=MeasuringContract(self.contract.configuration, self.contract.profile), cache=self.session.store.folder / "cache",
            observed=tuple(observed), variables=self.session.variables,
        )  # fmt: skip


async def compare(bench: Bench, experiment: Experiment) -> Comparison:
    begun = time.monotonic()
    target = bench.target()
    parts = parts_of(target.contract)
    base = await bench.take("base", bench.base_tree, [part for part in parts if part != SMOKE], target)
    target = bench.target(_test_files(base))
    tree = experiment.tree or ""
    own = await bench.take("candidate", tree, parts, target)
    tests = [part for part in parts if kind_of(part) == TESTS_PART]
    by_the_base = await bench.take("candidate with the base's tests", tree, tests, replace(target, word="base"))
    overlaid = (*(sample for sample in own if kind_of(sample.part) != TESTS_PART), *by_the_base)
    checks = await _own_checks(bench, experiment, measurements(own))
    suspicion = await anyio.to_thread.run_sync(_suspicion, bench, tree, _test_files(base))
    assessment = _assess(bench.contract, measurements(base), measurements(own), measurements(overlaid))
    stored = assessment.model_copy(update={"tests": assessment.tests.shortened()})
    return Comparison(
        tree=tree, base_tree=bench.base_tree, assessment=stored, smoke=measurements(own).readings.get(SMOKE),
        constraints=_constraints(measurements(base), measurements(own)), own_checks=checks, instruments=_instruments(base, own),
        suspicion=suspicion[:SUSPICION_KEPT], output=_output(assessment, by_the_base, own), seconds=round(time.monotonic() - begun, 3),
    )  # fmt: skip


def _suspicion(bench: Bench, tree: str, test_files: Sequence[str]) -> tuple[str, ...]:
    """What looks wrong in a candidate without being proof: checkers that it silences, and what it did to files that are the base's."""
    repository, contract = bench.session.repository, bench.contract
    owned = base_owned(contract.profile.roots, test_files, contract.configuration.fixed_surfaces)
    changed = [change for change in examine(repository, bench.base_tree, tree, owned) if change.suspicious]
    lines = [f"{quoted(change.path)}: {change.kind.replace('_', ' ')}: {quoted(change.detail)}" for change in changed]
    return (*silenced(changed_lines(repository, bench.base_tree, tree)), *lines)


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


async def _own_checks(bench: Bench, experiment: Experiment, own: Measurements) -> tuple[OwnCheck, ...]:
    """The hypothesis's own tests, over the base: its test files are laid over the base's tree, and only they run there."""
    with bench.session.store.reading() as connection:
        found = hypothesis(connection, experiment.hypothesis)
    wanted = found.content.own_checks if found else ()
    if not wanted:
        return ()
    entries = {entry.path: entry for entry in await anyio.to_thread.run_sync(list_tree, bench.session.repository, experiment.tree or "")}
    outcomes: dict[str, str] = {}
    for part, kind, root in of_roots(bench.contract.profile):
        files = _files_of_tests(root, wanted, entries) if kind == TESTS_PART else ()
        if files:
            outcomes |= await _over_the_base(bench, part, root, {path: entries[path] for path in files})
    return tuple(OwnCheck(test=test, on_base=_outcome(outcomes, test), on_candidate=_outcome(own.outcomes, test)) for test in wanted)


def _files_of_tests(root: Root, wanted: Sequence[str], paths: Iterable[str]) -> tuple[str, ...]:
    """The files of a root in which the wanted tests stand."""
    language, inner = language_named(root.language), [root.inner(path) for path in paths if root.holds(path)]
    found = (path for test in wanted if root.holds(test) for path in language.files_of_test(root.inner(test), inner))
    return tuple(dict.fromkeys(root.outer(path) for path in found))


async def _over_the_base(bench: Bench, part: str, root: Root, files: Mapping[str, Entry]) -> Mapping[str, str]:
    """The outcomes of the tests of these files, laid over the base's tree, by id; only they run."""
    tree = await anyio.to_thread.run_sync(write_tree_from, bench.session.repository, bench.base_tree, dict(files))
    alone = root.model_copy(update={"test_arguments": tuple(root.inner(path) for path in files)})
    target = bench.target()
    profile = target.contract.profile.model_copy(update={"roots": tuple(alone if each == root else each for each in target.contract.profile.roots)})
    proof = replace(target, base_tree=tree, contract=replace(target.contract, profile=profile))
    return measurements(await bench.take("own checks over the base", tree, (part,), proof)).outcomes


def _outcome(outcomes: Mapping[str, str], test: str) -> str:
    """The outcome of a test id; of a parametrised test named without its parameters, the worst of them."""
    found = [outcome for name, outcome in outcomes.items() if name == test or name.startswith(f"{test}[")]
    return next((outcome for outcome in found if outcome != "passed"), found[0] if found else "")


def _assess(contract: Contract, base: Measurements, own: Measurements, overlaid: Measurements) -> Assessment:
    weights = contract_weights(contract.configuration, contract.profile)
    return assess(Weighing(contract.profile, weights, contract.configuration.threshold), base, own, overlaid)


def baseline(contract: Contract, tree: str, samples: Sequence[Sample], seconds: float) -> Baseline:
    found = measurements(samples)
    assessment = _assess(contract, found, found, found)
    rows = tuple(
        BaselineRow(name=row.name, weight=round(row.weight, 4), value=row.base, detail=_detail(found.reading(row.name))) for row in assessment.rows
    )
    uncovered = sorted(((path, len(lines)) for path, lines in found.uncovered.items() if lines), key=lambda item: -item[1])[:UNCOVERED_SHOWN]
    failing = tuple(sorted(test for test, outcome in found.outcomes.items() if outcome in ("failed", "error", "collection_error")))
    return Baseline(
        tree=tree, contract=contract_key(contract), composite=assessment.floor_base, threshold=assessment.threshold,
        tests=assessment.tests.base_total, failing=failing[:FAILING_SHOWN], rows=rows, uncovered=tuple(uncovered),
        broken_constraints=tuple(f"{name}: {_ended(reading)}" for name, reading in found.constraints.items() if not _holds(reading)),
        seconds=round(seconds, 3), output=_said(samples, ["tests"] if failing else [row.name for row in assessment.rows if row.base is None]),
    )  # fmt: skip


def _detail(reading: Reading) -> str:
    if reading.state is not ReadingState.MEASURED:
        return quoted(f"{reading.state}: {reading.reason}")
    return quoted(", ".join(f"{name} {value}" for name, value in reading.facts.items() if value != ""))


def _test_files(samples: Iterable[Sample]) -> tuple[str, ...]:
    return tuple(path for sample in samples if kind_of(sample.part) == TESTS_PART for path in sample.material.get("test_files", ()))


def _output(assessment: Assessment, by_the_base: Sequence[Sample], own: Sequence[Sample]) -> str:
    """The tail of the run that shows why: where base tests were lost, the one with the base's word; nothing where all is well."""
    if assessment.lost:
        return _said(own, assessment.lost)
    if assessment.tests.lost or assessment.tests.failed:
        return _said(by_the_base if assessment.tests.lost else own, ("tests",))
    must_pass = [sample for sample in own if sample.part == SMOKE or sample.part.startswith(CONSTRAINT)]
    return _said(must_pass, [sample.part for sample in must_pass if not _holds(sample.readings[0])])


def _said(samples: Iterable[Sample], dimensions: Collection[str]) -> str:
    """The tail of what the first run of these dimensions printed, if it printed anything."""
    found = (sample.output for sample in samples if any(reading.dimension in dimensions for reading in sample.readings))
    return next((output for output in found if output), "")[-OUTPUT_LIMIT:]


def _instruments(base: Sequence[Sample], own: Sequence[Sample]) -> dict[str, tuple[str, str]]:
    """What measured each part on both sides: instrument and environment."""
    before = {sample.part: digest([sample.instrument, sample.environment])[:16] for sample in base}
    return {sample.part: (before[sample.part], digest([sample.instrument, sample.environment])[:16]) for sample in own if sample.part in before}


def contract_key(contract: Contract) -> str:
    """What a baseline is bound to: factory.md's contract and the profile."""
    return digest([contract.configuration.contract(), contract.profile.plain()])


def known_sample(session: Session, key: str, progress: Progress = lambda _message: None) -> Sample | None:
    """The newest stored sample of a key whose material can still be read; one that ended in an error or a timeout is measured again.

    A sample without its material does not count at all: what was measured with it is measured again, whole, and nothing of the two is mixed.
    """
    with session.store.reading() as connection:
        found = stored_samples(connection, key)
    for sample, name in reversed(found):
        material = _material(session, name)
        if material is None:
            progress(f"{sample.part}: an earlier measurement cannot be read any more and does not count (object {name[:7]})")
        else:
            settled = all(reading.state in SETTLED for reading in sample.readings)
            return sample.model_copy(update={"material": material}) if settled else None
    return None


def _material(session: Session, name: str) -> dict[str, Any] | None:
    """What a sample was measured with in full; None where that is lost, or another than it was."""
    try:
        material = json.loads(session.store.read_object(name))
    except Refusal:
        return None
    return material if isinstance(material, dict) else None


def keep_sample(session: Session, sample: Sample) -> None:
    """Store a sample, its material as an object of its own."""
    name = session.store.keep_object(canonical(sample.material).encode())
    server_record(session, SampleTaken(sample=sample.model_copy(update={"material": {}}).plain(), material=name))
