"""The project's own guard rails: patterns that match files, and hard constraints that hold."""

import pytest

from state.configuration import Configuration, OuterLoop
from state.measurement import Reading, ReadingState, Sample
from tools.engine.evaluation.assessment import measurements
from tools.engine.evaluation.static import guard_patterns, with_constraints
from tools.engine.scope.files import TreeFiles

FILES = TreeFiles(("docs/a.md", "src/a.py"))
CONFIGURATION = Configuration(goal="Slugs.", modifiable=("src/**", "new/**"), read_only=("docs/**",), guards=("Keep it",))
HOLDS = Reading(dimension="constraint:a", state=ReadingState.MEASURED, value=1.0)
BROKEN = Reading(dimension="constraint:b", state=ReadingState.MEASURED, value=0.0)
SILENT = Reading(dimension="constraint:c", state=ReadingState.TIMEOUT, reason="still running after 120 s")


def test_the_share_is_of_scope_and_surfaces_alike() -> None:
    assert guard_patterns(CONFIGURATION, FILES).value == pytest.approx(2 / 3)
    surfaces = CONFIGURATION.model_copy(
        update={"fixed_surfaces": ("docs/*.md",), "mutable_surfaces": ("src/*.py",), "outer_loop": OuterLoop(inner=("a.py",), outer=("gone.py",))}
    )
    found = guard_patterns(surfaces, FILES)
    assert found.value == pytest.approx(5 / 7)
    assert set(str(found.facts["match nothing"]).split(", ")) == {"new/**", "gone.py"}


def test_each_hard_constraint_counts_as_one_guard_rail_and_one_without_a_result_does_not_hold() -> None:
    found = with_constraints(guard_patterns(CONFIGURATION, FILES), {"a": HOLDS, "b": BROKEN, "c": SILENT})
    assert found.value == pytest.approx(3 / 6)
    assert (found.facts["hard constraints"], found.facts["do not hold"]) == (3, "b, c")


def test_without_constraints_or_without_a_reading_nothing_is_added() -> None:
    patterns = guard_patterns(CONFIGURATION, FILES)
    assert with_constraints(patterns, {}) == patterns
    missing = Reading(dimension="guard_patterns", state=ReadingState.UNAVAILABLE, reason="not taken")
    assert with_constraints(missing, {"a": HOLDS}) == missing


def test_constraints_are_found_among_the_samples_of_a_tree() -> None:
    def sample(part: str, *readings: Reading) -> Sample:
        return Sample(part=part, tree="t", instrument="i", environment="e", readings=readings, at="2026-01-01T00:00:00.000+00:00", seconds=0.1)

    found = measurements([sample("static", guard_patterns(CONFIGURATION, FILES)), sample("constraint:a", HOLDS), sample("constraint:b", BROKEN)])
    assert found.constraints == {"a": HOLDS, "b": BROKEN}
    assert found.reading("guard_patterns").value == pytest.approx(3 / 5)
