"""Which sections factory.md has: the one table that reading, writing and messages go by, and the search for a heading's place in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from state.configuration import (
    CleanPullRequest,
    EvalWeights,
    GrowthWeights,
    HardConstraint,
    Holdout,
    HygieneWeights,
    HypothesisBudget,
    InnerLoop,
    OuterLoop,
    ProjectEvaluation,
    ResearchTarget,
    Setup,
)
from state.factory_md.budgets import BUDGET
from state.factory_md.faults import Fault, Guess, shown
from state.factory_md.forms import COMMAND, LINE, PATTERNS, PROSE, SENTENCES, SURFACES, Form, Place
from state.factory_md.gathered import Keys
from state.factory_md.markdown import Chapter
from state.factory_md.pairs import pairs, records

_NOTE = re.compile(r"\((required|optional)\)", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"[\s_-]+")


@dataclass(frozen=True)
class Entry:
    """What stands below a heading: the field of Configuration that it gives, or the `part` of a field, and in which form.

    `marked` is the field that holds those items of the value which are marked.
    """

    target: str
    form: Form
    part: str = ""
    marked: str = ""

    @property
    def place(self) -> Place:
        """Where in Configuration the value belongs."""
        return (self.target, self.part) if self.part else (self.target,)


@dataclass(frozen=True)
class Section:
    """A heading of level 2: what may stand directly below it, and what below which headings of level 3."""

    name: str
    own: Entry | None
    fields: Mapping[str, Entry] = field(default_factory=dict)

    @property
    def headings(self) -> dict[str, Entry]:
        """Each entry below the heading that it is best written under: its own of level 3 where it has one and is more than a part."""
        fields = {f"### {name}": entry for name, entry in self.fields.items() if not entry.part}
        return fields or ({f"## {self.name}": self.own} if self.own else {})

    @property
    def is_one_entry(self) -> bool:
        """Whether all of it is best written below its own heading."""
        return f"## {self.name}" in self.headings


_EVALUATION: Final = Keys(ProjectEvaluation, synonyms={"regex_pattern": "pattern"})
_HOLDOUT: Final = Keys(Holdout, synonyms={"path": "paths", "regex_pattern": "pattern"}, code="command")
_SETUP: Final = Keys(Setup, opposites={"exclusive": "parallel"}, code="command")
_INNER_LOOP: Final = Entry("inner_loop", pairs(Keys(InnerLoop)))
_OUTER_LOOP: Final = Entry("outer_loop", pairs(Keys(OuterLoop)))

SECTIONS: Final = (
    Section("Goal", Entry("goal", PROSE)),
    Section("Scope", Entry("modifiable", PATTERNS), {"Modifiable": Entry("modifiable", PATTERNS), "Read-only": Entry("read_only", PATTERNS)}),
    Section("Guards", Entry("guards", SENTENCES)),
    Section("Eval", None, {"Command": Entry("eval_command", COMMAND), "Threshold": Entry("threshold", LINE)}),
    Section("Target Branch", Entry("target_branch", LINE)),
    Section("Setup", Entry("setup", pairs(_SETUP)), {"Command": Entry("setup", COMMAND, part="command")}),
    Section("Smoke Test", Entry("smoke_test", COMMAND)),
    Section("Constraints", Entry("constraints", SENTENCES)),
    Section("Hard Constraints", Entry("hard_constraints", records(Keys(HardConstraint)))),
    Section("Project Eval", Entry("project_evaluations", records(_EVALUATION))),
    Section("Eval Weights", Entry("eval_weights", pairs(Keys(EvalWeights)))),
    Section("Hygiene Weights", Entry("hygiene_weights", pairs(Keys(HygieneWeights)))),
    Section("Growth Weights", Entry("growth_weights", pairs(Keys(GrowthWeights)))),
    Section("Eval Spec", Entry("eval_spec", SENTENCES)),
    Section("Holdout", Entry("holdout", pairs(_HOLDOUT)), {"Command": Entry("holdout", COMMAND, part="command")}),
    Section("Hypothesis Budget", Entry("hypothesis_budget", pairs(Keys(HypothesisBudget)))),
    Section("Clean PR", Entry("clean_pr", pairs(Keys(CleanPullRequest, bare="clean_pr")))),
    Section("Research Target", Entry("research_target", pairs(Keys(ResearchTarget, code="run_command")))),
    Section("Mutable Surfaces", Entry("mutable_surfaces", PATTERNS)),
    Section("Fixed Surfaces", Entry("fixed_surfaces", SURFACES, marked="withheld_surfaces")),
    Section("Research Constraints", Entry("research_constraints", SENTENCES)),
    Section("Inner Loop", _INNER_LOOP),
    Section("Outer Loop Surfaces", _OUTER_LOOP),
    Section("Cost Budget", Entry("cost_budget", BUDGET)),
)

# Headings of the original that say the same in other words, or in pieces. Those that could mean several sections here are refused with the nearest.
ALIASES: Final = (
    Section("Eval Command", Entry("eval_command", COMMAND)),
    Section("Eval Threshold", Entry("threshold", LINE)),
    Section("Multi-Run", _INNER_LOOP),
    Section("Surface Scoping", _OUTER_LOOP),
    Section("Clean PR Include", Entry("clean_pr", PATTERNS, part="clean_pr_include")),
    Section("Clean PR Exclude", Entry("clean_pr", PATTERNS, part="clean_pr_exclude")),
)


def canonical_title(title: str) -> str:
    """A heading's words in the one spelling that names are compared in."""
    return _BETWEEN_WORDS.sub(" ", _NOTE.sub("", title).strip().removesuffix(":")).strip().lower()


_SECTION_OF: Final = {canonical_title(section.name): section for section in (*SECTIONS, *ALIASES)}
_FIELDS: Final = [(section.name, name) for section in SECTIONS for name in section.fields]
_NAMES: Final = (*(section.name for section in _SECTION_OF.values()), *(f"{section} / {name}" for section, name in _FIELDS))


def section_of(chapter: Chapter) -> Section | Fault:
    """The section that a heading of level 2 opens."""
    title = canonical_title(chapter.title)
    if section := _SECTION_OF.get(title):
        return section
    hint = "; a line of - or = below text makes a heading of it, unless an empty line stands between" if chapter.underlined else ""
    return Fault(chapter.line, shown(chapter.heading), f"a known section{hint}", Guess(title, _NAMES))


def entry_of(chapter: Chapter, section: Section | None) -> Entry | Fault:
    """What a heading of level 3 or more gives below `section`; None stands for a place outside of every section."""
    title = canonical_title(chapter.title)
    fields = {canonical_title(name): entry for name, entry in section.fields.items()} if section and chapter.level == 3 else {}
    if title in fields:
        return fields[title]
    found = shown(chapter.heading)
    if title in _SECTION_OF:
        return Fault(chapter.line, found, f"## {_SECTION_OF[title].name}, on level 2")
    if homes := [(home, name) for home, name in _FIELDS if canonical_title(name) == title]:
        return Fault(chapter.line, found, f"it below {' or '.join(f'## {home}' for home, _ in homes)}, as ### {homes[0][1]}")
    names = list(section.fields) if section else []
    expected = parts_of(section) if section and names else "no heading of this level here"
    return Fault(chapter.line, found, expected, Guess(title, names))


def parts_of(section: Section) -> str:
    """The headings that may stand below a section, in words."""
    return " or ".join(f"### {name}" for name in section.fields)


def title_faults(chapter: Chapter, *, is_first: bool) -> list[Fault]:
    """What is wrong with a heading of level 1, which may only be the title of the document."""
    title = canonical_title(chapter.title)
    if chapter.level == 1 and title in _SECTION_OF:
        return [Fault(chapter.line, shown(chapter.heading), f"## {chapter.title}: sections are on level 2")]
    if not is_first:
        return [Fault(chapter.line, shown(chapter.heading), "## before a section; only the title of the document is on level 1")]
    return []
