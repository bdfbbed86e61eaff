"""The end-to-end trial of a build: a command that must work for real, a fix where it does not, a smoke test where it does."""

from typing import Any

from state.store import Store
from state.trials import EndToEndTried, Trial
from tests.support.everything import events_of
from tests.support.host import Host
from tests.support.procedure_states import PLAN, RESEARCH, report
from tests.support.recorded import events
from tests.support.repositories import git
from tests.support.scored_states import EXPLOIT, scored_md
from tests.support.states import States

ONE_PHASE: dict[str, Any] = {**PLAN, "phases": PLAN["phases"][:1], "start": {"command": "cat done.txt"}}
FIX = {"title": "Write it", "category": "fix", "dimension": "none", "what": "Write done.txt", "why": "it is not there"}
TRY = {"purpose": "end_to_end"}


async def built(host: Host, plan: dict[str, Any]) -> dict[str, Any]:
    """A plan of one phase carried out; answers what its verdict said."""
    await host.done("start_cycle", mode="build")
    await report(host, RESEARCH)
    await report(host, plan)
    await host.done("discover_project", factory_md=scored_md())
    await host.done("request_approval", what="plan")
    await host.done("start_experiment", item="P1")
    await host.measured({"score.txt": "0.9\n"})
    return await host.keep()


async def test_what_does_not_run_is_mended_in_the_same_cycle_and_tried_again(procedure: States) -> None:
    async with procedure.open("fresh") as host:
        answer = await built(host, ONE_PHASE)
        assert answer["next"]["arguments"] == TRY
        failed = await host.done("run_eval", **TRY)
        assert (failed["data"]["outcome"], failed["next"]["tool"]) == ("failed", "propose_hypotheses")
        assert "No such file" in failed["data"]["output"]["untrusted"]["text"]
        assert TRY in [option.get("arguments") for option in failed["options"]]
        await host.refused("NOT_ONE", "propose_hypotheses", hypotheses=[FIX, {**FIX, "title": "Write it twice"}])
        await host.refused("NOT_ONE", "propose_hypotheses", hypotheses=[{**EXPLOIT, "why": "r"}])
        proposed = await host.done("propose_hypotheses", hypotheses=[FIX])
        again = await host.done("propose_hypotheses", hypotheses=[FIX])
        assert again["repeated"] is True
        await host.refused("OUT_OF_ORDER", "run_eval", **TRY)
        await host.done("start_experiment", **proposed["next"]["arguments"])
        await host.measured({"done.txt": "done\n"}, 2)
        await host.refused_after_writing("HELD", "verdict", experiment=2, decision="keep", reason="It is there.")
        await host.done("request_approval", what="held", experiment=2)
        answer = await host.keep(2)
        assert answer["next"]["arguments"] == TRY
        passed = await host.done("run_eval", **TRY)
        assert passed["data"]["outcome"] == "passed"
        assert passed["data"]["output"]["untrusted"]["text"] == "done"
        assert "cycle" not in passed["at"]
        assert (await host.done("run_eval", **TRY))["repeated"] is True
        assert events_of(host.project).count("trial.ended") == 2


async def test_a_command_that_stays_passes_while_it_still_runs_and_becomes_a_smoke_test(procedure: States) -> None:
    async with procedure.open("fresh") as host:
        await built(host, {**ONE_PHASE, "start": {"command": "sleep 60", "stays": True}})
        assert "it has to go on running" in host.shown[0]
        passed = await host.done("run_eval", **TRY)
        assert "still ran" in passed["data"]["said"]
        assert passed["next"]["arguments"] == {"what": "evaluation"}
        await host.done("request_approval", what="evaluation")
        assert "timeout 5 sh -c 'sleep 60'" in host.shown[1]
        assert "timeout 5" in git(host.project, "show", "main:factory.md")


async def test_a_trial_runs_in_a_tree_of_its_own_and_leaves_what_it_said_as_evidence(procedure: States) -> None:
    async with procedure.open("fresh") as host:
        await built(host, {**ONE_PHASE, "start": {"command": "touch trace.txt; pwd; exit 4"}})
        failed = await host.done("run_eval", **TRY)
        assert "ended with 4" in failed["data"]["said"]
        assert not (host.project / "trace.txt").exists()
        trial = next(event["payload"]["trial"] for event in events(host.project) if event["type"] == "trial.ended")
        assert trial["tree"].startswith(failed["data"]["tree"])
        assert len(trial["output"]) == 64


async def test_a_build_whose_server_died_after_its_trial_passed_ends_with_the_next_call(procedure: States) -> None:
    async with procedure.open("fresh") as host:
        await built(host, ONE_PHASE)
        store = Store(host.project / ".git" / "refactory")
        trial = Trial(cycle=1, tree="a" * 40, command="c", outcome="passed", said="s", seconds=1, output="", items=1)
        store.append(EndToEndTried(trial=trial), actor="server", channel="server")
        store.close()
        answer = await host.done("start_cycle", mode="improve")
        assert answer["at"]["mode"] == "improve"


async def test_a_trial_is_of_a_build_whose_phases_are_done_and_of_no_experiment(procedure: States) -> None:
    async with procedure.open("build approved") as host:
        answer = await host.refused("OUT_OF_ORDER", "run_eval", **TRY)
        assert "experiments, by start_experiment" in answer["refused"]["expected"]
        await host.refused("BAD_ARGUMENTS", "run_eval", experiment=1, **TRY)
    async with procedure.open("proposed") as host:
        await host.refused("OUT_OF_ORDER", "run_eval", **TRY)
