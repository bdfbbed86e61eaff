"""The shapes of the reports, one for each role; a review's is beside its checks, in tools.engine.experiment.review."""

from typing import Annotated, Final, Literal

from pydantic import Field

from state.model import Model

Title = Annotated[str, Field(min_length=1, max_length=120)]
Sentence = Annotated[str, Field(min_length=1, max_length=500)]
Words = Annotated[str, Field(min_length=1, max_length=2000)]
Path = Annotated[str, Field(min_length=1, max_length=500)]
MOST_FINDINGS: Final = 50
LARGEST_SPEC: Final = 32 * 1024  # characters


class Finding(Model):
    """Something that was found out, and where: path:line of the project, or the address of a page."""

    claim: Words
    source: Sentence


class Research(Model):
    """What a researcher hands in; `gaps` are questions that no source answered."""

    role: Literal["researcher"]
    findings: Annotated[tuple[Finding, ...], Field(min_length=1, max_length=MOST_FINDINGS)]
    gaps: Annotated[tuple[Words, ...], Field(max_length=MOST_FINDINGS)] = ()


class Phase(Model):
    """One step of a build, small enough for one experiment. `own_checks` are tests that it adds and that pass when it is done."""

    title: Title
    what: Words
    files: Annotated[tuple[Path, ...], Field(max_length=20)] = ()
    own_checks: Annotated[tuple[Path, ...], Field(max_length=20)] = ()


class Start(Model):
    """How what was built is started for real, in its own folder: a command that ends with 0, or one that `stays`, as a server does."""

    command: Annotated[str, Field(min_length=1, max_length=300)]
    stays: bool = False


class Plan(Model):
    """What a strategist hands in for a build; `start` is tried when all phases are done, `deferred` are features that go to the backlog."""

    role: Literal["strategist"]
    phases: Annotated[tuple[Phase, ...], Field(min_length=1, max_length=12)]
    start: Start
    deferred: Annotated[tuple[Words, ...], Field(max_length=50)] = ()


class WrittenSpec(Model):
    """What a distiller hands in: the spec in Markdown, and what only the person can answer."""

    role: Literal["distiller"]
    spec: Annotated[str, Field(min_length=1, max_length=LARGEST_SPEC)]
    questions: Annotated[tuple[Sentence, ...], Field(max_length=20)] = ()


class Failure(Model):
    """One instance that failed: in which stage, of which category, and why."""

    instance: Sentence
    stage: Title
    category: Title
    cause: Words


class Intervention(Model):
    """An idea against a category of failures."""

    category: Title
    idea: Words


class FailureAnalysis(Model):
    """What a failure analyst hands in."""

    role: Literal["failure_analyst"]
    failures: Annotated[tuple[Failure, ...], Field(min_length=1, max_length=50)]
    interventions: Annotated[tuple[Intervention, ...], Field(max_length=20)] = ()


class Refinement(Model):
    """What a refiner hands in: how large a wish is, what is to be done, and the files that it concerns.

    `own_checks` are tests that fail without it and show it: what no test shows, the person has to look at.
    """

    role: Literal["refiner"]
    tier: Literal["T1", "T2", "T3"]
    task: Words
    files: Annotated[tuple[Path, ...], Field(min_length=1, max_length=50)]
    own_checks: Annotated[tuple[Path, ...], Field(max_length=20)] = ()


class RecordReading(Model):
    """What an evaluator makes of a record; it changes nothing in the gate."""

    role: Literal["evaluator"]
    reading: Literal["confirmed", "refuted", "unclear"]
    concerns: Annotated[tuple[Words, ...], Field(max_length=20)] = ()


class Lesson(Model):
    """What an archivist adds to a decided experiment; a rule is for one role, in every project, and names none."""

    role: Literal["archivist"]
    lesson: Sentence
    rule: Annotated[str, Field(max_length=500)] = ""
    rule_for: Literal[
        "", "ceo", "researcher", "strategist", "builder", "reviewer", "evaluator", "archivist", "distiller", "failure_analyst", "refiner"
    ] = ""
    sources: Annotated[tuple[Sentence, ...], Field(max_length=20)] = ()


class Decision(Model):
    """What the CEO decides on the work of a role: go on, send it back with words of why, or end the cycle."""

    role: Literal["ceo"]
    decision: Literal["proceed", "redirect", "abort"]
    about: Literal["", "researcher", "strategist", "builder", "reviewer", "distiller", "failure_analyst", "refiner"] = ""
    feedback: Annotated[str, Field(max_length=2000)] = ""


OfACycle = Research | Plan | WrittenSpec | FailureAnalysis | Refinement
