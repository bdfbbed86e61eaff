"""The command line: `serve` for hosts, the commands for the person, and every tool under its own name."""

import argparse
import gc
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Final, NoReturn, Protocol, cast

from mcp_server.profile_flag import FLAG, PROFILE_HELP, profile_behind, profile_flag
from mcp_server.wire import kept_clear
from state.nearest import nearest

DESCRIPTION: Final = "A software factory as an MCP server: the model proposes, the server measures, gates and lands."
EPILOGUE: Final = (
    "Alone, in a terminal, refactory asks what you want. With --json a tool prints its answer as JSON. What a tool takes: refactory TOOL --help. "
    "Exit codes: 0 done, 1 refused or not as it should be, 2 wrong usage, 3 decided, and waits for something that is in the way"
)


class Main(Protocol):
    """What a command's module gives."""

    def main(self, arguments: list[str]) -> int:
        """Run the command; answers the exit code."""


@dataclass(frozen=True)
class Command:
    """A command for the person, which no model calls; its module is loaded when it is used, for start-up speed."""

    name: str
    words: str
    module: str


COMMANDS: Final = (
    Command("demo", "watch one experiment land and one be reverted, in a scratch repository", "mcp_server.demo"),
    Command("config", "show, edit or make your settings: ~/.factory/config.toml", "mcp_server.commands.config"),
    Command("projects", "list the projects that were worked on here, or forget one", "mcp_server.commands.projects"),
    Command("doctor", "say what is wrong with a project's store and files, and mend it: --repair, --rebuild", "mcp_server.commands.doctor"),
    Command("verify", "hold the history of a project against its hashes, its log and its anchors", "mcp_server.commands.verify"),
    Command("cache", "show what measuring keeps in a project, and be rid of it: trim, clear", "mcp_server.commands.cache"),
    Command("clean", "list worktrees, branches and backups that experiments left over, and be rid of them: --apply", "mcp_server.commands.clean"),
    Command("selftest", "a fire drill: try known cheats on a clone of a project, against the real gate", "mcp_server.commands.selftest"),
    Command("backlog", "list what waits to be tried, add to it, or take something off it", "mcp_server.commands.backlog"),
    Command("history", "list what was tried, the newest first", "mcp_server.commands.history"),
    Command("explain", "why an experiment ended as it did: refactory explain N", "mcp_server.commands.explain"),
    Command("diff", "print the patch of an experiment, or compare two: refactory diff N [M]", "mcp_server.commands.diff"),
    Command("refine-status", "list the refinements since the last larger cycle, with their verdicts", "mcp_server.commands.refine_status"),
    Command("tools", "list the tools of the server, each a command of its own", "mcp_server.commands.tools"),
    Command("approve", "answer as the person what the server asks: refactory approve CODE", "mcp_server.terminal_approval"),
)
# What the original called them.
ALIASES: Final = {
    "backlog-list": ("backlog", "list"),
    "backlog-add": ("backlog", "add"),
    "backlog-remove": ("backlog", "remove"),
    "study": ("study-project",),
    "status": ("project-status",),
    "discover": ("discover-project",),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; answers the exit code: 0 done, 1 refused or not as it should be, 2 wrong usage, 3 decided but not done yet."""
    given = profile_behind(list(sys.argv[1:] if arguments is None else arguments))
    given = [*ALIASES.get(given[0], given[:1]), *given[1:]] if given else given
    own = next((command for command in COMMANDS if given[:1] == [command.name]), None)
    if own is not None:
        return cast("Main", import_module(own.module)).main(given[1:])
    match given[:1]:
        case ["serve"]:
            return _serve(given[1:])
        case ["--version"]:
            from importlib.metadata import version  # noqa: PLC0415 - loaded on use: start-up speed

            sys.stdout.write(f"refactory {version('refactory-mcp')}\n")
            return 0
        case [] if sys.stdin.isatty() and sys.stdout.isatty():
            from mcp_server.commands.wizard import main as ask  # noqa: PLC0415 - loaded on use: start-up speed

            return ask([])
        case [] | ["-h"] | ["--help"]:
            _help().print_help()
            return 0 if given else 2
        case _:
            from mcp_server.tool_commands import TOOL_COMMANDS, run_tool  # noqa: PLC0415 - loaded on use: start-up speed

            return run_tool(given) if given[0] in TOOL_COMMANDS or given[0].startswith("-") else _unknown(given[0], TOOL_COMMANDS)


def _serve(arguments: list[str]) -> NoReturn:
    """Become the server. The host is known before the slow imports, in which it may end already."""
    parser = argparse.ArgumentParser(prog="refactory serve", description="The MCP server on standard input and output.")
    parser.add_argument(FLAG, default="", metavar="NAME", help=PROFILE_HELP)
    profile = parser.parse_args(arguments).profile
    parent = os.getppid()
    gc.disable()  # what is imported stays: looking through it while it grows is a twentieth of the start
    with kept_clear():
        from mcp_server.serving import serve  # noqa: PLC0415 - loaded on use: start-up speed
    gc.freeze()
    gc.enable()
    serve(parent, profile_flag(profile))


def _unknown(word: str, tools: Iterable[str]) -> int:
    """Wrong usage: no command of this name; the one that was probably meant is said."""
    meant = nearest(word, ("serve", *(command.name for command in COMMANDS), *ALIASES, *tools))
    sys.stderr.write(f"refactory: no command {word!r}; {f'did you mean {meant}? ' if meant else ''}`refactory --help` names them all\n")
    return 2


def _help() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="refactory", description=DESCRIPTION, epilog=EPILOGUE)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    commands.add_parser("serve", help="the MCP server on standard input and output, for a host to start")
    for command in COMMANDS:
        commands.add_parser(command.name, help=command.words)
    commands.add_parser("TOOL", help="call one tool of the server, as `refactory tools` names it, and print its answer")
    return parser
