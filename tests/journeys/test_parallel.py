"""Arms and hypotheses side by side over real servers, one of them killed on the way: built, kept in a queue, superseded, and one taken back."""

from pathlib import Path
from typing import Any

import pytest

from tests.support import stdio
from tests.support.approving_servers import server
from tests.support.arms import scores
from tests.support.repositories import git
from tests.support.reviews import review
from tests.support.states import States

pytestmark = pytest.mark.thorough


def done(host: stdio.Host, tool: str, **arguments: Any) -> dict[str, Any]:
    """An answer that is no refusal."""
    answer = host.call(tool, **arguments)
    assert "refused" not in answer, answer
    return answer


def measured(host: stdio.Host, project: Path, number: int, file: str, score: str) -> None:
    """Edited, reviewed and measured."""
    worktree = project / ".factory" / "worktrees" / f"{number:03d}"
    (worktree / file).write_text(f"{score}\n", encoding="utf-8")
    done(host, "submit_report", experiment=number, summary="Read it.", report=review(project, worktree))
    done(host, "run_eval", experiment=number)


def kept(host: stdio.Host, number: int) -> dict[str, Any]:
    """Kept; what has to be measured again is."""
    answer = done(host, "verdict", experiment=number, decision="keep", reason="Better.")
    while answer["next"].get("tool") == "get_job":
        done(host, "get_job", **answer["next"]["arguments"])
        answer = done(host, "verdict", experiment=number, decision="keep", reason="Better.")
    return answer


async def test_several_experiments_at_once_survive_a_killed_server_and_end_as_decided(parallel: States, tmp_path: Path) -> None:
    project = await parallel.put("proposed")
    with server(project, tmp_path) as host:
        for item in ("H1", "H1.2", "H2"):
            done(host, "start_experiment", item=item)
        measured(host, project, 1, "1.txt", "0.2")
        measured(host, project, 2, "1.txt", "0.3")
    with server(project, tmp_path) as host:  # the first was killed: this one knows nothing but what it finds
        assert len(done(host, "project_status")["data"]["open"]["besides"]) == 2
        measured(host, project, 3, "2.txt", "0.3")
        assert host.call("verdict", experiment=1, decision="keep", reason="Better.")["refused"]["code"] == "GATE"
        assert kept(host, 2)["data"]["superseded"] == [1]
        assert kept(host, 3)["data"]["state"] == "landed"
        assert done(host, "verdict", experiment=2, decision="undo", reason="It broke the shop.")["data"]["state"] == "undone"
    assert scores(project) == ("0.1", "0.3", "0.1")
    assert git(project, "status", "--porcelain") == ""
