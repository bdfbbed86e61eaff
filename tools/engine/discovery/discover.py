"""Discovering how a project can be measured: all eleven dimensions planned, each applicable or with the reason why not."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, Protocol

from state.configuration import Configuration
from state.errors import Refusal
from state.measurement import TIER_WEIGHTS, PlannedDimension, Profile
from tools.engine.evaluation.commanded import EVAL_COMMAND, form_of_eval_command
from tools.engine.languages.python import survey as python
from tools.engine.languages.survey import Discovery, Project, Survey
from tools.engine.scope.unused import unused_sections

NOT_YET: Final = "not measured by this version"
_FORMS: Final = {"json": "the JSON that it prints", "regex": "a pattern in what it prints", "exit_code": "its exit code"}


class Surveyor(Protocol):
    """What discovery needs of a language; the module of that language satisfies it."""

    def recognises(self, project: Project) -> bool:
        """Whether the project holds the language."""

    def selection_of(self, command: str) -> tuple[str, ...] | None:
        """The arguments that select tests, where the command is one of the language's test runners; else None."""

    def look(self, project: Project) -> tuple[PlannedDimension, ...]:
        """The hygiene dimensions as a survey would plan them now, as far as files alone tell."""

    def survey(self, project: Project, selection: Sequence[str]) -> Survey:
        """Look at the project, without running anything of it."""


SURVEYORS: Final[tuple[Surveyor, ...]] = (python,)


def discover(root: Path, files: Sequence[str], read: Callable[[str], bytes | None], configuration: Configuration | None) -> Discovery:
    """How the project in the main checkout `root`, with the tracked paths `files`, would be measured. Runs nothing of the project's.

    `configuration` is its factory.md, if it has one. Raises Refusal NO_TOOLCHAIN where no known language or no interpreter is there.
    """
    project = Project(root, files, read)
    surveyor = next((each for each in SURVEYORS if each.recognises(project)), None)
    if surveyor is None:
        raise Refusal(
            "NO_TOOLCHAIN",
            "No language was seen that this version can measure.",
            where=(str(root),),
            expected="a Python project: at least one .py file",
        )
    command = configuration.eval_command if configuration else None
    arguments = surveyor.selection_of(command) if command else ()
    found = surveyor.survey(project, arguments or ())
    own_command = command if command and arguments is None else None
    profile = Profile(
        language=found.language,
        interpreter=found.interpreter,
        test_runner=found.test_runner,
        test_arguments=arguments or (),
        lint=found.lint,
        types=found.types,
        source_paths=found.source_paths,
        dimensions=(*found.dimensions, *_of_ours(configuration), *_of_the_project(configuration, own_command)),
        commands=(*found.commands, *commands_of(configuration, own_command)),
    )
    return Discovery(profile, found.seen, found.missing, found.test_paths)


def measurable_now(project: Project, profile: Profile) -> tuple[PlannedDimension, ...]:
    """The dimensions that an approved profile leaves out and that could be measured by now, as far as files alone tell. Runs nothing."""
    left_out = {each.name for each in profile.dimensions if not each.applicable and each.tier == "hygiene"}
    surveyor = next((each for each in SURVEYORS if each.recognises(project)), None) if left_out else None
    return tuple(each for each in surveyor.look(project) if each.applicable and each.name in left_out) if surveyor else ()


def _of_ours(configuration: Configuration | None) -> tuple[PlannedDimension, ...]:
    """The dimensions that factory.md itself yields, and those of a later version."""
    guards = "share of the scope's patterns that match a file"
    if configuration and configuration.hard_constraints:
        guards += ", and of the hard constraints that hold"
    return (
        PlannedDimension(name="guard_patterns", tier="hygiene", applicable=True, how=guards),
        PlannedDimension(name="config_parser", tier="hygiene", applicable=True, how="share of what factory.md should say that it says"),
        *(PlannedDimension(name=name, tier="growth", applicable=False, why=NOT_YET) for name in TIER_WEIGHTS["growth"]),
    )


def _of_the_project(configuration: Configuration | None, own_command: str | None) -> tuple[PlannedDimension, ...]:
    evaluations = configuration.project_evaluations if configuration else ()
    planned = [
        PlannedDimension(name=each.name, tier="project", applicable=True, how=f"{each.command.splitlines()[0]}: {_FORMS[each.parse]}")
        for each in evaluations
    ]
    if own_command:
        how = f"{own_command.splitlines()[0]}: {_FORMS[form_of_eval_command(own_command)]}"
        planned.append(PlannedDimension(name=EVAL_COMMAND, tier="project", applicable=True, how=how))
    return tuple(planned)


def commands_of(configuration: Configuration | None, own_command: str | None) -> tuple[str, ...]:
    """What approval lets run besides the toolchain: the contract's own commands, one line each."""
    return tuple(command for _, command in _commands(configuration, own_command)) if configuration else ()


def commands_of_later(configuration: Configuration) -> frozenset[str]:
    """Those of the contract's own commands that only sections name which wait for a later version: approved, and not run yet."""
    waiting, commands = {each.field for each in unused_sections(configuration)}, list(_commands(configuration, configuration.eval_command))
    run = {command for field, command in commands if field not in waiting}
    return frozenset(command for field, command in commands if field in waiting) - run


def _commands(configuration: Configuration, own_command: str | None) -> Iterator[tuple[str, str]]:
    """Each command of the contract on one line, with the field of Configuration that gives it."""
    given = [
        ("setup", configuration.setup.command if configuration.setup else None),
        ("eval_command", own_command),
        *(("project_evaluations", each.command) for each in configuration.project_evaluations),
        *(("hard_constraints", each.check) for each in configuration.hard_constraints),
        ("smoke_test", configuration.smoke_test),
        ("research_target", configuration.research_target.run_command if configuration.research_target else None),
        ("holdout", configuration.holdout.command if configuration.holdout else None),
    ]
    yield from ((field, "; ".join(command.splitlines())) for field, command in given if command)
