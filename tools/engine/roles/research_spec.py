"""The research part of a spec: what is made better, by which number and in which files, read as factory.md will be, with problems by line."""

import re
from typing import Final

from state.errors import Problem
from state.factory_md import read

TARGET: Final = "Research Target"
HARNESS: Final = "Harness"  # what has to be built before anything can be measured
NEEDED: Final = (TARGET, "Mutable Surfaces", "Fixed Surfaces")
READ: Final = frozenset((*NEEDED, "Research Constraints", "Inner Loop", "Outer Loop Surfaces", "Cost Budget"))
_HEADING: Final = re.compile(r"##\s+(?P<title>.+?)\s*#*\s*")
_FENCE: Final = re.compile(r"\s{0,3}(```|~~~)")
# What factory.md has to have besides; it stands behind the spec's own lines, so that those keep their numbers.
_REST: Final = "\n## Goal\n\nResearch.\n\n## Scope\n\n- '**'\n\n## Guards\n\n- Keep what is fixed\n"


def research_problems(text: str) -> list[Problem]:
    """What is wrong with the research sections of a spec; nothing where it has none, as it is no research then."""
    sections = _sections(text)
    titles = {title for title, _ in sections}
    if not titles & READ:
        return []
    missing = [Problem("spec", f"no section {name}", f"a heading `## {name}`") for name in (*NEEDED, HARNESS) if name not in titles]
    if missing:
        return missing
    _, problems = read("\n".join(line if title in READ else "" for title, line in sections) + "\n" + _REST, "spec")
    return [problem for problem in problems if int(problem.where.rpartition(":")[2]) <= len(sections)]


def _sections(text: str) -> list[tuple[str, str]]:
    """Each line of a spec with the title of the section of the second level that it stands in."""
    found: list[tuple[str, str]] = []
    title, fenced = "", False
    for line in text.splitlines():
        fenced ^= _FENCE.match(line) is not None
        heading = None if fenced else _HEADING.fullmatch(line)
        title = heading["title"] if heading else title
        found.append((title, line))
    return found
