"""The demo's host: it talks to the real server as any MCP host does, calls what `next` names, and checks every answer's form."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from mcp import Client, MCPError, StdioServerParameters
from mcp.client import ClientRequestContext
from mcp.types import CallToolResult, ElicitRequestParams, ElicitResult, Implementation, TextContent

from mcp_server.demo_screen import Screen, call_line

NAME: Final = "refactory-demo"
CALL_TIMEOUT: Final = 120.0  # seconds


class Unexpected(Exception):  # noqa: N818 - a finding of the demo, not a failure of its program
    """Something is not as it should be: what it is about, what was expected and what was seen."""

    def __init__(self, about: str, *, expected: object, seen: object) -> None:
        super().__init__(f"{about}: expected {expected!r}, seen {seen!r}")
        self.about, self.expected, self.seen = about, expected, seen


def expect(about: str, *, expected: object, seen: object) -> None:
    """Raises Unexpected unless both are equal."""
    if expected != seen:
        raise Unexpected(about, expected=expected, seen=seen)


@dataclass
class Host:
    """One connection to the server. `answer` is the last answer's structure; its `next` decides what may be called."""

    screen: Screen
    client: Client | None = None
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def next(self) -> dict[str, Any]:
        """What the last answer says to do."""
        action: dict[str, Any] = self.answer.get("next", {})
        return action

    @property
    def data(self) -> dict[str, Any]:
        """The last answer's own result."""
        data: dict[str, Any] = self.answer.get("data", {})
        return data

    async def follow(self, tool: str, **filled: Any) -> dict[str, Any]:
        """Make the call that `next` named, with its arguments, adding exactly what it asked to be filled in. Answers its data.

        Raises Unexpected where `next` names another tool, or asks for something else.
        """
        action = self.next
        expect(f"the tool that `next` names ({action.get('do', '')})", expected=tool, seen=action.get("tool"))
        expect(f"what {tool} asks to be filled in", expected=sorted(action.get("fill", ())), seen=sorted(filled))
        given = {name: {**action.get("arguments", {}).get(name, {}), **value} if isinstance(value, dict) else value for name, value in filled.items()}
        return await self.ask(tool, **{**action.get("arguments", {}), **given})

    async def take_option(self, tool: str, **filled: Any) -> dict[str, Any]:
        """Make the first call of this tool that the last answer offered beside `next`, completed. Raises Unexpected where it offered none."""
        options = {option["tool"]: option.get("arguments", {}) for option in reversed(self.answer.get("options", ()))}
        expect(f"{tool} among the options", expected=True, seen=tool in options)
        return await self.ask(tool, **{**options[tool], **filled})

    async def ask(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Make a call that `next` need not have named; it must not be refused. Answers its data."""
        await self._call(tool, arguments)
        expect(f"a refusal of {tool}", expected=None, seen=self.answer.get("refused"))
        return self.data

    async def insist(self, tool: str, code: str, **arguments: Any) -> dict[str, Any]:
        """Make a call that must be refused with `code`. Answers the refusal."""
        await self._call(tool, arguments)
        refused: dict[str, Any] = self.answer.get("refused", {})
        expect(f"the refusal of {tool}", expected=code, seen=refused.get("code"))
        return refused

    async def finish_job(self) -> None:
        """Wait for long work as long as `next` says so."""
        while self.next.get("tool") == "get_job":
            await self.follow("get_job")

    async def _call(self, tool: str, arguments: dict[str, Any]) -> None:
        if self.client is None:
            raise ValueError("the host is not connected")
        self.screen.say("host", call_line(tool, arguments))
        try:
            result = await self.client.call_tool(tool, arguments, read_timeout_seconds=CALL_TIMEOUT, progress_callback=self._progress)
        except MCPError as error:
            raise Unexpected(f"the call of {tool}", expected="an answer", seen=str(error)) from error
        self.answer = checked(tool, result)
        self.screen.say("server", shown(self.answer), step_lines(self.answer))

    async def _progress(self, progress: float, total: float | None, message: str | None) -> None:
        del progress, total
        self.screen.progress(message or "working")

    async def approve(self, context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        """What the person does when the server asks: read the words, and approve."""
        del context
        self.screen.say("server", "asks the person:", [line for line in params.message.splitlines() if line])
        self.screen.say("person", "approve")
        return ElicitResult(action="accept", content={"answer": "approve", "comment": ""})


def connection(host: Host, command: list[str], directory: Path, environment: dict[str, str]) -> Client:
    """A client that starts the server as a child process in `directory` and speaks with it over its standard streams."""
    server = StdioServerParameters(command=command[0], args=command[1:], cwd=directory, env=environment)
    return Client(server, elicitation_callback=host.approve, client_info=Implementation(name=NAME, version="1"))


def checked(tool: str, result: CallToolResult) -> dict[str, Any]:
    """An answer's structure. Raises Unexpected where an error is not said in both forms, or the text says another thing than the structure."""
    structure: dict[str, Any] = result.structured_content or {}
    text = "".join(block.text for block in result.content if isinstance(block, TextContent))
    expect(f"the error flag of {tool}", expected="refused" in structure, seen=bool(result.is_error))
    expect(f"the summary of {tool} in its text", expected=True, seen=bool(structure) and structure["summary"] in text)
    return structure


def shown(answer: dict[str, Any]) -> str:
    """An answer's first line: its summary, or the refusal."""
    refused = answer.get("refused")
    return f"REFUSED {refused['code']}: {refused['what']}" if refused else str(answer["summary"])


def step_lines(answer: dict[str, Any]) -> list[str]:
    """The reasons of a refusal, the warnings, and what is next."""
    lines = [*answer.get("refused", {}).get("where", ()), *(f"warning: {line}" for line in answer.get("warnings", ()))]
    action = answer.get("next", {})
    if action.get("tool"):
        fill = f" (to fill in: {', '.join(action['fill'])})" if action.get("fill") else ""
        lines.append(f"next: {call_line(action['tool'], action.get('arguments', {}))}{fill}")
    return lines
