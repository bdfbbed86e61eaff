"""The forms of factory.md in which a section gives fields by name: `key: value`, for one model or for a list of them."""

from collections.abc import Sequence
from typing import Any

from state.factory_md.faults import Fault
from state.factory_md.forms import COMMAND, Form, Place, Read, empty_item, number, refused
from state.factory_md.gathered import KEY_AND_VALUE, Gathered, Keys
from state.factory_md.markdown import Block, Line
from state.factory_md.spans import quoted, quoted_item, unquoted
from state.model import Model


def pairs(keys: Keys) -> Form:
    """A form for one model: a list, or plain lines, of `key: value`."""
    block_too = f"; `{keys.code}` may be a fenced block" if keys.code else ""
    expected = f"a list of {keys.expected}{block_too}"

    def read(blocks: Sequence[Block]) -> Read:
        gathered = Gathered(keys)
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
            gathered = Gathered(keys)
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
    if len(blocks) > 1 or only.kind != "plain" or len(only.lines) > 1 or KEY_AND_VALUE.fullmatch(only.lines[0].text):
        return None
    return Line(only.lines[0].number, unquoted(only.lines[0].text))


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
