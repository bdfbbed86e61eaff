"""Discovering how a project is measured, and drafting its factory.md for a person to approve. Runs nothing of the project's."""

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import Field, ValidationError

from state.answers import Answer, Next, one_line, quoted, short, untrusted
from state.approvals import latest_draft
from state.configuration import Configuration
from state.errors import Problem, Refusal
from state.factory_md import render
from state.imported import the_import
from state.measurement import Profile
from tools.answering import answer
from tools.drafted import Drafted, OwnText, own_text, surveyed, write_down
from tools.engine.contract import standing
from tools.engine.cycle.situation import observe
from tools.engine.discovery.draft import draft
from tools.engine.discovery.research_sections import research_sections
from tools.engine.experiment.deciding import take_up
from tools.engine.intent.rules import said, senses
from tools.engine.languages.survey import Discovery
from tools.engine.repository.own_folder import require_usable
from tools.engine.scope.files import files_of
from tools.engine.scope.protecting import FILE, read_with_tree
from tools.engine.session import Session

Goal = Annotated[str, Field(max_length=500, description="One sentence.")]
FactoryMd = Annotated[str, Field(max_length=32 * 1024, description="Replaces the draft; up to 32 KB.")]
SHOWN: Final = 4000
OF_TESTS: Final = ("pytest", "tests", "what package.json asks for")  # what is missing where tests cannot be run


def discover_project(session: Session, goal: Goal = "", factory_md: FactoryMd = "") -> Answer:
    """Detect tests, coverage, lint and types, and draft factory.md (goal, scope, guards, evaluation). Runs nothing.

    Give the goal, or the corrected text as `factory_md`; problems come back by line. A person then approves.
    """
    require_usable(session.repository)
    take_up(session)
    where = standing(session)
    given = OwnText(factory_md.rstrip() + "\n") if factory_md.strip() else own_text(session, where)
    configuration = read_with_tree(given.text, files_of(session.repository, where.tip)) if given else None
    found = surveyed(session, where, configuration)
    text = given.text if given else _drafted(session, goal, found, where.target)
    if found.proposed:  # the draft brings a command of its own, which is to be approved with it
        found = surveyed(session, where, read_with_tree(text, files_of(session.repository, where.tip)))
    drafted = write_down(session, where, text, found)
    if given and goal.strip() and not factory_md.strip():
        session.warnings.append("factory.md is there, and its goal stays; to change it give the whole text as factory_md")
    session.warnings += [f"tests may not even start; missing is {each.what}. It takes: {each.remedy}" for each in found.missing if each.hinders]
    state, seen = standing(session).state, observe(session)
    with_a_plan = seen.progress is not None and seen.progress.mode == "build" and not seen.progress.proposed
    sections = _research_wanted(drafted.configuration, found, files_of(session.repository, where.tip).paths)
    without_tests = _without_tests(found) if not drafted.repeated else None
    next_action = None if with_a_plan else (_with_research(drafted) if sections else None) or without_tests or _approval(state)
    data = {**_data(found, drafted, is_of_theirs=given is not None), "research_sections": sections}
    summary = f"{given.said if given else ''}{_summary(found, state)}"
    return answer(session, summary, data, situation=seen, next_action=next_action, repeated=drafted.repeated)


def _research_wanted(configuration: Configuration, found: Discovery, files: Sequence[str]) -> str:
    """The sections that research takes, filled in as far as files and words tell; empty where nobody speaks of a metric, or they are there."""
    plain, _ = said(configuration.goal)
    if configuration.research_target is not None or not found.benchmarks or "metric" not in senses(plain):
        return ""
    return research_sections(configuration, found, files)


def _with_research(drafted: Drafted) -> Next | None:
    """A metric is to be raised: its sections come into the draft before the person is asked, so that they are asked once."""
    if drafted.repeated:
        return None
    do = (
        "The words are about a metric, and research wants a `## Research Target`: hand in factory_md, the draft with data.research_sections "
        "behind it, corrected by what the benchmark prints and reads. Then ask for approval; without it research cannot start."
    )
    return Next(do=do, tool="discover_project", fill=("factory_md",), role="ceo")


def _approval(state: str) -> Next | None:
    """A draft that waits is the person's turn, also within a cycle: what is measured meanwhile is measured by the old contract."""
    if state != "evals_pending_review":
        return None
    do = "Have the person approve how this project is measured."
    return Next(do=do, tool="request_approval", arguments={"what": "evaluation"}, role="ceo")


def _without_tests(found: Discovery) -> Next | None:
    """Where no test can be run, it is the person's turn first: an evaluation without tests says little, and is approved once."""
    tests = next((item for item in found.profile.dimensions if item.name == "tests" and not item.applicable), None)
    if tests is None or any(item.applicable and item.tier == "project" for item in found.profile.dimensions):
        return None
    remedies = "; ".join(dict.fromkeys(item.remedy for item in found.missing if item.what.startswith(OF_TESTS))) or "tests that a known runner runs"
    lacking = f"tests cannot be measured ({quoted(tests.why)}). It takes: {quoted(remedies)}"
    do = f"Tell the person: {lacking}. Then discover again; or ask for approval as it is."
    return Next(do=do, role="ceo")


def _drafted(session: Session, goal: str, found: Discovery, target: str) -> str:
    with session.store.reading() as connection:
        before, taken_over = latest_draft(connection), the_import(connection)
    if goal.strip():
        return render(_with_goal(found, " ".join(goal.split()), target))
    if before is not None:
        return before.text
    if taken_over is not None and taken_over.goal:
        session.warnings.append("the goal is the earlier factory's")
        return render(_with_goal(found, taken_over.goal, target))
    raise Refusal("BAD_ARGUMENTS", "what is the project for?", where=("goal",), expected="one sentence, in the person's words where they gave some")


def _with_goal(found: Discovery, goal: str, target: str) -> Configuration:
    try:
        return draft(found, goal, target)
    except ValidationError as error:
        problems = [Problem("goal", one_line(goal), fault["msg"]) for fault in error.errors() if fault["loc"] == ("goal",)]
        if not problems:
            raise
        raise Refusal("BAD_ARGUMENTS", "factory.md cannot hold this goal", problems=problems) from error


def _summary(found: Discovery, state: str) -> str:
    dimensions = found.profile.dimensions
    measurable = sum(1 for item in dimensions if item.applicable)
    lacking = [item.name for item in dimensions if not item.applicable and item.tier == "hygiene"]
    without = f"; not {', '.join(lacking)}" if lacking else ""
    waits = "It waits for the person's approval." if state == "evals_pending_review" else "It is approved as it stands."
    return f"{measurable} of {len(dimensions)} dimensions can be measured{without}. {waits}"


def _data(found: Discovery, drafted: Drafted, *, is_of_theirs: bool) -> dict[str, object]:
    written = drafted.written
    return {
        "draft": untrusted(FILE, written.text[:SHOWN]) if is_of_theirs else written.text[:SHOWN],
        "draft_hash": short(written.hash),
        "dimensions": _dimensions(found, written.profile),
        "commands": [quoted(command) for command in written.profile.commands],
        "kind": found.kind or None,
        "frameworks": [quoted(item) for item in found.frameworks],
        "seen": [quoted(item) for item in found.seen],
        "ci": [quoted(item) for item in found.automation],
        "benchmarks": [quoted(item) for item in found.benchmarks],
        "not_found": [{"what": item.what, "remedy": item.remedy} for item in found.missing],
    }


def _dimensions(found: Discovery, profile: Profile) -> list[dict[str, str]]:
    """What can be measured and how, then what cannot; those that cannot for the same reason in one row."""
    shown = [{"name": item.name, "how": item.how} for item in profile.dimensions if item.applicable]
    lacking: dict[str, list[str]] = {}
    for item in profile.dimensions:
        if not item.applicable:
            lacking.setdefault(_reason(item.why, found), []).append(item.name)
    return shown + [{"name": ", ".join(names), "state": "unavailable", "why": why} for why, names in lacking.items()]


def _reason(why: str, found: Discovery) -> str:
    """Why a dimension is unavailable; what would make it so stands under `not_found` already."""
    return next((why.removesuffix(f": {item.remedy}") for item in found.missing if why.endswith(f": {item.remedy}")), why)
