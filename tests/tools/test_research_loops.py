"""Research cycle after research cycle: what is open in each, when the outer surfaces open, and how the loop ends without anybody's error."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.host import Host, open_host
from tests.support.repositories import commit, git, make_repository
from tests.support.research_projects import LEVEL, begun, make_metric_project, metric_md
from tests.support.states import approve

FILES = {
    "prompts/solve.md": "try\n", "src/rate.sh": "echo 0.5\n", "data/answers/a.txt": "1572\n", "score.txt": "0.5\n", ".gitignore": "out.json\n",
}  # fmt: skip
RUN = """echo '{"rate": 0.5}' > out.json"""
MD = f"""\
# Factory

## Goal

Raise the rate.

## Scope

### Modifiable

- prompts/**
- src/**

## Guards

- Do not delete the prompts

## Eval

### Threshold

0.1

## Project Eval

- name: score
  command: cat score.txt

## Research Target

- objective: maximize the rate
- metric: rate
- target: 0.9
- run_command: {RUN}
- result_path: out.json

## Fixed Surfaces

- withheld: data/answers/**

## Inner Loop

- plateau_threshold: 1

## Outer Loop Surfaces

- max_outer_cycles: 1
- inner: prompts/*.md
- outer: src/**
"""
HYPOTHESIS: dict[str, Any] = {"category": "explore", "dimension": "metric", "what": "Try it", "why": "F1: it changed", "title": "Try it"}


@pytest.fixture(autouse=True)
def _nothing_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """What else this machine measures meanwhile is no matter here."""
    monkeypatch.setattr("tools.engine.research.pairing.rooms_at_work", lambda: 0)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "project", FILES)


async def opened(host: Host, number: int) -> tuple[dict[str, Any], Path]:
    """An experiment of a new research cycle: what start_experiment said, and its worktree."""
    started = await host.done("start_cycle", mode="research")
    while started["next"]["tool"] == "get_job":
        started = await host.done("get_job", job=started["next"]["arguments"]["job"])
    if started["next"]["tool"] == "submit_report":
        found = {"role": "researcher", "findings": [{"claim": "It is asked once.", "source": "prompts/solve.md:1"}], "gaps": []}
        await host.done("submit_report", summary="Looked.", report=found)
    words = f"{'abcdefgh'[number] * 9} {'ijklmnop'[number] * 9}"
    item = {**HYPOTHESIS, "title": words, "what": words}
    proposed = await host.done("propose_hypotheses", hypotheses=[item])
    experiment = await host.done("start_experiment", item=proposed["data"]["accepted"][0]["id"])
    return experiment["data"], Path(experiment["data"]["worktree"])


async def given_up(host: Host, number: int) -> dict[str, Any]:
    made, worktree = await opened(host, number)
    (worktree / "prompts" / "solve.md").write_text(f"try {number}\n", encoding="utf-8")
    lesson = f"{'abcdefgh'[number] * 9} brings nothing"
    ended = await host.done("verdict", experiment=made["experiment"], decision="revert", reason="No gain.", lesson=lesson)
    return {**made, "ended": ended}


async def test_a_plateau_opens_the_outer_surfaces_and_the_last_outer_cycle_ends_the_loop(project: Path) -> None:
    async with open_host(project) as host:
        await approve(host, MD)
        inner = await given_up(host, 0)
        assert (inner["level"], inner["may_change"], inner["opens_after_a_plateau"]) == ("inner", ["prompts/*.md"], ["src/**"])
        assert "the outer surfaces open" in inner["ended"]["options"][0]["why"]
        started = await host.done("start_cycle", mode="research")
        assert (started["data"]["research"]["level"], started["next"]["role"]) == ("outer", "researcher")
        assert "The outer surfaces open: 1 inner in a row brought no gain." in started["summary"]
        assert "research" in started["data"]["steps"]
        outer = await given_up(host, 1)
        assert (outer["level"], outer["may_change"]) == ("outer", ["prompts/*.md", "src/**"])
        assert "Research is at its end" in outer["ended"]["next"]["do"]
        before = git(project, "rev-parse", "HEAD")
        again = await host.done("start_cycle", mode="research")
        assert again["summary"] == (
            "No cycle was begun: 1 research cycle in a row brought no gain, and of outer cycles there were 1, as many as there may be."
        )
        assert again["next"].get("tool") is None
        assert again["data"]["research"]["ended_by"] == "plateau"
        assert "max_outer_cycles" in again["next"]["do"]
        status = await host.done("project_status", request="optimise the rate")
        assert status["next"].get("tool") is None
        assert status["data"]["research"]["ended_by"] == "plateau"
        assert git(project, "rev-parse", "HEAD") == before


async def test_more_outer_cycles_that_a_person_approves_let_the_loop_go_on(project: Path) -> None:
    async with open_host(project) as host:
        await approve(host, MD)
        await given_up(host, 0)
        await given_up(host, 1)
        commit(project, {"factory.md": MD.replace("max_outer_cycles: 1", "max_outer_cycles: 2")}, "more")
        await host.done("request_approval", what="evaluation")
        started = await host.done("start_cycle", mode="research")
        assert started["data"]["research"]["level"] == "outer"


async def test_an_outer_surface_is_out_of_scope_while_inner_and_the_check_says_when_it_opens(project: Path) -> None:
    async with open_host(project) as host:
        await approve(host, MD)
        made, worktree = await opened(host, 0)
        (worktree / "src" / "rate.sh").write_text("echo 0.6\n", encoding="utf-8")
        shown = await host.done("check_experiment", experiment=made["experiment"], check="scope")
        (check,) = shown["data"]["checks"]
        assert check["result"] == "fail"
        assert "open after a plateau" in check["evidence"][0]


async def test_a_hypothesis_keeps_to_the_open_surfaces_and_a_cycle_to_three_of_them(project: Path) -> None:
    async with open_host(project) as host:
        await approve(host, MD)
        await host.done("start_cycle", mode="research")
        outer = {**HYPOTHESIS, "files": ["src/rate.sh"]}
        refused = await host.refused("BAD_HYPOTHESIS", "propose_hypotheses", hypotheses=[outer])
        assert refused["refused"]["problems"][0]["expected"] == "files that factory.md lets change in the inner loop: prompts/*.md"
        several = [{**HYPOTHESIS, "title": f"Way {word}", "what": word * 5} for word in ("ab", "cd", "ef", "gh")]
        refused = await host.refused("HYPOTHESIS_BUDGET", "propose_hypotheses", hypotheses=several)
        assert any("at most 3 in a cycle of research" in problem["expected"] for problem in refused["refused"]["problems"])
        await host.done("propose_hypotheses", hypotheses=[{**HYPOTHESIS, "files": ["prompts/solve.md"]}])


async def test_what_is_withheld_is_in_no_worktree_and_cannot_be_brought_back_or_changed(project: Path) -> None:
    async with open_host(project) as host:
        await approve(host, MD)
        made, worktree = await opened(host, 0)
        assert not (worktree / "data").exists()
        assert made["withheld"] == ["data/answers/**"]
        host.edit({"data/answers/a.txt": "1574\n", "prompts/solve.md": "try harder\n"})
        await host.reviewed()
        assert not (worktree / "data").exists()
        candidate = git(project, "rev-parse", "factory/001")
        assert git(project, "show", f"{candidate}:data/answers/a.txt") == "1572"


async def test_a_budget_that_is_spent_ends_research_with_its_reason_and_no_error(project: Path) -> None:
    async with open_host(project) as host:
        await approve(host, f"{MD}\n## Cost Budget\n\n1 runs total\n")
        ended = await host.done("start_cycle", mode="auto")
        assert ended["summary"] == "No cycle was begun: 0 runs of 1 runs in total are spent, and 2 more runs are wanted."
        assert "## Cost Budget" in ended["next"]["do"]
        assert ended["options"][0]["arguments"] == {"mode": "improve"}


async def test_surfaces_that_open_no_file_are_refused_before_a_cycle_begins(project: Path) -> None:
    async with open_host(project) as host:
        await approve(host, MD.replace("inner: prompts/*.md", "inner: agents/*.md"))
        refused = await host.refused("BAD_CONFIG", "start_cycle", mode="research")
        assert "agents/*.md" in refused["refused"]["problems"][0]["found"]


async def test_without_a_target_the_section_to_add_is_shown_filled_in(project: Path) -> None:
    async with open_host(project) as host:
        await approve(host, MD.partition("## Research Target")[0])
        refused = await host.refused("NO_TARGET", "start_cycle", mode="research")
        assert "- run_command: " in refused["refused"]["expected"]
        assert "## Research Target" in refused["refused"]["expected"]


async def test_every_role_is_told_what_holds_in_research_and_what_is_open(project: Path) -> None:
    async with open_host(project) as host:
        await approve(host, MD)
        before = (await host.done("get_role", role="builder"))["data"]["brief"]
        assert "In this research cycle" not in before
        await opened(host, 0)
        for role in ("ceo", "researcher", "strategist", "builder", "reviewer", "evaluator", "archivist", "failure_analyst"):
            brief = (await host.done("get_role", role=role))["data"]["brief"]
            assert "The metric rate is to be maximised to 0.9" in brief, role
            assert "Open in the inner loop: prompts/*.md." in brief
            assert len(brief.encode()) <= 3 * 1024


async def test_a_budget_that_ends_amid_an_attempt_leads_to_giving_it_up_and_to_the_person(tmp_path: Path) -> None:
    loop, budget = (
        "- runs_per_cycle: 40\n- max_inner_runs_per_cycle: 40",
        "## Cost Budget\n\n40 runs total, $9/cycle\n",
    )  # no look before the budget ends
    async with open_host(make_metric_project(tmp_path / "project", noise="1")) as host:
        started = await begun(host, metric_md(loop, extra=budget))
        dollars, runs = started["data"]["research"]["budget"]["limits"]
        assert (dollars.partition(" of ")[2], runs.partition(" of ")[2]) == ("$9.00 a cycle", "40 runs in total")
        assert started["data"]["research"]["runs_left"] == "the budget leaves 20 of the 80 runs that an attempt may take"
        assert "leaves 20 of the 80 runs" in started["summary"]
        measured = await host.measured({LEVEL: "1.1\n"})
        assert measured["data"]["verdict"] == "more", host.text
        assert (measured["next"]["tool"], measured["next"]["arguments"]["decision"]) == ("verdict", "revert")
        assert "of 40 runs in total are spent" in measured["next"]["do"]
        raised = metric_md(loop, extra=budget.replace("40 runs", "44 runs"))
        commit(host.project, {"factory.md": raised}, "a larger budget, which the person may set at any time")
        assert (await host.done("project_status"))["next"]["tool"] == "run_eval"
        more = await host.done("run_eval", experiment=1)
        assert more["data"]["runs"] > measured["data"]["runs"]
        assert "of 44 runs in total are spent" in more["next"]["do"]
        reverted = await host.revert()
        assert reverted["next"].get("tool") is None
        assert "## Cost Budget" in reverted["next"]["do"], host.text
        status = await host.done("project_status")
        assert status["data"]["research"]["ended_by"] == "budget"
        assert "Research is at its end" in status["summary"]


async def test_with_a_spent_budget_giving_up_comes_before_a_review(tmp_path: Path) -> None:
    async with open_host(make_metric_project(tmp_path / "project", noise="1")) as host:
        started = await begun(host, metric_md(extra="## Cost Budget\n\n1000 runs total\n"))
        spent = int(started["data"]["research"]["budget"]["limits"][0].partition(" ")[0])
        commit(host.project, {"factory.md": metric_md(extra=f"## Cost Budget\n\n{spent} runs total\n")}, "no more runs")
        host.edit({LEVEL: "1.1\n"})
        measured = await host.done("run_eval", experiment=1)
        assert (measured["next"]["tool"], measured["next"]["arguments"]["decision"]) == ("verdict", "revert"), host.text
        assert measured["next"]["do"].startswith("No more runs are paid for")


async def test_a_command_that_gives_no_value_on_the_target_is_told_to_the_person(tmp_path: Path) -> None:
    async with open_host(make_metric_project(tmp_path / "project")) as host:
        await approve(host, metric_md(run="echo nothing"))
        started = await host.done("start_cycle", mode="research")
        assert started["next"].get("tool") is None, host.text
        assert "gives no value on the target itself" in started["next"]["do"]
