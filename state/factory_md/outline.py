"""factory.md as the values that stand in its sections: the step between Markdown and the model."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from state.configuration import Configuration
from state.factory_md.faults import Fault, Guess
from state.factory_md.forms import Place, Read
from state.factory_md.markdown import Chapter
from state.factory_md.sections import SECTIONS, Entry, Section, entry_of, parts_of, section_of, title_faults


@dataclass
class Outline:
    """Values by field of Configuration, the line of each place within them, which places had a heading, the lines of sections, and what was wrong.

    `unknown` are guesses at the headings that open no section, by their lines; `missing` are sections that have to be there.
    """

    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[Place, int] = field(default_factory=dict)
    given: set[Place] = field(default_factory=set)
    opened: dict[str, int] = field(default_factory=dict)
    unknown: dict[int, Guess] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def outline(chapters: Sequence[Chapter]) -> Outline:
    """What the chapters of a text give. `chapters` starts with what stands before the first heading."""
    result = Outline()
    for head, below in _grouped(chapters):
        section = section_of(head) if head.level == 2 else None
        if isinstance(section, Section):
            _take_section(result, section, head, below)
        elif section:
            result.faults.append(section)  # headings below it share its fault
            result.unknown |= {section.line: section.guess} if section.guess else {}
        else:
            result.faults += title_faults(head, is_first=head in chapters[:2])
            result.faults += [fault for chapter in below if isinstance(fault := entry_of(chapter, None), Fault)]
    result.faults += _missing(result)
    return result


def _grouped(chapters: Sequence[Chapter]) -> list[tuple[Chapter, list[Chapter]]]:
    """Each chapter of the upper two levels with those of lower ones that follow it."""
    groups: list[tuple[Chapter, list[Chapter]]] = []
    for chapter in chapters:
        if chapter.level <= 2:
            groups.append((chapter, []))
        else:
            groups[-1][1].append(chapter)
    return groups


def _take_section(result: Outline, section: Section, head: Chapter, below: Sequence[Chapter]) -> None:
    if section.name in result.opened:
        result.faults.append(Fault(head.line, f"{head.heading} besides the one on line {result.opened[section.name]}", "one of the two"))
        return
    result.opened[section.name] = head.line
    if section.own and (head.blocks or not below):
        _take_entry(result, section.own, head)
    elif not section.own and (head.blocks or not below):
        found, line = ("text", head.blocks[0].line) if head.blocks else ("nothing", head.line)
        result.faults.append(Fault(line, f"{found} directly below {head.heading}", parts_of(section)))
    for chapter in below:
        entry = entry_of(chapter, section)
        if isinstance(entry, Fault):
            result.faults.append(entry)
        else:
            _take_entry(result, entry, chapter)


def _take_entry(result: Outline, entry: Entry, chapter: Chapter) -> None:
    if entry.place in result.given or (entry.part and entry.place in result.lines):
        found = f"{chapter.heading} besides what line {result.lines[entry.place]} gives"
        result.faults.append(Fault(chapter.line, found, "one of the two"))
        return
    result.given.add(entry.place)
    result.lines.setdefault((entry.target,), chapter.line)
    readable = [block for block in chapter.blocks if block.kind != "unreadable"]
    result.faults += [Fault(block.line, block.note, entry.form.expected) for block in chapter.blocks if block.kind == "unreadable"]
    if not chapter.blocks:
        result.faults.append(Fault(chapter.line, f"nothing below {chapter.heading}", entry.form.expected))
    if readable:
        _put(result, entry, chapter, entry.form.read(readable))


def _put(result: Outline, entry: Entry, chapter: Chapter, read: Read) -> None:
    """Add what was read to the values: a field as a whole, or some parts of one whose other parts may be there already."""
    result.faults += read.faults
    parts, lines = read.value, dict(read.lines)
    if entry.part:
        parts = {} if read.value is None else {entry.part: read.value}
        lines = {(entry.part,): chapter.line} | {(entry.part, *place): line for place, line in read.lines.items()}
    before = result.values.get(entry.target)
    if isinstance(before, dict) and isinstance(parts, dict):
        for name in before.keys() & parts.keys():
            earlier = result.lines[entry.target, name]
            result.faults.append(Fault(lines[name,], f"`{name}` a second time", f"it once; it stands on line {earlier} already"))
        parts = parts | before
    result.lines |= {(entry.target, *place): line for place, line in lines.items()}
    if read.marked:
        result.values[entry.marked] = [read.value[number] for number in read.marked]
        result.lines |= {(entry.marked, place): read.lines[number,] for place, number in enumerate(read.marked)}
    if parts is not None:
        result.values[entry.target] = parts


def _missing(result: Outline) -> list[Fault]:
    """The sections and fields without which there is no configuration."""
    faults = []
    for section in SECTIONS:
        for heading, entry in section.headings.items():
            if not Configuration.model_fields[entry.target].is_required() or (entry.target,) in result.lines:
                continue
            if section.name in result.opened:
                faults.append(Fault(result.opened[section.name], f"no {heading} below ## {section.name}", entry.form.expected))
            else:
                result.missing.append(section.name)
                below = f"{heading} with " if section.fields else ""
                faults.append(Fault(1, f"no ## {section.name}", f"## {section.name}, and below it {below}{entry.form.expected}"))
    return faults
