"""factory.md read strictly into a Configuration, with every problem at once and by its line."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError

from state.configuration import Configuration
from state.configuration.values import HIDDEN, repeated
from state.configuration.whole import NAMED, NAMES_DIFFER
from state.errors import Problem, Refusal, counted
from state.factory_md.examples import expected_of
from state.factory_md.faults import Fault, Guess, shown
from state.factory_md.forms import Place
from state.factory_md.markdown import chapters
from state.factory_md.outline import Outline, outline
from state.masking import mask_text

LARGEST: Final = 256 * 1024  # bytes
_MOST_PROBLEMS: Final = 200
_NEWLINE = re.compile(r"\r\n?")
_ALTERNATIVE = re.compile(r"'([^']+)'")


def parse(text: str | bytes, name: str = "factory.md") -> Configuration:
    """The configuration that a text gives; `name` is the file in messages.

    Raises Refusal BAD_CONFIG with all problems at once, each with its line.
    """
    configuration, found = read(text, name)
    if configuration is None:
        raise Refusal(
            "BAD_CONFIG",
            f"{name} has {counted(found)}",
            where=[problem.where for problem in found],
            expected=expectation(text, found),
            problems=found,
        )
    return configuration


def read(text: str | bytes, name: str = "factory.md") -> tuple[Configuration | None, tuple[Problem, ...]]:
    """The configuration that a text gives, or None and what is wrong with it, by line; `name` is the file in messages."""
    configuration, faults = _read(text)
    return configuration, tuple(_problems(faults, name))


def expectation(text: str | bytes, found: Sequence[Problem]) -> str:
    """What was expected of a text with these problems: the names of the sections where one is not known, and examples of those that are faulty."""
    plain, _ = _plain(text)
    lines = [int(problem.where.rpartition(":")[2]) for problem in found]
    return expected_of(Outline() if plain is None else outline(chapters(plain)[0]), lines)


def lines_of_values(text: str | bytes) -> Mapping[Place, int]:
    """The line, counted from 1, of each value that a text gives, by its place in Configuration.

    `("read_only", 3)` is the fourth pattern of what is read-only, `("setup", "link", 0)` the first of the links; `("read_only",)` is where the whole
    begins: the heading of a list, or the only line of a value. A text with problems gives what could be read of it, perhaps nothing.
    """
    plain, _ = _plain(text)
    return {} if plain is None else outline(chapters(plain)[0]).lines


def values_as_read(text: str | bytes) -> Mapping[str, Any]:
    """What a text gives for the fields of Configuration, as read and not checked yet; a text with problems gives what could be read of it."""
    plain, _ = _plain(text)
    return {} if plain is None else outline(chapters(plain)[0]).values


def _problems(faults: Sequence[Fault], name: str) -> list[Problem]:
    ordered = sorted(faults, key=lambda fault: fault.line)
    found = [
        Problem(f"{name}:{fault.line}", mask_text(fault.found), fault.expected, fault.guess.nearest() if fault.guess else "")
        for fault in ordered[:_MOST_PROBLEMS]
    ]
    if len(ordered) > _MOST_PROBLEMS:
        line = ordered[_MOST_PROBLEMS].line
        found.append(Problem(f"{name}:{line}", f"{len(ordered) - _MOST_PROBLEMS} more problems from here on", "those above mended first"))
    return found


def _read(text: str | bytes) -> tuple[Configuration | None, list[Fault]]:
    """The configuration, or None where there are faults."""
    plain, faults = _plain(text)
    if plain is None:
        return None, faults
    found, misread = chapters(plain)
    result = outline(found)
    configuration, invalid = _validated(result)
    faults += [*misread, *result.faults, *invalid]
    return (None if faults else configuration), faults


def _plain(text: str | bytes) -> tuple[str | None, list[Fault]]:
    """The text with `\\n` at the end of each line and without a byte order mark; None where it cannot be read at all."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    if len(data) > LARGEST:
        return None, [Fault(1, f"{len(data)} bytes", f"at most {LARGEST}")]
    try:
        decoded = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = _NEWLINE.sub("\n", data[: error.start].decode("utf-8")).count("\n") + 1
        return None, [Fault(line, f"the byte 0x{data[error.start]:02x}", "UTF-8")]
    plain = _NEWLINE.sub("\n", decoded.removeprefix("\ufeff"))
    hidden = [(number, match) for number, line in enumerate(plain.split("\n"), 1) if (match := HIDDEN.search(line))]
    faults = [Fault(number, f"the character U+{ord(match[0]):04X}", "text that shows all it holds") for number, match in hidden]
    return HIDDEN.sub("\ufffd", plain) + ("" if plain.endswith("\n") else "\n"), faults


def _validated(result: Outline) -> tuple[Configuration | None, list[Fault]]:
    """The model of the values, or what it refuses that no fault of the same line explains already."""
    try:
        return Configuration.model_validate(result.values), []
    except ValidationError as error:
        explained = {fault.line for fault in result.faults}
        details = [detail for detail in error.errors(include_url=False, include_input=False) if detail["loc"][0] in result.values]
        faults = [_fault(result, detail, place) for detail in details for place in _places(detail)]
        also = [fault for fault in _repeated_names(result) if fault.line not in {each.line for each in faults}]
        return None, [fault for fault in (*faults, *also) if fault.line not in explained]


def _repeated_names(result: Outline) -> list[Fault]:
    """Names that stand twice: the model looks for them only where everything else about the items is right."""
    named = {field: [item.get("name") for item in result.values.get(field) or ()] for field in NAMED}
    places: list[Place] = [(field, index, "name") for field, names in named.items() for index in repeated(names)]
    return [Fault(result.lines[place], shown(named[str(place[0])][int(place[1])]), NAMES_DIFFER) for place in places if place in result.lines]


def _places(detail: Any) -> list[Place]:
    """Where in the values an error of the model is: one that speaks of some items of a list has a place for each."""
    return [(*detail["loc"], *inner) for inner in detail.get("ctx", {}).get("places", [()])]


def _fault(result: Outline, detail: Any, place: Place) -> Fault:
    """An error of the model as a fault of the text."""
    line = next(result.lines[place[:length]] for length in range(len(place), 0, -1) if place[:length] in result.lines)
    expected = detail["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    if detail["type"] == "missing":
        return Fault(line, f"no `{place[-1]}`", f"`{place[-1]}: ...` beside the others")
    value: Any = result.values
    for step in place:
        value = value.get(step) if isinstance(value, dict) else value[step]
    if expected.startswith(("greater", "less")):
        expected = f"a number {expected}"
    guess = Guess(value, _ALTERNATIVE.findall(expected)) if detail["type"] == "literal_error" else None
    found = shown(value) if isinstance(value, str) else f"no `{place[-1]}`" if value is None else "these values together"
    return Fault(line, found, expected, guess)
