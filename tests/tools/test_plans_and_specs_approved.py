"""A plan and a spec are a person's to approve: through which channel, bound to what, and what an answer starts."""

from typing import Any

import pytest
from mcp.types import ElicitResult

from state.approvals import ApprovalAnswered
from state.reports import ReportRole, ReportSubmitted, reports_of_cycle
from state.store import Store
from tests.support.everything import events_of
from tests.support.host import Host, Says, answers
from tests.support.procedure_states import PLAN, SPEC, report
from tests.support.recorded import approvals
from tests.support.scored_states import scored_md
from tests.support.states import States
from tools.engine.approving import Asked
from tools.engine.cycle.situation import content_hash

LATER: dict[str, Any] = {**PLAN, "phases": PLAN["phases"][:1]}
WORK = [("build drafted", "plan"), ("interactive distilled", "spec")]


@pytest.mark.parametrize(("state", "what"), WORK)
@pytest.mark.parametrize("says", [None, lambda: ElicitResult(action="decline")], ids=["cannot ask", "declined"])
async def test_where_nobody_answered_it_waits_and_nothing_is_started(procedure: States, says: Says | None, state: str, what: str) -> None:
    async with procedure.open(state, says) as host:
        answer = await host.call("request_approval", what=what)
        assert answer["data"]["status"] == "waiting"
        assert f" --{what} " in answer["data"]["ask"]["command"]
        assert answer["data"]["ask"]["command"] in answer["next"]["do"]
        assert "approval.answered" not in events_of(host.project)
        again = await host.call("project_status")
        assert again["next"]["arguments"] == {"what": what}


async def test_a_person_is_shown_the_start_command_the_phases_what_waits_and_the_evaluation(procedure: States) -> None:
    async with procedure.open("build drafted") as host:
        await host.done("request_approval", what="plan")
        shown = host.shown[0]
        assert (
            shown.index("$ cat score.txt") < shown.index("1. Score the words") < shown.index("- A dark mode") < shown.index("may these commands run")
        )
        assert [line["payload"]["subject"] for line in approvals(host.project)] == ["plan", "evaluation"]
        assert {line["channel"] for line in approvals(host.project)} == {"elicitation"}


async def test_changes_of_a_plan_come_back_with_the_persons_words_and_another_plan_is_asked_anew(procedure: States) -> None:
    async with procedure.open("build drafted", answers("changes", "One phase is enough.")) as host:
        answer = await host.done("request_approval", what="plan")
        assert (answer["next"]["tool"], answer["next"]["role"]) == ("submit_report", "strategist")
        assert "One phase is enough." in answer["next"]["do"]
        await report(host, LATER)
    async with procedure.open_here() as host:
        answer = await host.done("request_approval", what="plan")
        assert "1 phase," in host.shown[0]
        assert answer["next"]["arguments"] == {"item": "P1"}


async def test_a_rejected_plan_starts_nothing_and_stops(procedure: States) -> None:
    async with procedure.open("build drafted", answers("reject")) as host:
        answer = await host.done("request_approval", what="plan")
        assert (answer["data"]["status"], answer["next"].get("tool")) == ("rejected", None)
        await host.refused("OUT_OF_ORDER", "start_experiment", item="P1")


async def test_an_approved_plan_approves_no_evaluation_that_was_changed_since(procedure: States) -> None:
    async with procedure.open("build drafted") as host:
        (host.project / "factory.md").write_text("in the way", encoding="utf-8")
        waits = await host.call("request_approval", what="plan")
        assert "not landed" in waits["summary"]
        await host.done("discover_project", factory_md=scored_md(threshold=0.2))
        (host.project / "factory.md").unlink()
        answer = await host.done("request_approval", what="plan")
        assert len(host.shown) == 2, "the other evaluation was shown too"
        assert answer["next"]["arguments"] == {"item": "P1"}


@pytest.mark.parametrize(("state", "what"), WORK)
async def test_what_a_standing_order_approves_waits_for_the_ceo_to_look(
    procedure: States, monkeypatch: pytest.MonkeyPatch, state: str, what: str
) -> None:
    monkeypatch.setenv("FACTORY_AUTO_APPROVE", "plan,spec,evaluation")
    async with procedure.open(state, None) as host:
        answer = await host.call("request_approval", what=what)
        assert answer["data"]["by"] == "standing_order"
        answer = await host.done("project_status")
        assert answer["next"]["arguments"]["report"] == {"role": "ceo", "decision": "proceed"}
        await host.refused("OUT_OF_ORDER", "start_experiment", item="P1")
        proceed = {"role": "ceo", "decision": "proceed"}
        answer = await host.done("submit_report", report=proceed, summary="Looked at it.")
        assert answer["next"].get("arguments") == ({"item": "P1"} if what == "plan" else None), host.text
        assert ("How many words?" in answer["next"]["do"]) == (what == "spec"), "nobody answered it"
        assert ("spec.stored" in events_of(host.project)) == (what == "spec")


async def test_the_ceo_going_on_with_a_plan_says_nothing_of_the_next_one(procedure: States, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACTORY_AUTO_APPROVE", "plan,evaluation")
    async with procedure.open("build drafted", None) as host:
        await host.done("submit_report", report={"role": "ceo", "decision": "proceed"}, summary="Fine.")
        await report(host, LATER)
        answer = await host.done("request_approval", what="plan")
        assert answer["next"]["role"] == "ceo"
        assert answer["next"]["tool"] == "submit_report"


async def test_five_rounds_of_changes_are_what_a_spec_has(procedure: States) -> None:
    async with procedure.open("interactive distilled", answers("changes", "Shorter.")) as host:
        for number in range(5):
            await host.done("request_approval", what="spec")
            if number < 4:
                await report(host, {**SPEC, "questions": [f"Is {number} short enough?"]})
        answer = await host.refused("BUDGET_SPENT", "submit_report", report={**SPEC, "questions": []}, summary="Once more.")
        assert "5 times" in answer["refused"]["what"]
        assert (await host.call("project_status"))["next"]["arguments"] == {"what": "spec"}


@pytest.mark.parametrize(("state", "what", "role"), [("build drafted", "plan", "strategist"), ("interactive distilled", "spec", "distiller")])
async def test_an_approval_whose_work_was_never_started_is_taken_up_by_asking_again(
    procedure: States, state: str, what: Asked, role: ReportRole
) -> None:
    async with procedure.open(state) as host:
        if what == "plan":
            await host.done("request_approval", what="evaluation")
        store = Store(host.project / ".git" / "refactory")
        with store.reading() as connection:
            content = content_hash(reports_of_cycle(connection, 1)[role])
        store.append(ApprovalAnswered(subject=what, answer="approve", hash=content), actor="user", channel="elicitation")
        store.close()
        asked = len(host.shown)
        answer = await host.done("project_status")
        assert answer["next"]["arguments"] == {"what": what}
        answer = await host.done("request_approval", what=what)
        assert len(host.shown) == asked
        assert answer["next"]["arguments"] == ({"item": "P1"} if what == "plan" else {"mode": "build"})


async def test_a_plan_that_changes_while_the_person_reads_is_not_approved(procedure: States) -> None:
    place = await procedure.put("build drafted")

    def meanwhile() -> ElicitResult:
        """Another server takes another plan, then the person says yes to what they were shown."""
        store = Store(place / ".git" / "refactory")
        other = ReportSubmitted(report=3, role="strategist", cycle=1, summary="s", decision="submitted", body={**PLAN, "deferred": []})
        store.append(other, actor="host", channel="another")
        store.close()
        return ElicitResult(action="accept", content={"answer": "approve"})

    async with procedure.open_here(meanwhile) as host:
        await host.refused_after_writing("APPROVAL_VOID", "request_approval", what="plan")
        assert approvals(host.project) == []


async def approved_twice(host: Host, what: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return await host.done("request_approval", what=what), await host.done("request_approval", what=what)


async def test_asking_again_for_an_approved_plan_asks_nobody_and_starts_nothing_twice(procedure: States) -> None:
    async with procedure.open("build drafted") as host:
        await approved_twice(host, "plan")
        assert len(host.shown) == 1
        assert events_of(host.project).count("hypotheses.proposed") == 1
