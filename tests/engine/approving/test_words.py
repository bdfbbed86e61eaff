"""What a person is shown before they approve: all that the approval binds, the commands first, and never more than a form takes."""

from collections.abc import Iterator
from typing import Any

import pytest

from state.approvals import Approved, Draft
from state.configuration import Configuration, CostBudget, InnerLoop, ProjectEvaluation, ResearchTarget, Setup
from state.errors import Refusal
from state.factory_md import render
from state.measurement import PlannedDimension, Profile
from tests.support.whole_configuration import WHOLE
from tools.engine.approving.words import AGAIN, COMMANDS_LIMIT, MESSAGE_LIMIT, evaluation_words
from tools.engine.discovery.discover import commands_of

MINIMAL = Configuration(goal="Slugs.", modifiable=("src/**",), guards=("Keep it",), eval_command="pytest")
SPEED = ProjectEvaluation(name="speed", command="./speed", weight=0.5)


def draft(configuration: Configuration) -> Draft:
    """What discovery would have drafted with this configuration: pytest is there, ruff is not."""
    dimensions = (
        PlannedDimension(name="tests", tier="hygiene", applicable=True, how="pytest"),
        PlannedDimension(name="lint", tier="hygiene", applicable=False, why="ruff is not installed"),
    )
    profile = Profile(dimensions=dimensions, commands=("pytest", *commands_of(configuration, None)))
    return Draft(hash="ab" * 32, text=render(configuration), profile=profile)


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from leaves(part)
    else:
        yield value


def test_everything_that_an_approval_binds_is_shown() -> None:
    shown = evaluation_words(draft(WHOLE))
    bound = WHOLE.contract()
    missing = [leaf for leaf in leaves(bound) if not isinstance(leaf, bool) and (f"{leaf:g}" if isinstance(leaf, float) else str(leaf)) not in shown]
    assert missing == []
    assert "(cut" not in shown
    for word in ("network yes", "parallel yes", "clean pr yes", "Not measured: lint (ruff is not installed)"):
        assert word in shown


def test_what_research_may_take_is_shown_with_the_default_where_none_is_set() -> None:
    target = ResearchTarget(objective="maximise it", metric="rate", target=1, run_command="true", result_path="out.json")
    shown = evaluation_words(draft(MINIMAL.model_copy(update={"research_target": target})))
    assert "Each attempt of research: up to 30 pairs (60 runs), by default; a change that is kept takes 5 more" in shown
    assert "Cost Budget: none" in shown
    some = {"inner_loop": InnerLoop(max_inner_runs_per_cycle=12), "cost_budget": CostBudget(max_total=50, max_runs_per_cycle=40, max_time_total=5400)}
    shown = evaluation_words(draft(MINIMAL.model_copy(update={"research_target": target, **some})))
    assert "up to 12 pairs (24 runs); a change" in shown
    assert "Cost Budget: 40 runs a cycle, $50 in total, 1.5 h of runs in total" in shown
    assert "Cost Budget" not in evaluation_words(draft(MINIMAL))


def test_the_commands_stand_first_each_with_what_it_is_for() -> None:
    lines = evaluation_words(draft(WHOLE)).splitlines()
    assert lines[1:9] == [
        "  $ pytest",
        "  $ pip install -e .   [setup of a fresh tree; this command itself may use the network]",
        "  $ python speed.py   [Project Eval speed]",
        "  $ python answer.py   [Project Eval answers]",
        "  $ ! grep -rn print src   [hard constraint no_print]",
        "  $ python -m slug --version   [smoke test]",
        "  $ python run.py   [research, every run]",
        "  $ python hold.py   [on what is held out]",
    ]


def test_an_open_network_and_what_is_handed_on_are_said_before_anything_else() -> None:
    lines = evaluation_words(draft(WHOLE)).splitlines()
    assert lines[9].startswith("!! NETWORK: ")
    assert lines[10] == "!! HANDED ON from your environment: API_KEY, HF_TOKEN"
    assert "!!" not in evaluation_words(draft(MINIMAL.model_copy(update={"setup": Setup(command="make deps")})))


@pytest.mark.parametrize(
    ("setup", "words"),
    [
        (Setup(command="make deps"), "network only for the setup command itself, not for the project's code"),
        (Setup(command="make deps", network=True), "network yes, for the project's code too"),
        (Setup(env=("API_KEY",)), "network no"),
    ],
)
def test_a_network_is_said_with_whom_it_is_for(setup: Setup, words: str) -> None:
    assert f"; {words};" in f"; {evaluation_words(draft(MINIMAL.model_copy(update={'setup': setup})))}".replace("Setup: ", "; ")


def test_a_committed_file_is_not_said_to_be_committed_again() -> None:
    when = "and the baseline is measured: at once from a host, with the first cycle from a terminal. Hash"
    assert f"On approval factory.md is committed, {when}" in evaluation_words(draft(MINIMAL))
    assert f"On approval factory.md stays as it is committed, {when}" in evaluation_words(draft(MINIMAL), is_committed=True)


def test_how_output_is_read_is_not_said_where_answers_are_compared() -> None:
    known = MINIMAL.model_copy(update={"project_evaluations": (ProjectEvaluation(name="known", command="x", cases="gold", compare="number"),)})
    (line,) = [line for line in evaluation_words(draft(known)).splitlines() if line.startswith("Project Eval known")]
    assert "compare number" in line
    assert "parse" not in line


def test_what_is_not_set_is_not_spoken_of() -> None:
    shown = evaluation_words(draft(MINIMAL))
    assert "Setup" not in shown
    assert "Research" not in shown
    assert "Threshold: 0.8" in shown


def test_words_that_do_not_fit_are_cut_and_say_so_and_the_end_stays() -> None:
    many = MINIMAL.model_copy(update={"modifiable": tuple(f"src/package_{number}/**" for number in range(500)), "setup": WHOLE.setup})
    shown = evaluation_words(draft(many))
    assert len(shown) <= MESSAGE_LIMIT
    assert "(cut; whole in .factory/draft/factory.md)" in shown
    assert shown.endswith("Hash abababa.")
    assert "!! NETWORK" in shown


def test_where_commands_take_all_the_room_what_they_are_for_gives_way() -> None:
    many = tuple(ProjectEvaluation(name=f"eval_{number}", command=f"./measure_{number}.sh {'x' * 80}") for number in range(20))
    shown = evaluation_words(draft(MINIMAL.model_copy(update={"project_evaluations": many})))
    assert all(f"  $ {each.command}\n" in shown for each in many)
    assert len(shown) <= MESSAGE_LIMIT


@pytest.mark.parametrize(("length", "fits"), [(COMMANDS_LIMIT - 100, True), (COMMANDS_LIMIT, False)])
def test_no_command_is_approved_unseen(length: int, fits: bool) -> None:
    long = MINIMAL.model_copy(update={"project_evaluations": (ProjectEvaluation(name="speed", command="x" * length),)})
    if fits:
        assert "x" * length in evaluation_words(draft(long))
        return
    with pytest.raises(Refusal) as refused:
        evaluation_words(draft(long))
    assert refused.value.code == "BAD_CONFIG"


def approved(configuration: Configuration) -> Approved:
    """What an earlier approval of this configuration bound."""
    before = draft(configuration).profile
    return Approved(at="2026-05-01T10:00:00Z", contract=configuration.contract(), commands=before.commands, measured=("tests",))


def changed(now: Configuration, before: Configuration = MINIMAL) -> list[str]:
    """The lines between the beginning of the form and its question."""
    lines = evaluation_words(draft(now), approved(before)).splitlines()
    assert lines[0] == "re:factory asks again. Changed since the approval of 2026-05-01:"
    return lines[1 : lines.index(AGAIN)]


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        ({"threshold": 0.6}, ["  Threshold: 0.8 -> 0.6"]),
        ({"modifiable": ("src/**", "docs/**")}, ["  May change: + docs/**"]),
        ({"modifiable": ("lib/**",), "read_only": ("lib/x",)}, ["  May change: + lib/**, - src/**", "  Read-only: new: lib/x"]),
        ({"guards": ("Keep it", "And this")}, ["  Guards: + And this"]),
        ({"smoke_test": "make smoke"}, ["  + $ make smoke"]),
        ({"setup": Setup(network=True)}, ["  Setup: new: network yes; parallel no; timeout 1800"]),
        ({"project_evaluations": (SPEED,)}, ["  + $ ./speed", "  Project Eval speed: new: parse json; weight 0.5; timeout 300"]),
        ({"eval_command": "pytest -x"}, ["  Eval command: pytest -> pytest -x"]),
    ],
)
def test_a_form_that_asks_again_begins_with_what_changed(change: dict[str, Any], lines: list[str]) -> None:
    assert changed(MINIMAL.model_copy(update=change)) == lines


def test_what_went_and_what_another_number_is_within_a_section_are_said_too() -> None:
    before = MINIMAL.model_copy(update={"project_evaluations": (SPEED,), "setup": Setup(timeout=5), "smoke_test": "make smoke"})
    now = before.model_copy(
        update={"project_evaluations": (SPEED.model_copy(update={"weight": 0.1}),), "setup": Setup(timeout=9), "smoke_test": None}
    )
    assert changed(now, before) == ["  - $ make smoke", "  Setup, timeout: 5 -> 9", "  Project Eval speed, weight: 0.5 -> 0.1"]
    assert changed(MINIMAL, before)[:3] == [
        "  - $ ./speed",
        "  - $ make smoke",
        "  Setup: gone; it was network no; parallel no; timeout 5",
    ]


def test_a_dimension_that_can_be_measured_by_now_is_a_change() -> None:
    before = approved(MINIMAL).model_copy(update={"measured": ("coverage",)})
    assert "  Measured: + tests, - coverage" in evaluation_words(draft(MINIMAL), before).splitlines()


def test_where_only_words_changed_the_form_says_that() -> None:
    shown = evaluation_words(draft(MINIMAL.model_copy(update={"goal": "Other slugs."})), approved(MINIMAL))
    assert shown.startswith("re:factory asks again. Nothing that an approval binds changed since that of 2026-05-01")


def test_very_many_changes_leave_room_for_every_command() -> None:
    many = tuple(ProjectEvaluation(name=f"eval_{number}", command=f"./measure_{number}.sh {'x' * 80}") for number in range(20))
    shown = evaluation_words(draft(MINIMAL.model_copy(update={"project_evaluations": many})), approved(MINIMAL))
    assert all(f"\n  $ {each.command}\n" in shown for each in many)
    assert "more; see .factory/draft/factory.md" in shown
    assert len(shown) <= MESSAGE_LIMIT
