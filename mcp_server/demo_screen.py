"""Showing the demo to a person as it happens: who speaks, what they say, and how far long work has come. Plain lines of 100 columns."""

import json
import os
import textwrap
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TextIO

WIDTH: Final = 100
INDENT: Final = 19  # seconds, who speaks, and the blanks between
ARGUMENT_LIMIT: Final = 56
COLOURS: Final = {"host": "36", "server": "32", "person": "35", "builder": "33", "reviewer": "33", "check": "1", "heading": "1"}


@dataclass
class Screen:
    """Where the demo is shown. `lively` allows colour and a line that is written over; else every line stands as it was written."""

    stream: TextIO
    lively: bool
    begun: float = field(default_factory=time.monotonic)
    told: str = ""

    def heading(self, text: str) -> None:
        """A new part of the story."""
        self._write(f"\n{self._coloured('heading', text)}\n")

    def say(self, speaker: str, text: str, details: Iterable[str] = ()) -> None:
        """Somebody says or does something; details stand below it, one a line."""
        lines = [*_wrapped(text), *(line for detail in details for line in _wrapped(detail, "  "))]
        clock = f"{time.monotonic() - self.begun:6.1f} s"
        self._write(f"{clock}  {self._coloured(speaker, f'{speaker:<8}')} {lines[0]}\n")
        self._write("".join(f"{' ' * INDENT}{line}\n" for line in lines[1:]))

    def progress(self, message: str) -> None:
        """How far long work has come: one line that is written over where that can be done, else a line whenever it changes."""
        line = f"{' ' * INDENT}… {message}"[:WIDTH]
        if self.lively:
            self.stream.write(f"\r\033[K{line}")
            self.stream.flush()
        elif message != self.told:
            self._write(f"{line}\n")
        self.told = message

    def plain(self, text: str) -> None:
        """A line as it is, such as a command to be copied."""
        self._write(f"{text}\n")

    def _write(self, text: str) -> None:
        if self.lively and self.told:
            self.stream.write("\r\033[K")
            self.told = ""
        self.stream.write(text)
        self.stream.flush()

    def _coloured(self, kind: str, text: str) -> str:
        return f"\033[{COLOURS[kind]}m{text}\033[0m" if self.lively else text


def open_screen(stream: TextIO) -> Screen:
    """A screen that is lively on a terminal, unless NO_COLOR or TERM=dumb asks for plain text."""
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Screen(stream, lively=stream.isatty() and not plain)


def call_line(tool: str, arguments: Mapping[str, Any]) -> str:
    """A call in short: long texts and lists are cut."""
    return " ".join([tool, *(f"{name}={_brief(value)}" for name, value in arguments.items())])


def measured_lines(data: Mapping[str, Any]) -> list[str]:
    """The figures of an evaluation: composite, dimensions that moved, tests, own checks, and what the gate says."""
    composite, tests, gate = data["composite"], data["tests"], data["gate"]
    lines = [f"composite {composite['base']:.4f} -> {composite['candidate']:.4f} ({composite['delta']:+.4f})"]
    lines += [f"{row['name']} {row.get('base', '-')} -> {row.get('candidate', '-')}" for row in data.get("changed", ())]
    lines.append(f"tests: {tests['base']} at the base, {tests.get('new', 0)} new, {len(tests.get('lost', ()))} lost")
    lines += [f"lost: {test}" for test in tests.get("lost", ())]
    lines += [
        f"own check {check['test'].partition('::')[2]}: base {check['base']}, candidate {check['candidate']}" for check in data.get("own_checks", ())
    ]
    stopping = [f"{result.replace('_', ' ')}: {check['check']}" for result in ("fail", "suspect", "not_yet") for check in gate.get(result, ())]
    return [*lines, "; ".join([f"gate: {gate['pass']} of {gate['of']} checks pass", *stopping])]


def _brief(value: Any) -> str:
    match value:
        case list() as items:
            return f"[{len(items)} {'item' if len(items) == 1 else 'items'}]"
        case dict() as fields:
            return "{" + ", ".join(f"{name}: {_brief(field)}" for name, field in fields.items()) + "}"
        case _:
            text = json.dumps(value, ensure_ascii=False)
            return text if len(text) <= ARGUMENT_LIMIT else f'{text[: ARGUMENT_LIMIT - 2]}…"'


def _wrapped(text: str, indent: str = "") -> list[str]:
    room = WIDTH - INDENT
    pieces = [_fitted(line, room, indent) for line in text.splitlines() or [""]]
    return [line for lines in pieces for line in lines]


def _fitted(line: str, room: int, indent: str) -> list[str]:
    """One line in pieces that fit; paths are not broken at their hyphens."""
    return textwrap.wrap(line, room, initial_indent=indent, subsequent_indent=f"{indent}  ", break_on_hyphens=False) or [""]
