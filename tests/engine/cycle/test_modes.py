"""The modes as data: which step is open, which may be done before it, and what a redirect sends back."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from state.reports import Report, ReportRole
from tools.engine.cycle.modes import MODES, Progress, mode_named, open_step, possible_steps, steps_from


def reported(*roles: ReportRole, decision: str = "submitted") -> dict[ReportRole, Report]:
    """Reports of these roles, handed in one after the other."""
    return {
        role: Report(id=number, role=role, cycle=1, experiment=None, tree="", revision=1, summary="s", decision=decision, body={})
        for number, role in enumerate(roles, 1)
    }


def opened(progress: Progress) -> str:
    """The name of the open step; `done` where there is none."""
    step = open_step(progress)
    return step.name if step else "done"


@pytest.mark.parametrize("word", ["design", "Discuss", " BUILD ", "auto-research", "auto_research", "tweak", "discover"])
def test_a_mode_is_known_by_its_aliases(word: str) -> None:
    assert mode_named(word) is not None


def test_no_word_means_two_modes() -> None:
    words = [word for mode in MODES.values() for word in (mode.name, *mode.aliases)]
    assert len(words) == len(set(words))


def test_a_build_goes_from_research_to_a_trial() -> None:
    at = Progress("build", bare=True)
    walk = [opened(at)]
    for change in BUILDING:
        at = replace(at, **change)
        walk.append(opened(at))
    assert walk == [
        "research", "plan", "evaluation draft", "approve", "experiments", "evaluation again", "approve again", "experiments", "end to end", "mend",
        "experiments", "end to end", "done",
    ]  # fmt: skip


BUILDING: list[dict[str, Any]] = [
    {"reports": reported("researcher")},
    {"reports": reported("researcher", "strategist")},
    {"drafted": True},
    {"answers": {"plan": ("approve", "elicitation")}, "measured": True, "bare": False, "drafted": False, "proposed": 2, "undecided": 2},
    {"undecided": 1, "outgrown": True},
    {"drafted": True},
    {"drafted": False, "outgrown": False},
    {"undecided": 0},
    {"runs": False},
    {"mended": True, "proposed": 3, "undecided": 1},
    {"undecided": 0, "runs": None},
    {"runs": True},
]


def test_a_mended_build_is_tried_again_whatever_the_last_trial_said() -> None:
    at = Progress("build", spec=1, measured=True, reports=reported("strategist"), answers={"plan": ("approve", "elicitation")}, proposed=3)
    assert opened(replace(at, runs=False, mended=True, undecided=1)) == "experiments"
    assert opened(replace(at, runs=False, mended=True)) == "end to end"


def test_a_plan_by_standing_order_is_looked_at_by_the_ceo_after_it_was_handed_in() -> None:
    by_order: dict[str, Any] = {"answers": {"plan": ("approve", "standing_order")}, "measured": True, "spec": 1}
    assert opened(Progress("build", reports=reported("strategist"), **by_order)) == "proceed"
    assert opened(Progress("build", reports=reported("ceo", "strategist", decision="proceed"), **by_order)) == "proceed"
    assert opened(Progress("build", reports=reported("strategist", "ceo", decision="proceed"), **by_order)) == "experiments"


def test_research_is_optional_where_a_spec_says_what_is_wanted() -> None:
    with_a_spec = Progress("build", spec=1)
    assert [step.name for step in possible_steps(with_a_spec)] == ["research"]
    assert MODES["build"].shown(with_a_spec) == ["[research]", "plan", "evaluation draft", "approve", "experiments", "end to end"]


def test_changes_of_a_spec_bring_the_distiller_back_for_five_rounds() -> None:
    asked: dict[str, Any] = {"reports": reported("researcher", "distiller"), "answers": {"spec": ("changes", "")}}
    assert opened(Progress("interactive", rounds=4, **asked)) == "distil"
    assert opened(Progress("interactive", rounds=5, **asked)) == "approve"


def test_a_redirect_sends_back_a_step_and_all_after_it() -> None:
    assert [step.name for step in steps_from("interactive", "distiller")] == ["distil", "approve", "proceed"]
    assert steps_from("improve", "distiller") == ()


FACTS = ("measured", "drafted", "bare", "outgrown")


@given(
    mode=some.sampled_from(list(MODES)), facts=some.fixed_dictionaries({name: some.booleans() for name in FACTS}),
    counts=some.tuples(some.integers(0, 3), some.integers(0, 3)), runs=some.sampled_from([None, True, False]),
)  # fmt: skip
def test_the_open_step_is_needed_and_not_done_and_what_may_come_first_stands_before_it(
    mode: Any, facts: dict[str, Any], counts: tuple[int, int], runs: bool | None
) -> None:
    progress = Progress(mode, proposed=counts[0], undecided=min(counts), runs=runs, **facts)
    step, steps = open_step(progress), MODES[progress.mode].steps
    assert step is None or (step.needed(progress) and not step.done(progress))
    for possible in possible_steps(progress):
        assert possible.optional
        assert step is None or steps.index(possible) < steps.index(step)
