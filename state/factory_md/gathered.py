"""Fields by name, `key: value`, as they are gathered line by line for one model."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, get_origin

from state.factory_md.faults import Fault, Guess, shown
from state.factory_md.forms import COMMAND, Place, Read
from state.factory_md.markdown import Block, Line
from state.factory_md.spans import listed, unquoted
from state.model import Model

KEY_AND_VALUE: Final = re.compile(r"([A-Za-z][A-Za-z0-9_ -]*):\s*(.*)")
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
    def known(self) -> list[str]:
        """The fields, and the names that say the opposite of one."""
        return [*self.names, *self.opposites]

    @cached_property
    def expected(self) -> str:
        """What a line should be."""
        return f"`key: value`, with one of the keys {', '.join(self.names)}{self.also and ', or '}{self.also}"


@dataclass
class Gathered:
    """The fields of one model as they are found line by line."""

    keys: Keys
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[Place, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    before_code: Line | None = None  # a key without a value, after which a block of code may give it

    def read(self) -> Read:
        """What was found; nothing where faults are all there is to say."""
        if self.before_code:
            self._take_nothing(self.before_code, self.keys.code)
        says_nothing = not self.values and self.faults and not any(field.is_required() for field in self.keys.model.model_fields.values())
        return Read(None if says_nothing else self.values, self.lines, tuple(self.faults))

    def take_lines(self, block: Block) -> None:
        """Add what the lines of a block give."""
        for line in block.lines:
            match = KEY_AND_VALUE.fullmatch(line.text)
            if not match:
                self._refuse(line, shown(line.text), self.keys.expected)
            elif key := self._key(line, match[1]):
                self._take(line, key, self._value(match))

    def take_code(self, block: Block) -> None:
        """Add the field that a block of code gives."""
        read = COMMAND.read([block])
        self.faults += read.faults
        if earlier := self.lines.get((self.keys.code,)):
            self._refuse(Line(block.line, ""), f"`{self.keys.code}` a second time", f"it once; it stands on line {earlier} already")
        elif read.value is not None:
            self.before_code = None
            self.values[self.keys.code], self.lines[self.keys.code,] = read.value, block.line

    def _key(self, line: Line, spelled: str) -> str:
        """The field that a key names, or nothing where it may not stand here."""
        key = re.sub(r"[ -]+", "_", spelled.strip().lower())
        key = self.keys.opposites.get(key, self.keys.synonyms.get(key, key))
        if key not in self.keys.names:
            self._refuse(line, f"the key {shown(spelled)}", f"one of {', '.join(self.keys.names)}", Guess(key, self.keys.known))
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
        if not value and key == self.keys.code and not self.before_code:
            self.before_code = line
            return
        if not value:
            self._take_nothing(line, key)
            return
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

    def _take_nothing(self, line: Line, key: str) -> None:
        self._refuse(line, f"`{key}` without a value", f"`{key}: value` on one line")
        self.lines.setdefault((key,), line.number)
        self.values.setdefault(key, [] if key in self.keys.lists else "")

    def _refuse(self, line: Line, found: str, expected: str, guess: Guess | None = None) -> None:
        self.faults.append(Fault(line.number, found, expected, guess))
