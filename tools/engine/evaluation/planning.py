"""What has to be known before anything runs: for each part the tree that it looks at, and the key under which its sample is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from state.configuration import Configuration
from state.measurement import Root, sample_key
from state.model import JSON, digest
from tools.engine.evaluation.base_word import base_owned, overlay, with_base_configuration
from tools.engine.evaluation.commanded import CONSTRAINT, EVAL_COMMAND, SMOKE, Evaluation, form_of_eval_command
from tools.engine.evaluation.parts import PROJECT, STATIC, MeasuringContract, dimensions_of, dimensions_of_part, of_roots
from tools.engine.languages.bench import Bench, Task, Trees
from tools.engine.repository.location import Repository


@dataclass(frozen=True)
class Target:
    """What to measure: trees are git tree ids. For the base itself `tree` equals `base_tree`.

    `word` says whose tests run: the tree's own, or the base's (tree O). `observed` are the test files that the base's run was seen to use
    (`test_files` in the material of its sample). `cache` is a folder of ours for caches that are keyed by content. `variables` are those that
    `## Setup` may hand on, by name.
    """

    repository: Repository
    tree: str
    base_tree: str
    word: Literal["own", "base"]
    contract: MeasuringContract
    cache: Path
    observed: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


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
    """The trees of a target: as the base's tests see it, with the base's configuration of tools, and as it is."""

    own: Trees
    by_the_base: Trees
    settings: Trees
    own_word: bool


def plan(target: Target, parts: Sequence[str], stands: Sequence[Stand], surroundings: str) -> list[Job]:
    """The jobs of these parts, in their order. `surroundings` is what of the environment is the same for all of them. Raises KeyError."""
    views = _views(target)
    environment = digest([surroundings, *sorted(stand.bench.environment for stand in stands)])
    by_part = {stand.root.label: stand for stand in stands}
    of_root = {part: (kind, by_part[root.label]) for part, kind, root in of_roots(target.contract.profile)}

    def job(part: str) -> Job:
        if part not in of_root:
            trees = views.by_the_base if part.startswith(PROJECT) else views.own
            instrument = _static(target.contract) if part == STATIC else _commanded(evaluation_of(part, target.contract.configuration))
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


def evaluation_of(part: str, configuration: Configuration) -> Evaluation:
    """The command of an evaluation, of a hard constraint or of the smoke test. Raises KeyError for a part that there is not."""
    if part == SMOKE and configuration.smoke_test:
        return Evaluation(SMOKE, configuration.smoke_test, "exit_code")
    for constraint in configuration.hard_constraints:
        if part == f"{CONSTRAINT}{constraint.name}":
            return Evaluation(part, constraint.check, "exit_code", timeout=constraint.timeout)
    name = part.removeprefix(PROJECT)
    for each in configuration.project_evaluations:
        if each.name == name:
            return Evaluation(each.name, each.command, each.parse, each.pattern or "", each.timeout)
    if name == EVAL_COMMAND and configuration.eval_command:
        return Evaluation(EVAL_COMMAND, configuration.eval_command, form_of_eval_command(configuration.eval_command))
    raise KeyError(f"factory.md names no evaluation for {part}")


def _views(target: Target) -> _Views:
    repository, roots = target.repository, target.contract.profile.roots
    owned = base_owned(roots, target.observed, target.contract.configuration.fixed_surfaces)
    by_the_base = overlay(repository, target.base_tree, target.tree, owned)
    settings = with_base_configuration(repository, target.base_tree, target.tree, roots)

    def trees(measured: str) -> Trees:
        return Trees(repository, measured, settings, target.base_tree)

    own_word = target.word == "own" or by_the_base == target.tree
    return _Views(trees(target.tree), trees(by_the_base), trees(settings), own_word)


def _static(contract: MeasuringContract) -> JSON:
    return [contract.configuration.contract(), contract.profile.tested]


def _commanded(evaluation: Evaluation) -> JSON:
    return [evaluation.command, evaluation.parse, evaluation.pattern, evaluation.timeout]
