"""Tests of a candidate over its base: the hypothesis's own checks, and the tests that are new. What passes there too proves nothing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import anyio.to_thread

from state.cycles import Hypothesis
from state.measurement import Root
from tools.engine.evaluation.assessment import RENAMED, TESTS_PART, Measurements, TestAccount, measurements
from tools.engine.evaluation.base_word import BaseOwned, examine
from tools.engine.evaluation.parts import of_roots
from tools.engine.experiment.bench import Bench
from tools.engine.gate.facts import OwnCheck
from tools.engine.languages.table import language_named
from tools.engine.repository.objects import Entry, list_tree, write_tree_from

# A hypothesis that is about one of these announces tests of what is there already.
ABOUT_TESTS: Final = frozenset({"coverage", "tests", "capability_surface"})


@dataclass(frozen=True)
class Proofs:
    """What tests of the candidate say over the base. `outcomes` by id; an id that is not in it did not run there."""

    own_checks: tuple[OwnCheck, ...]
    outcomes: Mapping[str, str]


async def over_the_base(bench: Bench, tree: str, hypothesis: Hypothesis | None, sides: tuple[Measurements, Measurements], owned: BaseOwned) -> Proofs:
    """Run the hypothesis's own checks and every new test over the base: the candidate's test files laid over the base's tree, and only they run."""
    base, own = sides
    wanted = hypothesis.own_checks if hypothesis else ()
    new = own.outcomes.keys() - base.outcomes.keys()
    if not wanted and not new:
        return Proofs((), {})
    entries = {entry.path: entry for entry in await anyio.to_thread.run_sync(list_tree, bench.session.repository, tree)}
    support = await anyio.to_thread.run_sync(_added_for_tests, bench, tree, owned)
    outcomes: dict[str, str] = {}
    for part, kind, root in of_roots(bench.contract.profile):
        files = _files_of_tests(root, (*wanted, *sorted(new)), entries) if kind == TESTS_PART else ()
        if files:
            laid = {path: entries[path] for path in (*files, *support) if path in entries}
            outcomes |= await _run(bench, part, root, (files, laid))
    checks = tuple(OwnCheck(test=test, on_base=_outcome(outcomes, test), on_candidate=_outcome(own.outcomes, test)) for test in wanted)
    return Proofs(checks, {test: outcomes[test] for test in new if test in outcomes})


def with_new_tests(account: TestAccount, proofs: Proofs, own: Measurements, hypothesis: Hypothesis | None) -> TestAccount:
    """The account with the new tests told apart: those that pass at the base too describe what is there, and prove nothing of the change.

    A test that was only renamed is not new.
    """
    old = {pair.split(RENAMED)[1] for pair in account.renamed}
    passing = [test for test in account.new if test not in old and own.outcomes.get(test) == "passed" and proofs.outcomes.get(test) == "passed"]
    announced = hypothesis is not None and hypothesis.dimension in ABOUT_TESTS
    undeclared = [test for test in passing if not announced and not _is_named(test, hypothesis.characterises if hypothesis else ())]
    return account.model_copy(update={"characterising": tuple(passing), "undeclared": tuple(undeclared)})


def _is_named(test: str, named: Collection[str]) -> bool:
    """Whether a test is one of these ids, with or without its parameters, or stands in one of these files."""
    return any(test == name or test.startswith((f"{name}::", f"{name}[")) for name in named)


def _added_for_tests(bench: Bench, tree: str, owned: BaseOwned) -> tuple[str, ...]:
    """The test files that the candidate added or that only gained: what new tests stand on, such as fixtures."""
    return tuple(change.path for change in examine(bench.session.repository, bench.base_tree, tree, owned) if not change.suspicious)


def _files_of_tests(root: Root, wanted: Iterable[str], paths: Iterable[str]) -> tuple[str, ...]:
    """The files of a root in which the wanted tests stand."""
    language, inner = language_named(root.language), [root.inner(path) for path in paths if root.holds(path)]
    one_of_each_file = {test.split("::", 1)[0]: test for test in wanted if root.holds(test)}
    found = (path for test in one_of_each_file.values() for path in language.files_of_test(root.inner(test), inner))
    return tuple(dict.fromkeys(root.outer(path) for path in found))


async def _run(bench: Bench, part: str, root: Root, files: tuple[Sequence[str], Mapping[str, Entry]]) -> Mapping[str, str]:
    """The outcomes, by id, of the tests of some files, laid with others over the base's tree; only they run, and without coverage."""
    run, laid = files
    tree = await anyio.to_thread.run_sync(write_tree_from, bench.session.repository, bench.base_tree, dict(laid))
    alone = root.model_copy(update={"test_arguments": tuple(root.inner(path) for path in run), "coverage": "", "counted": False})
    target = bench.target()
    profile = target.contract.profile.model_copy(update={"roots": tuple(alone if each == root else each for each in target.contract.profile.roots)})
    proof = replace(target, base_tree=tree, contract=replace(target.contract, profile=profile))
    return measurements(await bench.take("new tests over the base", tree, (part,), proof)).outcomes


def _outcome(outcomes: Mapping[str, str], test: str) -> str:
    """The outcome of a test id; of a parametrised test named without its parameters, the worst of them."""
    found = [outcome for name, outcome in outcomes.items() if name == test or name.startswith(f"{test}[")]
    return next((outcome for outcome in found if outcome != "passed"), found[0] if found else "")
