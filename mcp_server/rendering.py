"""An answer on the wire: the structure, within its limits, and the text that is made from it and nothing else."""

import json
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any, Final

from state.answers import Answer, clean

LIMIT: Final = 9_800  # characters, of the text and of the structure alike
LINE: Final = 480
CUT: Final = " …(cut)"
# Of these refusals something is left: an incident of unknown extent, a held experiment, conflicts in the worktree, a note of what was known.
LEAVES_SOMETHING: Final = frozenset({"INTERNAL", "HELD", "CONFLICT", "LEAKAGE"})
# The disk, or another process, may have ended these in their midst.
CUT_SHORT: Final = frozenset({"STORE_BROKEN", "BUSY"})
GOES_ON: Final = " What was done until then stands; the same call again goes on from there."
# Behind a comma or a colon of JSON, outside of its strings, in which a quotation mark is escaped.
_BETWEEN: Final = re.compile(r'(?<=[\w"}\]]), (?=")|(?<=[}\]]), (?=[{\[])|(?<=[^\\]":) (?=["{\[])')
FIRST: Final = ("summary", "refused", "next", "contract")


def structure_of(answer: Answer) -> dict[str, Any]:
    """The answer as JSON-ready values in their order, empty fields left out, under LIMIT characters in both forms."""
    found = _cleaned(answer.model_dump(exclude_defaults=True))
    ordered = {name: found[name] for name in Answer.model_fields if name in found}
    while max(len(json.dumps(ordered, ensure_ascii=False)), len(text_of(ordered))) > LIMIT and _shorten(ordered.get("data", {})):
        ordered["warnings"] = [
            *(line for line in ordered.get("warnings", []) if "shortened" not in line),
            "this answer was shortened; ask for one item to see all",
        ]
    return ordered


def _cleaned(value: Any) -> Any:
    """The same with every text free of characters that act on a screen or stand for none, wherever it came from."""
    if isinstance(value, dict):
        return {clean(name): _cleaned(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(item) for item in value]
    return clean(value) if isinstance(value, str) else value


def as_called(call: Mapping[str, Any]) -> str:
    """A call as a model makes it: the tool and its arguments."""
    return "no tool" if not call.get("tool") else f"{call['tool']} {json.dumps(call.get('arguments', {}), ensure_ascii=False)}"


def text_of(structure: dict[str, Any], call: Callable[[Mapping[str, Any]], str] = as_called) -> str:
    """The same facts as lines: the summary, the next call as `call` says it, the contract, then everything else in order."""
    mark = secrets.token_hex(2)
    while mark in json.dumps(structure):
        mark = secrets.token_hex(2)
    lines = _refused(structure) if "refused" in structure else [structure["summary"]]
    if action := structure.get("next"):
        lines += _next(action, call)
    lines += [f"contract: {line}" for line in structure.get("contract", "").splitlines()]
    for name, value in structure.items():
        if name not in FIRST:
            lines += _lines("" if name == "data" else name, value, mark)
    return "\n".join(piece for line in lines for piece in _folded(line))


def _refused(structure: dict[str, Any]) -> list[str]:
    refused = structure["refused"]
    unchanged = "" if refused["code"] in LEAVES_SOMETHING else GOES_ON if refused["code"] in CUT_SHORT else " Nothing changed."
    what = refused["what"] if refused["what"].endswith(("?", ".", "!")) else f"{refused['what']}."
    lines = [f"REFUSED {refused['code']} ({refused['kind']}): {what}{unchanged}"]
    if structure["summary"] not in lines[0]:
        lines.append(structure["summary"])
    lines += [f"where: {line}" for line in refused.get("where", ())]
    shown, total = refused.get("problems", ()), structure.get("total", 0)
    if len(shown) < total:
        lines.append(f"problems: the first {len(shown)} of {total}")
    lines += [f"problem: {_flat(problem)}" for problem in shown]
    return lines + (f"expected: {refused['expected']}".split("\n") if refused.get("expected") else [])


def _next(action: dict[str, Any], call: Callable[[Mapping[str, Any]], str]) -> list[str]:
    role = f" as {action['role']}" if action.get("role") else ""
    called = f"{call(action)}{role}"
    lines = [f"next: {called}: {action['do']}" if called else f"next: {action['do']}"]
    return lines + ([f"fill: {', '.join(action['fill'])}"] if action.get("fill") else [])


def _lines(name: str, value: Any, mark: str) -> list[str]:
    """`name: value` lines; what was marked untrusted stands between marks that do not occur in it."""
    prefix = f"{name}: " if name else ""
    if isinstance(value, dict) and "untrusted" in value:
        inner = value["untrusted"]
        return [f"{prefix}<<<untrusted {mark} from={inner['from']}", *inner["text"].splitlines(), f"{mark}>>>"]
    if isinstance(value, dict):
        if name and not any(isinstance(item, dict | list) or (isinstance(item, str) and "\n" in item) for item in value.values()):
            return [f"{prefix}{_flat(value)}"]
        return [line for key, item in value.items() for line in _lines(f"{name}.{key}" if name else key, item, mark)]
    if isinstance(value, list):
        return [f"{name}:", *(line for item in value for line in _row(item, mark))]
    if isinstance(value, str) and "\n" in value:
        return [f"{name}:", *value.splitlines()]
    return [f"{prefix}{_scalar(value)}"]


def _row(item: Any, mark: str) -> list[str]:
    """One entry of a list: a line, and below it what is fenced of it."""
    fenced = {name: each for name, each in item.items() if isinstance(each, dict) and "untrusted" in each} if isinstance(item, dict) else {}
    if not fenced:
        return [f"- {_flat(item)}"]
    plain = {name: each for name, each in item.items() if name not in fenced}
    return [f"- {_flat(plain)}", *(line for name, each in fenced.items() for line in _lines(name, each, mark))]


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}={_flat(item)}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(_flat(item) for item in value)
    return _scalar(value)


def _scalar(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _folded(line: str) -> list[str]:
    """`line` in pieces of at most LINE characters, broken behind a blank where there is one: some hosts drop what a long line holds.

    The blank is one between the parts of a call's arguments, where there is any: within a string of theirs a break would leave no JSON.
    """
    pieces = []
    while len(line) > LINE:
        between = max((found.end() for found in _BETWEEN.finditer(line, LINE // 4, LINE)), default=0)
        end = between or line.rfind(" ", LINE // 2, LINE) + 1 or LINE
        pieces.append(line[:end])
        line = line[end:]
    return [*pieces, line]


def _shorten(data: Any) -> bool:
    """Halve the longest text or list anywhere in `data`, in place; False when nothing is left to cut."""
    found: list[tuple[int, Any, Any]] = []
    _measure(data, found)
    if not found:
        return False
    _, holder, key = max(found, key=lambda item: item[0])
    value = holder[key]
    holder[key] = value[: len(value) // 2] + (CUT if isinstance(value, str) else [])
    return True


def _measure(value: Any, found: list[tuple[int, Any, Any]]) -> None:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if isinstance(item, str) and len(item) > len(CUT) * 8:
            found.append((len(item), value, key))
        elif isinstance(item, list) and len(item) > 1:
            found.append((len(json.dumps(item)), value, key))
        _measure(item, found)
