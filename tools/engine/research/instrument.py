"""What a metric is measured with: another command, another fixed surface, environment or machine is another instrument, and nothing compares."""

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass

from state.campaigns import Campaign
from state.configuration import Configuration
from state.configuration.research import ResearchTarget
from state.model import digest
from tools.engine.evaluation.base_word import ALWAYS_OWNED
from tools.engine.evaluation.cases import fixed_patterns
from tools.engine.evaluation.withholding import entries_of
from tools.engine.repository.location import Repository
from tools.engine.scope.protecting import FILE


@dataclass(frozen=True)
class Instrument:
    """The digests that an instrument is made of, by what they are of."""

    parts: Mapping[str, str]

    @property
    def key(self) -> str:
        """Equal keys measure alike."""
        return digest(dict(self.parts))


def target_key(target: ResearchTarget) -> str:
    """What a campaign is at: the metric, its command and its direction. How it is worded, and the value to be reached, may change."""
    return digest([target.metric, target.result_parser, target.run_command, target.direction])


def instrument_at(repository: Repository, base_tree: str, configuration: Configuration, target: ResearchTarget, environment: str) -> Instrument:
    """The instrument with which candidates are held against a base; `environment` is the key of what its commands run in."""
    patterns = (*ALWAYS_OWNED, *fixed_patterns(configuration))
    fixed = [[entry.path, entry.object_id] for entry in entries_of(repository, base_tree, patterns) if entry.path != FILE]
    return Instrument(
        {
            "command": digest([target.run_command, target.result_parser, target.metric, target.result_path, target.timeout]),
            "fixed surfaces": digest(fixed),
            "environment": environment,
            "machine": digest([platform.system(), platform.machine(), os.cpu_count()]),
        }
    )


def what_changed(before: Campaign, now: Instrument) -> tuple[str, ...]:
    """The parts of the instrument that are others than in an earlier campaign."""
    return tuple(name for name, part in now.parts.items() if before.parts.get(name) != part)
