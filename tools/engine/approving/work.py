"""Approving what a cycle is to build: the words a person is shown of a plan or a spec, and what their answer to it starts."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from state.answers import Next, one_line, short
from state.approvals import ApprovalAnswered
from state.backlog import BacklogAdded, open_item
from state.cycles import Cycle, CycleEnded, HypothesesProposed, Hypothesis, NumberedHypothesis
from state.reports import Report
from state.rows import next_number
from state.specs import SpecStored
from tools.engine.approving.recording import Channel
from tools.engine.landings import anchor_chain
from tools.engine.roles.shapes import Start
from tools.engine.session import Reply, Session

Asked = Literal["plan", "spec"]
WORDS_LIMIT: Final = 1400  # characters, so that the words of an evaluation fit below
SPEC_LIMIT: Final = 2800
LINE: Final = 160
MOST_DEFERRED: Final = 8
COMMAND: Final = 300  # characters of the start command, which is shown whole


def plan_words(report: Report, content_hash: str) -> str:
    """A plan as a person is shown it: its phases, what waits, and what approval starts."""
    phases, deferred = _dictionaries(report.body, "phases"), [str(each) for each in report.body.get("deferred", ())]
    start = start_of(report.body)
    ends = "it has to go on running" if start.stays else "it has to end with 0"
    lines = [
        f"re:factory asks: build this in {len(phases)} phase{'s' * (len(phases) != 1)}, each an experiment that is measured?",
        f"Then it is started for real, and {ends}:",
        f"  $ {one_line(start.command, COMMAND)}",
        *(f"  {number}. {one_line(str(phase['title']), LINE)}" for number, phase in enumerate(phases, 1)),
    ]
    if deferred:
        lines += ["Later, kept on the backlog:", *(f"  - {one_line(each, LINE)}" for each in deferred[:MOST_DEFERRED])]
        lines += [f"  - and {len(deferred) - MOST_DEFERRED} more"] * (len(deferred) > MOST_DEFERRED)
    return _cut("\n".join(lines), WORDS_LIMIT) + f"\nPlan {short(content_hash)}; whole in .factory/reviews/strategist-latest.md."


def spec_words(report: Report, content_hash: str) -> str:
    """A spec as a person is shown it: what only they can answer, then the text itself."""
    questions = [str(each) for each in report.body.get("questions", ())]
    asked = ["Only you can answer:", *(f"  - {one_line(each, LINE)}" for each in questions), ""] if questions else []
    text = "\n".join(["re:factory asks: is this what you want?", *asked, str(report.body.get("spec", ""))])
    return _cut(text, SPEC_LIMIT) + f"\nSpec {short(content_hash)}; whole in .factory/reviews/distiller-latest.md."


def record_work(session: Session, what: Asked, content_hash: str, reply: Reply, channel: Channel) -> None:
    """Write down what a person said of a plan or a spec. An approval is one event however often it is given."""
    answered = ApprovalAnswered(subject=what, answer=reply.answer, hash=content_hash, comment=reply.comment)
    key = f"approval:{what}:{content_hash}" if reply.answer == "approve" else None
    session.record(answered, key=key, actor=channel.actor, channel=channel.name)
    anchor_chain(session)


def start_of(body: Mapping[str, Any]) -> Start:
    """The start command of a strategist's plan, as it was handed in."""
    return Start.model_validate(body.get("start"))


def phases_key(plan: Report) -> str:
    """The key under which the phases of a plan are made items."""
    return f"phases:{plan.cycle}:{plan.id}"


def start_approved(session: Session, what: Asked, cycle: Cycle, report: Report, *, seen: bool) -> Next | None:
    """What an approved plan or spec is for; the next action where the cycle ends with it. Once, however often it is called.

    `seen`: a person looked at it, and at what only they can answer.
    """
    if what == "plan":
        _start_phases(session, cycle, report)
        return None
    _store_spec(session, cycle, report)
    build = Next(do="Build what was approved.", tool="start_cycle", arguments={"mode": "build"}, role="ceo")
    questions = [one_line(str(each), LINE) for each in report.body.get("questions", ())]
    if not questions or seen:
        return build
    asked = "Nobody answered what the spec leaves open. Put it to the person before anything is built, then start_cycle in mode build"
    return Next(do=one_line(f"{asked}: {' '.join(questions)}", 600), role="ceo")


def _start_phases(session: Session, cycle: Cycle, report: Report) -> None:
    """The phases of an approved plan become what experiments try; what it defers goes to the backlog."""
    with session.store.writing() as connection:
        first = next_number(connection, "hypotheses")
        numbered = tuple(
            NumberedHypothesis(id=number, content=_phase(phase)) for number, phase in enumerate(_dictionaries(report.body, "phases"), first)
        )
        _, repeated = session.store.append(
            HypothesesProposed(cycle=cycle.id, hypotheses=numbered), actor="server", channel="server", key=phases_key(report)
        )
        for text in () if repeated else report.body.get("deferred", ()):
            if open_item(connection, str(text)) is None:
                session.store.append(
                    BacklogAdded(item=next_number(connection, "backlog"), text=str(text), source="strategist"), actor="server", channel="server"
                )
    session.write_views()


def _store_spec(session: Session, cycle: Cycle, report: Report) -> None:
    """The approved spec waits to be built, and the cycle that wrote it ends."""
    text = str(report.body.get("spec", ""))
    stored = session.store.keep_object(text.encode())
    with session.store.writing() as connection:
        payload = SpecStored(
            spec=next_number(connection, "specs"), kind="spec", title=title_of(text), source=f"cycle {cycle.id}, {report.name}", text=stored
        )
        session.store.append(payload, actor="server", channel="server", key=f"spec:{cycle.id}:{report.id}")
        session.store.append(CycleEnded(cycle=cycle.id, how="done"), actor="server", channel="server", key=f"cycle:{cycle.id}:end")
    session.write_views()


def title_of(text: str) -> str:
    """The first words of a spec that are a title or a sentence."""
    lines = [line.strip("# \t") for line in text.splitlines() if line.strip("# \t")]
    return one_line(lines[0] if lines else "a spec without words", 120)


def _phase(phase: dict[str, Any]) -> Hypothesis:
    return Hypothesis(
        title=str(phase["title"]), category="explore", dimension="none", what=str(phase["what"]), why="a phase of the approved plan",
        files=tuple(phase.get("files", ())), own_checks=tuple(phase.get("own_checks", ())), kind="phase", ordered=True,
    )  # fmt: skip


def _dictionaries(body: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [item for item in body.get(name, ()) if isinstance(item, dict)]


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
