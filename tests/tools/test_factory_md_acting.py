"""What the sections of factory.md do once they are approved: fixed surfaces, hard constraints, weights, thresholds, budgets."""

from typing import Any

import pytest

from tests.support.repositories import commit
from tests.support.scored_states import BETTER, EVALUATION, SCORE, begun, scored_md
from tests.support.states import EXPLOIT, States, approve, factory_md

FIXED = "## Fixed Surfaces\n\n- truth/**\n"
NO_SHOUT = "## Hard Constraints\n\n- name: no_shout\n  check: grep -n SHOUT *.txt && exit 1 || echo silent\n  description: Words are silent\n"
SHOUTS = {"loud.txt": "one\nSHOUT\n"}


def check(answer: dict[str, Any], name: str) -> list[str]:
    """The evidence of a check that fails in the gate; empty where it does not fail."""
    found: list[list[str]] = [item["evidence"] for item in answer["data"]["gate"].get("fail", ()) if item["check"] == name]
    return found[0] if found else []


def row(rows: list[dict[str, Any]], name: str) -> dict[str, Any]:
    (found,) = (each for each in rows if each["name"] == name)
    return found


async def test_a_fixed_surface_is_named_refused_and_laid_over_what_is_measured(scored: States) -> None:
    project = await scored.put("fresh")
    commit(project, {"truth/score.txt": "0.5\n"}, "the truth")
    async with scored.open_here() as host:
        await approve(host, scored_md(FIXED, f"{EVALUATION}- name: accuracy\n  command: cat truth/score.txt\n"))
        await host.done("start_cycle")
        await host.done("propose_hypotheses", hypotheses=[EXPLOIT])
        opened = await host.done("start_experiment", item="H1")
        assert "truth/**" in opened["data"]["protected"]
        answer = await host.measured({**BETTER, "truth/score.txt": "1.0\n", "truth/more.txt": "x\n"})
        assert check(answer, "fixed_surfaces") == ["truth/more.txt is fixed (truth/**)", "truth/score.txt is fixed (truth/**)"]
        assert check(answer, "scope") == []
        assert [changed["name"] for changed in answer["data"]["changed"]] == ["score"], "the base's word on accuracy was measured"
        assert answer["next"]["role"] == "builder"
        assert "fixed_surfaces" in answer["next"]["do"]
        assert (await host.keep())["refused"]["code"] == "GATE"


async def test_a_hard_constraint_that_a_change_breaks_is_told_by_name_with_what_it_printed(scored: States) -> None:
    async with scored.open("fresh") as host:
        started = await begun(host, scored_md(NO_SHOUT))
        assert "[hard constraint no_shout]" in host.shown[0]
        assert "broken_constraints" not in started["data"]["baseline"]
        assert row(started["data"]["baseline"]["dimensions"], "guard_patterns")["value"] == 1.0
        answer = await host.measured({**BETTER, **SHOUTS})
        (line,) = check(answer, "hard_constraints")
        assert line.startswith("no_shout: exit code 1 after ")
        assert row(answer["data"]["changed"], "guard_patterns")["candidate"] == 0.5
        assert "loud.txt:2:SHOUT" in answer["data"]["output"]["untrusted"]["text"]
        assert "guard_patterns" in str(check(answer, "no_hygiene_fall"))
        mended = await host.measured({"loud.txt": "quiet\n"})
        shown = await host.call("check_experiment", experiment=1, check="hard_constraints")
        assert shown["data"]["checks"] == [{"name": "hard_constraints", "result": "pass", "evidence": ["no_shout holds"]}]
        assert mended["data"]["gate"].get("fail") is None, host.text


async def test_a_hard_constraint_broken_at_the_base_is_said_at_once_and_is_no_fall(scored: States) -> None:
    project = await scored.put("fresh")
    commit(project, SHOUTS, "loud")
    async with scored.open_here() as host:
        started = await begun(host, scored_md(NO_SHOUT))
        (line,) = started["data"]["baseline"]["broken_constraints"]
        assert line.startswith("no_shout: exit code 1")
        assert any("no_shout" in warning for warning in started["warnings"])
        answer = await host.measured(BETTER)
        assert "does not hold at the base either" in check(answer, "hard_constraints")[0]
        assert check(answer, "no_hygiene_fall") == []
        assert (await host.keep())["refused"]["code"] == "GATE"
        await host.measured({"loud.txt": "quiet\n"})
        assert (await host.keep())["data"]["state"] == "landed"
        explained = (await host.done("experiment_history", experiment=1))["data"]
        assert explained["hard_constraints"] == ["no_shout holds"]
        assert row(explained["dimensions"], "guard_patterns")["weight"] > 0


@pytest.mark.parametrize(
    ("command", "seconds", "ended"),
    [("sleep 60", "0.5", "timeout: still running"), ("no-such-command", "5", "error: command not found"), ("kill -9 $$", "5", "error: killed")],
)
async def test_a_hard_constraint_that_gives_no_answer_does_not_hold(scored: States, command: str, seconds: str, ended: str) -> None:
    async with scored.open("fresh") as host:
        await approve(host, scored_md(f"## Hard Constraints\n\n- name: odd\n  check: {command}\n  timeout: {seconds}\n"))
        measured = await host.done("run_eval")
        assert measured["data"]["broken_constraints"][0].startswith(f"odd: {ended}")


async def test_weights_within_a_tier_move_the_composite_but_never_hide_a_fall(states: States) -> None:
    async with states.open("fresh") as host:
        await approve(host, factory_md("## Hygiene Weights\n\n- coverage: 0\n- lint: 0.6\n"))
        started = await host.done("start_cycle")
        await host.done("propose_hypotheses", hypotheses=[EXPLOIT])
        weights = {each["name"]: each["weight"] for each in started["data"]["baseline"]["dimensions"]}
        assert weights["coverage"] == 0
        assert weights["lint"] == pytest.approx(2 * weights["tests"], abs=1e-3)
        assert sum(weights.values()) == pytest.approx(1, abs=1e-3)
        await host.done("start_experiment", item="H1")
        answer = await host.measured({"src/slug/more.py": "def unseen(text: str) -> str:\n    return text * 2\n"})
        assert row(answer["data"]["changed"], "coverage")["weight"] == 0
        assert "src/slug/more.py" in str(check(answer, "no_hygiene_fall"))


async def test_weights_that_count_nothing_that_is_measured_are_refused_in_the_draft(states: States) -> None:
    nothing = "## Growth Weights\n\n- capability_surface: 0\n- observability: 0\n"
    text = factory_md(f"## Eval Weights\n\n- hygiene: 0\n- growth: 1\n\n{nothing}")
    async with states.open("fresh") as host:
        answer = await host.refused("BAD_CONFIG", "discover_project", factory_md=text)
        assert "weights give nothing" in answer["refused"]["what"]
        assert (answer["next"]["tool"], answer["next"]["fill"]) == ("discover_project", ["factory_md"])


async def test_without_a_threshold_eight_tenths_must_be_reached(scored: States) -> None:
    project = await scored.put("fresh")
    commit(project, {SCORE: "1\n"}, "a score")
    async with scored.open_here() as host:
        await begun(host, scored_md(threshold=None))
        answer = await host.measured({SCORE: "0.4\n"})
        (line,) = check(answer, "threshold")
        assert "threshold 0.800" in line
        assert float(line.split("at least ")[1].split(",")[0]) < 0.8
        refused = await host.keep()
        assert any(where.startswith("threshold:") for where in refused["refused"]["where"])


@pytest.mark.parametrize(("section", "budget"), [("", (2, 2)), ("## Hypothesis Budget\n\n- min_growth: 0\n- max_new: 5\n", (0, 5))])
async def test_a_cycle_shows_and_keeps_the_hypothesis_budget(scored: States, section: str, budget: tuple[int, int]) -> None:
    async with scored.open("fresh") as host:
        await approve(host, scored_md(section))
        first = (await host.done("start_cycle"))["data"]["budget"]
        assert (first["min_growth"], first["max_new"]) == budget
        again = await host.done("start_cycle")
        assert (again["repeated"], again["data"]["budget"]) == (True, first)


async def test_sections_that_a_mode_does_not_use_stop_nothing(scored: States) -> None:
    async with scored.open("fresh") as host:
        await approve(
            host, scored_md("## Setup\n\n- network: true\n- env: API_KEY\n\n## Clean PR\n\n- clean_pr: true\n\n## Cost Budget\n\n$5/cycle\n")
        )
        assert "!! NETWORK" in host.shown[0]
        assert "refused" not in await host.call("start_cycle")
