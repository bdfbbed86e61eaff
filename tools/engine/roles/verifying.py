"""What of a report the server verifies: sources that exist, phases and files that can be, sections that a spec needs. Pure but for reading git."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from state.answers import one_line, quoted
from state.cycles import ModeName
from state.errors import Problem
from state.masking import mask_text
from state.nearest import nearest
from state.patterns import Patterns, problems_of
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import line_at
from tools.engine.roles.research_spec import research_problems
from tools.engine.roles.shapes import FailureAnalysis, Finding, Lesson, OfACycle, Plan, Refinement, Research, WrittenSpec

WELL_GROUNDED: Final[frozenset[ModeName]] = frozenset(("build", "interactive"))  # modes that begin with research: three findings at least
SECTIONS: Final = ("Vision", "Features", "Architecture", "Interface", "Non-goals")  # that a spec has
NAMED: Final = 12  # instances in one problem
SMALL, MIDDLE = 3, 8  # files that a wish of tier T1 and of T2 concerns at most
ADDRESS: Final = re.compile(r"https?://[^\s/]+\S*")
_PLACE: Final = re.compile(r"(?P<path>[^\0\n]+?):(?P<line>[0-9]{1,9})")
_HEADING: Final = re.compile(r"^#{1,3}\s+(?:\d+\.?\s+)?(?P<title>.+?)\s*#*$", re.MULTILINE)
_ABSOLUTE: Final = re.compile(r"(?:^|[\s\"'`(])(?:/|~/|[A-Za-z]:\\)[\w.-]+[/\\][\w./\\-]+")


@dataclass(frozen=True)
class Ground:
    """What reports are verified against: the repository at the target's tip, its files, the patterns that may change, and the cycle's mode.

    `failed` are the instances that failed in the runs of the commit that the cycle began from, the most frequent first.
    """

    repository: Repository
    commit: str
    files: Collection[str]
    scope: Patterns | None
    mode: ModeName
    failed: tuple[str, ...] = ()


def problems_of_report(report: OfACycle, ground: Ground) -> list[Problem]:
    """Everything that is wrong with a report of a cycle; nothing where it may count."""
    match report:
        case Research():
            return _of_research(report, ground)
        case Plan():
            return _of_plan(report)
        case WrittenSpec():
            return _of_spec(report)
        case FailureAnalysis():
            return _of_failures(report, ground.failed)
        case Refinement():
            return _of_refinement(report, ground)


def verified(report: OfACycle) -> dict[str, Any]:
    """What was verified of a report without problems, as its answer says it."""
    match report:
        case Research(findings=findings):
            pages = sum(is_page(found) for found in findings)
            return {"findings": len(findings), "lines_found": len(findings) - pages, "pages_archived": pages}
        case Plan(phases=phases, deferred=deferred):
            return {"phases": len(phases), "deferred": len(deferred)}
        case WrittenSpec(spec=text, questions=questions):
            return {"characters": len(text), "questions": len(questions)}
        case FailureAnalysis(failures=failures):
            return {"failures": len(failures), "categories": sorted({failure.category for failure in failures})}
        case Refinement(tier=tier, files=files):
            return {"tier": tier, "files": list(files)}


def is_page(found: Finding) -> bool:
    """Whether a finding's source is a page, whose text is kept as the model gave it: nobody fetched it."""
    return ADDRESS.fullmatch(found.source.strip()) is not None


def problems_of_lesson(report: Lesson) -> list[Problem]:
    """A rule is shown in other projects: no address, path or secret may stand in it."""
    problems = []
    if report.rule and (mask_text(report.rule) != report.rule or _ABSOLUTE.search(report.rule) or ADDRESS.search(report.rule)):
        problems.append(Problem("rule", "a path, an address or a secret", "a rule that is true of any project"))
    if bool(report.rule) != bool(report.rule_for):
        problems.append(Problem("rule_for", report.rule_for or "nothing", "the role that a rule is for, and a rule for it"))
    return problems


def _of_research(report: Research, ground: Ground) -> list[Problem]:
    problems = [problem for number, found in enumerate(report.findings, 1) if (problem := _of_finding(number, found, ground))]
    least = 3 if ground.mode in WELL_GROUNDED else 1
    if len(report.findings) < least:
        problems.append(Problem("findings", str(len(report.findings)), f"at least {least} in mode {ground.mode}"))
    return problems


def _of_finding(number: int, found: Finding, ground: Ground) -> Problem | None:
    where, source = f"findings[{number}].source", found.source.strip()
    if is_page(found):
        return None
    place = _PLACE.fullmatch(source)
    if place is None:
        return Problem(where, one_line(source), "path:line of the project, or an address (https://…)")
    if place["path"] not in ground.files:
        return Problem(where, quoted(source), "a file that the target branch has")
    if line_at(ground.repository, ground.commit, place["path"], int(place["line"])) is None:
        return Problem(where, quoted(source), "a line that the file has")
    return None


def _of_plan(report: Plan) -> list[Problem]:
    problems = [
        Problem(f"phases[{number}].files", one_line(pattern), f"a pattern as in .gitignore: {fault}")
        for number, phase in enumerate(report.phases, 1)
        for pattern in phase.files
        if (fault := problems_of(pattern))
    ]
    titles = [" ".join(phase.title.lower().split()) for phase in report.phases]
    problems += [
        Problem(f"phases[{number}].title", one_line(phase.title), "a title of its own")
        for number, phase in enumerate(report.phases, 1)
        if titles.index(titles[number - 1]) != number - 1
    ]
    if len(report.start.command.split()) == 0 or len(report.start.command.splitlines()) > 1:
        problems.append(Problem("start.command", one_line(report.start.command) or "blanks", "one line that starts what was built"))
    if not report.phases[0].own_checks:
        problems.append(Problem("phases[1].own_checks", "nothing", "a test that passes when the project runs: the first phase makes it measurable"))
    return problems


def _of_spec(report: WrittenSpec) -> list[Problem]:
    there = {found["title"].strip().lower() for found in _HEADING.finditer(report.spec)}
    missing = [Problem("spec", f"no section {name}", f"a heading `## {name}`") for name in SECTIONS if name.lower() not in there]
    return missing + research_problems(report.spec)


def _of_failures(report: FailureAnalysis, failed: tuple[str, ...]) -> list[Problem]:
    """An analysis explains what failed, all of it, nothing else, and each instance once."""
    known = {failure.category for failure in report.failures}
    problems = [
        Problem(f"interventions[{number}].category", one_line(each.category), f"one of {', '.join(sorted(known))}")
        for number, each in enumerate(report.interventions, 1)
        if each.category not in known
    ]
    instances = [quoted(failure.instance) for failure in report.failures]  # as the runs' names are shown
    problems += [
        Problem("failures", one_line(twice), "each instance once") for twice in sorted({each for each in instances if instances.count(each) > 1})
    ]
    problems += [
        Problem(f"failures[{number}].instance", one_line(name), f"one that failed: {_some(failed)}", nearest(name, failed))
        for number, name in enumerate(instances, 1)
        if name not in failed
    ]
    if missing := [name for name in failed if name not in instances]:
        problems.append(Problem("failures", f"nothing of {_some(missing)}", f"every instance that failed, {len(failed)} in all"))
    return problems


def _some(names: Sequence[str]) -> str:
    """The first of some names, the rest counted."""
    more = len(names) - NAMED
    return f"{', '.join(map(quoted, names[:NAMED]))}{f' and {more} more' if more > 0 else ''}" if names else "none did"


def _of_refinement(report: Refinement, ground: Ground) -> list[Problem]:
    problems = [
        Problem(f"files[{number}]", quoted(path), "a file that factory.md lets change (## Scope): no other can land; leave it out of the task too")
        for number, path in enumerate(report.files, 1)
        if (ground.scope is not None and not ground.scope.matches(path)) or (ground.scope is None and path not in ground.files)
    ]
    count = len(dict.fromkeys(report.files))
    least = "T1" if count <= SMALL else "T2" if count <= MIDDLE else "T3"
    if report.tier < least:
        problems.append(Problem("tier", f"{report.tier} with {count} files", f"{least}: T1 concerns at most {SMALL} files, T2 at most {MIDDLE}"))
    return problems
