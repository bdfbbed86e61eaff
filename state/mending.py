"""What an experiment was meant to mend: the failures that its hypothesis names, and how their instances did in the experiment's own runs."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

from state.campaigns import attempts_of_experiment
from state.cycles import hypothesis
from state.experiments import Experiment
from state.instances import kept_instances
from state.model import Model
from state.reports import reports_of_cycle
from state.runs import Run, runs_of_attempt
from state.store import Store

if TYPE_CHECKING:
    import sqlite3


class Passes(Model):
    """In how many runs of a side an instance passed, of those that tell of it."""

    passed: int = 0
    runs: int = 0


class Mended(Model):
    """An instance of a failure that an experiment was to mend, at the base and with the change."""

    instance: str
    category: str
    base: Passes
    candidate: Passes

    @property
    def passes(self) -> bool | None:
        """Whether it passes now in more than half of the candidate's runs; None where none tells of it."""
        return 2 * self.candidate.passed > self.candidate.runs if self.candidate.runs else None


def meant_to_mend(connection: "sqlite3.Connection", experiment: Experiment) -> tuple[str, ...]:
    """The categories of failures that the experiment's hypothesis names."""
    stored = hypothesis(connection, experiment.hypothesis)
    return stored.content.failure if stored else ()


def mended(store: Store, connection: "sqlite3.Connection", experiment: Experiment) -> tuple[Mended, ...]:
    """The instances of those failures, as the newest attempt of the experiment saw them; none where nothing was analysed."""
    categories = meant_to_mend(connection, experiment)
    analysis = reports_of_cycle(connection, experiment.cycle).get("failure_analyst") if categories else None
    if analysis is None:
        return ()
    runs = _runs(connection, experiment.id)
    told = [(run.side, {each.name: each.passed for each in kept_instances(store, run) if each.passed is not None}) for run in runs]
    return tuple(
        Mended(instance=name, category=category, base=_passes(told, "base", name), candidate=_passes(told, "candidate", name))
        for name, category in _failures(analysis.body)
        if category in categories
    )


def _runs(connection: "sqlite3.Connection", experiment: int) -> list[Run]:
    """The runs by which the experiment was decided."""
    attempts = [each for each in attempts_of_experiment(connection, experiment) if each.plan.question == "keep"]
    return [run for run in runs_of_attempt(connection, attempts[-1].id) if not run.discarded] if attempts else []


def _failures(analysis: dict[str, Any]) -> list[tuple[str, str]]:
    return [(str(each["instance"]), str(each["category"])) for each in analysis.get("failures", ())]


def _passes(told: Iterable[tuple[Literal["base", "candidate"], dict[str, bool]]], side: str, name: str) -> Passes:
    found = [passed[name] for of, passed in told if of == side and name in passed]
    return Passes(passed=sum(found), runs=len(found))
