"""Discovering how a project can be measured: all eleven dimensions planned, each applicable or with the reason why not."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from state.configuration import Configuration, ProjectEvaluation
from state.errors import Refusal
from state.measurement import PlannedDimension, Profile
from tools.engine.discovery.beside import automation, benchmark_files, benchmarks, has_containers, not_measured
from tools.engine.discovery.merging import merged
from tools.engine.discovery.proposed import nothing_to_measure, only_documents, proposed
from tools.engine.discovery.starters import starters
from tools.engine.evaluation.commanded import EVAL_COMMAND, form_of_eval_command
from tools.engine.evaluation.history import FEWEST_EXPERIMENTS, OF_HISTORY
from tools.engine.languages.survey import Discovery, Missing, Project, Survey
from tools.engine.languages.table import languages

_FORMS: Final = {"json": "the JSON that it prints", "regex": "a pattern in what it prints", "exit_code": "its exit code"}


def discover(project: Project, configuration: Configuration | None, decided: int = 0) -> Discovery:
    """How a project would be measured. Runs nothing of it. `configuration` is its factory.md, if it has one; `decided` counts its experiments.

    Raises Refusal NO_TOOLCHAIN where nothing could be measured at all.
    """
    command = configuration.eval_command if configuration else None
    found, lacking = _surveys(project, command)
    own_command = command if command and not _runs_tests(command, found) else None
    suggested = proposed(project) if configuration is None and not found and not lacking else None
    if not found and not (own_command or suggested or (configuration and configuration.project_evaluations)):
        raise lacking[0] if lacking else _nothing(project)
    seen = merged(
        found,
        (*_of_ours(configuration), *_of_the_history(decided), *_of_the_project(configuration, own_command)),
        commands_of(configuration, own_command),
    )
    kind = seen.kind or ("documentation" if only_documents(project.files) else "")
    return replace(
        seen,
        kind=kind,
        missing=(*seen.missing, *(Missing(each.what, each.expected) for each in lacking), *not_measured(project.files, alone=not found)),
        automation=automation(project.files),
        benchmarks=benchmarks(project),
        benchmark_files=benchmark_files(project.files),
        proposed=suggested,
        eval_spec=starters(kind, seen.frameworks, containers=has_containers(project.files)),
    )


def _nothing(project: Project) -> Refusal:
    named = ", ".join(languages())
    other = "a factory.md with the command that tests or checks it, as `### Command` below `## Eval`: any command counts, by its exit code"
    return Refusal("NO_TOOLCHAIN", nothing_to_measure(project.files), where=(str(project.root),), expected=f"code with tests in {named}; or {other}")


def _runs_tests(command: str, found: Sequence[Survey]) -> bool:
    """Whether the command is one of a test runner, and a survey took it as that: a script may name a runner that nobody here knows."""
    languages_of_it = {name for name, language in languages().items() if language.selection_of(command)}
    at_top = {survey.root.language for survey in found if survey.root.test_runner and not survey.root.path}
    return bool(languages_of_it & at_top)


def places(project: Project) -> tuple[tuple[str, str], ...]:
    """Each language with each folder of the project that has a toolchain of it; folders nearer to the top come first."""
    found = [(name, path) for name, language in languages().items() for path in language.roots(project)]
    return tuple(sorted(found, key=lambda each: (each[1].count("/") + bool(each[1]), each[1])))


def _surveys(project: Project, command: str | None) -> tuple[list[Survey], list[Refusal]]:
    """What is seen of each place, and the refusals of those whose toolchain is not on this machine: the others can be measured all the same."""
    found, lacking = [], []
    for place in places(project):
        try:
            found.append(_survey(project, place, command))
        except Refusal as refusal:
            lacking.append(refusal)
    return found, lacking


def _survey(project: Project, place: tuple[str, str], command: str | None) -> Survey:
    """What a language's survey says of a folder, with the folder's name in it. A command names the tests of the top only."""
    name, path = place
    language = languages()[name]
    found = language.survey(project.within(path), language.selection_of(command) if command and not path else None)
    root = found.root.model_copy(update={"path": path})
    return replace(found, root=root, test_paths=tuple(root.outer(each) for each in found.test_paths))


def leaves_out(profile: Profile) -> frozenset[str]:
    """The dimensions of ours that a profile does not measure."""
    return frozenset(each.name for each in profile.dimensions if not each.applicable and each.tier != "project")


def measurable_now(project: Project, profile: Profile, decided: int = 0) -> tuple[PlannedDimension, ...]:
    """The dimensions that an approved profile leaves out and that could be measured by now, as far as files and history tell. Runs nothing."""
    left_out = leaves_out(profile)
    by_files: list[PlannedDimension] = []
    if left_out - OF_HISTORY.keys():  # else no file can say more, and reading those of a large project takes its time
        by_files = [each for name, path in places(project) for each in languages()[name].look(project.within(path))]
    planned = {each.name: each for each in (*by_files, *_of_the_history(decided)) if each.applicable}
    return tuple(each for name, each in planned.items() if name in left_out)


def _of_ours(configuration: Configuration | None) -> tuple[PlannedDimension, ...]:
    """The dimensions that factory.md itself yields."""
    guards = "share of the scope's patterns that match a file"
    if configuration and configuration.hard_constraints:
        guards += ", and of the hard constraints that hold"
    return (
        PlannedDimension(name="guard_patterns", tier="hygiene", applicable=True, how=guards),
        PlannedDimension(name="config_parser", tier="hygiene", applicable=True, how="share of what factory.md should say that it says"),
    )


def _of_the_history(decided: int) -> tuple[PlannedDimension, ...]:
    """The dimensions that the project's own experiments yield, once there are enough of them."""
    if decided < FEWEST_EXPERIMENTS:
        why = f"{decided} experiments were decided; it takes {FEWEST_EXPERIMENTS}"
        return tuple(PlannedDimension(name=name, tier="growth", applicable=False, why=why) for name in OF_HISTORY)
    return tuple(PlannedDimension(name=name, tier="growth", applicable=True, how="from the last ten experiments") for name in OF_HISTORY)


def _of_the_project(configuration: Configuration | None, own_command: str | None) -> tuple[PlannedDimension, ...]:
    evaluations = configuration.project_evaluations if configuration else ()
    planned = [
        PlannedDimension(name=each.name, tier="project", applicable=True, how=f"{each.command.splitlines()[0]}: {_read_as(each)}")
        for each in evaluations
    ]
    if own_command:
        how = f"{own_command.splitlines()[0]}: {_FORMS[form_of_eval_command(own_command)]}"
        planned.append(PlannedDimension(name=EVAL_COMMAND, tier="project", applicable=True, how=how))
    return tuple(planned)


def _read_as(evaluation: ProjectEvaluation) -> str:
    """How the command becomes a score, in words."""
    form = f"answers compared with {evaluation.cases}" if evaluation.cases else _FORMS[evaluation.parse]
    return f"{form}, mean of {evaluation.runs} runs" if (evaluation.runs or 1) > 1 else form


def commands_of(configuration: Configuration | None, own_command: str | None) -> tuple[str, ...]:
    """What approval lets run besides the toolchain: the contract's own commands, one line each."""
    if configuration is None:
        return ()
    given = [
        configuration.setup.command if configuration.setup else None,
        own_command,
        *(each.command for each in configuration.project_evaluations),
        *(each.check for each in configuration.hard_constraints),
        configuration.smoke_test,
        configuration.research_target.run_command if configuration.research_target else None,
        configuration.holdout.command if configuration.holdout else None,
    ]
    return tuple("; ".join(command.splitlines()) for command in given if command)
