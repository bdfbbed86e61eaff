"""What a person is shown before they approve: all that the approval binds, the commands first, and never more than a form takes."""

from collections.abc import Iterator
from typing import Any

import pytest

from state.approvals import Draft
from state.configuration import Configuration, ProjectEvaluation, Setup
from state.errors import Refusal
from state.factory_md import render
from state.measurement import PlannedDimension, Profile
from tests.support.whole_configuration import WHOLE
from tools.engine.approving.words import COMMANDS_LIMIT, MESSAGE_LIMIT, evaluation_words
from tools.engine.discovery.discover import commands_of

MINIMAL = Configuration(goal="Slugs.", modifiable=("src/**",), guards=("Keep it",), eval_command="pytest")


def draft(configuration: Configuration) -> Draft:
    """What discovery would have drafted with this configuration: pytest is there, ruff is not."""
    dimensions = (
        PlannedDimension(name="tests", tier="hygiene", applicable=True, how="pytest"),
        PlannedDimension(name="lint", tier="hygiene", applicable=False, why="ruff is not installed"),
    )
    profile = Profile(
        language="python", interpreter=".venv/bin/python", dimensions=dimensions, commands=("pytest", *commands_of(configuration, None))
    )
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
    for word in ("network yes", "exclusive no", "clean pr yes", "Not measured: lint (ruff is not installed)"):
        assert word in shown


def test_the_commands_stand_first_each_with_what_it_is_for() -> None:
    lines = evaluation_words(draft(WHOLE)).splitlines()
    assert lines[1:8] == [
        "  $ pytest",
        "  $ pip install -e .   [setup of a fresh tree; may use the network]",
        "  $ python speed.py   [Project Eval speed]",
        "  $ ! grep -rn print src   [hard constraint no_print]",
        "  $ python -m slug --version   [smoke test]",
        "  $ python run.py   [research, every run]",
        "  $ python hold.py   [on what is held out]",
    ]


def test_an_open_network_and_what_is_handed_on_are_said_before_anything_else() -> None:
    lines = evaluation_words(draft(WHOLE)).splitlines()
    assert lines[8].startswith("!! NETWORK")
    assert lines[9] == "!! HANDED ON from your environment: API_KEY, HF_TOKEN"
    closed = evaluation_words(draft(MINIMAL.model_copy(update={"setup": Setup(command="make deps")})))
    assert "!!" not in closed
    assert "network no" in closed


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
