"""The forms of factory.md in which a section gives fields by name: `key: value`, for one model or for a list of them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, get_origin

from state.factory_md.faults import Fault, Guess, shown
from state.factory_md.forms import COMMAND, Form, Place, Read, empty_item, number, refused
from state.factory_md.markdown import Block, Line
from state.factory_md.spans import listed, quoted, quoted_item, unquoted
from state.model import Model

_KEY_AND_VALUE = re.compile(r"([A-Za-z][A-Za-z0-9_ -]*):\s*(.*)")
_OPPOSITE: Final = {"true": "false", "yes": "no", "1": "0", "false": "true", "no": "yes", "0": "1"}


@dataclass(frozen=True)
class Keys:
    """The fields of a model as keys of factory.md. A field that is a list may be given several times, or as `a, b`, or as `["a", "b"]`.

    `synonyms` are other names of fields, `opposites` names that say the opposite of a field of yes or no. `code` is the field that a fenced block
    gives, `bare` the one that a single line without a key gives; `also` says in words what else the section takes.
    """

    model: type[Model]
    synonyms: Mapping[str, str] = field(default_factory=dict)
    opposites: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    bare: str = ""
    also: str = ""

    @cached_property
    def names(self) -> list[str]:
        """The fields."""
        return list(self.model.model_fields)

    @cached_property
    def lists(self) -> frozenset[str]:
        """The fields that hold several values."""
        return frozenset(name for name, field in self.model.model_fields.items() if get_origin(field.annotation) is tuple)

    @cached_property
    def expected(self) -> str:
        """What a line should be."""
        return f"`key: value`, with one of the keys {', '.join(self.names)}{self.also and ', or '}{self.also}"


def pairs(keys: Keys) -> Form:
    """A form for one model: a list, or plain lines, of `key: value`."""
    block_too = f"; `{keys.code}` may be a fenced block" if keys.code else ""
    expected = f"a list of {keys.expected}{block_too}"

    def read(blocks: Sequence[Block]) -> Read:
        gathered = _Gathered(keys)
        bare = _bare_line(blocks) if keys.bare else None
        if bare:
            return Read({keys.bare: bare.text}, {(keys.bare,): bare.number})
        for block in blocks:
            if block.kind == "code" and keys.code:
                gathered.take_code(block)
            elif block.kind == "code":
                gathered.faults.append(refused(block, expected))
            elif not block.lines:
                gathered.faults.append(empty_item(block))
            else:
                gathered.take_lines(block)
        return gathered.read()

    return Form(expected, read, lambda value: _written(value, keys.code))


def records(keys: Keys) -> Form:
    """A form for a list of a model: one item each, with a line `key: value` for every field, indented or not."""
    expected = f"a list whose items start with `- {keys.names[0]}: ...`, with a line `key: value` for each further field"

    def read(blocks: Sequence[Block]) -> Read:
        values: list[dict[str, Any]] = []
        lines: dict[Place, int] = {}
        faults: list[Fault] = []
        for block in blocks:
            if block.kind != "item" or not block.lines:
                faults.append(empty_item(block) if block.kind == "item" else refused(block, expected))
                continue
            gathered = _Gathered(keys)
            gathered.take_lines(block)
            place = len(values)
            lines |= {(place,): block.line} | {(place, *inner): line for inner, line in gathered.lines.items()}
            values.append(gathered.values)
            faults += gathered.faults
        return Read(values, lines, tuple(faults))

    return Form(expected, read, lambda value: "\n".join("- " + "\n  ".join(_fields(record)) for record in value))


def _bare_line(blocks: Sequence[Block]) -> Line | None:
    """The only line there is, if it stands alone and names no key."""
    only = blocks[0]
    if len(blocks) > 1 or only.kind != "plain" or len(only.lines) > 1 or _KEY_AND_VALUE.fullmatch(only.lines[0].text):
        return None
    return Line(only.lines[0].number, unquoted(only.lines[0].text))


@dataclass
class _Gathered:
    """The fields of one model as they are found line by line."""

    keys: Keys
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[Place, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def read(self) -> Read:
        """What was found; nothing where faults are all there is to say."""
        says_nothing = not self.values and self.faults and not any(field.is_required() for field in self.keys.model.model_fields.values())
        return Read(None if says_nothing else self.values, self.lines, tuple(self.faults))

    def take_lines(self, block: Block) -> None:
        for line in block.lines:
            match = _KEY_AND_VALUE.fullmatch(line.text)
            if not match:
                self._refuse(line, shown(line.text), self.keys.expected)
            elif key := self._key(line, match[1]):
                self._take(line, key, self._value(match))

    def take_code(self, block: Block) -> None:
        read = COMMAND.read([block])
        self.faults += read.faults
        if earlier := self.lines.get((self.keys.code,)):
            self._refuse(Line(block.line, ""), f"`{self.keys.code}` a second time", f"it once; it stands on line {earlier} already")
        elif read.value is not None:
            self.values[self.keys.code], self.lines[self.keys.code,] = read.value, block.line

    def _key(self, line: Line, spelled: str) -> str:
        """The field that a key names, or nothing where it may not stand here."""
        known = self.keys.names
        key = re.sub(r"[ -]+", "_", spelled.strip().lower())
        key = self.keys.opposites.get(key, self.keys.synonyms.get(key, key))
        if key not in known:
            self._refuse(line, f"the key {shown(spelled)}", f"one of {', '.join(known)}", Guess(key, known))
        elif key in self.values and key not in self.keys.lists:
            self._refuse(
                line,
                f"`{key}` a second time{'' if spelled == key else f', as `{spelled}`'}",
                f"it once; it stands on line {self.lines[key,]} already",
            )
        else:
            return key
        return ""

    def _value(self, match: re.Match[str]) -> str:
        """What follows the key; turned round where the key says the opposite of its field."""
        opposite = match[1].strip().lower() in self.keys.opposites
        return _OPPOSITE.get(unquoted(match[2]).lower(), match[2]) if opposite else match[2]

    def _take(self, line: Line, key: str, value: str) -> None:
        if not value:
            self._refuse(line, f"`{key}` without a value", f"`{key}: value` on one line")
        self.lines.setdefault((key,), line.number)
        if key not in self.keys.lists:
            self.values[key] = unquoted(value)
            return
        items = self.values.setdefault(key, [])
        for item in listed(value):
            if not item.text:
                self._refuse(line, f"an empty place in {shown(value)}", "a value between the commas")
            elif " " in item.text and not item.in_quotes:
                self._refuse(line, shown(item.text), "values with commas between them, in quotes where there are blanks in one")
            else:
                self.lines[key, len(items)] = line.number
                items.append(item.text)

    def _refuse(self, line: Line, found: str, expected: str, guess: Guess | None = None) -> None:
        self.faults.append(Fault(line.number, found, expected, guess))


def _written(record: Model, code: str) -> str:
    """A list of `key: value`, with a fenced block below it for a script."""
    script = getattr(record, code) if code else None
    if script is None or "\n" not in script:
        return "\n".join(f"- {text}" for text in _fields(record))
    rest = [f"- {text}" for text in _fields(record, without=code)]
    return "\n".join([*rest, *([""] if rest else []), COMMAND.write(script)])


def _fields(record: Model, without: str = "") -> list[str]:
    """The fields that are set, as `key: value`."""
    lines = []
    for name in type(record).model_fields:
        value = getattr(record, name)
        if isinstance(value, tuple):
            lines += [f"{name}: {quoted_item(item)}" for item in value]
        elif value not in (None, "") and name != without:
            lines.append(f"{name}: {_value_text(value)}")
    return lines


def _value_text(value: str | float) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return quoted(value) if isinstance(value, str) else number(value)
