"""The forms in which a section of factory.md gives a text or a list: how each is read from blocks of lines, and how it is written."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from state.factory_md.faults import Fault, shown
from state.factory_md.markdown import Block, Line
from state.factory_md.spans import unquoted, unwrapped, wrapped, written

_FENCE_WORDS: Final = ("", "sh", "bash", "shell", "zsh", "text")
_BLANK = re.compile(r"\s")
_WITHHELD = re.compile(r"^withheld\s*:\s*", re.IGNORECASE)
_BACKTICKS = re.compile(r"`+")
_KIND_IN_WORDS: Final = {"item": "a list", "code": "a block of code", "plain": "plain lines"}

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Read:
    """What a form found: a value for the model, the line of each place within that value, and what was wrong; `marked` are items of it by number."""

    value: Any = None
    lines: Mapping[Place, int] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    marked: tuple[int, ...] = ()


@dataclass(frozen=True)
class Form:
    """One way to give a value: `read` takes at least one readable block; `write` gives text that `read` takes back; `expected` says it in words.

    Of a form that marks items, `write` takes the value and those of its items that are marked.
    """

    expected: str
    read: Callable[[Sequence[Block]], Read]
    write: Callable[[Any], str]


def refused(block: Block, expected: str) -> Fault:
    """The fault of a block that is of another kind than the form takes."""
    return Fault(block.line, _KIND_IN_WORDS[block.kind], expected)


def empty_item(block: Block) -> Fault:
    """The fault of a bullet that nothing follows."""
    return Fault(block.line, "an empty item", "text after the bullet")


def number(value: float) -> str:
    """A number as a person would write it; `float` reads the same one back."""
    return str(int(value)) if value == int(value) else repr(value)


def _read_prose(blocks: Sequence[Block]) -> Read:
    for block in blocks:
        if block.kind != "plain":
            return Read(faults=(refused(block, PROSE.expected),))
    return Read(unwrapped(" ".join(line.text for block in blocks for line in block.lines)))


def _single(blocks: Sequence[Block], expected: str) -> Line | Fault:
    """The only line that there is."""
    for block in blocks:
        if block.kind == "item":
            return refused(block, expected)
    lines = [line for block in blocks for line in block.lines if line.text.strip()]
    if not lines:
        return Fault(blocks[0].line, "an empty block", expected)
    if len(lines) > 1:
        return Fault(lines[1].number, f"another line, {shown(lines[1].text)}", expected)
    return Line(lines[0].number, lines[0].text.strip())


def _read_line(blocks: Sequence[Block]) -> Read:
    line = _single(blocks, LINE.expected)
    return Read(faults=(line,)) if isinstance(line, Fault) else Read(unquoted(line.text), {(): line.number})


def _write_line(value: str | float) -> str:
    return number(value) if isinstance(value, float) else written(value)


def _read_command(blocks: Sequence[Block]) -> Read:
    block = blocks[0]
    if len(blocks) > 1 and any(other.kind == "code" for other in blocks):
        return Read(faults=(Fault(blocks[1].line, "more beside a block of code", COMMAND.expected),))
    if block.kind != "code":
        line = _single(blocks, COMMAND.expected)
        return Read(faults=(line,)) if isinstance(line, Fault) else Read(unwrapped(line.text), {(): line.number})
    if block.note.lower() not in _FENCE_WORDS:
        return Read(faults=(Fault(block.line, f"a block of {shown(block.note)}", "sh, or no word, after the opening fence"),))
    return Read("\n".join(line.text for line in block.lines), {(): block.line})


def _write_command(command: str) -> str:
    if "\n" not in command and written(command) == command:
        return command
    longest = max((len(run) for run in _BACKTICKS.findall(command)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}sh\n{command}\n{fence}"


def _read_sentences(blocks: Sequence[Block]) -> Read:
    only = blocks[0]
    if len(blocks) == 1 and only.kind == "plain" and len(only.lines) == 1:
        return _listed(only.lines, unwrapped)
    faults = [refused(block, SENTENCES.expected) for block in blocks if block.kind != "item"]
    faults += [empty_item(block) for block in blocks if block.kind == "item" and not block.lines]
    sentences = [Line(block.line, " ".join(line.text for line in block.lines)) for block in blocks]
    return Read(faults=tuple(faults)) if faults else _listed(sentences, unwrapped)


def _listed(lines: Sequence[Line], clean: Callable[[str], str]) -> Read:
    return Read([clean(line.text) for line in lines], {(index,): line.number for index, line in enumerate(lines)})


def _write_sentences(texts: Sequence[str]) -> str:
    return "\n".join(f"- {written(text)}" for text in texts)


def _read_patterns(blocks: Sequence[Block]) -> Read:
    kind = blocks[0].kind
    faults = [refused(block, "one form for the whole list") for block in blocks if block.kind != kind]
    lines = [Line(line.number, line.text.strip()) for block in blocks for line in block.lines if line.text.strip()]
    if kind == "item":
        faults += [empty_item(block) for block in blocks if not block.lines]
        faults += [Fault(block.lines[1].number, "a second line in an item", PATTERNS.expected) for block in blocks if len(block.lines) > 1]
    if kind != "code":
        expected = "one pattern, in backticks if there are blanks in it"
        faults += [Fault(line.number, shown(line.text), expected) for line in lines if _BLANK.search(line.text) and unquoted(line.text) == line.text]
    if not lines and not faults:
        faults.append(Fault(blocks[0].line, "an empty block", PATTERNS.expected))
    return Read(faults=tuple(faults)) if faults else _listed(lines, unquoted)


def _write_patterns(patterns: Sequence[str]) -> str:
    return "\n".join(f"- {_written_pattern(pattern)}" for pattern in patterns)


def _written_pattern(pattern: str) -> str:
    return wrapped(pattern) if _BLANK.search(pattern) or _WITHHELD.match(pattern) else written(pattern)


def _read_surfaces(blocks: Sequence[Block]) -> Read:
    """Patterns, of which those that are withheld are marked; the mark goes before what is read as a pattern."""
    marked = {line.number for block in blocks for line in block.lines if _WITHHELD.match(line.text.strip())}
    plain = [replace(block, lines=tuple(_unmarked(line) for line in block.lines)) for block in blocks]
    bare = [line for block in plain for line in block.lines if line.number in marked and not line.text]
    faults = [Fault(line.number, "`withheld` without a pattern", SURFACES.expected) for line in bare]
    read = _read_patterns(plain)
    if faults or read.value is None:
        return Read(faults=(*faults, *read.faults))
    return replace(read, marked=tuple(number for number in range(len(read.value)) if read.lines[number,] in marked))


def _unmarked(line: Line) -> Line:
    return Line(line.number, _WITHHELD.sub("", line.text.strip()))


def _write_surfaces(given: tuple[Sequence[str], Sequence[str]]) -> str:
    patterns, withheld = given
    return "\n".join(f"- {'withheld: ' if pattern in withheld else ''}{_written_pattern(pattern)}" for pattern in patterns)


PROSE: Final = Form("one sentence, or a paragraph", _read_prose, written)
LINE: Final = Form("one value on one line", _read_line, _write_line)
COMMAND: Final = Form("one command on one line, or a fenced block (```sh) for a script", _read_command, _write_command)
SENTENCES: Final = Form("a list, each item after '- '", _read_sentences, _write_sentences)
PATTERNS: Final = Form("a list of patterns, one a line", _read_patterns, _write_patterns)
SURFACES: Final = Form("a list of patterns, one a line, some perhaps after `withheld: `", _read_surfaces, _write_surfaces)
