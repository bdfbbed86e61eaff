"""What the sections of factory.md do once they are approved: fixed surfaces, hard constraints, weights, thresholds, budgets."""

from typing import Any

import pytest

from tests.support.host import Host
from tests.support.repositories import commit
from tests.support.states import EXPLOIT, GAIN, States, approve, factory_md, project_eval

FIXED = "## Fixed Surfaces\n\n- truth/**\n"
SCORE = "python -c \"print(open('truth/score.txt').read())\""
NO_PRINT = "## Hard Constraints\n\n- name: no_print\n  check: grep -rn print src && exit 1 || echo silent\n  description: Library code is silent\n"
PRINTS = {"src/slug/loud.py": "def shout() -> None:\n    print('A')\n"}


async def begun(host: Host, text: str) -> dict[str, Any]:
    """Approved with this factory.md, and an experiment begun; answers what start_cycle said."""
    await approve(host, text)
    started = await host.done("start_cycle")
    await host.done("propose_hypotheses", hypotheses=[EXPLOIT])
    return started


def check(answer: dict[str, Any], name: str) -> list[str]:
    """The evidence of a check that fails in the gate; empty where it does not fail."""
    found: list[list[str]] = [item["evidence"] for item in answer["data"]["gate"].get("fail", ()) if item["check"] == name]
    return found[0] if found else []


def row(rows: list[dict[str, Any]], name: str) -> dict[str, Any]:
    (found,) = (each for each in rows if each["name"] == name)
    return found


async def test_a_fixed_surface_is_named_refused_and_laid_over_what_is_measured(states: States) -> None:
    project = await states.put("fresh")
    commit(project, {"truth/score.txt": "0.5\n"}, "the truth")
    async with states.open_here() as host:
        text = factory_md(project_eval("accuracy", SCORE) + "\n" + FIXED).replace("- tests/**", "- tests/**\n- truth/**")
        await begun(host, text)
        opened = await host.done("start_experiment", item="H1")
        assert "truth/**" in opened["data"]["protected"]
        answer = await host.measured({**GAIN, "truth/score.txt": "1.0\n", "truth/more.txt": "x\n"})
        assert check(answer, "fixed_surfaces") == ["truth/more.txt is fixed (truth/**)", "truth/score.txt is fixed (truth/**)"]
        assert check(answer, "scope") == []
        assert not [changed for changed in answer["data"]["changed"] if changed["name"] == "accuracy"], "the base's word was measured"
        assert answer["next"]["role"] == "builder"
        assert "fixed_surfaces" in answer["next"]["do"]
        assert (await host.keep())["refused"]["code"] == "GATE"


async def test_a_hard_constraint_that_a_change_breaks_is_told_by_name_with_what_it_printed(states: States) -> None:
    async with states.open("fresh") as host:
        started = await begun(host, factory_md(NO_PRINT))
        assert "[hard constraint no_print]" in host.shown[0]
        assert "broken_constraints" not in started["data"]["baseline"]
        assert row(started["data"]["baseline"]["dimensions"], "guard_patterns")["value"] == 1.0
        await host.done("start_experiment", item="H1")
        answer = await host.measured({**GAIN, **PRINTS})
        (line,) = check(answer, "hard_constraints")
        assert line.startswith("no_print: exit code 1 after ")
        assert row(answer["data"]["changed"], "guard_patterns")["candidate"] == pytest.approx(2 / 3, abs=1e-3)
        assert "src/slug/loud.py:2:    print" in answer["data"]["output"]["untrusted"]["text"]
        assert "guard_patterns" in str(check(answer, "no_hygiene_fall"))
        mended = await host.measured({"src/slug/loud.py": "# quiet\n"})
        shown = await host.call("check_experiment", experiment=1, check="hard_constraints")
        assert shown["data"]["checks"] == [{"name": "hard_constraints", "result": "pass", "evidence": ["no_print holds"]}]
        assert mended["data"]["gate"].get("fail") is None, host.text


async def test_a_hard_constraint_broken_at_the_base_is_said_at_once_and_is_no_fall(states: States) -> None:
    project = await states.put("fresh")
    commit(project, PRINTS, "loud")
    async with states.open_here() as host:
        started = await begun(host, factory_md(NO_PRINT))
        (line,) = started["data"]["baseline"]["broken_constraints"]
        assert line.startswith("no_print: exit code 1")
        assert any("no_print" in warning for warning in started["warnings"])
        await host.done("start_experiment", item="H1")
        answer = await host.measured(GAIN)
        assert "does not hold at the base either" in check(answer, "hard_constraints")[0]
        assert check(answer, "no_hygiene_fall") == []
        assert (await host.keep())["refused"]["code"] == "GATE"
        await host.measured({"src/slug/loud.py": "LOUD = 1\n"})
        assert (await host.keep())["data"]["state"] == "landed"
        explained = (await host.done("experiment_history", experiment=1))["data"]
        assert explained["hard_constraints"] == ["no_print holds"]
        assert row(explained["dimensions"], "guard_patterns")["weight"] > 0


@pytest.mark.parametrize(
    ("command", "seconds", "ended"),
    [("sleep 60", "0.5", "timeout: still running"), ("no-such-command", "5", "error: command not found"), ("kill -9 $$", "5", "error: killed")],
)
async def test_a_hard_constraint_that_gives_no_answer_does_not_hold(states: States, command: str, seconds: str, ended: str) -> None:
    async with states.open("fresh") as host:
        await approve(host, factory_md(f"## Hard Constraints\n\n- name: odd\n  check: {command}\n  timeout: {seconds}\n"))
        measured = await host.done("run_eval")
        assert measured["data"]["broken_constraints"][0].startswith(f"odd: {ended}")


async def test_weights_within_a_tier_move_the_composite_but_never_hide_a_fall(states: States) -> None:
    async with states.open("fresh") as host:
        started = await begun(host, factory_md("## Hygiene Weights\n\n- coverage: 0\n- lint: 0.6\n"))
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


async def test_without_a_threshold_eight_tenths_must_be_reached(states: States) -> None:
    without = factory_md().split("### Threshold")[0]
    project = await states.put("fresh")
    commit(project, {"score.txt": "1\n"}, "a score")
    async with states.open_here() as host:
        text = without + "\n" + project_eval("accuracy", "cat score.txt")
        await begun(host, text.replace("- tests/**", "- tests/**\n- score.txt"))
        await host.done("start_experiment", item="H1")
        answer = await host.measured({**GAIN, "score.txt": "0.4\n"})
        (line,) = check(answer, "threshold")
        assert "threshold 0.800" in line
        assert float(line.split("at least ")[1].split(",")[0]) < 0.8
        refused = await host.keep()
        assert any(where.startswith("threshold:") for where in refused["refused"]["where"])


@pytest.mark.parametrize(("section", "budget"), [("", (2, 2)), ("## Hypothesis Budget\n\n- min_growth: 0\n- max_new: 5\n", (0, 5))])
async def test_a_cycle_shows_and_keeps_the_hypothesis_budget(states: States, section: str, budget: tuple[int, int]) -> None:
    async with states.open("fresh") as host:
        await approve(host, factory_md(section))
        expected = {"min_growth": budget[0], "max_new": budget[1]}
        assert (await host.done("start_cycle"))["data"]["budget"] == expected
        again = await host.done("start_cycle")
        assert (again["repeated"], again["data"]["budget"]) == (True, expected)


async def test_sections_that_wait_for_a_later_version_are_named_and_stop_nothing(states: States) -> None:
    async with states.open("fresh") as host:
        await approve(
            host, factory_md("## Setup\n\n- network: true\n- env: API_KEY\n\n## Clean PR\n\n- clean_pr: true\n\n## Cost Budget\n\n$5/cycle\n")
        )
        assert "!! NETWORK" in host.shown[0]
        unused = (await host.done("project_status"))["data"]["config"]["unused"]
        assert [line.split(" waits for ")[0] for line in unused] == ["Clean PR", "Cost Budget"]
        assert "refused" not in await host.call("start_cycle")
