"""An answer as a person in a terminal reads it: where it names a call of a tool, the subcommand that they would type stands instead."""

import json
import re
import shlex
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from mcp_server.catalogue import ROWS
from mcp_server.rendering import text_of
from mcp_server.schema import input_schema

PROGRAM: Final = "refactory"
TO_THE_PERSON: Final = "Tell the person: "
LISTS_OF_TOOLS: Final = ("tools_ahead", "tools")
# Of a choice the flags that make it, as an earlier factory's command line has them.
CHOOSING_FLAGS: Final = {"clean": {"--clean-pr": "yes", "--no-clean-pr": "no"}}
_WITH_ARGUMENTS: Final = r"(?: (?P<json>\{(?:[^{}]|\{[^{}]*\})*\})|\((?P<words>[^()]*)\))"


def typed_text(structure: Mapping[str, Any]) -> str:
    """The lines of an answer's structure, calls as they are typed. What the project or a program said is left as it is."""
    said = {name: _in_words(name, value) for name, value in structure.items()}
    typed = as_typed(structure["next"]) if structure.get("next", {}).get("tool") else ""
    return text_of(said, lambda _: typed)


def as_typed(call: Mapping[str, Any]) -> str:
    """The command line of a call: its arguments as options, and what is still to be filled in by its name in capitals."""
    row = ROWS.get(call["tool"])
    if row is None:
        return str(call["tool"])
    given = [word for name, value in call.get("arguments", {}).items() for word in _option(name, value)]
    open_ones = [word for name in call.get("fill", ()) if name not in call.get("arguments", {}) for word in (_flag(name), name.upper())]
    return " ".join((PROGRAM, row.command, *given, *open_ones))


def _in_words(name: str, value: Any) -> Any:
    """One part of the envelope. Of `data` only lists of tools and a role's brief are ours to say anew."""
    if name == "data" and isinstance(value, dict):
        lists = {each: [ROWS[tool].command if tool in ROWS else tool for tool in value[each]] for each in LISTS_OF_TOOLS if each in value}
        return {**value, **lists, **({"brief": _reworded(value["brief"])} if "brief" in value else {})}
    if name == "options":
        return [f"{as_typed(option)}: {_reworded(option['why'])}" for option in value]
    if name == "next":
        return {"do": _reworded(value["do"]).removeprefix(TO_THE_PERSON)}  # roles are a model's; who reads this is the person
    return _reworded(value) if name in ("summary", "refused", "contract", "warnings") else value


def _reworded(value: Any) -> Any:
    """The same with every sentence of ours in the words of a terminal."""
    if isinstance(value, dict):
        return {name: item if name in ("found", "code") else _reworded(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_reworded(item) for item in value]
    return _calls().sub(_typed_match, value) if isinstance(value, str) else value


@cache
def _calls() -> re.Pattern[str]:
    """Tools, with or without arguments, and arguments by their names in a sentence. A name that is a word of everyday needs its arguments."""
    plain = "|".join(name for name in ROWS if "_" in name)
    every = "|".join(ROWS)
    names = {name for row in ROWS.values() for name in input_schema(row)["properties"] if "_" in name}
    chosen = "|".join(f"{name}: {choice}" for name, flags in CHOOSING_FLAGS.items() for choice in flags.values())
    arguments = "|".join(sorted(names))
    return re.compile(rf"\b(?:(?P<called>{every}){_WITH_ARGUMENTS}|(?P<tool>{plain})\b|(?P<argument>{arguments})\b|(?P<chosen>{chosen})\b)")


def _typed_match(found: re.Match[str]) -> str:
    if found["chosen"]:
        name, choice = found["chosen"].split(": ")
        return next(flag for flag, made in CHOOSING_FLAGS[name].items() if made == choice)
    if found["argument"]:
        return _flag(found["argument"])
    if found["tool"]:
        return as_typed({"tool": found["tool"]})
    return as_typed({"tool": found["called"], "arguments": _arguments(found)})


def _arguments(found: re.Match[str]) -> dict[str, Any]:
    """What stands behind a tool's name: JSON, or words in parentheses; one without a name is of the argument that can be chosen so, or the first."""
    if found["json"]:
        return _object(found["json"])
    words = (each.strip() for each in found["words"].split(",") if each.strip())
    fields = input_schema(ROWS[found["called"]])["properties"]
    chosen = {choice: name for name, field in fields.items() for choice in field.get("enum", ())}
    pairs = (re.split(r"\s*[=:]\s*", word, maxsplit=1) for word in words)
    return {(pair[0] if len(pair) > 1 else chosen.get(pair[0], next(iter(fields), ""))): pair[-1] for pair in pairs}


def _object(text: str) -> dict[str, Any]:
    """The arguments of a call in a sentence; none where what stands there is no JSON."""
    try:
        return dict(json.loads(text))
    except ValueError:
        return {}


def _option(name: str, value: Any) -> tuple[str, ...]:
    """An argument as it is typed: yes is its flag alone, and no is nothing."""
    if isinstance(value, bool):
        return (_flag(name),) if value else ()
    return _flag(name), _value(value)


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _value(value: Any) -> str:
    return shlex.quote(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
