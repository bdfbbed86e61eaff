"""Which sections factory.md has: the one table that reading, writing and messages go by, and the search for a heading's place in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from state.configuration import EvalWeights, ProjectEvaluation
from state.factory_md.forms import COMMAND, LINE, PATTERNS, PROSE, SENTENCES, Form
from state.factory_md.markdown import Chapter, Fault, shown
from state.factory_md.pairs import nearest, pairs, records

_NOTE = re.compile(r"\((required|optional)\)", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"[\s_-]+")


@dataclass(frozen=True)
class Entry:
    """What stands below a heading: the field of Configuration that it gives, and in which form."""

    target: str
    form: Form


@dataclass(frozen=True)
class Section:
    """A heading of level 2: what may stand directly below it, and what below which headings of level 3."""

    name: str
    own: Entry | None
    fields: Mapping[str, Entry] = field(default_factory=dict)

    @property
    def headings(self) -> dict[str, Entry]:
        """Each entry below the heading that it is best written under: one of level 3 where the section has such."""
        fields = {f"### {name}": entry for name, entry in self.fields.items()}
        return fields or ({f"## {self.name}": self.own} if self.own else {})


SECTIONS: Final = (
    Section("Goal", Entry("goal", PROSE)),
    Section("Scope", Entry("modifiable", PATTERNS), {"Modifiable": Entry("modifiable", PATTERNS), "Read-only": Entry("read_only", PATTERNS)}),
    Section("Guards", Entry("guards", SENTENCES)),
    Section("Eval", None, {"Command": Entry("eval_command", COMMAND), "Threshold": Entry("threshold", LINE)}),
    Section("Target Branch", Entry("target_branch", LINE)),
    Section("Smoke Test", Entry("smoke_test", COMMAND)),
    Section("Constraints", Entry("constraints", SENTENCES)),
    Section("Project Eval", Entry("project_evaluations", records(ProjectEvaluation, {"regex_pattern": "pattern"}))),
    Section("Eval Weights", Entry("eval_weights", pairs(EvalWeights))),
)

# Sections of the configuration reference that a later version reads.
LATER: Final = (
    "Setup", "Hypothesis Budget", "Clean PR", "Research Target", "Mutable Surfaces", "Fixed Surfaces", "Research Constraints", "Inner Loop",
    "Outer Loop Surfaces", "Cost Budget", "Hygiene Weights", "Growth Weights", "Eval Spec", "Hard Constraints",
)  # fmt: skip


def canonical_title(title: str) -> str:
    """A heading's words in the one spelling that names are compared in."""
    return _BETWEEN_WORDS.sub(" ", _NOTE.sub("", title).strip().removesuffix(":")).strip().lower()


_SECTION_OF: Final = {canonical_title(section.name): section for section in SECTIONS}
_HOME_OF_FIELD: Final = {canonical_title(name): (section.name, name) for section in SECTIONS for name in section.fields}
_LATER: Final = frozenset(canonical_title(name) for name in LATER)
_NAMES: Final = (*(section.name for section in SECTIONS), *(f"{section} / {name}" for section, name in _HOME_OF_FIELD.values()), *LATER)


def section_of(chapter: Chapter) -> Section | Fault:
    """The section that a heading of level 2 opens."""
    title = canonical_title(chapter.title)
    if section := _SECTION_OF.get(title):
        return section
    if title in _LATER:
        return Fault(chapter.line, shown(chapter.heading), "it to be left out: it is not supported by this version yet")
    hint = "; a line of - or = below text makes a heading of it, unless an empty line stands between" if chapter.underlined else ""
    return Fault(chapter.line, shown(chapter.heading), f"a known section{hint}", nearest(title, _NAMES))


def entry_of(chapter: Chapter, section: Section | None) -> Entry | Fault:
    """What a heading of level 3 or more gives below `section`; None stands for a place outside of every section."""
    title = canonical_title(chapter.title)
    fields = {canonical_title(name): entry for name, entry in section.fields.items()} if section and chapter.level == 3 else {}
    if title in fields:
        return fields[title]
    found = shown(chapter.heading)
    if title in _SECTION_OF:
        return Fault(chapter.line, found, f"## {_SECTION_OF[title].name}, on level 2")
    if home := _HOME_OF_FIELD.get(title):
        return Fault(chapter.line, found, f"it below ## {home[0]}, as ### {home[1]}")
    names = list(section.fields) if section else []
    expected = parts_of(section) if section and names else "no heading of this level here"
    return Fault(chapter.line, found, expected, nearest(title, names))


def parts_of(section: Section) -> str:
    """The headings that may stand below a section, in words."""
    return " or ".join(f"### {name}" for name in section.fields)


def title_faults(chapter: Chapter, *, is_first: bool) -> list[Fault]:
    """What is wrong with a heading of level 1, which may only be the title of the document."""
    title = canonical_title(chapter.title)
    if chapter.level == 1 and (title in _SECTION_OF or title in _LATER):
        return [Fault(chapter.line, shown(chapter.heading), f"## {chapter.title}: sections are on level 2")]
    if not is_first:
        return [Fault(chapter.line, shown(chapter.heading), "## before a section; only the title of the document is on level 1")]
    return []
