"""Measuring once more, and calibrating: the mean of all samples decides, and no gain counts that noise could be."""

import json
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from tests.support.answering_projects import begun, factory_md, make_answering_project
from tests.support.host import Host, open_host
from tests.support.repositories import git
from tools.engine.evaluation.noise import bound

# Tells anything from 0.4 to 0.5, as a timing would.
DRIFTS = "od -An -N2 -tu2 /dev/urandom | awk '{print 0.4 + $1 / 655360}'\n"
TEXT = factory_md("- name: known\n  command: sh drift.sh\n")
OTHER = {"answer.sh": "read n; echo 2\n"}


def drifting(folder: Path) -> Path:
    """A project whose evaluation never tells the same twice."""
    return make_answering_project(folder, **{"drift.sh": DRIFTS})


def row(rows: list[dict[str, Any]]) -> dict[str, Any]:
    (found,) = (each for each in rows if each["name"] == "known")
    return found


def values_of(host: Host, treeish: str) -> list[float]:
    """What the evaluation told of a tree, sample by sample, as the log has it."""
    tree = git(host.project, "rev-parse", f"{treeish}^{{tree}}")
    log = [json.loads(line) for line in (host.project / ".factory" / "events.jsonl").read_text(encoding="utf-8").splitlines()]
    taken = [event["payload"]["sample"] for event in log if event["type"] == "sample.taken"]
    return [sample["readings"][0]["value"] for sample in taken if (sample["part"], sample["tree"]) == ("project:known", tree)]


async def test_fresh_adds_a_sample_of_both_sides_and_their_means_count(tmp_path: Path) -> None:
    async with open_host(drifting(tmp_path)) as host:
        await begun(host, TEXT)
        assert row((await host.done("run_eval"))["data"]["dimensions"])["value"] == round(values_of(host, "main")[0], 4)
        fresh = await host.done("run_eval", purpose="fresh")
        assert row(fresh["data"]["dimensions"])["value"] == round(fmean(values_of(host, "main")), 4)
        await host.measured({**OTHER})
        again = await host.done("run_eval", experiment=1, purpose="fresh")
        base, candidate = values_of(host, "main"), values_of(host, "factory/001")
        assert (len(base), len(candidate)) == (3, 2)
        assert again["data"]["noise"]["samples"] == {"project:known": {"base": 3, "candidate": 2}}
        [spread] = again["data"]["noise"]["dimensions"]
        assert spread == {"name": "known", "spread": {"base": round(stdev(base), 4), "candidate": round(stdev(candidate), 4)}}
        assert "not calibrated" in again["data"]["noise"]["composite_tells_from"]
        assert row(again["data"]["changed"])["delta"] == round(fmean(candidate) - fmean(base), 4)
        assert (await host.done("run_eval", experiment=1))["data"]["noise"] == again["data"]["noise"], "what is known is not measured again"


async def test_calibrate_says_what_can_be_told_from_noise_and_a_smaller_gain_does_not_count(tmp_path: Path) -> None:
    async with open_host(drifting(tmp_path)) as host:
        await begun(host, TEXT)
        calibrated = await host.done("run_eval", purpose="calibrate")
        told = bound(values_of(host, "main"))
        assert calibrated["data"]["noise"]["samples"] == {"project:known": 5}
        assert calibrated["data"]["noise"]["tells_from"] == {"known": round(told, 4)}
        assert f"Noise over 5 runs: known {told:.4f}" in calibrated["summary"]
        assert (await host.done("run_eval", purpose="calibrate"))["repeated"], "once under a contract and a tree"
        measured = await host.measured({**OTHER})
        shown = row(measured["data"]["changed"])
        assert shown["tells_from"] == round(told, 4)
        is_noise = shown["delta"] <= told
        assert is_noise is ([check["check"] for check in measured["data"]["gate"].get("fail", ())] == ["improved_or_proven"])
        assert len(values_of(host, "main")) == 5
        noise = measured["data"]["noise"]
        assert [(each["name"], each["tells_from"]) for each in noise["dimensions"]] == [("known", round(told, 4))]
        assert noise["composite_tells_from"] == round(told * shown["weight"], 4)
        assert noise["calibrated"]["samples"] == {"project:known": 5}
        assert noise["calibrated"]["seconds"] > 0


async def test_runs_of_an_evaluation_say_at_once_what_can_be_told(tmp_path: Path) -> None:
    async with open_host(drifting(tmp_path)) as host:
        await begun(host, factory_md("- name: known\n  command: sh drift.sh\n  runs: 4\n"))
        measured = await host.measured({**OTHER})
        assert row(measured["data"]["changed"])["tells_from"] > 0
        assert "runs 4" in row((await host.done("run_eval"))["data"]["dimensions"])["detail"]
