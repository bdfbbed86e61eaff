"""Changes that were kept, looked at together: what they gained in all, which no longer matter, and gains that vanish beside each other."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from state.store import Store
from state.views import compare
from tests.support.highest_of_two import kept, make_project, open_cycle
from tests.support.host import Host, changes_nothing, open_host
from tests.support.repositories import git


@pytest.fixture
async def host(tmp_path: Path) -> AsyncIterator[Host]:
    async with open_host(make_project(tmp_path)) as found:
        yield found


async def two_kept(host: Host) -> None:
    """One number raised, and then the other above it: the first change is covered by the second."""
    await open_cycle(host, "Raise the first number", "Raise the second number above it")
    await kept(host, "H1", 1, {"one.txt": "0.6\n"})
    await kept(host, "H2", 2, {"two.txt": "0.8\n"})


async def test_what_was_kept_is_summed_and_pruned_and_nothing_is_removed_by_itself(host: Host) -> None:
    await two_kept(host)
    total = await host.done("run_eval", purpose="total")
    assert (total["data"]["total"]["gain"], total["data"]["total"]["kept"]) == (0.3, 2)
    assert [(each["experiment"], each["gain"]) for each in total["data"]["each"]] == [(1, 0.1), (2, 0.2)]

    pruned = await host.done("run_eval", purpose="prune")
    rows = {row["experiment"]: row for row in pruned["data"]["kept_changes"]}
    assert rows[1]["verdict"] == "does not matter any more"
    assert rows[1]["loss_without_it"] == 0
    assert rows[2]["verdict"] == "matters, as far as can be told"
    assert rows[2]["loss_without_it"] == 0.2
    assert "1 of 2 kept changes no longer matter: experiment 1" in pruned["summary"]
    assert [option["arguments"] for option in pruned["options"]] == [{"experiment": 1, "decision": "undo"}]
    assert compare(Store(host.project / ".git" / "refactory"), host.project / ".factory") == [], "the readable files know of it"
    status = await host.done("project_status")
    assert status["data"]["research"]["total"].startswith("+0.3 over 1 fresh pairs (0.5 -> 0.8), 2 kept changes together")


async def test_a_gain_that_vanishes_beside_another_is_caught_when_it_is_brought_up_to_date(host: Host) -> None:
    await open_cycle(host, "Raise the first number", "Raise the second number as far")
    for number, name in enumerate(("one.txt", "two.txt"), 1):
        await host.done("start_experiment", item=f"H{number}")
        measured = await host.measured({name: "0.6\n"}, number)
        assert measured["next"]["arguments"] == {"experiment": number, "decision": "keep"}, "each is better than the base, alone"
    await host.done("verdict", experiment=1, decision="keep", reason="It is higher.")
    moved = await host.call("verdict", experiment=2, decision="keep", reason="It is higher.")
    while moved["next"].get("tool") == "get_job":
        moved = await host.call("get_job", **moved["next"]["arguments"])
    refused = await host.refused_after_writing("GATE", "verdict", experiment=2, decision="keep", reason="It is higher.")
    assert any(line.startswith("ratchet") for line in refused["refused"]["where"]), host.text
    assert git(host.project, "show", "main:two.txt") == "0.5"


async def test_a_change_that_a_later_one_builds_on_is_named_and_left_and_what_is_taken_back_is_kept_no_more(host: Host) -> None:
    await open_cycle(host, "Raise the first number", "Raise it further")
    await kept(host, "H1", 1, {"one.txt": "0.6\n"})
    await kept(host, "H2", 2, {"one.txt": "0.7\n"})
    pruned = await host.done("run_eval", purpose="prune")
    rows = {row["experiment"]: row for row in pruned["data"]["kept_changes"]}
    assert (rows[1]["verdict"], rows[1]["builds_on_it"]) == ("not measured", ["one.txt"])
    assert rows[2]["loss_without_it"] == 0.1
    assert "options" not in pruned or not any(option["arguments"].get("decision") == "undo" for option in pruned["options"])
    with changes_nothing(host.project):
        again = await host.done("run_eval", purpose="prune")
    assert again["repeated"]

    for number in (2, 1):
        await host.done("verdict", experiment=number, decision="undo", reason="No longer wanted.")
    for purpose in ("prune", "total"):
        found = await host.done("run_eval", purpose=purpose)
        assert found["summary"].startswith("Nothing stands that research kept")
    await host.refused("BAD_ARGUMENTS", "run_eval", purpose="total", experiment=1)
