"""What has to be known before anything runs: for each part the tree that it looks at, and the key under which its sample is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from state.configuration import Configuration
from state.measurement import Root, sample_key
from state.model import JSON, digest
from tools.engine.evaluation.base_word import base_owned, overlay, with_base_configuration
from tools.engine.evaluation.cases import files_of_cases, fixed_patterns, pattern_of
from tools.engine.evaluation.commanded import CASE_TIMEOUT, CONSTRAINT, EVAL_COMMAND, HOLDOUT, METRIC, SMOKE, TRIAL, Evaluation, form_of_eval_command
from tools.engine.evaluation.parts import PROJECT, STATIC, MeasuringContract, dimensions_of, dimensions_of_part, of_roots
from tools.engine.evaluation.pool import Pool
from tools.engine.evaluation.withholding import held_out_patterns, without
from tools.engine.languages.bench import Bench, Task, Trees
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import list_tree


@dataclass(frozen=True)
class Target:
    """What to measure: trees are git tree ids. For the base itself `tree` equals `base_tree`.

    `word` says whose tests run: the tree's own, or the base's (tree O). `observed` are the test files that the base's run was seen to use
    (`test_files` in the material of its sample). `cache` is a folder of ours for caches that are keyed by content. `variables` are those that
    `## Setup` may hand on, by name; `pool` has large trees of earlier measurements. `installed_in` is the checkout in which dependencies and ignored
    data lie, where that is not the repository's own; `trial` is a command beside the
    evaluations of the contract, for the part TRIAL or METRIC.
    """

    repository: Repository
    tree: str
    base_tree: str
    word: Literal["own", "base"]
    contract: MeasuringContract
    cache: Path
    observed: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    pool: Pool | None = None
    installed_in: Repository | None = None
    trial: Evaluation | None = None

    @property
    def home(self) -> Repository:
        """The repository in whose checkout dependencies and ignored data lie."""
        return self.installed_in or self.repository


@dataclass(frozen=True)
class Stand:
    """A root with the bench on which it is measured."""

    root: Root
    bench: Bench


@dataclass(frozen=True)
class Job:
    """One part on one tree, with the instrument and environment that make its key. `task` is what a bench is asked for, if it is one's."""

    part: str
    trees: Trees
    instrument: str
    environment: str
    dimensions: tuple[str, ...]
    stand: Stand | None = None
    task: Task | None = None

    @property
    def key(self) -> str:
        """The key of its sample."""
        return sample_key(self.part, self.trees.measured, self.instrument, self.environment)

    @property
    def runs_code(self) -> bool:
        """Whether the project's own code runs for it."""
        return self.part != STATIC and (self.task is None or self.task.kind == "tests")


@dataclass(frozen=True)
class _Views:
    """The trees of a target: as it is, as the base's tests see it, and with the base's configuration of tools, all without what is held out.

    `whole` is the target with it. `first_tests`: no test stands in the contract or at the base, so that those that a candidate brings are the first.
    """

    own: Trees
    by_the_base: Trees
    settings: Trees
    whole: Trees
    own_word: bool
    first_tests: bool


def plan(target: Target, parts: Sequence[str], stands: Sequence[Stand], surroundings: str) -> list[Job]:
    """The jobs of these parts, in their order. `surroundings` is what of the environment is the same for all of them. Raises KeyError."""
    views = _views(target)
    environment = digest([surroundings, *sorted(stand.bench.environment for stand in stands)])
    by_part = {stand.root.label: stand for stand in stands}
    of_root = {part: (kind, by_part[root.label]) for part, kind, root in of_roots(target.contract.profile)}

    def job(part: str) -> Job:
        if part not in of_root:
            trees, instrument = _of_the_contract(part, target, views)
            return Job(part, trees, digest([part, instrument]), environment, dimensions_of_part(part, target.contract.profile))
        kind, stand = of_root[part]
        dimensions = dimensions_of(kind, stand.root, target.contract.profile)
        trees = views.own
        if kind in {"lint", "types"}:
            trees = views.settings
        elif kind == "tests" and not views.own_word:
            trees, dimensions = views.by_the_base, ("tests",)
        task = Task(kind, trees, dimensions)
        own = digest([surroundings, stand.bench.environment])
        return Job(part, trees, digest(stand.bench.instrument(task)), own, dimensions, stand, task)

    return [job(part) for part in parts]


def command_of(part: str, target: Target) -> Evaluation:
    """The command of a part that no root yields. Raises KeyError for a part that there is not."""
    return target.trial if part in (TRIAL, METRIC) and target.trial is not None else evaluation_of(part, target.contract.configuration)


def evaluation_of(part: str, configuration: Configuration) -> Evaluation:
    """The command of an evaluation, of a hard constraint or of the smoke test. Raises KeyError for a part that there is not."""
    if part == SMOKE and configuration.smoke_test:
        return Evaluation(SMOKE, configuration.smoke_test, "exit_code")
    for constraint in configuration.hard_constraints:
        if part == f"{CONSTRAINT}{constraint.name}":
            return Evaluation(part, constraint.check, "exit_code", timeout=constraint.timeout)
    if part == HOLDOUT and (held_out := configuration.holdout):
        return Evaluation(HOLDOUT, held_out.command, held_out.parse, held_out.pattern or "", held_out.timeout)
    name = part.removeprefix(PROJECT)
    for each in configuration.project_evaluations:
        if each.name == name:
            return Evaluation(
                each.name, each.command, each.parse, each.pattern or "", each.timeout, runs=each.runs or 1, cases=each.cases or "",
                compare=each.compare or "text", case_timeout=each.case_timeout or CASE_TIMEOUT,
            )  # fmt: skip
    if name == EVAL_COMMAND and configuration.eval_command:
        return Evaluation(EVAL_COMMAND, configuration.eval_command, form_of_eval_command(configuration.eval_command))
    raise KeyError(f"factory.md names no evaluation for {part}")


def _of_the_contract(part: str, target: Target, views: _Views) -> tuple[Trees, JSON]:
    """The trees of a part that no root yields, and what it is measured with."""
    if part == STATIC:
        return views.whole, _static(target.contract)
    evaluation = command_of(part, target)
    if part == HOLDOUT:
        return views.whole, _commanded(evaluation)
    trees = views.by_the_base if part.startswith(PROJECT) or part == METRIC else views.own
    if part == f"{PROJECT}{EVAL_COMMAND}" and views.first_tests:
        trees = views.own
    if not evaluation.cases:
        return trees, _commanded(evaluation)
    known = [[entry.path, entry.object_id] for entry in files_of_cases(target.repository, target.base_tree, evaluation.cases)]
    measured = without(target.repository, trees.measured, (pattern_of(evaluation.cases),))
    return replace(trees, measured=measured), [*_commanded(evaluation), evaluation.compare, evaluation.case_timeout, known]


def _views(target: Target) -> _Views:
    repository, contract = target.repository, target.contract
    hidden = held_out_patterns(contract.configuration)
    base, tree = without(repository, target.base_tree, hidden), without(repository, target.tree, hidden)
    owned = base_owned(contract.profile.roots, target.observed, fixed_patterns(contract.configuration))
    by_the_base = overlay(repository, base, tree, owned)
    settings = with_base_configuration(repository, base, tree, contract.profile.roots)

    def trees(measured: str) -> Trees:
        return Trees(repository, measured, settings, base)

    own_word = target.word == "own" or by_the_base == tree
    first_tests = not contract.profile.tested and not _has_tests(
        repository, base, contract.profile.roots, target.observed, fixed_patterns(contract.configuration)
    )
    return _Views(trees(tree), trees(by_the_base), trees(settings), trees(target.tree), own_word, first_tests)


@lru_cache(maxsize=8)
def _has_tests(repository: Repository, base: str, roots: tuple[Root, ...], observed: tuple[str, ...], fixed: tuple[str, ...]) -> bool:
    """Whether any test stands in a tree, or what configures one. A tree never changes, and may have very many files: asked once."""
    owned = base_owned(roots, observed, fixed)
    return any(owned.matches(entry.path) and owned.of_the_evaluation(entry.path) is None for entry in list_tree(repository, base))


def _static(contract: MeasuringContract) -> JSON:
    return [contract.configuration.contract(), contract.profile.tested]


def _commanded(evaluation: Evaluation) -> list[JSON]:
    """What a command is measured with; what is as usual is left out, so that samples of before still count."""
    return [evaluation.command, evaluation.parse, evaluation.pattern, evaluation.timeout, *([evaluation.runs] if evaluation.runs > 1 else [])]
