"""`refactory refine-status`: the refinements in a row with their verdicts; and the notice with the fifth and the tenth."""

import json
from pathlib import Path

import pytest

from mcp_server.commands import refine_status
from state.cycles import CycleEnded, CycleStarted, ModeName
from state.store import Store
from tests.support.host import open_host
from tests.support.quick_projects import factory_md, make_quick_project
from tests.support.states import approve


def lived_through(store: Store, *modes: ModeName) -> None:
    """Cycles in these modes, each begun and ended."""
    for number, mode in enumerate(modes, 1):
        began = CycleStarted(cycle=number, mode=mode, target="main", base="a" * 40, host="h", focus=(f"wish {number}",))
        store.append(began, actor="host", channel="h")
        store.append(CycleEnded(cycle=number, how="done"), actor="host", channel="h")


def test_refinements_since_the_last_other_cycle_are_listed(tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del home  # no settings of whoever runs the tests
    project = make_quick_project(tmp_path / "project")
    store = Store(project / ".git" / "refactory")
    lived_through(store, "refine", "improve", "refine", "refine")
    store.close()
    assert refine_status.main([str(project)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "2 refinements since the last other cycle."
    assert [line.split()[-2:] for line in lines[1:3]] == [["wish", "3"], ["wish", "4"]]
    assert refine_status.main([str(project), "--json"]) == 0
    assert [row["verdict"] for row in json.loads(capsys.readouterr().out)["refinements"]] == ["not classified yet"] * 2


def test_a_project_without_a_store_has_none_and_gets_none(tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del home
    project = make_quick_project(tmp_path / "project")
    assert refine_status.main([str(project)]) == 0
    assert capsys.readouterr().out.startswith("0 refinements")
    assert not (project / ".git" / "refactory").exists()


@pytest.mark.parametrize(("before", "noticed"), [(3, False), (4, True), (5, False), (9, True)])
async def test_a_notice_comes_with_the_fifth_and_the_tenth_in_a_row(tmp_path: Path, home: Path, before: int, noticed: bool) -> None:
    del home
    project = make_quick_project(tmp_path / "project")
    async with open_host(project) as host:
        await approve(host, factory_md())
        store = Store(project / ".git" / "refactory")
        row: list[ModeName] = ["refine"] * before
        lived_through(store, *row)
        store.close()
        answer = await host.done("start_cycle", mode="refine", focus=["another"])
        assert any("in a row" in warning for warning in answer.get("warnings", ())) is noticed
