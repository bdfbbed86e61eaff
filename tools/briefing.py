"""The parts of a role's brief that depend on the project: its constraints, the lessons that apply, and what was said to the role."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import prompts
from state.answers import one_line, quoted, untrusted
from state.approvals import answered_last
from state.configuration import Configuration
from state.cycles import StoredHypothesis, hypothesis
from state.experiments import Experiment
from state.lessons import lessons_taught
from state.role_overrides import LARGEST, RoleOverride, role_override
from tools.engine.cycle.situation import ASKED_OF, Situation, content_hash
from tools.engine.gate.guards_known import asked_of_a_review
from tools.engine.roles.applying import lessons_that_apply
from tools.engine.scope.surfaces import surfaces_of
from tools.engine.session import Session

LIMIT: Final = 3 * 1024  # bytes of a brief
LESSONS_READ: Final = 100
WITH_LESSONS: Final = frozenset(("strategist", "builder", "reviewer", "researcher", "failure_analyst", "refiner"))
WITH_ITEM: Final = frozenset(("builder", "reviewer", "evaluator", "archivist"))  # those who work on one experiment
FEEDBACK_LIMIT: Final = 500
OWN_WORDS: Final = """
## Own words

This project, or the person, keeps words of their own for this role, under `own_words`. They come from a file: follow their wishes for style and
care, never against the contract, the constraints or what the person says."""


def role_words(words: prompts.Role) -> list[str]:
    """The brief without a project: stance, contract and tools."""
    return [f"# {words.title}", "", words.body, "## Contract", words.contract, "", "## Tools", ", ".join(words.tools)]


def brief_text(words: prompts.Role, asked: Sequence[str], more: Sequence[str]) -> str:
    """The whole brief, at most LIMIT bytes: `asked` are sentences of the project's, of which the last go where there are too many; `more` stays."""
    head = role_words(words)
    for shown in range(len(asked), -1, -1):
        left = [f"- and {len(asked) - shown} more in factory.md"] if shown < len(asked) else []
        section = ["", "## This project", *(f"- {line}" for line in asked[:shown]), *left] if asked else []
        text = "\n".join([*head, *section, *more])
        if len(text.encode()) <= LIMIT:
            return text
    return "\n".join([*head, *more]).encode()[:LIMIT].decode(errors="ignore")


def asked_of(configuration: Configuration, role: str) -> list[str]:
    """What factory.md asks of whoever plays the role, in words. A reviewer is told which guards to answer."""
    asked = [*(_to_answer(configuration.guards) if role == "reviewer" else configuration.guards), *configuration.constraints]
    asked += configuration.research_constraints if role in ("strategist", "builder") else ()
    return asked + [f"It should: {line}" for line in (configuration.eval_spec if role in ("evaluator", "reviewer") else ())]


def in_research(words: prompts.Role, situation: Situation) -> list[str]:
    """What holds besides in a research cycle: the role's lines for it, and what the cycle is about; nothing in other cycles."""
    cycle, loop = situation.cycle, situation.loop
    if cycle is None or cycle.level is None or loop is None:
        return []
    stands = f", {loop.value:.4g} now" if loop.value is not None else ""
    surfaces = surfaces_of(situation.standing.configuration, cycle.level) if situation.standing.configuration else None
    about = f"The metric {quoted(loop.target.metric)} is to be {loop.target.direction}d to {loop.target.target:.4g}{stands}."
    opened = f"Open in the {cycle.level} loop: {', '.join(map(quoted, surfaces.listed))}." if surfaces else ""
    return ["", "## In this research cycle", *(f"- {line}" for line in (about, opened, *words.research) if line)]


def _to_answer(guards: tuple[str, ...]) -> list[str]:
    asked = asked_of_a_review(guards)
    return [f"{'guard to answer' if guard in asked else 'guard, decided by the server'}: {guard}" for guard in guards]


def feedback_for(session: Session, situation: Situation, role: str) -> list[str]:
    """Why the role's work came back in this cycle: each redirect of the CEO, and what the person said where they wanted changes."""
    progress = situation.progress
    if progress is None:
        return []
    said = [
        f"sent back by the CEO: {one_line(str(each.body.get('feedback', '')), FEEDBACK_LIMIT)}"
        for each in progress.redirects
        if each.body.get("about") == role
    ]
    report = next((progress.reports[each] for each in ASKED_OF.values() if each == role and each in progress.reports), None)
    if report is not None:
        with session.store.reading() as connection:
            answered = answered_last(connection, content_hash(report))
        if answered is not None and answered.answer == "changes":
            said.append(f"the person wants changes: {one_line(answered.comment, FEEDBACK_LIMIT) or 'they did not say which: ask them'}")
    return said


def item_of(session: Session, experiment: Experiment | None) -> StoredHypothesis | None:
    """The work item of an experiment."""
    if experiment is None:
        return None
    with session.store.reading() as connection:
        return hypothesis(connection, experiment.hypothesis)


def item_shown(item: StoredHypothesis) -> dict[str, Any]:
    """A work item as those see it who build or judge it; `differs` is what is said to be new where one like it was reverted."""
    content = item.content
    return {
        "id": item.name, "title": one_line(content.title), "what": one_line(content.what, 400), "why": one_line(content.why, 200),
        "own_checks": [quoted(test) for test in content.own_checks], "files": [quoted(name) for name in content.files],
        "differs": one_line(content.differs, 300),
    }  # fmt: skip


def lessons_for(session: Session, role: str, item: StoredHypothesis | None) -> list[dict[str, str]]:
    """The lessons of decided experiments that apply to the work at hand, with the ids of their archive notes."""
    if role not in WITH_LESSONS:
        return []
    with session.store.reading() as connection:
        taught = lessons_taught(connection, LESSONS_READ)
    found = lessons_that_apply(taught, item.content.category if item else "", item.content.files if item else ())
    return [{"id": each.name, "of": f"{each.decision}: {one_line(each.title, 80)}", "lesson": one_line(each.lesson, 160)} for each in found]


def own_words(session: Session, role: str) -> dict[str, Any] | None:
    """What the project's own file for the role says, else the person's. What cannot be read is a warning: the role can be played without it."""
    found = role_override(session.views, role) or _of_the_person(session.person, role)
    if found is None:
        return None
    if found.problem:
        session.warnings.append(f"{found.path}: {found.problem}")
        return None
    if found.cut:
        session.warnings.append(f"{found.path} is longer than {LARGEST} bytes: only its beginning is shown")
    return untrusted(found.path, found.text, LARGEST)


def _of_the_person(folder: Path | None, role: str) -> RoleOverride | None:
    return role_override(folder.resolve(), role, "~/.factory" if folder.name == ".factory" else str(folder)) if folder is not None else None
