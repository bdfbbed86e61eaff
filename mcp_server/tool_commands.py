"""Every tool as a subcommand, generated from the catalogue: the same function, the same answer, for people and scripts."""

import argparse
import json
import re
import sys
import textwrap
from typing import Any, Final

import anyio

from mcp_server.catalogue import CATALOGUE, ROWS
from mcp_server.json_fields import json_fields
from mcp_server.meant_folder import from_the_terminal
from mcp_server.profile_flag import PROFILE_HELP, profile_flag, unknown_profile
from mcp_server.rendering import structure_of
from mcp_server.schema import input_schema
from mcp_server.this_process import settings_of_this_process
from mcp_server.typed import CHOOSING_FLAGS, typed_text
from mcp_server.workshop import Caller, Workshop, workshop
from state.answers import Answer
from state.settings import SettingsSource
from tools.engine.session import Session

TERMINAL: Final = "terminal"
# What an answer says of the work at hand, which is not what somebody asked who looks at past experiments.
OF_THE_WORK: Final = frozenset({"next", "contract", "options", "at"})
# As an earlier factory's command line calls them.
OTHER_FLAGS: Final = {"spec": ("--prompt",), "directory": ("--dir",), "experiments": ("--exp",)}
TOOL_COMMANDS: Final = frozenset(row.command for row in CATALOGUE)
_NUMBERS: Final = re.compile(r"\s*[0-9]{1,9}(?:\s*,\s*[0-9]{1,9})*\s*")
WIDTH: Final = 100  # of a help text, in characters
WAITS: Final = 3  # what was asked for is not done yet: something of a person's is in the way
INTERRUPTED: Final = 130  # what shells answer for a command that Ctrl-C ended: 128 and the signal's number


def run_tool(given: list[str], *, left_out: frozenset[str] = frozenset()) -> int:
    """Call the tool that `given` names, and print its answer without the parts `left_out`.

    0 for an answer, 1 for a refusal, 2 for wrong usage, 3 where what was decided waits, 130 after Ctrl-C.
    """
    options = vars(_parser().parse_args(given))
    name, as_json, settings = options.pop("tool"), options.pop("json"), settings_of_this_process(profile_flag(options.pop("profile")))
    operand = options.pop("operand", None)
    if options.get("spec"):
        options["spec"] = from_the_terminal(settings.given, options["spec"])
    arguments = {key: value for key, value in options.items() if value is not None} | ({ROWS[name].operand: operand} if operand else {})
    if complaint := _read_json(name, arguments):
        sys.stderr.write(f"refactory {ROWS[name].command}: {complaint}\n")
        return 2
    if "project" in arguments:
        arguments["project"] = from_the_terminal(settings.given, arguments["project"])
    if complaint := unknown_profile(settings):
        sys.stderr.write(f"refactory: {complaint}\n")
        return 2
    try:
        answer = anyio.run(call_once, name, arguments, settings)
    except KeyboardInterrupt:  # the call was cancelled and its processes ended on the way here
        sys.stderr.write("refactory: stopped\n")
        return INTERRUPTED
    structure = structure_of(answer)
    shown = {name: value for name, value in structure.items() if name not in left_out or answer.refused}
    sys.stdout.write((json.dumps(structure, indent=2, ensure_ascii=False) if as_json else typed_text(shown)) + "\n")
    return 1 if answer.refused else WAITS if name == "verdict" and answer.data.get("waits") else 0


def _read_json(name: str, arguments: dict[str, Any]) -> str:
    """Take lists and objects, which are typed as JSON, for what they say, numbers with commas between them too; answers what is no valid JSON."""
    for key, field in input_schema(ROWS[name])["properties"].items():
        text = arguments.get(key)
        if not isinstance(text, str) or field.get("type") not in ("array", "object"):
            continue
        if field.get("items", {}).get("type") == "integer" and _NUMBERS.fullmatch(text):
            arguments[key] = [int(word) for word in text.split(",")]
        elif text.lstrip().startswith(("[", "{")):
            try:
                arguments[key] = json.loads(text)
            except json.JSONDecodeError as error:
                return f"--{key.replace('_', '-')} is no valid JSON: {error.msg}, line {error.lineno}, character {error.colno} (counted from 1)"
            except RecursionError:
                return f"--{key.replace('_', '-')} is no JSON that can be read: it is nested too deeply"
    return ""


async def call_once(name: str, arguments: dict[str, Any], settings: SettingsSource) -> Answer:
    """One call of a tool by the person at the terminal, waited for until its end."""
    async with anyio.create_task_group() as tasks:
        made: Workshop = workshop(tasks, settings, in_a_terminal=True)

        def opened(project: str) -> Session:
            session = made.session(project, TERMINAL, "user")
            session.progress = _progress
            return session

        answer = await made.call(name, arguments, Caller(opened, TERMINAL, "user", _progress))
        tasks.cancel_scope.cancel()
    made.close()
    return answer


async def _progress(message: str) -> None:
    sys.stderr.write(f"{message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="refactory")
    commands = parser.add_subparsers(dest="tool", required=True, metavar="COMMAND")
    for row in CATALOGUE:
        schema = input_schema(row)
        fields = [line for name, field in schema["properties"].items() for line in json_fields(row.name, name, field)]
        command = commands.add_parser(
            row.command, help=row.title, description=textwrap.fill(row.description, WIDTH), epilog="\n".join(fields),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )  # fmt: skip
        command.set_defaults(tool=row.name)
        command.add_argument("--json", action="store_true", help="the answer as JSON")
        command.add_argument("--profile", default="", metavar="NAME", help=PROFILE_HELP)
        for name, field in schema["properties"].items():
            _add(command, name, field, required=name in schema.get("required", ()) and name != row.operand)
        if row.operand:
            several = schema["properties"][row.operand].get("type") == "array"
            command.add_argument("operand", nargs="*" if several else "?", metavar=row.operand.upper(), help=f"the same as --{row.operand}")
    return parser


def _add(command: argparse.ArgumentParser, name: str, field: dict[str, Any], *, required: bool) -> None:
    """One argument: numbers as numbers, yes and no as a flag alone, choices as choices, lists and objects as JSON text."""
    words = field.get("description", "")
    flag = f"--{name.replace('_', '-')}"
    if field.get("type") == "boolean":
        command.add_argument(flag, action="store_const", const=True, help=words, dest=name)
    elif field.get("type") == "integer":
        command.add_argument(flag, type=int, required=required, help=words, dest=name)
    elif "enum" in field:
        command.add_argument(flag, choices=field["enum"], required=required, help=words, dest=name)
        for other, choice in CHOOSING_FLAGS.get(name, {}).items():
            command.add_argument(other, action="store_const", const=choice, help=f"the same as {flag} {choice}", dest=name)
    else:
        as_json = " (JSON)" if field.get("type") in ("array", "object") else ""
        command.add_argument(flag, *OTHER_FLAGS.get(name, ()), required=required, help=f"{words}{as_json}", dest=name)
