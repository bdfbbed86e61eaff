"""The MCP server: the catalogue, prompts, resources and instructions, behind the protocol's handlers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache, partial
from importlib.metadata import version
from typing import Any, Final

import anyio
import anyio.to_thread
from mcp.server import ServerRequestContext
from mcp.server.caching import CacheHint
from mcp.server.lowlevel import Server
from mcp.types import (
    CallToolRequestParams,
    CallToolResult,
    CompleteRequestParams,
    CompleteResult,
    GetPromptRequestParams,
    GetPromptResult,
    InputRequiredResult,
    ListPromptsResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    TextContent,
    Tool,
    ToolAnnotations,
)

from mcp_server import prompting, resources
from mcp_server.asking import Asking, InputNeeded
from mcp_server.catalogue import CATALOGUE, Row
from mcp_server.completing import completed
from mcp_server.instructions import INSTRUCTIONS
from mcp_server.rendering import structure_of, text_of
from mcp_server.schema import input_schema
from mcp_server.workshop import Caller, Workshop, workshop
from state.answers import Answer
from state.settings import SettingsSource
from tools.engine.session import Session

Context = ServerRequestContext[Workshop]
NAME: Final = "refactory"


def build_server(settings: SettingsSource | None = None) -> Server[Workshop]:
    """The server, ready to run on any transport; it touches no project before a tool is called. `settings`: if not this process's own."""
    return Server(
        NAME,
        version=version("refactory-mcp"),
        title="re:factory",
        instructions=INSTRUCTIONS,
        lifespan=partial(_lifespan, settings),
        cache_hints={"tools/list": CacheHint(ttl_ms=60_000, scope="private")},
        on_list_tools=_list_tools,
        on_call_tool=_call_tool,
        on_list_prompts=_list_prompts,
        on_get_prompt=_get_prompt,
        on_list_resources=_list_resources,
        on_list_resource_templates=_list_templates,
        on_read_resource=_read_resource,
        on_completion=_complete,
    )


@cache
def tool_of(row: Row) -> Tool:
    """A row as the protocol lists it, made once. No tool destroys."""
    hints = ToolAnnotations(
        title=row.title,
        read_only_hint=row.effect == "reads",
        destructive_hint=False,
        idempotent_hint=not row.repeats,
        open_world_hint=row.outside,
    )
    meta = {"anthropic/alwaysLoad": True} if row.always else None
    return Tool(name=row.name, title=row.title, description=row.description, input_schema=input_schema(row), annotations=hints, _meta=meta)


def result_of(answer: Answer) -> CallToolResult:
    """An answer on the wire: text and structure, each holding all of it, because hosts show one or the other."""
    structure = structure_of(answer)
    return CallToolResult(
        content=[TextContent(type="text", text=text_of(structure))], structured_content=structure, is_error=answer.refused is not None
    )


@asynccontextmanager
async def _lifespan(settings: SettingsSource | None, server: Server[Workshop]) -> AsyncIterator[Workshop]:
    del server
    async with anyio.create_task_group() as tasks:  # owns the jobs: they outlive the call that started them
        made = workshop(tasks, settings)
        try:
            yield made
        finally:
            tasks.cancel_scope.cancel()
    made.close()


async def _list_tools(context: Context, params: PaginatedRequestParams | None) -> ListToolsResult:
    del context, params
    return ListToolsResult(tools=[tool_of(row) for row in CATALOGUE])


async def _call_tool(context: Context, params: CallToolRequestParams) -> CallToolResult | InputRequiredResult:
    made, asking, told = context.lifespan_context, Asking(context, params), 0

    async def progress(message: str) -> None:
        nonlocal told
        told += 1
        await context.session.report_progress(told, message=message)

    def opened(project: str) -> Session:
        session = made.session(project, host_name(context))
        session.ask, session.progress = asking.ask, progress
        return session

    caller = Caller(opened, host_name(context), progress=progress)
    try:
        return result_of(await made.call(params.name, params.arguments or {}, caller, (InputNeeded,)))
    except InputNeeded as needed:
        return needed.result


async def _list_prompts(context: Context, params: PaginatedRequestParams | None) -> ListPromptsResult:
    del context, params
    return prompting.listed()


async def _get_prompt(context: Context, params: GetPromptRequestParams) -> GetPromptResult:
    made = context.lifespan_context
    text = await anyio.to_thread.run_sync(prompting.text_for, made, params.name, params.arguments or {}, limiter=made.threads)
    return prompting.prompt_of(text)


async def _list_resources(context: Context, params: PaginatedRequestParams | None) -> ListResourcesResult:
    del context, params
    return resources.listed()


async def _list_templates(context: Context, params: PaginatedRequestParams | None) -> ListResourceTemplatesResult:
    del context, params
    return resources.templates()


async def _read_resource(context: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
    return await resources.read(context.lifespan_context, params.uri, host_name(context))


async def _complete(context: Context, params: CompleteRequestParams) -> CompleteResult:
    given = (params.context.arguments if params.context else None) or {}
    argument = params.argument
    return CompleteResult(completion=await completed(context.lifespan_context, argument.name, argument.value, given, host_name(context)))


def host_name(context: ServerRequestContext[Any]) -> str:
    """The host's name as it introduced itself, kept short; it is a label, never trusted."""
    params = context.session.client_params
    name = params.client_info.name if params else ""
    return "".join(character for character in name if character.isalnum() or character in "-_.")[:60] or "host"
