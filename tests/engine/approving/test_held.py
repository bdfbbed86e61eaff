"""What a person is shown of a held experiment: each thing once, with the command that shows the change."""

from tests.support.gates import account, assessment, comparison, experiment, facts
from tools.engine.approving.held import held_words, points
from tools.engine.gate.checks import run_gate

GUARD = "Do not delete existing tests"
GONE = "tests/test_stats.py::test_median"


def test_a_deleted_test_is_one_point_and_its_guard_is_named_once() -> None:
    configuration = facts().configuration.model_copy(update={"guards": (GUARD,)})
    measured = comparison(
        assessment=assessment(tests=account(gone=(GONE,))), suspicion=("tests/test_stats.py: gone: def test_median (line 15 of the base)",)
    )
    found = facts(configuration=configuration, comparison=measured)
    words = held_words(experiment(delta=0.040637208320135135), found, run_gate(found), "refactory diff /p 1").splitlines()
    assert [line for line in words if line.startswith("  - ")] == [
        "  - tests/test_stats.py: gone: def test_median (line 15 of the base); tests/test_stats.py::test_median passes on the base and is gone here"
    ]
    assert f"Guard of factory.md that this touches: {GUARD}" in words
    assert "Delta +0.0406. The change is in /worktrees/001; to see it: refactory diff /p 1" in words


def test_a_guard_that_says_more_than_the_tests_stays_a_point() -> None:
    configuration = facts().configuration.model_copy(update={"guards": ("Do not add dependencies",)})
    found = facts(configuration=configuration, comparison=comparison(suspicion=("setup.cfg: configuration: it configures",)))
    assert "Guard of factory.md" not in held_words(experiment(), found, run_gate(found), "see")


def test_what_speaks_of_one_line_keeps_its_number_and_what_speaks_of_no_file_stays_as_it_is() -> None:
    assert points(["src/a.py:3 replaces a clock: time.time", "src/a.py:9 replaces chance: random.seed", "medium: 2 rare values"]) == [
        "src/a.py: line 3 replaces a clock: time.time; line 9 replaces chance: random.seed",
        "medium: 2 rare values",
    ]
