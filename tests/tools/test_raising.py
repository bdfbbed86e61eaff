"""A metric is raised only by what pairs of runs tell from chance; a run is never typed in, and a lost one is no number."""

import json
from pathlib import Path

import pytest

from tests.support.host import open_host
from tests.support.replays import assert_same, replay
from tests.support.repositories import commit
from tests.support.research_projects import HYPOTHESIS, LEVEL, begun, make_metric_project, metric_md, runs_of
from tests.support.states import approve


@pytest.fixture(autouse=True)
def _nothing_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """What else this machine measures meanwhile is no matter here."""
    monkeypatch.setattr("tools.engine.research.pairing.rooms_at_work", lambda: 0)


async def test_a_metric_that_is_the_same_each_time_costs_one_run_and_a_gain_a_second(tmp_path: Path) -> None:
    async with open_host(make_metric_project(tmp_path / "project")) as host:
        started = await begun(host, metric_md())
        assert started["data"]["research"]["noise"]["deterministic"] == "the same each time: one run decides"
        measured = await host.measured({LEVEL: "2\n"})
        assert (measured["data"]["verdict"], measured["data"]["metric"]["difference"], measured["data"]["runs"]) == ("better", 1.0, 2)
        assert measured["data"]["error_spent"] == "none: the metric is the same each time"
        kept = await host.keep()
        while kept["next"].get("tool") == "get_job":
            kept = await host.call("get_job", **kept["next"]["arguments"])
        assert kept["data"]["state"] == "landed", host.text
        assert kept["data"]["metric"]["gain"] == 1.0
        again = await host.done("start_cycle", mode="research")
        assert " rate 2.0, target " in again["summary"], "the metric as it was confirmed, not as it was calibrated"
        (attempt,) = json.loads((host.project / ".factory/experiments/001/research.json").read_text())
        assert [len(pair["runs"]) for pair in attempt["pairs"]] == [1, 1]
        assert (attempt["ending"]["outcome"], attempt["gain"]["gain"], attempt["number"]) == ("better", 1.0, 0)
        header, line = ((each.split("\t")) for each in (host.project / ".factory/results.tsv").read_text().splitlines())
        assert float(line[header.index("cost_usd")]) == 0.02, "its own two runs"


async def test_the_keep_that_reaches_the_target_says_so_and_the_rest_of_the_cycle_is_an_option(tmp_path: Path) -> None:
    async with open_host(make_metric_project(tmp_path / "project")) as host:
        await approve(host, metric_md().replace("target: 100", "target: 1.5"))
        await host.done("start_cycle", mode="research")
        other = {**HYPOTHESIS, "title": "Raise another way", "what": "Take a second route"}
        await host.done("propose_hypotheses", hypotheses=[HYPOTHESIS, other])
        await host.done("start_experiment", item="H1")
        await host.measured({LEVEL: "2\n"})
        kept = await host.keep()
        while kept["next"].get("tool") == "get_job":
            kept = await host.call("get_job", **kept["next"]["arguments"])
        assert "the target is reached: 2 of 1.5." in kept["summary"].lower()
        assert kept["next"].get("tool") is None
        assert "the target is reached" in kept["next"]["do"]
        assert [option["tool"] for option in kept["options"]] == ["start_experiment", "submit_report"]


async def test_a_noisy_metric_is_told_in_pairs_and_what_is_equal_is_not_kept(tmp_path: Path) -> None:
    async with open_host(make_metric_project(tmp_path / "project", noise="0.01")) as host:
        started = await begun(host, metric_md())
        noise = started["data"]["research"]["noise"]
        assert noise["pairs"] == 10
        assert noise["tells"].startswith("from 0.00")
        equal = await host.measured({"notes.txt": "some\n"})
        assert equal["data"]["verdict"] in ("not_better", "cannot_tell"), host.text
        assert equal["next"]["arguments"]["decision"] == "revert"
        assert equal["data"]["error_spent"].startswith("attempt 1 paid 0.0019")
        again = await host.done("run_eval", experiment=1)
        assert (again["repeated"], again["data"]["pairs"]) == (True, equal["data"]["pairs"])
        await host.refused_after_writing("GATE", "verdict", experiment=1, decision="keep", reason="It is nice.")
        raised = await host.measured({LEVEL: "2\n"})
        assert (raised["data"]["verdict"], raised["data"]["pairs"]) == ("better", 3), host.text
        assert raised["data"]["error_spent"].startswith("attempt 2 paid")
        assert [round(raised["data"]["metric"][each]["candidate"] - raised["data"]["metric"][each]["base"], 1) for each in ("median", "worst")] == [
            1.0,
            1.0,
        ]
        kept = await host.keep()
        while kept["next"].get("tool") == "get_job":
            kept = await host.call("get_job", **kept["next"]["arguments"])
        assert (kept["data"]["metric"]["fresh_pairs"], round(kept["data"]["metric"]["gain"], 6)) == (5, 1.0), host.text
        for attempt in (1, 2):
            assert_same(*replay(host.project, attempt, target=100))
        again = await host.done("start_cycle", mode="research")
        assert "1 keep ago: run_eval with purpose calibrate" in again["data"]["research"]["noise"]["taken_on"]
        assert "10 pairs of the head 1 keep ago" in again["summary"]
        assert noise["taken_on"].startswith("this head, tree ")
        assert "(one standard error)" in kept["summary"]
        anew = await host.done("run_eval", purpose="calibrate")
        assert anew["summary"].startswith("The metric is 2.0")
        assert anew["data"]["metric"]["taken_on"].startswith("this head, tree ")


async def test_candidates_side_by_side_share_the_base_s_runs_and_the_best_is_kept(tmp_path: Path) -> None:
    project = make_metric_project(tmp_path / "project", noise="0.01")
    async with open_host(project) as host:
        await begun(host, metric_md())
        await host.done("start_experiment", item="H1.2")
        for number, level in ((1, "2"), (2, "3")):
            host.edit({LEVEL: f"{level}\n"}, number)
            await host.reviewed(number)
        first = await host.done("run_eval", experiment=1)
        assert (first["data"]["verdict"], first["data"]["pairs"]) == ("better", 3), host.text
        second = await host.done("run_eval", experiment=2)
        assert (second["data"]["verdict"], second["data"]["pairs"], second["repeated"]) == ("better", 3, True), host.text
        runs = [run for run in runs_of(project) if run.purpose == "pair"]
        assert [sum(run.side == side for run in runs) for side in ("base", "candidate")] == [3, 6]
        refused = await host.refused_after_writing("GATE", "verdict", experiment=1, decision="keep", reason="It is better.")
        assert "experiment 2 (H1.2) raised the metric more" in str(refused["refused"]["where"])
        assert [look["told_by"] for look in second["data"]["looks"]] == ["its size, not by p"]
        kept = await host.keep(2)
        while kept["next"].get("tool") == "get_job":
            kept = await host.call("get_job", **kept["next"]["arguments"])
        other = await host.done("experiment_history", experiment=1)
        assert (other["data"]["state"], other["data"]["lesson"][:9]) == ("superseded", "Better: +"), host.text
        assert "Of the same idea experiment 2 (H1.2) raised the metric by +2" in other["data"]["lesson"]


async def test_two_arms_with_the_same_tree_are_one_attempt(tmp_path: Path) -> None:
    project = make_metric_project(tmp_path / "project")
    async with open_host(project) as host:
        await begun(host, metric_md())
        await host.done("start_experiment", item="H1.2")
        for number in (1, 2):
            host.edit({LEVEL: "2\n"}, number)
            await host.reviewed(number)
        for number in (1, 2):
            answer = await host.done("run_eval", experiment=number)
            assert (answer["data"]["verdict"], answer["data"]["metric"]["difference"]) == ("better", 1.0), host.text
        assert len([run for run in runs_of(project) if run.purpose == "pair"]) == 2


async def test_a_command_that_gives_no_value_at_the_head_is_said_at_the_start_and_no_attempt_is_paid(tmp_path: Path) -> None:
    project = make_metric_project(tmp_path / "project")
    async with open_host(project) as host:
        await approve(host, metric_md(run="exit 3"))
        started = await host.done("start_cycle", mode="research")
        assert "no value" in started["data"]["research"]["noise"]["not_calibrated"]
        assert {(run.status, run.value, run.purpose) for run in runs_of(project)} == {("fail", None, "calibrate")}


async def test_a_result_that_an_earlier_run_left_is_no_result(tmp_path: Path) -> None:
    project = make_metric_project(tmp_path / "project")
    commit(project, {"out.json": '{"rate": 1}\n', ".gitignore": "none\n"}, "a result was committed")
    async with open_host(project) as host:
        await approve(host, metric_md(run="true"))
        await host.done("start_cycle", mode="research")
        assert {(run.status, run.value) for run in runs_of(project)} == {("error", None)}
        assert "wrote no out.json" in runs_of(project)[0].reason


async def test_a_candidate_that_fails_another_check_costs_no_run_and_no_payment(tmp_path: Path) -> None:
    project = make_metric_project(tmp_path / "project")
    async with open_host(project) as host:
        await begun(host, metric_md())
        before = len(runs_of(project))
        host.edit({LEVEL: "2\n", "score.txt": "0.9\n"})
        await host.reviewed()
        measured = await host.done("run_eval", experiment=1)
        assert measured["data"]["verdict"].startswith("not run"), host.text
        assert len(runs_of(project)) == before


async def test_a_gain_that_a_dead_server_did_not_measure_afresh_is_measured_by_the_next_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make_metric_project(tmp_path / "project")
    async with open_host(project) as host:
        await begun(host, metric_md())
        await host.measured({LEVEL: "2\n"})
        monkeypatch.setattr("tools.verdict.to_be_confirmed", lambda *_: None)
        kept = await host.keep()
        assert (kept["data"]["state"], kept["data"].get("metric")) == ("landed", None)
        monkeypatch.undo()
    async with open_host(project) as host:
        await host.done("start_cycle", mode="research")
        answer = await host.call("get_job", job="J4")
        while answer["data"].get("status") == "running":
            answer = await host.call("get_job", job="J4")
        assert answer["data"]["metric"]["gain"] == 1.0, host.text


async def test_a_budget_stops_the_runs_before_it_is_exceeded_and_a_larger_one_goes_on(tmp_path: Path) -> None:
    project = make_metric_project(tmp_path / "project", noise="1")
    async with open_host(project) as host:
        await begun(host, metric_md(extra="## Cost Budget\n\n- $0.25/cycle\n"))
        measured = await host.measured({"notes.txt": "some\n"})
        assert measured["data"]["verdict"] == "more", host.text
        assert "$0.25" in measured["data"]["stopped"]
        assert len(runs_of(project)) <= 25
        assert measured["next"]["arguments"]["decision"] == "revert"
        await host.refused_after_writing("BUDGET_SPENT", "run_eval", experiment=1)


SUM = """awk '{s += $1} END {printf "{\\"rate\\": %d}", s}' level.txt notes.txt > out.json"""


async def test_what_won_alone_is_run_again_upon_what_landed_meanwhile_by_an_attempt_of_its_own(tmp_path: Path) -> None:
    project = make_metric_project(tmp_path / "project")
    async with open_host(project) as host:
        await approve(host, metric_md(run=SUM))
        await host.done("start_cycle", mode="research")
        other = {**HYPOTHESIS, "title": "Write numbered notes", "what": "Count the notes too"}
        await host.done("propose_hypotheses", hypotheses=[HYPOTHESIS, other])
        for number, files in ((1, {LEVEL: "5\n"}), (2, {"notes.txt": "3\n"})):
            await host.done("start_experiment", item=f"H{number}")
            measured = await host.measured(dict(files), number)
            assert measured["data"]["verdict"] == "better", host.text
        assert (await host.keep(1))["data"]["state"] == "landed"
        waits = await host.keep(2)
        assert waits["summary"].startswith("Not landed yet"), host.text
        while waits["next"].get("tool") == "get_job":
            waits = await host.call("get_job", **waits["next"]["arguments"])
        assert (waits["data"]["verdict"], waits["data"]["metric"]["difference"]) == ("better", 3.0), host.text
        assert (await host.keep(2))["data"]["state"] == "landed"
        attempts = json.loads((project / ".factory/experiments/002/research.json").read_text())
        assert len(attempts) == 2
        assert attempts[0]["base_tree"] != attempts[1]["base_tree"]


async def test_a_confirmation_that_the_budget_cut_short_counts_for_nothing_until_a_larger_one_makes_it_whole(tmp_path: Path) -> None:
    project = make_metric_project(tmp_path / "project", noise="0.01")
    limit = "## Cost Budget\n\n- 31 runs total\n"  # 20 of calibration, 6 of the attempt, and two fresh pairs of five
    async with open_host(project) as host:
        await begun(host, metric_md(extra=limit).replace("target: 100", "target: 2"))
        await host.measured({LEVEL: "3\n"})
        kept = await host.keep()
        while kept["next"].get("tool") == "get_job":
            kept = await host.call("get_job", **kept["next"]["arguments"])
        said = kept["data"]["metric"]["not_confirmed"]
        assert said.startswith("3 of 5 fresh pairs are missing, as 30 runs of 31 runs in total are spent"), host.text
        assert "Not confirmed: the budget stopped it, 3 of 5" in kept["summary"]
        status = await host.done("project_status")
        research = status["data"]["research"]
        assert (research["ended_by"], "confirmed" in research, "experiment 1" in research["not_confirmed"]) == ("budget", False, True), host.text
        assert len(runs_of(project)) == 30
        text = (project / "factory.md").read_text()
        commit(project, {"factory.md": text.replace("31 runs", "60 runs")}, "more runs")
        whole = await host.call("verdict", experiment=1, decision="keep", reason="It is better.")
        while whole["next"].get("tool") == "get_job":
            whole = await host.call("get_job", **whole["next"]["arguments"])
        assert (whole["data"]["metric"]["fresh_pairs"], len(runs_of(project))) == (5, 36), host.text
        assert (await host.done("project_status"))["data"]["research"]["ended_by"] == "target"


async def test_what_is_taken_for_discarded_pairs_stays_within_the_budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make_metric_project(tmp_path / "project", noise="1")
    async with open_host(project) as host:
        await begun(host, metric_md(extra="## Cost Budget\n\n- 24 runs total\n"))
        beside = [1, 0, 0, 0] * 3  # something runs beside the first run of each pair
        monkeypatch.setattr("tools.engine.research.pairing.rooms_at_work", lambda: beside.pop(0) if beside else 0)
        measured = await host.measured({LEVEL: "2\n"})
        assert measured["data"]["discarded"] == "2 pairs (4 runs, paid for): other measurements ran beside a part of each", host.text
        assert "24 runs of 24 runs in total" in measured["data"]["stopped"]
        assert len(runs_of(project)) == 24


async def test_a_candidate_whose_noise_is_gone_is_held_for_a_person(tmp_path: Path) -> None:
    async with open_host(make_metric_project(tmp_path / "project", noise="0.01")) as host:
        await begun(host, metric_md())
        measured = await host.measured({LEVEL: "2\n", "noise.txt": "0\n"})
        assert measured["data"]["verdict"] == "better"
        await host.refused_after_writing("HELD", "verdict", experiment=1, decision="keep", reason="It is better.")
        assert "every run gave exactly 2: noise is gone, look whether answers are known" in host.text


async def test_what_was_given_up_already_is_to_be_given_up_again_and_not_mended(tmp_path: Path) -> None:
    async with open_host(make_metric_project(tmp_path / "project")) as host:
        await approve(host, metric_md())
        await host.done("start_cycle", mode="research")
        await host.done("propose_hypotheses", hypotheses=[HYPOTHESIS, {**HYPOTHESIS, "title": "Write notes", "what": "Write the notes anew"}])
        for number in (1, 2):
            await host.done("start_experiment", item=f"H{number}")
            measured = await host.measured({"notes.txt": "some\n"}, number)
            assert measured["data"]["verdict"] == "not_better"
            assert measured["next"]["arguments"]["decision"] == "revert", host.text
            if number == 1:
                await host.revert()
