"""Each mode from start to end on a project that is measured at once, following `next` of every answer."""

from pathlib import Path
from typing import Any

from mcp.types import ElicitResult

from tests.support.host import Host, open_host
from tests.support.journeys import Answer, assert_log_tells_all, go_on
from tests.support.repositories import git, make_repository
from tests.support.reviews import review
from tests.support.scored_states import BETTER, EXPLOIT
from tests.support.states import GOAL, States

FINDINGS = [{"claim": f"Claim {number}.", "source": f"https://example.org/{number}"} for number in range(3)]
SPEC = "# Words\n" + "".join(f"\n## {name}\n\nSomething.\n" for name in ("Vision", "Features", "Architecture", "Interface", "Non-goals"))


def saying(*answers: tuple[str, str]) -> Any:
    """A person who answers one question after the other."""
    left = list(answers)

    def say() -> ElicitResult:
        answer, comment = left.pop(0)
        return ElicitResult(action="accept", content={"answer": answer, "comment": comment})

    return say


async def through_an_experiment(host: Host, answer: Answer, files: dict[str, str | None], number: int = 1) -> Answer:
    """Opened, edited, reviewed and measured by following `next`; answers what run_eval said."""
    answer = await go_on(host, answer, "start_experiment")
    worktree = host.edit(files, number)
    answer = await go_on(host, answer, "submit_report", summary="Looked at it.", report=review(host.project, worktree))
    return await go_on(host, answer, "run_eval")


async def test_discover_ends_with_a_baseline_by_which_a_cycle_can_start(tmp_path: Path) -> None:
    project = make_repository(tmp_path / "project", {"Makefile": "test:\n\ttest -s words.txt\n", "words.txt": "one\n"})
    async with open_host(project) as host:
        answer = await host.done("start_cycle", mode="discover")
        answer = await go_on(host, answer, "discover_project", goal=GOAL)
        answer = await go_on(host, answer, "request_approval")
        answer = await go_on(host, answer, "start_cycle")
        assert answer["data"]["baseline"]["composite"] > 0
        assert answer["next"]["tool"] == "propose_hypotheses"
        assert "$ make test" in host.shown[0]
    assert_log_tells_all(project)


async def test_an_idea_is_discussed_until_the_person_agrees_and_then_waits_to_be_built(tmp_path: Path) -> None:
    project = make_repository(tmp_path / "project", {"README.md": "# words\n"})
    says = saying(("changes", "Say what it prints."), ("approve", ""))
    async with open_host(project, says) as host:
        answer = await host.done("start_cycle", mode="interactive", focus=["count words"])
        answer = await go_on(host, answer, "submit_report", summary="s", report={"role": "researcher", "findings": FINDINGS})
        answer = await go_on(host, answer, "submit_report", summary="s", report={"role": "distiller", "spec": SPEC, "questions": ["Which blanks?"]})
        answer = await go_on(host, answer, "request_approval")
        assert answer["data"]["comment"] == "Say what it prints."
        assert "Say what it prints." in answer["next"]["do"]
        brief = await host.done("get_role", role="distiller")
        assert any("Say what it prints." in line for line in brief["data"]["feedback"])
        answer = await go_on(host, brief, "submit_report", summary="s", report={"role": "distiller", "spec": SPEC + "\nIt prints a number.\n"})
        answer = await go_on(host, answer, "request_approval")
        assert "is done" in answer["summary"]
        assert [shown.splitlines()[1] for shown in host.shown] == ["Only you can answer:", "# Words"]
        built = await go_on(host, answer, "start_cycle")
        assert built["at"]["mode"] == "build"
        assert built["next"]["role"] == "strategist", "what is known of the idea was found out before"
    assert_log_tells_all(project)


async def test_improve_keeps_what_is_better(scored: States) -> None:
    async with scored.open("approved") as host:
        answer = await host.done("start_cycle", mode="improve", min_growth=0)
        answer = await go_on(host, answer, "propose_hypotheses", hypotheses=[EXPLOIT])
        answer = await through_an_experiment(host, answer, BETTER)
        answer = await go_on(host, answer, "verdict", reason="It scores more.")
        assert (answer["data"]["cycle"]["state"], answer["at"]["step"]) == ("done", "done")
        assert [option["arguments"]["mode"] for option in answer["options"]] == ["refine", "improve"]
        assert git(host.project, "show", "main:score.txt") == "0.6"


async def test_focus_takes_one_proposal_that_carries_the_persons_order(scored: States) -> None:
    async with scored.open("approved") as host:
        answer = await host.done("start_cycle", mode="focus", focus=["score more than now"])
        answer = await go_on(host, answer, "propose_hypotheses", hypotheses=[{**EXPLOIT, "why": "score more than now"}])
        answer = await through_an_experiment(host, answer, BETTER)
        answer = await go_on(host, answer, "verdict", reason="As asked.")
        assert answer["data"]["cycle"]["state"] == "done"


REFINEMENT = {"role": "refiner", "tier": "T1", "task": "Score more", "files": ["score.txt"]}


async def test_a_refinement_is_an_experiment_of_its_own(scored: States) -> None:
    async with scored.open("approved") as host:
        answer = await host.done("start_cycle", mode="refine", focus=["score more"])
        answer = await go_on(host, answer, "submit_report", summary="Small.", report=REFINEMENT)
        assert answer["next"]["arguments"] == {"item": "R1"}
        answer = await through_an_experiment(host, answer, BETTER)
        answer = await go_on(host, answer, "verdict", reason="As wished.")
        assert answer["data"]["cycle"]["state"] == "done"


async def test_a_refinement_that_no_test_shows_is_the_persons_to_look_at(scored: States) -> None:
    async with scored.open("approved") as host:
        answer = await host.done("start_cycle", mode="refine", focus=["begin with zero"])
        report = {**REFINEMENT, "task": "Begin the words with zero", "files": ["words.txt"]}
        answer = await go_on(host, answer, "submit_report", summary="Small.", report=report)
        answer = await through_an_experiment(host, answer, {"words.txt": "zero\none\ntwo\n"})
        held = await host.refused_after_writing("HELD", "verdict", **answer["next"]["arguments"], reason="As wished.")
        assert any("no test shows it" in line for line in held["refused"]["where"])
        answer = await go_on(host, held, "request_approval")
        answer = await go_on(host, answer, "verdict", reason="The person looked.")
        assert answer["data"]["state"] == "landed"


async def test_a_wish_that_is_no_refinement_goes_to_a_cycle_with_a_focus(scored: States) -> None:
    async with scored.open("approved") as host:
        answer = await host.done("start_cycle", mode="refine", focus=["do it all otherwise"])
        answer = await go_on(host, answer, "submit_report", summary="Large.", report={**REFINEMENT, "tier": "T3"})
        answer = await go_on(host, answer, "start_cycle")
        assert answer["at"]["mode"] == "focus"
        assert answer["data"]["focus"] == ["Score more"]
