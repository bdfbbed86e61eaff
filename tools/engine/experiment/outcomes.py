"""What became of every single test in the runs that an experiment was decided by: found again among the stored samples."""

from collections.abc import Mapping
from dataclasses import dataclass

from state.experiments import Experiment
from state.model import digest
from state.samples import keys_of_tree
from tools.engine.contract import committed_at
from tools.engine.evaluation.assessment import TESTS_PART, measurements
from tools.engine.evaluation.parts import kind_of
from tools.engine.evaluation.withholding import held_out_patterns, without
from tools.engine.experiment.bench import all_samples
from tools.engine.gate.facts import Comparison
from tools.engine.session import Session


@dataclass(frozen=True)
class Outcomes:
    """Test ids to what became of them, at the base and at the candidate as committed."""

    base: Mapping[str, str]
    candidate: Mapping[str, str]


def measured_with(instrument: str, environment: str) -> str:
    """How a comparison names what measured a part."""
    return digest([instrument, environment])[:16]


def outcomes_of(session: Session, experiment: Experiment, comparison: Comparison) -> Outcomes | None:
    """The outcomes behind a stored comparison; None where their samples cannot be read any more, or where no test was part of it."""
    parts = {part: sides for part, sides in comparison.instruments.items() if kind_of(part) == TESTS_PART}
    configuration = committed_at(session.repository, experiment.base).configuration
    hidden = held_out_patterns(configuration) if configuration else ()
    trees = [without(session.repository, tree, hidden) for tree in (comparison.base_tree, comparison.tree)]
    sides = [_outcomes(session, tree, {part: digests[side] for part, digests in parts.items()}) for side, tree in enumerate(trees)]
    return Outcomes(*sides) if parts and all(sides) else None


def _outcomes(session: Session, tree: str, instruments: Mapping[str, str]) -> Mapping[str, str]:
    """The outcomes of these parts on a tree, as taken by these instruments, all samples of a part together."""
    with session.store.reading() as connection:
        keys = [
            key
            for key, part, instrument, environment in keys_of_tree(connection, tree)
            if part in instruments and measured_with(instrument, environment) == instruments[part]
        ]
    return measurements(sample for key in keys for sample in all_samples(session, key)).outcomes
