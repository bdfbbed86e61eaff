"""Hypotheses through the tools: what is refused leaves no trace, and what was tried, asked for and left waiting decides what may come next."""

from typing import Any

import pytest

from tests.support.everything import events_of
from tests.support.host import Host
from tests.support.scored_states import BETTER, EXPLOIT, EXPLORE, SCORE, scored_md
from tests.support.states import States, approve

ABORT = {"role": "ceo", "decision": "abort", "feedback": "Enough."}
FRESH = "Counts vowels separately, by a table of letters."  # words that no other proposal here has


def idea(title: str, **changes: Any) -> dict[str, Any]:
    """A proposal that moves the score."""
    return {**EXPLOIT, "title": title, "what": title, **changes}


async def reverted(host: Host, number: int, proposal: dict[str, Any]) -> None:
    """One more cycle whose only experiment is reverted without a measurement."""
    await host.done("start_cycle", mode="improve")
    accepted = await host.done("propose_hypotheses", hypotheses=[proposal])
    await host.done("start_experiment", item=accepted["data"]["accepted"][0]["id"])
    await host.done("verdict", experiment=number, decision="revert", reason="It is worse.", lesson="Numbers need a source.")


def problems(answer: dict[str, Any]) -> str:
    return "\n".join(f"{each['where']}: {each['found']}; {each['expected']}" for each in answer["refused"]["problems"])


async def test_a_model_can_not_say_that_a_person_asked_nor_what_kind_of_work_it_is(scored: States) -> None:
    async with scored.open("approved") as host:
        await host.done("start_cycle")
        answer = await host.refused("BAD_HYPOTHESIS", "propose_hypotheses", hypotheses=[{**EXPLOIT, "ordered": True, "kind": "phase", "why": "W9"}])
        assert {problem["where"] for problem in answer["refused"]["problems"]} == {f"hypotheses[1].{name}" for name in ("ordered", "kind", "why")}


async def test_the_wrong_shape_of_one_field_hides_no_other_fault(scored: States) -> None:
    async with scored.open("approved") as host:
        await host.done("start_cycle")
        bad = {**EXPLOIT, "category": "luck", "files": ["README.md"], "sources": ["S1"], "backlog": "B7", "own_checks": 5}
        answer = await host.refused("BAD_HYPOTHESIS", "propose_hypotheses", hypotheses=[bad])
        places = {problem["where"].removeprefix("hypotheses[1].") for problem in answer["refused"]["problems"]}
        assert places == {"category", "files", "sources", "backlog", "own_checks"}


@pytest.mark.parametrize(
    ("code", "hypotheses"),
    [
        ("HYPOTHESIS_BUDGET", [idea("One"), idea("Two"), idea("Three")]),
        ("HYPOTHESIS_BUDGET", [idea("One", dimension="coverage")]),
        ("BAD_HYPOTHESIS", [idea("One", why="It feels right.")]),
        ("BAD_HYPOTHESIS", [idea("One", execution="make it")]),
        ("BAD_HYPOTHESIS", [idea("One", failure=["EMPTY_OUTPUT"])]),
    ],
)
async def test_what_a_rule_refuses_changes_nothing_and_the_same_call_is_next(scored: States, code: str, hypotheses: list[dict[str, Any]]) -> None:
    async with scored.open("approved") as host:
        await host.done("start_cycle")
        answer = await host.refused(code, "propose_hypotheses", hypotheses=hypotheses)
        assert (answer["next"]["tool"], answer["next"]["fill"]) == ("propose_hypotheses", ["hypotheses"])


async def test_a_focus_takes_one_hypothesis_which_the_person_ordered_and_which_is_held_where_no_test_shows_it(scored: States) -> None:
    async with scored.open("approved") as host:
        await host.done("start_cycle", mode="focus", focus=["Call the first word uno"])
        answer = await host.refused("NOT_ONE", "propose_hypotheses", hypotheses=[EXPLOIT, EXPLORE])
        assert "exactly one for each focus" in problems(answer)
        asked = {"category": "explore", "dimension": "none", "why": "They said: call the first word uno.", "what": "Rename it", "title": "Uno"}
        accepted = await host.done("propose_hypotheses", hypotheses=[asked])
        assert accepted["data"]["accepted"][0]["ordered"] is True
        await host.done("start_experiment", item="H1")
        measured = await host.measured({"words.txt": "uno\ntwo\nthree\nfour\nfive\nsix\n"})
        assert "they have to look" in str(measured["data"]["gate"]["suspect"])
        await host.refused_after_writing("HELD", "verdict", experiment=1, decision="keep", reason="They asked for it.")
        await host.done("request_approval", what="held", experiment=1)
        assert (await host.keep())["data"]["state"] == "landed"


async def test_what_was_reverted_is_shown_with_its_lesson_and_tried_again_only_with_what_differs(scored: States) -> None:
    async with scored.open("approved") as host:
        await reverted(host, 1, idea("Count letters of words"))
        started = await host.done("start_cycle", mode="improve")
        assert "A1 lesson of Count letters of words: Numbers need a source." in started["data"]["digest"]
        again = idea("Counting the letters of a word", why="A1")
        answer = await host.refused("TOO_SIMILAR", "propose_hypotheses", hypotheses=[again])
        assert "like experiment 1, Count letters of words, which was reverted; its lesson: Numbers need a source." in problems(answer)
        await host.refused("TOO_SIMILAR", "propose_hypotheses", hypotheses=[{**again, "differs": "This time it works."}])
        accepted = await host.done("propose_hypotheses", hypotheses=[{**again, "differs": FRESH}])
        assert accepted["data"]["accepted"][0]["differs"] == FRESH


async def test_three_reverts_of_a_category_bar_it_until_something_is_kept_but_not_for_the_person(scored: States) -> None:
    async with scored.open("approved") as host:
        for number, title in enumerate(("Alpha beta", "Gamma delta", "Epsilon zeta"), 1):
            await reverted(host, number, idea(title))
        started = await host.done("start_cycle", mode="improve")
        assert started["data"]["budget"]["barred"] == ["exploit"]
        assert "Barred until something is kept, for 3 reverts in a row: exploit." in started["next"]["do"]
        answer = await host.refused("BARRED", "propose_hypotheses", hypotheses=[idea("Theta iota"), idea("Kappa", category="explore")])
        assert [problem["where"] for problem in answer["refused"]["problems"]] == ["hypotheses[1] (Theta iota).category"]
        await host.done("submit_report", report=ABORT, summary="Enough.")
        focused = await host.done("start_cycle", mode="focus", focus=["theta iota"])
        assert focused["data"]["budget"] == {"redirects_left": 2}
        await host.done("propose_hypotheses", hypotheses=[idea("Theta iota", why="theta iota, they said")])
        await host.done("start_experiment", item="H4")
        await host.measured(BETTER, 4)
        assert (await host.keep(4))["data"]["state"] == "landed"
        assert "barred" not in (await host.done("start_cycle", mode="improve"))["data"]["budget"]


async def test_what_waits_on_the_backlog_is_named_taken_up_first_and_done_once_it_landed(scored: States) -> None:
    async with scored.open("approved") as host:
        await host.done("add_backlog_item", text="Score with more words", category="exploit", priority="high")
        await host.done("add_backlog_item", text="Sort the words", priority="normal")
        await host.done("add_backlog_item", text="Paint the words", priority="low")
        started = await host.done("start_cycle")
        assert "B1 backlog, high, exploit: Score with more words" in started["data"]["digest"]
        new, waiting = idea("Another number"), idea("Score with more words", backlog="B1", why="B1")
        answer = await host.done("propose_hypotheses", hypotheses=[new, waiting])
        assert [item.get("backlog") for item in answer["data"]["accepted"]] == ["B1", None]
        assert answer["data"]["notes"] == ["B2 is left waiting, normal: Sort the words"]
        await host.done("start_experiment", item="H1")
        await host.measured(BETTER)
        assert (await host.keep())["data"]["backlog"] == {"id": "B1", "state": "done"}
        assert (await host.keep())["data"]["backlog"] == {"id": "B1", "state": "done"}
        assert events_of(host.project).count("backlog.changed") == 1
        await host.done("start_experiment", item="H2")
        assert "backlog" not in (await host.revert(2))["data"]
        await host.done("start_cycle")
        done = await host.refused("BAD_HYPOTHESIS", "propose_hypotheses", hypotheses=[idea("Once more", backlog="B1")])
        assert "B1, which is done" in problems(done)


async def test_an_item_that_a_focus_names_is_done_once_it_landed_though_the_hypothesis_does_not_name_it(scored: States) -> None:
    async with scored.open("approved") as host:
        await host.done("add_backlog_item", text="Score with more words")
        await host.done("start_cycle", mode="focus", focus=["B1"])
        await host.done("propose_hypotheses", hypotheses=[idea("More words", why="B1")])
        await host.done("start_experiment", item="H1")
        await host.measured(BETTER)
        assert (await host.keep())["data"]["backlog"] == {"id": "B1", "state": "done"}


async def test_a_reverted_experiment_leaves_its_item_open(scored: States) -> None:
    async with scored.open("approved") as host:
        await host.done("add_backlog_item", text="Score with more words")
        await host.done("start_cycle")
        await host.done("propose_hypotheses", hypotheses=[idea("Score with more words", backlog="B1")])
        await host.done("start_experiment", item="H1")
        host.edit({SCORE: "0.4\n"})
        assert (await host.revert())["data"]["backlog"] == {"id": "B1", "state": "open"}


async def test_a_source_is_cited_by_its_id_and_stored_by_its_address(scored: States) -> None:
    async with scored.open("approved") as host:
        await host.done("start_cycle")
        report = {"role": "researcher", "findings": [{"claim": "Words score by their letters.", "source": "https://example.org/words"}]}
        await host.done("submit_report", report=report, summary="Read a page.")
        await host.done("propose_hypotheses", hypotheses=[idea("Count letters", sources=["S1"], why="S1")])
        assert "https://example.org/words" in (host.project / ".factory/archive/sources/001.md").read_text("utf-8")
        await host.refused("BAD_HYPOTHESIS", "propose_hypotheses", hypotheses=[idea("Count letters", sources=["https://example.org/letters"])])


async def test_operational_work_says_what_is_run_and_what_comes_of_it(scored: States) -> None:
    async with scored.open("approved") as host:
        await host.done("start_cycle")
        accepted = await host.done("propose_hypotheses", hypotheses=[idea("Measure the words", execution="wc words.txt", artifact="score.txt")])
        assert accepted["data"]["accepted"][0]["id"] == "H1"


async def test_no_hypotheses_are_taken_in_a_mode_that_plans_or_classifies(scored: States) -> None:
    async with scored.open("approved") as host:
        await host.done("start_cycle", mode="refine", focus=["call it uno"])
        answer = await host.refused("OUT_OF_ORDER", "propose_hypotheses", hypotheses=[EXPLOIT])
        assert answer["next"]["tool"] == "submit_report"


async def test_a_digest_stays_within_its_limit_however_much_waits(scored: States) -> None:
    async with scored.open("approved") as host:
        for number in range(5):
            await host.done("add_backlog_item", text=f"{number} " + "words that go on and on " * 60)
        digest = (await host.done("start_cycle"))["data"]["digest"]
        assert sum(map(len, digest)) < 3000
        assert [line.split()[0] for line in digest if line.startswith("B")] == ["B1", "B2", "B3"]


@pytest.mark.parametrize("name", ["metric", "resolved/total"])
async def test_research_may_say_that_it_moves_the_metric_which_counts_as_growth(scored: States, name: str) -> None:
    fields = ("objective: maximise", "metric: resolved/total", "target: 0.9", "result_path: result.json")
    command = 'run_command: echo \'{"resolved": 1, "total": 2}\' > result.json'
    async with scored.open("fresh") as host:
        await approve(host, scored_md("\n- ".join(("## Research Target\n", *fields, command)) + "\n"))
        await host.done("start_cycle", mode="improve")
        await host.refused("BAD_HYPOTHESIS", "propose_hypotheses", hypotheses=[idea("Raise it", dimension=name)])
        await host.done("submit_report", report=ABORT, summary="It is a matter of research.")
        await host.done("start_cycle", mode="research")
        answer = await host.done("propose_hypotheses", hypotheses=[idea("Raise it", dimension=name)])
        assert [each["title"] for each in answer["data"]["accepted"]] == ["Raise it"]
