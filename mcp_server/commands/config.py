"""`refactory config`: the person's settings shown with where each comes from, edited, taken over from variables, and found."""

import argparse
import json
import os
import shlex
import sys
import textwrap
from pathlib import Path
from typing import Any, Final

from mcp_server.profile_flag import PROFILE_HELP, profile_flag, unknown_profile
from mcp_server.this_process import host_of_this_shell, settings_of_this_process
from state.answers import clean
from state.errors import Refusal
from state.settings import Settings, SettingsSource, read_file, resolve
from state.settings.showing import plain
from state.settings.writing import addition_shown, migrate, template, write_file
from tools.engine.process import CommandNotFound, run_at_the_terminal

DESCRIPTION: Final = "Your settings. What counts first: a flag, a variable, the profile, [defaults], what is built in."
WIDTH: Final = 100
INDENT: Final = "    "
NO_HOME: Final = "nobody knows your home folder; set HOME or FACTORY_REGISTRY_DIR"


def main(arguments: list[str]) -> int:
    """Show, edit, migrate or name the settings file; 0 done, 1 something is wrong with the settings or the file, 2 wrong usage."""
    given = _parser().parse_args(arguments)
    settings = settings_of_this_process(profile_flag(given.profile))
    try:
        match given.action:
            case "show":
                return _show(settings, as_json=given.json, reveal=given.reveal)
            case "edit":
                return _edit(settings)
            case "migrate":
                return _migrate(settings)
            case _:
                sys.stdout.write(f"{_path(settings.current())}\n")
                return 0
    except Refusal as refusal:
        return _no(refusal.what, *(str(problem) for problem in refusal.problems), *([f"expected: {refusal.expected}"] if refusal.expected else []))
    except CommandNotFound as missing:
        return _no(f"{missing}; set EDITOR to an editor that you have")
    except OSError as error:
        return _no(f"{error.filename or 'the file'}: {error.strerror or error}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="refactory config", description=DESCRIPTION)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, words in (
        ("show", "every setting with its value and where it comes from"),
        ("edit", "open the file in your editor; it is made where there is none"),
        ("migrate", "write the FACTORY_* variables and the credentials that are set now into the file"),
        ("path", "where the file lies"),
    ):
        action = actions.add_parser(name, help=words, description=words)
        action.add_argument("--profile", default="", metavar="NAME", help=PROFILE_HELP)
        if name == "show":
            action.add_argument("--reveal", action="store_true", help="show secrets as they are")
            action.add_argument("--json", action="store_true", help="as JSON")
    return parser


def _show(source: SettingsSource, *, as_json: bool, reveal: bool) -> int:
    if reveal and (host := host_of_this_shell()):
        return _no(f"this shell belongs to a host ({host}), and a model would read your secrets: open a terminal of your own")
    settings, notes = source.current(), source.take_notes()
    facts = {**plain(settings, reveal=reveal), "notes": [*notes, *settings.notes]}
    sys.stdout.write(json.dumps(facts, indent=2, ensure_ascii=False) + "\n" if as_json else clean("\n".join(_lines(facts))) + "\n")
    return 1 if settings.problems else 0


def _lines(facts: dict[str, Any]) -> list[str]:
    """The facts as a person reads them."""
    profiles = ", ".join(facts["credentials"]) or "none in the file"
    lines = [
        f"file     {facts['file'] or NO_HOME}{'' if facts['present'] else ' (not there; refactory config edit makes it)'}",
        f"profile  {facts['profile'] or 'none'} (profiles: {profiles})",
        *(f"note     {note}" for note in facts["notes"]),
        *(f"PROBLEM  {problem}" for problem in facts["problems"]),
        "",
    ]
    for row in facts["settings"]:
        lines.append(f"{row['name']} = {_worded(row['value'])}  ({row['where']})")
        lines += textwrap.wrap(row["about"].replace("`", ""), WIDTH, initial_indent=INDENT, subsequent_indent=INDENT, break_on_hyphens=False)
    for profile, held in facts["credentials"].items():
        lines += ["", f"[credentials.{profile}]", *(f"{name} = {value}" for name, value in held.items())]
    return lines


def _worded(value: Any) -> str:
    if value is None:
        return "unset"
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(value) if isinstance(value, list) else str(value)


def _edit(source: SettingsSource) -> int:
    """Open the file in the person's editor; afterwards every problem in it is said. It stays as they left it."""
    path = _path(source.current())
    if not path.exists():
        write_file(path, template(), ())
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        words = shlex.split(editor)
    except ValueError:
        return _no(f"EDITOR is no command: {editor}")
    ended = run_at_the_terminal([*words, str(path)])
    if ended != 0:
        return _no(f"{words[0]} ended with {ended}; {path} is as it left it")
    file = read_file(path)
    problems = resolve(source.given, file).problems
    for line in (*file.notes, *(str(problem) for problem in problems)):
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(f"{path}: {'nothing of it is used until it is mended' if file.problems else 'read, and right'}\n")
    return 1 if problems else 0


def _migrate(source: SettingsSource) -> int:
    path = _path(source.current())
    file = read_file(path)
    text = path.read_bytes().decode() if file.present and not file.problems else template()
    migration = migrate(file, text, source.given.environment, source.given.directory)
    if migration.added:
        write_file(path, migration.text, file.mark)
    for item in migration.added:
        sys.stdout.write(f"[{'.'.join(item.section)}] {item.name} = {addition_shown(item)}\n")
    for name, reason in migration.stays:
        sys.stdout.write(f"{name} stays a variable: {reason}\n")
    sys.stdout.write(f"{path}: {f'{len(migration.added)} written' if migration.added else 'nothing to write'}\n")
    complaint = unknown_profile(source)  # asked now: what was written may have made the profile
    if complaint:
        sys.stdout.write(f"PROBLEM  {complaint}\n")
    return 1 if complaint else 0


def _path(settings: Settings) -> Path:
    if settings.file.path is None:
        raise Refusal("BAD_CONFIG", NO_HOME)
    return settings.file.path


def _no(*lines: str) -> int:
    sys.stderr.write("".join(f"refactory config: {line}\n" for line in lines))
    return 1
