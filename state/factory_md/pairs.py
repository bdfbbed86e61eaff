"""The forms of factory.md in which a section gives fields by name: `key: value`, for one model or for a list of them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from state.factory_md.forms import Form, Place, Read, empty_item, number, refused
from state.factory_md.markdown import Block, Fault, Line, shown
from state.factory_md.spans import quoted, unquoted
from state.model import Model

_KEY_AND_VALUE = re.compile(r"([A-Za-z][A-Za-z0-9_ -]*):\s*(.*)")


def nearest(word: str, known: Sequence[str]) -> str:
    """The known name that `word` was probably meant to be, or nothing."""
    names = {name.lower(): name for name in known}
    close = get_close_matches(word.lower()[:60], list(names), n=1, cutoff=0.6)
    return names[close[0]] if close else ""


def pairs(model: type[Model]) -> Form:
    """A form for one `model`: a list, or plain lines, of `key: value`."""
    expected = f"a list of `key: value`, with the keys {', '.join(model.model_fields)}"

    def read(blocks: Sequence[Block]) -> Read:
        gathered = _Gathered(model, {})
        for block in blocks:
            if block.kind == "code":
                gathered.faults.append(refused(block, expected))
            elif not block.lines:
                gathered.faults.append(empty_item(block))
            for line in block.lines if block.kind != "code" else ():
                gathered.take(line)
        return Read(gathered.values, gathered.lines, tuple(gathered.faults))

    return Form(expected, read, lambda value: "\n".join(f"- {text}" for text in _fields(value)))


def records(model: type[Model], synonyms: Mapping[str, str]) -> Form:
    """A form for a list of `model`: one item each, with a line `key: value` for every field, indented or not. `synonyms` leads to names of fields."""
    first = next(iter(model.model_fields))
    expected = f"a list whose items start with `- {first}: ...`, with a line `key: value` for each further field"

    def read(blocks: Sequence[Block]) -> Read:
        values: list[dict[str, str]] = []
        lines: dict[Place, int] = {}
        faults: list[Fault] = []
        for block in blocks:
            if block.kind != "item" or not block.lines:
                faults.append(empty_item(block) if block.kind == "item" else refused(block, expected))
                continue
            gathered = _Gathered(model, synonyms)
            for line in block.lines:
                gathered.take(line)
            place = len(values)
            lines |= {(place,): block.line} | {(place, *inner): line for inner, line in gathered.lines.items()}
            values.append(gathered.values)
            faults += gathered.faults
        return Read(values, lines, tuple(faults))

    return Form(expected, read, lambda value: "\n".join("- " + "\n  ".join(_fields(record)) for record in value))


@dataclass
class _Gathered:
    """The fields of one model as they are found line by line."""

    model: type[Model]
    synonyms: Mapping[str, str]
    values: dict[str, str] = field(default_factory=dict)
    lines: dict[Place, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def take(self, line: Line) -> None:
        known = list(self.model.model_fields)
        match = _KEY_AND_VALUE.fullmatch(line.text)
        if not match:
            self._refuse(line, shown(line.text), f"`key: value`, with one of the keys {', '.join(known)}")
            return
        key = re.sub(r"[ -]+", "_", match[1].strip().lower())
        key = self.synonyms.get(key, key)
        if key not in known:
            self._refuse(line, f"the key {shown(match[1])}", f"one of {', '.join(known)}", nearest(key, known))
        elif key in self.values:
            self._refuse(line, f"`{key}` a second time", f"it once; it stands on line {self.lines[(key,)]} already")
        else:
            if not match[2]:
                self._refuse(line, f"`{key}` without a value", f"`{key}: value` on one line")
            self.values[key], self.lines[(key,)] = unquoted(match[2]), line.number

    def _refuse(self, line: Line, found: str, expected: str, near: str = "") -> None:
        self.faults.append(Fault(line.number, found, expected, near))


def _fields(record: Model) -> list[str]:
    """The fields that are set, as `key: value`."""
    values = ((name, getattr(record, name)) for name in type(record).model_fields)
    return [f"{name}: {number(value) if isinstance(value, float) else quoted(value)}" for name, value in values if value not in (None, "")]
