"""The dimensions that factory.md itself yields on a tree: nothing runs for them."""

from collections.abc import Mapping

from state.configuration import Configuration
from state.measurement import Profile, Reading, ReadingState
from tools.engine.scope.files import TreeFiles
from tools.engine.scope.listed import listed_patterns


def guard_patterns(configuration: Configuration, files: TreeFiles) -> Reading:
    """The share of the scope's and the surfaces' patterns that match at least one file of the tree."""
    patterns = [each.pattern for each in listed_patterns(configuration.model_dump()) if each.of.bounds]
    idle = [pattern for pattern in patterns if not files.count(pattern)]
    facts: dict[str, int | float | str] = {"patterns": len(patterns), "match nothing": ", ".join(idle)[:500]}
    value = (len(patterns) - len(idle)) / len(patterns)
    return Reading(dimension="guard_patterns", state=ReadingState.MEASURED, value=value, facts=facts)


def with_constraints(patterns: Reading, constraints: Mapping[str, Reading]) -> Reading:
    """The share of the project's own guard rails that hold: of the patterns as `guard_patterns` read them, and of its hard constraints by name.

    A constraint that gave no result does not hold.
    """
    count = patterns.facts.get("patterns")
    if patterns.value is None or not isinstance(count, int) or not constraints:
        return patterns
    broken = [name for name, reading in constraints.items() if reading.value != 1.0]
    held = round(patterns.value * count) + len(constraints) - len(broken)
    facts = {**patterns.facts, "hard constraints": len(constraints), "do not hold": ", ".join(broken)[:500]}
    return patterns.model_copy(update={"value": held / (count + len(constraints)), "facts": facts})


def config_parser(configuration: Configuration, profile: Profile) -> Reading:
    """The share of what factory.md should say that it does say, without contradicting itself."""
    said = {
        "a goal": bool(configuration.goal),
        "a scope": bool(configuration.modifiable),
        "guards": bool(configuration.guards),
        "a threshold above 0": configuration.threshold > 0,
        "tests or an evaluation of its own": bool(configuration.eval_command or configuration.project_evaluations or profile.tested),
        "no pattern that is both modifiable and read-only": not set(configuration.modifiable) & set(configuration.read_only),
    }
    missing = [name for name, holds in said.items() if not holds]
    facts: dict[str, int | float | str] = {"checks": len(said), "missing": ", ".join(missing)}
    return Reading(dimension="config_parser", state=ReadingState.MEASURED, value=(len(said) - len(missing)) / len(said), facts=facts)
