"""`refactory` alone, in a terminal: one question, and the one thing to do next, for a person who remembers no flags."""

import shlex
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import anyio

from mcp_server.registration import registering
from mcp_server.rendering import structure_of
from mcp_server.this_process import settings_of_this_process
from mcp_server.tool_commands import INTERRUPTED, call_once
from mcp_server.typed import TO_THE_PERSON, as_typed, typed_text
from state.answers import one_line, quoted
from state.settings import SettingsSource

QUESTION: Final = "What do you want to do? "
WELCOME: Final = "re:factory: say what you want. An idea, a path, a spec file, an address, an issue, or a wish for the project in this folder."
EXAMPLES: Final = (
    "a recipe site with tags and a search", "improve this project", "only add dark mode", "fix issue 42", "let's think about this idea first: ...",
    "make this metric better", "https://github.com/user/repo", "~/ideas/my-app-spec.md",
)  # fmt: skip
WIDTH: Final = 100
# What is no wish: to be let go, and to be shown what one may say.
_LEAVING: Final = frozenset(("q", "quit", "exit", "bye", "no", "nothing", "stop", "cancel", ":q", "nein", "nichts", "non", "rien", "nada"))
_ASKING: Final = frozenset(("help", "?", "h", "hello", "hi", "hey", "--help", "-h", "hilfe", "hallo", "aide", "bonjour", "ayuda", "hola"))
_NOWHERE: Final = "There is no project in this folder. Go to yours and call refactory there, or say what is to be built."
SHOWN: Final = 300  # characters of the person's words that are said again
_MODES: Final = {
    "improve": "improve the project in measured experiments", "focus": "do one thing in this project", "refine": "make a small change",
    "interactive": "think it through first, until there is a spec", "build": "build something new", "research": "raise a metric by many runs",
    "meta": "improve the factory itself", "discover": "find out how it is tested and measured",
}  # fmt: skip
_KINDS: Final = {"question": "a question", "resume": "go on where it stands", "pull_request": "send what was kept upstream"}
# What a person can do without a model; everything else is a model's work, in a host.
_BY_HAND: Final = frozenset(
    ("create_project", "import_issues", "request_approval", "experiment_history", "study_project", "list_backlog", "clean_pr")
)


def main(arguments: list[str]) -> int:
    """Ask, say what was understood, and the next step; 0 done or nothing wanted, 1 refused, 130 where Ctrl-C stopped it."""
    del arguments
    settings = settings_of_this_process({})
    try:
        words = _asked()
        return _answered(settings, words) if words else 0
    except KeyboardInterrupt:
        sys.stdout.write("\n")
        return INTERRUPTED


def understood(status: Mapping[str, Any], words: str) -> list[str]:
    """What a status says of a person's words, in lines for a person: what they were taken for, where it goes on, and what else they may mean."""
    intent, due = status["data"].get("intent", {}), status["next"]
    lines = [f"Understood: {_KINDS.get(intent.get('kind')) or _MODES.get(intent.get('mode'), 'a wish')}.", status["summary"]]
    tool = due.get("tool")
    if tool is None and status["data"].get("here") in ("nothing", "an empty folder"):
        lines.append(_NOWHERE)
    elif tool is None:
        said = due["do"].removeprefix(TO_THE_PERSON)
        lines.append(said[:1].upper() + said[1:])
    elif tool == "create_project":
        lines += [f"Next: refactory create-project {shlex.quote(words)}", _where_it_is_made(status)]
    elif tool in _BY_HAND:
        lines.append(f"Next: {as_typed(due)}")
    else:
        lines += [f"The work is for the model in your coding tool. Open it in {status['project']} and say:", f"    {one_line(words, SHOWN)}"]
        lines += ["It has to know refactory, once and for all projects:", *(f"    {line}" for line in registering())]
    if other := intent.get("or"):
        lines.append(f"If you meant something else ({_MODES[other]}), say so there.")
    return lines


def _where_it_is_made(status: Mapping[str, Any]) -> str:
    folder = status["data"].get("projects_dir")
    return f"It is made {f'in {folder}' if folder else 'where your projects are made'}, in a folder of its own (--directory for another)."


def _asked() -> str:
    """What the person types; asked once more, with examples, where that was no wish. Empty at the second time, and where they want to leave."""
    _say([WELCOME])
    for _ in range(2):
        sys.stdout.write(f"\n{QUESTION}")
        sys.stdout.flush()
        line = sys.stdin.readline()
        words = line.strip()
        if not line or words.lower().rstrip(".!") in _LEAVING:
            return ""
        if words and words.lower().rstrip(".! ") not in _ASKING:
            return words
        _say(["For example:", *(f"    {example}" for example in EXAMPLES)])
    return ""


def _answered(settings: SettingsSource, words: str) -> int:
    if words.startswith(("/", "~/", "./", "../")) and " " not in words and not Path(words).expanduser().exists():
        sys.stdout.write(f"\nThere is nothing at {quoted(words)}.\n")
        return 1
    status = _called("project_status", {"request": words}, settings)
    if "refused" in status:
        sys.stdout.write(f"\n{typed_text(status)}\n")
        return 1
    _say(["", *understood(status, words)])
    return _created(settings, words) if status["next"].get("tool") == "create_project" and _agreed() else 0


def _agreed() -> bool:
    sys.stdout.write("\nCreate it now? Enter for yes, anything else for no: ")
    sys.stdout.flush()
    return sys.stdin.readline() == "\n"


def _created(settings: SettingsSource, words: str) -> int:
    made = _called("create_project", {"source": words}, settings)
    if "refused" in made:
        sys.stdout.write(f"\n{typed_text(made)}\n")
        return 1
    folder = Path(made["data"]["path"])
    go_on = "build it" if made["data"]["kind"] != "url" else "improve this project"
    _say(["", made["summary"], "Open your coding tool there and say what you want next:", f"    cd {shlex.quote(str(folder))}", f"    {go_on}"])
    return 0


def _called(name: str, arguments: dict[str, Any], settings: SettingsSource) -> dict[str, Any]:
    return structure_of(anyio.run(call_once, name, arguments, settings))


def _say(lines: list[str]) -> None:
    """Lines for a terminal; those that are to be typed stay whole."""
    for line in lines:
        sys.stdout.write((line if line.startswith("    ") else textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)) + "\n")
