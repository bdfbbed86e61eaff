"""The dimensions that factory.md itself yields on a tree: nothing runs for them."""

from collections.abc import Sequence

from state.configuration import Configuration
from state.measurement import Profile, Reading, ReadingState
from state.patterns import Patterns


def guard_patterns(configuration: Configuration, files: Sequence[str]) -> Reading:
    """The share of the project's own guard rails that hold: a pattern of the scope holds where it matches at least one file of the tree."""
    patterns = (*configuration.modifiable, *configuration.read_only)
    idle = [pattern for pattern in patterns if not any(map(Patterns((pattern.removeprefix("!"),)).matches, files))]
    facts: dict[str, int | float | str] = {"patterns": len(patterns), "match nothing": ", ".join(idle)[:500]}
    value = (len(patterns) - len(idle)) / len(patterns)
    return Reading(dimension="guard_patterns", state=ReadingState.MEASURED, value=value, facts=facts)


def config_parser(configuration: Configuration, profile: Profile) -> Reading:
    """The share of what factory.md should say that it does say, without contradicting itself."""
    said = {
        "a goal": bool(configuration.goal),
        "a scope": bool(configuration.modifiable),
        "guards": bool(configuration.guards),
        "a threshold above 0": configuration.threshold > 0,
        "tests or an evaluation of its own": bool(configuration.eval_command or configuration.project_evaluations or profile.test_runner),
        "no pattern that is both modifiable and read-only": not set(configuration.modifiable) & set(configuration.read_only),
    }
    missing = [name for name, holds in said.items() if not holds]
    facts: dict[str, int | float | str] = {"checks": len(said), "missing": ", ".join(missing)}
    return Reading(dimension="config_parser", state=ReadingState.MEASURED, value=(len(said) - len(missing)) / len(said), facts=facts)
