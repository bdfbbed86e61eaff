"""The modes as data: ordered steps, each with its role, the call that satisfies it, when it is needed and when it is done (surface.md 4)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from state.cycles import ItemKind, ModeName
from state.reports import Report, ReportRole

Asked = Literal["plan", "spec"]
REDIRECTS: Final = 2  # that a cycle may have
ROUNDS: Final = 5  # of changes that a person may ask of a spec


@dataclass(frozen=True)
class Progress:
    """What decides which step of a cycle is open.

    `reports` are those of the cycle that count, by role; `answers` what the person answered to the plan and the spec as they stand, with the channel.
    `comments` are what the person wrote with them, `rounds` how often they asked for changes of the spec. `bare`: nothing is committed yet that could
    be measured; `outgrown`: what was built can be measured better than was approved, and nobody was asked about that yet. `proposed` and `undecided`
    count the work items, in a build those of the plan that stands; `runs` says of the newest end-to-end trial whether it passed, None before there
    was one, and `mended` whether a fix was proposed since; `failed` are the instances that failed in the runs that a research cycle begins from, and
    `plateau` says that its outer surfaces have just opened.
    """

    mode: ModeName
    spec: int = 0
    cycle: int = 0
    measured: bool = False
    drafted: bool = False
    reports: Mapping[ReportRole, Report] = field(default_factory=dict)
    answers: Mapping[Asked, tuple[str, str]] = field(default_factory=dict)
    comments: Mapping[Asked, str] = field(default_factory=dict)
    rounds: int = 0
    bare: bool = False
    outgrown: bool = False
    proposed: int = 0
    undecided: int = 0
    runs: bool | None = None
    mended: bool = False
    failed: tuple[str, ...] = ()
    plateau: bool = False
    redirects: tuple[Report, ...] = ()

    def has(self, role: ReportRole) -> bool:
        """Whether a report of this role counts."""
        return role in self.reports

    def answer(self, asked: Asked) -> str:
        """What the person answered; empty while nobody did."""
        return self.answers.get(asked, ("", ""))[0]

    def proceeded(self, role: ReportRole) -> bool:
        """Whether the CEO looked at what a role handed in, as it stands, and went on."""
        decided, work = self.reports.get("ceo"), self.reports.get(role)
        return decided is not None and work is not None and decided.decision == "proceed" and decided.id > work.id

    def by_standing_order(self, asked: Asked) -> bool:
        """Whether no person looked: whoever registered the server had said yes beforehand."""
        return self.answers.get(asked) == ("approve", "standing_order")


@dataclass(frozen=True)
class Step:
    """One step. `do` says what to do, `tool` with `arguments` and `fill` is the call that satisfies it.

    A step that is not needed is passed over; one that is `optional` may be done all the same.
    """

    name: str
    role: str
    tool: str
    do: str
    done: Callable[[Progress], bool]
    needed: Callable[[Progress], bool] = lambda _: True
    arguments: Mapping[str, Any] = field(default_factory=dict)
    fill: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class Mode:
    """A mode: other words for it, what its experiments try, and its steps in their order."""

    name: ModeName
    aliases: tuple[str, ...]
    items: ItemKind
    steps: tuple[Step, ...]

    def shown(self, progress: Progress) -> list[str]:
        """The names of its steps; those that may be left out stand in brackets, and those that only an event calls for are left out."""
        return [step.name if step.needed(progress) else f"[{step.name}]" for step in self.steps if step.needed(progress) or step.optional]


def _report(name: str, role: ReportRole, do: str, needed: Callable[[Progress], bool] = lambda _: True) -> Step:
    fill = ("summary", "report")
    return Step(name, role, "submit_report", do, lambda progress: progress.has(role), needed, {"report": {"role": role}}, fill, optional=True)


def _never(progress: Progress) -> bool:
    del progress
    return False


_RESEARCH_OF_AN_IDEA: Final = _report(
    "research", "researcher", "Find out what is known of this, and hand in findings with their sources.", lambda progress: progress.spec == 0
)
_RESEARCH_IF_WISHED: Final = _report("research", "researcher", "Look up what helps, and hand in findings with their sources.", _never)
_RESEARCH_AFTER_A_PLATEAU: Final = _report(
    "research", "researcher", "What was tried brings nothing more: find out how others build such a thing, and hand in findings with their sources.",
    lambda progress: progress.plateau,
)  # fmt: skip
_DISTIL: Final = Step(
    "distil", "distiller", "submit_report", "Write the spec from the idea, the research and what the person said.",
    lambda progress: progress.has("distiller") and (progress.answer("spec") != "changes" or progress.rounds >= ROUNDS),
    arguments={"report": {"role": "distiller"}}, fill=("summary", "report"),
)  # fmt: skip
_ASK_SPEC: Final = Step(
    "approve", "ceo", "request_approval", "Have the person approve the spec.", lambda progress: progress.answer("spec") == "approve",
    arguments={"what": "spec"},
)  # fmt: skip
_PLAN: Final = Step(
    "plan", "strategist", "submit_report", "Plan the build in phases; the first makes the project run and be measured.",
    lambda progress: progress.has("strategist") and progress.answer("plan") != "changes",
    arguments={"report": {"role": "strategist"}}, fill=("summary", "report"),
)  # fmt: skip
_DRAFT: Final = Step(
    "evaluation draft", "ceo", "discover_project", "Draft how the project will be measured: the commands that the first phase makes work.",
    lambda progress: progress.drafted or progress.measured, lambda progress: not progress.bare, fill=("goal",),
)  # fmt: skip
_DRAFT_AHEAD: Final = Step(
    "evaluation draft", "ceo", "discover_project",
    "Nothing is there to be measured yet: write factory.md (## Goal; ## Scope with ### Modifiable; ## Guards; ## Eval with ### Command, which fails "
    "today and ends with 0 once the first phase is done).",
    lambda progress: progress.drafted or progress.measured, lambda progress: progress.bare, fill=("factory_md",),
)  # fmt: skip
_ASK_PLAN: Final = Step(
    "approve", "ceo", "request_approval", "Have the person approve the plan, and with it how the project is measured.",
    lambda progress: progress.answer("plan") == "approve" and progress.measured, arguments={"what": "plan"},
)  # fmt: skip


# What was built is measured by more than could be promised beforehand: drafted and asked once more in the cycle, not with every phase.
_DRAFT_AGAIN: Final = Step(
    "evaluation again", "ceo", "discover_project", "What was built can be measured by more than was approved: draft that.",
    lambda progress: progress.drafted, lambda progress: progress.outgrown and progress.proposed > 0,
)  # fmt: skip
_ASK_AGAIN: Final = Step(
    "approve again", "ceo", "request_approval", "Have the person approve how what was built is measured from now on.", _never,
    lambda progress: progress.outgrown and progress.proposed > 0, {"what": "evaluation"},
)  # fmt: skip


def _proceed(asked: Asked, role: ReportRole) -> Step:
    """Where a standing order approved, the CEO looks once more and says so."""
    return Step(
        "proceed", "ceo", "submit_report", f"Nobody looked at the {asked}: look yourself, then proceed or redirect.",
        lambda progress: progress.proceeded(role) or progress.proposed > 0, lambda progress: progress.by_standing_order(asked),
        {"report": {"role": "ceo", "decision": "proceed"}}, ("summary",),
    )  # fmt: skip


_WORK: Final = Step(
    "experiments", "ceo", "start_experiment", "Open the next experiment.", lambda progress: progress.proposed > 0 and not progress.undecided
)
_MEND: Final = Step(
    "mend", "strategist", "propose_hypotheses", "What was built does not run: propose one fix, with a test that shows it where one can.",
    lambda progress: progress.mended, lambda progress: progress.runs is False and progress.proposed > 0, fill=("hypotheses",),
)  # fmt: skip
_END_TO_END: Final = Step(
    "end to end", "evaluator", "run_eval", "Start what was built for real, and see that it works.", lambda progress: progress.runs is True,
    arguments={"purpose": "end_to_end"},
)  # fmt: skip
_HYPOTHESIZE: Final = Step(
    "hypothesize", "strategist", "propose_hypotheses", "Propose what to try in this cycle.", lambda progress: progress.proposed > 0,
    fill=("hypotheses",),
)  # fmt: skip
_CLASSIFY: Final = _report("classify", "refiner", "Say how large the wish is (T1, T2 or T3) and which files it concerns.")
# Needed or not at all: where nothing failed there is nothing to explain.
_FAILURES: Final = replace(
    _report("failure analysis", "failure_analyst", "Say of every failed instance where and why it failed.", lambda progress: bool(progress.failed)),
    optional=False,
)

_OF_A_BUILD: Final = (
    _RESEARCH_OF_AN_IDEA, _PLAN, _DRAFT, _DRAFT_AHEAD, _ASK_PLAN, _proceed("plan", "strategist"), _DRAFT_AGAIN, _ASK_AGAIN, _MEND, _WORK, _END_TO_END,
)  # fmt: skip

MODES: Final[dict[ModeName, Mode]] = {
    mode.name: mode
    for mode in (
        Mode("build", ("create", "new"), "phase", _OF_A_BUILD),
        Mode("interactive", ("design", "discuss", "brainstorm"), "phase", (_RESEARCH_OF_AN_IDEA, _DISTIL, _ASK_SPEC, _proceed("spec", "distiller"))),
        Mode("improve", ("run", "evolve"), "hypothesis", (_RESEARCH_IF_WISHED, _HYPOTHESIZE, _WORK)),
        Mode("focus", ("fix", "add", "issue"), "hypothesis", (_RESEARCH_IF_WISHED, _HYPOTHESIZE, _WORK)),
        Mode("refine", ("refinement", "tweak"), "refinement", (_CLASSIFY, _WORK)),
        Mode("research", ("auto-research", "benchmark", "optimize"), "hypothesis", (_FAILURES, _RESEARCH_AFTER_A_PLATEAU, _HYPOTHESIZE, _WORK)),
        Mode("meta", ("self", "ace"), "hypothesis", (_RESEARCH_IF_WISHED, _HYPOTHESIZE, _WORK)),
    )
}


def mode_named(word: str) -> ModeName | None:
    """The mode that a word means, by its name or an alias."""
    meant = word.strip().lower().replace("_", "-")
    if meant == "discover":
        return "discover"
    return next((mode.name for mode in MODES.values() if meant in (mode.name, *mode.aliases)), None)


def open_step(progress: Progress) -> Step | None:
    """The first step that is needed and not done; None where the cycle is at its end."""
    return next((step for step in MODES[progress.mode].steps if step.needed(progress) and not step.done(progress)), None)


def possible_steps(progress: Progress) -> list[Step]:
    """Steps that are not needed, not done, and stand before the open one: what may be done first."""
    found: list[Step] = []
    for step in MODES[progress.mode].steps:
        if step is open_step(progress):
            break
        if step.optional and not step.needed(progress) and not step.done(progress):
            found.append(step)
    return found


def not_started(progress: Progress) -> Asked | None:
    """The plan or the spec that is approved while nothing of it was started, as a server's end in between leaves it."""
    opened = open_step(progress)
    if progress.mode == "interactive" and opened is None:
        return "spec"
    return "plan" if progress.mode == "build" and opened is _WORK and not progress.proposed else None


def steps_from(mode: ModeName, role: str) -> tuple[Step, ...]:
    """The step of a role and all that come after it; none where the mode has no such step."""
    steps = MODES[mode].steps
    first = next((place for place, step in enumerate(steps) if step.role == role), None)
    return () if first is None else steps[first:]
