"""Prompts: the modes and roles as hosts list them. Their arguments are single optional words, because hosts split what follows at blanks."""

from typing import Final

from mcp import MCPError
from mcp.types import INVALID_PARAMS, GetPromptResult, ListPromptsResult, Prompt, PromptArgument, PromptMessage, TextContent

import prompts
from mcp_server.slugs import folder_named
from mcp_server.workshop import Workshop
from state.answers import one_line
from state.errors import Refusal

LIMIT: Final = 5000  # characters of a prompt
WORD: Final = 200  # characters of an argument
PROJECT: Final = PromptArgument(name="project", description="A project's short name; without it, the host's directory.", required=False)
TARGET: Final = PromptArgument(name="target", description="An issue's number or a backlog id: 42, B7.", required=False)
EXPERIMENT: Final = PromptArgument(name="experiment", description="An experiment's number.", required=False)
WITH_TARGET: Final = frozenset(("focus", "refine"))


def listed() -> ListPromptsResult:
    """Every mode and every role."""
    modes = [prompts.mode(name) for name in prompts.names("modes")]
    roles = [prompts.role(name) for name in prompts.names("roles")]
    found = [Prompt(name=mode.name, title=mode.title, description=mode.description, arguments=arguments_of(mode.name)) for mode in modes]
    found += [Prompt(name=role.name, title=role.title, description=f"Play the {role.title}.", arguments=arguments_of(role.name)) for role in roles]
    return ListPromptsResult(prompts=found)


def arguments_of(name: str) -> list[PromptArgument]:
    """The arguments of a prompt, none of them required."""
    if name in prompts.names("roles"):
        return [PROJECT, EXPERIMENT]
    return [PROJECT, TARGET] if name in WITH_TARGET else [PROJECT]


def text_for(workshop: Workshop, name: str, given: dict[str, str]) -> str:
    """The text of a prompt. Raises MCPError for a prompt, a project or an argument that there is not."""
    known = (*prompts.names("modes"), *prompts.names("roles"))
    if name not in known:
        raise MCPError(code=INVALID_PARAMS, message=f"there is no prompt {one_line(name)}; prompts: {', '.join(known)}")
    words = {argument: one_line(value, WORD) for argument, value in given.items() if value.strip()}
    names = [each.name for each in arguments_of(name)]
    if unknown := sorted(words.keys() - set(names)):
        raise MCPError(code=INVALID_PARAMS, message=f"prompt {name} has no argument {one_line(unknown[0])}; it has: {', '.join(names)}")
    try:
        folder = str(folder_named(workshop, words["project"])) if "project" in words else ""
    except Refusal as refusal:
        raise MCPError(code=INVALID_PARAMS, message=f"{refusal.what}; expected: {refusal.expected}") from refusal
    lines = [f"Pass `project` as {folder} with every call."] if folder else []
    if "target" in words:
        lines.append(f"The target, as the person gave it: {words['target']}")
    if name in prompts.names("modes"):
        return "\n\n".join((*lines, prompts.mode(name).body))[:LIMIT]
    return "\n\n".join((*lines, _role(name, words.get("experiment", ""))))[:LIMIT]


def prompt_of(text: str) -> GetPromptResult:
    """A text as the host's message."""
    return GetPromptResult(messages=[PromptMessage(role="user", content=TextContent(type="text", text=text))])


def _role(name: str, experiment: str) -> str:
    """A role's words, and the call that brings those of the project."""
    role = prompts.role(name)
    if experiment and not experiment.isdecimal():
        raise MCPError(code=INVALID_PARAMS, message=f"{one_line(experiment)} is no number of an experiment; expected: such as 12")
    of = f" and experiment {experiment}" if experiment else ""
    call = f"Call get_role with role {role.name}{of}: it adds this project's constraints, the lessons that apply and an example of what to hand in."
    return f"# {role.title}\n\n{role.body}\n## Contract\n{role.contract}\n\n{call}\n"
