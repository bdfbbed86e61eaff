"""`refactory cache`: the newest of each kind, and how many there are beyond them."""

from pathlib import Path

import pytest

from mcp_server.commands import cache
from state.samples import SampleTaken
from state.store import Store
from tests.support.histories import sample
from tests.support.repositories import make_repository
from tools.engine.evaluation.caches import cache_of


@pytest.mark.parametrize(("kept", "said"), [(3, ""), (5, "and 2 more; all of them: refactory cache --json")])
def test_what_is_not_listed_is_counted(kept: int, said: str, tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del home  # no settings of whoever runs the tests
    project = make_repository(tmp_path / "project", {"a": "a"})
    store = Store(project / ".git" / "refactory")
    store.append(SampleTaken(sample=sample().plain(), material=store.keep_object(b"{}")), actor="server", channel="server")
    for number in range(kept):
        (cache_of(store) / f"tool-{number}").mkdir(parents=True)
    store.close()

    assert cache.main(["--project", str(project)]) == 0

    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert len([line for line in lines if "tool-" in line]) == 3
    assert [line for line in lines if line.startswith("and ")] == ([said] if said else [])
