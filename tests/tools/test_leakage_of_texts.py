"""Texts that know answers: a little is a note, more is sent back, much is held against what the cycle keeps; what was known is told nowhere."""

import logging
import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.everything import events_of
from tests.support.host import Host
from tests.support.repositories import commit
from tests.support.scored_states import BETTER, EXPLOIT, begun, scored_md
from tests.support.states import States, approve
from tests.tools.test_lines_of_candidates import check, places_that_hold

TRUTH = "truth/answers.txt"
PROSE = "The tower was built in 1887, by people whose names nobody wrote down."
ANSWERS = f"{PROSE}\n482137\n915264\n733109\n648215\n557391\n268417\n"
FIXED = scored_md(extra="## Fixed Surfaces\n\n- truth\n")
LITTLE, MUCH, VERY_MUCH = "482137", "482137 and 915264", f"482137, 915264, 733109, 648215, 557391, 268417: {PROSE}"
FINDINGS = [{"claim": "It is slow.", "source": "words.txt:1"}]
REPORTS: list[dict[str, Any]] = [
    {"role": "researcher", "findings": [{"claim": f"It is {MUCH}.", "source": "words.txt:1"}]},
    {"role": "researcher", "findings": FINDINGS, "gaps": [f"Is it {MUCH}?"]},
    {"role": "strategist", "phases": [{"title": "One", "what": f"Return {MUCH}"}], "start": {"command": "true"}},
    {"role": "failure_analyst", "failures": [{"instance": "one", "stage": "s", "category": "c", "cause": f"It must not be {MUCH}"}]},
    {"role": "refiner", "tier": "T1", "task": f"Return {MUCH}", "files": ["words.txt"]},
    {"role": "ceo", "decision": "redirect", "about": "researcher", "feedback": f"Look at {MUCH}"},
    {"role": "ceo", "decision": "proceed", "feedback": f"It is {PROSE}"},
    {"role": "nobody", "anything": {"at_all": [MUCH]}},
]


async def with_answers(host: Host, text: str = FIXED) -> None:
    """Approved, and a cycle begun."""
    await approve(host, text)
    await host.done("start_cycle", mode="improve")


async def put(scored: States, path: str = TRUTH) -> None:
    await scored.put("fresh")
    commit(scored.place, {path: ANSWERS, f"{path}.bak.md": ANSWERS.partition("\n")[2]}, "truth")


def hypothesis(**said: Any) -> list[dict[str, Any]]:
    return [{**EXPLOIT, **said}]


async def test_a_hypothesis_that_knows_answers_is_sent_back_and_taken_without_them(scored: States) -> None:
    await put(scored)
    words: Mapping[str, Any] = {"files": ["words_482137.txt", "words_915264.txt"], "own_checks": ["a.py::test_482137_915264"]}
    async with scored.open_here() as host:
        await with_answers(host)
        for where in ("title", "what", "why", "differs", "files", "own_checks", "execution"):
            knowing = hypothesis(**{where: words.get(where, f"{EXPLOIT.get(where, '')} {MUCH}")})
            answer = await host.refused_after_writing("LEAKAGE", "propose_hypotheses", hypotheses=knowing)
            fields = {re.sub(r"(?<=\w)\[.*", "", problem["where"].removeprefix("hypotheses[1].")) for problem in answer["refused"]["problems"]}
            assert fields == {where}, host.text
            assert TRUTH in host.text
            assert answer["next"]["tool"] == "propose_hypotheses"
        await host.done("propose_hypotheses", hypotheses=hypothesis())


async def test_a_single_value_is_a_note_wherever_it_is_said(scored: States) -> None:
    await put(scored)
    async with scored.open_here() as host:
        await with_answers(host)
        answer = await host.done("propose_hypotheses", hypotheses=hypothesis(title=f"Mend {LITTLE}", what=f"Begin with {LITTLE}.0"))
        assert answer["data"]["notes"] == [f"hypotheses[1].{field} holds 1 rare value of {TRUTH}: say it without" for field in ("title", "what")]


async def test_what_the_person_asked_for_in_their_own_words_may_be_said(scored: States) -> None:
    await put(scored)
    async with scored.open_here() as host:
        await approve(host, FIXED)
        await host.done("start_cycle", mode="focus", focus=[f"Why do {MUCH} fail?"])
        answer = await host.done("propose_hypotheses", hypotheses=hypothesis(what=f"Mend {MUCH}"))
        assert "notes" not in answer["data"]


async def test_a_report_that_knows_answers_is_sent_back_before_anything_of_it_is_said_again(scored: States) -> None:
    await put(scored)
    async with scored.open_here() as host:
        await with_answers(host)
        for report in REPORTS:
            answer = await host.refused_after_writing("LEAKAGE", "submit_report", report=report, summary="Looked.")
            assert "482137" not in f"{answer}{host.text}"
            assert PROSE not in f"{answer}{host.text}"


async def test_reports_on_an_experiment_are_looked_at_too_and_a_review_may_quote_the_change(scored: States) -> None:
    await put(scored)
    async with scored.open_here() as host:
        await begun(host, FIXED)
        host.edit({**BETTER, "words.txt": f"{MUCH}\n"})
        refused = await host.reviewed(issues=[{"severity": "minor", "at": "score.txt:1", "text": f"733109 and {PROSE}"}])
        assert refused["refused"]["code"] == "LEAKAGE", host.text
        assert [problem["where"] for problem in refused["refused"]["problems"]] == ["report.issues[1].text"]
        told = await host.reviewed(issues=[{"severity": "minor", "at": "words.txt:1", "text": f"Why {MUCH}?"}])
        assert "refused" not in told, host.text
        await host.done("run_eval", experiment=1)
        evaluated = {"role": "evaluator", "reading": "confirmed", "concerns": [f"It is 733109 and {PROSE}"]}
        await host.refused_after_writing("LEAKAGE", "submit_report", report=evaluated, summary="Read.", experiment=1)
        await host.revert()
        lesson = {"role": "archivist", "lesson": "Look first.", "rule": f"Know that {PROSE}", "rule_for": "builder"}
        await host.refused_after_writing("LEAKAGE", "submit_report", report=lesson, summary="Wrote it.", experiment=1)


async def test_who_knew_much_has_a_person_look_at_what_is_kept(scored: States) -> None:
    await put(scored)
    async with scored.open_here() as host:
        await with_answers(host)
        answer = await host.refused_after_writing("LEAKAGE", "propose_hypotheses", hypotheses=hypothesis(what=VERY_MUCH))
        assert answer["refused"]["what"].startswith("high: "), host.text
        assert "a person looks" in answer["refused"]["expected"]
        await host.done("propose_hypotheses", hypotheses=hypothesis())
        await host.done("start_experiment", item="H1")
        await host.measured(BETTER)
        kinds = "6 rare values, 1 line, 1 row of numbers"
        result, evidence = await check(host, "leakage")
        assert (result, evidence) == ("suspect", [f"high, handed in and refused: hypotheses[1].what: {kinds} of {TRUTH}"])
        assert (await host.keep())["refused"]["code"] == "HELD"
        await host.done("request_approval", what="held", experiment=1)
        assert (await host.keep())["data"]["state"] == "landed", host.text
    explained = places_that_hold(scored.place / ".factory", "handed in and refused")
    assert "experiments/001/checks.json" in explained


async def test_refusals_of_a_cycle_add_up_and_the_same_call_counts_once(scored: States) -> None:
    await put(scored)
    several = [f"{one} and {other}" for one, other in (("482137", "915264"), ("482137", "733109"), ("482137", "648215"), ("915264", "733109"))]
    async with scored.open_here() as host:
        await with_answers(host)
        said = []
        for what in (several[0], *several):
            answer = await host.refused_after_writing("LEAKAGE", "propose_hypotheses", hypotheses=hypothesis(what=what))
            assert answer["refused"]["what"].startswith("medium: "), host.text
            said.append("a person looks" in answer["refused"]["expected"])
        assert said == [False, False, False, False, True]
        assert events_of(host.project).count("leakage.refused") == len(several)


async def test_what_was_known_is_told_nowhere(scored: States, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await put(scored, "hidden/truth.md")
    holdout = scored_md(extra="## Holdout\n\n- paths: hidden/**\n- command: cat hidden/truth.md\n- parse: exit_code\n")
    async with scored.open_here() as host:
        await with_answers(host, holdout)
        said = []
        for tool, arguments in (
            ("propose_hypotheses", {"hypotheses": hypothesis(title=MUCH, what=PROSE, dimension=MUCH, files=[f"/{LITTLE}"])}),
            ("submit_report", {"report": {"role": "researcher", "findings": [{"claim": MUCH, "source": PROSE}]}, "summary": MUCH}),
            ("submit_report", {"report": {"role": "ceo", "decision": MUCH}, "summary": PROSE}),
        ):
            said.append(str(await host.refused_after_writing("LEAKAGE", tool, **arguments)) + host.text)
        said += [str(await host.call(tool)) + host.text for tool in ("project_status", "experiment_history")]
    for canary in (LITTLE, "915264", "people whose names nobody wrote"):
        assert [canary in each for each in (*said, caplog.text)] == [False] * (len(said) + 1)
        own = [scored.place / ".git" / "refactory", scored.place / ".factory"]
        assert [place for folder in own for place in places_that_hold(folder, canary)] == []
    assert ["hidden/truth.md" in each for each in said[:3]] == [True] * 3
