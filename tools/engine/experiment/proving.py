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
from tools.engine.experiment.missing_names import added_names, missing_name
from tools.engine.experiment.promised import stands
from tools.engine.experiment.words_alone import words_alone
from tools.engine.gate.facts import OwnCheck
from tools.engine.languages.table import language_named
from tools.engine.repository.changes import changed_lines
from tools.engine.repository.objects import Entry, list_tree, write_tree_from

# What may follow an id: a method or module, parameters, a test of a suite of JavaScript, the second of its name, a part of a test of Go.
BELOW_A_TEST: Final = ("::", "[", " > ", " #", "/")
# A hypothesis that is about one of these announces tests of what is there already.
ABOUT_TESTS: Final = frozenset({"coverage", "tests", "capability_surface"})


@dataclass(frozen=True)
class Proofs:
    """What tests of the candidate say over the base. `outcomes` by id; an id that is not in it did not run there."""

    own_checks: tuple[OwnCheck, ...]
    outcomes: Mapping[str, str]


@dataclass(frozen=True)
class _Laid:
    """What may be laid over the base: the candidate's files by path, those that tests stand on, and the ids of the tests that are asked for."""

    entries: Mapping[str, Entry]
    support: tuple[str, ...]
    wanted: tuple[str, ...]
    new: tuple[str, ...]

    def over(self, files: Sequence[str], without: frozenset[str] = frozenset()) -> dict[str, Entry]:
        """The entries of these files and of what tests stand on."""
        return {path: self.entries[path] for path in (*files, *self.support) if path in self.entries and path not in without}


async def over_the_base(bench: Bench, tree: str, hypothesis: Hypothesis | None, sides: tuple[Measurements, Measurements], owned: BaseOwned) -> Proofs:
    """Run the hypothesis's own checks and every new test over the base: the candidate's test files laid over the base's tree, and only they run."""
    base, own = sides
    wanted = hypothesis.own_checks if hypothesis else ()
    if not bench.contract.profile.tested:
        return Proofs(tuple([await anyio.to_thread.run_sync(_not_run, bench, tree, test) for test in wanted]), {})
    new = own.outcomes.keys() - base.outcomes.keys()
    if not wanted and not new:
        return Proofs((), {})
    entries = {entry.path: entry for entry in await anyio.to_thread.run_sync(list_tree, bench.session.repository, tree)}
    support = await anyio.to_thread.run_sync(_added_for_tests, bench, tree, owned)
    laid = _Laid(entries, support, tuple(wanted), tuple(sorted(new)))
    parts = [(part, root) for part, kind, root in of_roots(bench.contract.profile) if kind == TESTS_PART]
    runs = [run for part, root in parts for run in await _runs(bench, part, root, laid)]
    outcomes = {test: outcome for run in runs for test, outcome in run.outcomes.items()}
    failures = {test: said for run in runs for test, said in run.failures.items()}
    added = await anyio.to_thread.run_sync(_names_of_product, bench, tree, owned) if failures and wanted else frozenset[str]()
    words = bool(wanted) and await anyio.to_thread.run_sync(words_alone, bench.session.repository, (bench.base_tree, tree), owned)
    checks = tuple(
        OwnCheck(
            test=test, on_base=_outcome(outcomes, test), on_candidate=_outcome(own.outcomes, test),
            missing=_missing([said for name, said in failures.items() if _is_of(name, test)], added), words_alone=words,
        ) for test in wanted
    )  # fmt: skip
    return Proofs(checks, {test: outcomes[test] for test in new if test in outcomes})


async def _runs(bench: Bench, part: str, root: Root, laid: _Laid) -> list[Measurements]:
    """The wanted tests of a root and the new ones over the base; where a wanted one was not seen, those files once more without the others.

    In some languages one file that cannot be built takes all of its package with it.
    """
    apart = _files_of_tests(root, laid.wanted, laid.entries)
    together = _files_of_tests(root, (*laid.wanted, *laid.new), laid.entries)
    found = [await _run(bench, part, root, (together, laid.over(together)))] if together else []
    if apart and apart != together and not _all_ran([test for test in laid.wanted if root.holds(test)], found[0].outcomes):
        found.append(await _run(bench, part, root, (apart, laid.over(apart, without=frozenset(together) - frozenset(apart)))))
    return found


def _all_ran(wanted: Iterable[str], outcomes: Mapping[str, str]) -> bool:
    """Whether each of these tests was seen on the base."""
    return all(_outcome(outcomes, test) for test in wanted)


def _missing(said: Iterable[str], added: frozenset[str]) -> str:
    """The name that a test lacks on the base; of a test with parameters empty as soon as one of them fails by something else."""
    found = [missing_name(each, added) for each in said]
    return found[0] if found and all(found) else ""


def _names_of_product(bench: Bench, tree: str, owned: BaseOwned) -> frozenset[str]:
    """What the candidate brings that tests over the base cannot find there."""
    repository = bench.session.repository
    changed = changed_lines(repository, bench.base_tree, tree)
    return added_names(repository, bench.base_tree, {path: lines for path, lines in changed.items() if not owned.matches(path)})


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
    """Whether a test is one of these ids, or one of those below it (parameters, suites, parts), or stands in one of these files."""
    return any(test == name or test.startswith(tuple(f"{name}{below}" for below in BELOW_A_TEST if "::" in name or below == "::")) for name in named)


def _not_run(bench: Bench, tree: str, test: str) -> OwnCheck:
    """A test where no runner takes ids: it proves nothing, and what was promised has to be there all the same."""
    there = stands(bench.session.repository, tree, bench.contract.profile.roots, test)
    return OwnCheck(test=test, on_base="", on_candidate="", by_itself=not there)


def _added_for_tests(bench: Bench, tree: str, owned: BaseOwned) -> tuple[str, ...]:
    """The test files that the candidate added or that only gained: what new tests stand on, such as fixtures."""
    return tuple(change.path for change in examine(bench.session.repository, bench.base_tree, tree, owned) if not change.suspicious)


def _files_of_tests(root: Root, wanted: Iterable[str], paths: Iterable[str]) -> tuple[str, ...]:
    """The files of a root in which the wanted tests stand."""
    language, inner = language_named(root.language), [root.inner(path) for path in paths if root.holds(path)]
    one_of_each_file = {test.split("::", 1)[0]: test for test in wanted if root.holds(test)}
    found = (path for test in one_of_each_file.values() for path in language.files_of_test(root.inner(test), inner))
    return tuple(dict.fromkeys(root.outer(path) for path in found))


async def _run(bench: Bench, part: str, root: Root, files: tuple[Sequence[str], Mapping[str, Entry]]) -> Measurements:
    """What the tests of some files, laid with others over the base's tree, come to there; only they run, and without coverage."""
    run, laid = files
    tree = await anyio.to_thread.run_sync(write_tree_from, bench.session.repository, bench.base_tree, dict(laid))
    alone = root.model_copy(update={"test_arguments": tuple(root.inner(path) for path in run), "coverage": "", "counted": False})
    target = bench.target()
    profile = target.contract.profile.model_copy(update={"roots": tuple(alone if each == root else each for each in target.contract.profile.roots)})
    proof = replace(target, base_tree=tree, contract=replace(target.contract, profile=profile))
    return measurements(await bench.take("new tests over the base", tree, (part,), proof))


def _outcome(outcomes: Mapping[str, str], test: str) -> str:
    """The outcome of a test id; of a parametrised test named without its parameters, the worst of them."""
    found = [outcome for name, outcome in outcomes.items() if _is_of(name, test)]
    return next((outcome for outcome in found if outcome != "passed"), found[0] if found else "")


def _is_of(name: str, test: str) -> bool:
    """Whether an id is the test's, or that of one of its parameters."""
    return name == test or name.startswith(f"{test}[")
