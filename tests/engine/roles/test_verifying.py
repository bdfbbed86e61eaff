"""What of a report is verified before it counts: plans, specs and their research part, refinements."""

from dataclasses import replace
from typing import Any

import pytest

import prompts
from state.errors import Problem
from state.patterns import Patterns
from tests.support.repositories import git, make_repository
from tools.engine.repository.location import locate
from tools.engine.roles.research_spec import research_problems
from tools.engine.roles.shapes import FailureAnalysis, Plan, Refinement, Research, WrittenSpec
from tools.engine.roles.verifying import Ground, problems_of_report

SPEC = "".join(f"## {name}\n\nWords.\n\n" for name in ("Vision", "Features", "Architecture", "Interface", "Non-goals"))
TARGET = """## Research Target

- objective: Maximise what is solved
- metric: solved
- target: 0.9
- run_command: python run.py
- result_path: out.json

## Mutable Surfaces

- prompts/**

## Fixed Surfaces

- data/**

## Harness

run.py writes out.json.
"""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A repository with one file, of which factory.md lets Python change."""
    root = make_repository(tmp_path_factory.mktemp("ground") / "project", {"words.py": "a\nb\n"})
    return Ground(locate(root), git(root, "rev-parse", "HEAD"), frozenset(("words.py",)), Patterns(("*.py",)), "build")


def test_the_filled_examples_of_briefs_are_reports_without_problems(ground: Ground) -> None:
    planning = prompts.planning("strategist")
    assert planning is not None
    assert problems_of_report(Plan.model_validate(planning.example), ground) == []
    assert problems_of_report(WrittenSpec.model_validate(prompts.role("distiller").example), ground) == []


def plan(**changes: Any) -> Plan:
    given = {"role": "strategist", "phases": [{"title": "A", "what": "a", "own_checks": ["t.py::a"]}], "start": {"command": "python words.py"}}
    return Plan.model_validate({**given, **changes})


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"start": {"command": "  "}}, "start.command"),
        ({"start": {"command": "a\nb"}}, "start.command"),
        ({"phases": [{"title": "A", "what": "a"}]}, "phases[1].own_checks"),
        ({"phases": [{"title": "A", "what": "a", "own_checks": ["t"]}, {"title": " a ", "what": "b"}]}, "phases[2].title"),
    ],
)
def test_a_plan_can_be_started_and_its_first_phase_be_seen(changes: dict[str, Any], where: str, ground: Ground) -> None:
    assert problems_of_report(plan(), ground) == []
    assert [problem.where for problem in problems_of_report(plan(**changes), ground)] == [where]


def written(text: str) -> WrittenSpec:
    return WrittenSpec(role="distiller", spec=text)


def test_a_spec_has_its_five_sections(ground: Ground) -> None:
    assert problems_of_report(written(SPEC), ground) == []
    assert [problem.found for problem in problems_of_report(written(SPEC.replace("## Vision", "## Dream")), ground)] == ["no section Vision"]


def test_a_research_spec_reads_as_the_research_part_of_factory_md(ground: Ground) -> None:
    assert problems_of_report(written(SPEC + TARGET), ground) == []


def test_what_is_wrong_with_a_research_spec_is_told_by_its_own_line() -> None:
    text = SPEC + TARGET.replace("target: 0.9", "target: high")
    line = text.splitlines().index("- target: high") + 1
    assert [problem.where for problem in research_problems(text)] == [f"spec:{line}"]


@pytest.mark.parametrize("section", ["Research Target", "Mutable Surfaces", "Fixed Surfaces", "Harness"])
def test_a_research_spec_names_target_surfaces_and_harness(section: str) -> None:
    problems = research_problems(TARGET.replace(f"## {section}\n", "## Other\n"))
    assert problems == [Problem("spec", f"no section {section}", f"a heading `## {section}`")]


def test_a_heading_within_an_example_is_no_section() -> None:
    assert research_problems(SPEC + "```md\n## Research Target\n```\n") == []


@pytest.mark.parametrize(("tier", "count", "wrong"), [("T1", 3, False), ("T1", 4, True), ("T2", 8, False), ("T2", 9, True), ("T3", 9, False)])
def test_a_tier_holds_as_many_files_as_it_may(tier: Any, count: int, wrong: bool, ground: Ground) -> None:
    report = Refinement(role="refiner", tier=tier, task="t", files=tuple(f"f{number}.py" for number in range(count)))
    assert [problem.where for problem in problems_of_report(report, ground)] == ["tier"] * wrong


def test_files_of_a_refinement_exist_or_may_come(ground: Ground) -> None:
    report = Refinement(role="refiner", tier="T1", task="t", files=("words.py", "new.py", "gone.txt"))
    assert [problem.where for problem in problems_of_report(report, ground)] == ["files[3]"]


def test_findings_name_lines_that_are_there_and_a_build_begins_with_three(ground: Ground) -> None:
    findings = [{"claim": "c", "source": source} for source in ("words.py:2", "https://example.org/a", "words.py:9")]
    report = Research.model_validate({"role": "researcher", "findings": findings})
    assert [problem.where for problem in problems_of_report(report, ground)] == ["findings[3].source"]
    alone = Research.model_validate({"role": "researcher", "findings": findings[:1]})
    assert [problem.where for problem in problems_of_report(alone, ground)] == ["findings"]
    assert problems_of_report(alone, replace(ground, mode="improve")) == []


def analysis(*instances: str, **more: Any) -> FailureAnalysis:
    failures = [{"instance": name, "stage": "parsing", "category": "EMPTY", "cause": "It was cut."} for name in instances]
    return FailureAnalysis.model_validate({"role": "failure_analyst", "failures": failures, **more})


def test_an_analysis_explains_every_instance_that_failed_and_no_other(ground: Ground) -> None:
    failed = replace(ground, mode="research", failed=("p03", "p07", "two words"))
    assert problems_of_report(analysis("p07", "p03", "two\nwords"), failed) == []
    wrong = problems_of_report(analysis("p03", "p3"), failed)
    assert wrong == [
        Problem("failures[2].instance", "p3", "one that failed: p03, p07, two words", "p03"),
        Problem("failures", "nothing of p07, two words", "every instance that failed, 3 in all"),
    ]


def test_an_analysis_explains_each_instance_once_and_intervenes_in_its_own_categories(ground: Ground) -> None:
    failed = replace(ground, mode="research", failed=("p03",))
    report = analysis("p03", "p03", interventions=[{"category": "SLOW", "idea": "Go faster."}])
    assert [problem.where for problem in problems_of_report(report, failed)] == ["interventions[1].category", "failures"]


def test_where_nothing_failed_there_is_nothing_to_explain(ground: Ground) -> None:
    assert problems_of_report(analysis("p03"), ground) == [Problem("failures[1].instance", "p03", "one that failed: none did")]


def test_many_missing_instances_are_named_in_part_and_counted(ground: Ground) -> None:
    failed = replace(ground, mode="research", failed=tuple(f"p{number:02d}" for number in range(30)))
    (problem,) = problems_of_report(analysis("p00"), failed)
    assert problem.found.endswith("p12 and 17 more")
