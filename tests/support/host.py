"""A host in memory: it calls the tools as a model would, looks at every answer, and answers for the person."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mcp import Client
from mcp.client import ClientRequestContext
from mcp.types import ElicitRequestParams, ElicitResult

from mcp_server.server import build_server
from state.errors import KIND_OF_CODE
from tests.support.answers import checked
from tests.support.everything import Everything, everything
from tests.support.reviews import review

Says = Callable[[], ElicitResult]


def approves(comment: str = "") -> ElicitResult:
    """The person's form, accepted."""
    return ElicitResult(action="accept", content={"answer": "approve", "comment": comment})


def answers(answer: str, comment: str = "") -> Says:
    """A person who gives this answer in the form."""
    return lambda: ElicitResult(action="accept", content={"answer": answer, "comment": comment})


@dataclass
class Host:
    """A connection to a server of its own, on one project. `shown` is what the person was asked, in order."""

    client: Client
    project: Path
    shown: list[str] = field(default_factory=list)
    text: str = ""

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The structured content of the answer; `text` holds the other half."""
        result = await self.client.call_tool(tool, {"project": str(self.project), **arguments})
        structure = checked(result)
        self.text = getattr(result.content[0], "text", "")
        return structure

    async def done(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The same, where the answer must not be a refusal; a job is waited for."""
        answer = await self.call(tool, **arguments)
        while answer["next"].get("tool") == "get_job":
            answer = await self.call("get_job", **answer["next"]["arguments"])
        assert "refused" not in answer, self.text
        return answer

    async def refused(self, code: str, tool: str, **arguments: Any) -> dict[str, Any]:
        """The refusal of a call that must be refused with this code, and must change nothing, and must say so."""
        before = everything(self.project)
        answer = await self.refused_after_writing(code, tool, **arguments)
        assert "Nothing changed." in self.text
        assert_same(before, everything(self.project))
        return answer

    async def refused_after_writing(self, code: str, tool: str, **arguments: Any) -> dict[str, Any]:
        """The refusal of a call that must be refused with this code, but may write down what it saw on the way."""
        answer = await self.call(tool, **arguments)
        assert "refused" in answer, self.text
        assert (answer["refused"]["code"], answer["refused"]["kind"]) == (code, KIND_OF_CODE[code]), self.text
        return answer

    def edit(self, files: dict[str, str | None], number: int = 1) -> Path:
        """Edit the experiment's worktree as a builder does (None: the file goes); answers the worktree."""
        worktree = self.project / ".factory" / "worktrees" / f"{number:03d}"
        for name, text in files.items():
            if text is None:
                (worktree / name).unlink()
            else:
                (worktree / name).parent.mkdir(parents=True, exist_ok=True)
                (worktree / name).write_text(text, encoding="utf-8")
        return worktree

    async def reviewed(self, number: int = 1, **report: Any) -> dict[str, Any]:
        """Hand in a review that passes the experiment as it stands, but for what `report` says otherwise."""
        worktree = self.project / ".factory" / "worktrees" / f"{number:03d}"
        return await self.call("submit_report", experiment=number, summary="Looked at it.", report={**review(self.project, worktree), **report})

    async def measured(self, files: dict[str, str | None], number: int = 1) -> dict[str, Any]:
        """Edit, review and measure; answers what run_eval said."""
        self.edit(files, number)
        assert "refused" not in await self.reviewed(number), self.text
        return await self.done("run_eval", experiment=number)

    async def keep(self, number: int = 1) -> dict[str, Any]:
        """The verdict keep, whatever comes of it."""
        return await self.call("verdict", experiment=number, decision="keep", reason="It is better.")

    async def revert(self, number: int = 1) -> dict[str, Any]:
        """The verdict revert, whatever comes of it."""
        return await self.call("verdict", experiment=number, decision="revert", reason="It is worse.", lesson="Look first.")


@asynccontextmanager
async def open_host(project: Path, says: Says | None = approves, mode: str = "legacy") -> AsyncIterator[Host]:
    """A host on a project. `says` is what the person answers to every question; None: this host cannot ask."""
    shown: list[str] = []

    async def ask(context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        del context
        shown.append(params.message)
        assert says is not None
        return says()

    try:
        async with Client(build_server(), mode=mode, elicitation_callback=ask if says else None) as client:
            yield Host(client, project, shown)
    except BaseExceptionGroup as group:
        raise _only(group) from None


def _only(error: BaseException) -> BaseException:
    """What failed, out of the groups that the client's tasks put around it."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def assert_same(before: Everything, after: Everything) -> None:
    """Nothing changed: store, refs and every byte of the checkout and the worktrees."""
    assert before.store == after.store
    assert before.refs == after.refs
    assert before.files.keys() == after.files.keys()
    assert [name for name in before.files if before.files[name] != after.files[name]] == []


@contextmanager
def changes_nothing(project: Path) -> Iterator[None]:
    """Assert that the calls inside change nothing."""
    before = everything(project)
    yield
    assert_same(before, everything(project))
