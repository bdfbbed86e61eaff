"""Judging a history of calls against the log: every acknowledged call has exactly its events, in the order in which the callers saw them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final

from tests.support.nemesis import Said

Event = Mapping[str, Any]

# What two servers at once, or a wrong call, may be refused with; of BUSY also the reasons.
ALLOWED: Final = {
    "BAD_ARGUMENTS", "UNKNOWN_ID", "BAD_CONFIG", "BAD_REPORT", "BAD_HYPOTHESIS", "NO_CANDIDATE", "CONFLICT", "GATE", "OUT_OF_ORDER", "NOT_MEASURED",
    "ALREADY_DECIDED", "NOTHING_TO_APPROVE", "NEEDS_APPROVAL", "APPROVAL_VOID", "HELD", "BUSY", "BARRED",
}  # fmt: skip
BUSY: Final = re.compile(r"changed meanwhile|is locked by|moved while|has been writing|cannot move the factory's refs|is just being made")

CLOCK: Final = 0.001  # seconds: events say the time in whole milliseconds


@dataclass(frozen=True)
class Expected:
    """An event that a call leaves: its kind and what its payload must say; `must` where the call was acknowledged for it."""

    type: str
    fits: Callable[[Event], bool]
    must: bool


@dataclass
class Judgement:
    """What is wrong with a history, and which events each call was found to have made, by sequence number."""

    wrong: list[str] = field(default_factory=list)
    made: list[tuple[Said, int]] = field(default_factory=list)


def judge(history: Sequence[Sequence[Said]], log: Sequence[Event]) -> Judgement:
    """Compare the callers' histories with the log, oldest event first."""
    found = Judgement()
    for calls in history:
        found.wrong += [f"{said.tool} was refused: {said.structure['refused']}" for said in calls if said.structure and not _may_be_refused(said)]
        if calls:
            _account(calls, [event for event in log if event["channel"] == calls[0].server], found)
    _in_real_time(found)
    found.wrong += _decided_twice(log)
    approved = [event["payload"]["hash"] for event in log if event["type"] == "approval.answered" and event["payload"]["answer"] == "approve"]
    found.wrong += [f"{said} is approved, and not in the log" for calls in history for said in calls if not _is_approved(said, approved)]
    found.wrong += [f"{name} is approved twice" for name in set(approved) if approved.count(name) > 1]
    found.wrong += [f"{said} is acknowledged, and not in the log" for calls in history for said in calls if not _is_decided(said, log)]
    return found


def _may_be_refused(said: Said) -> bool:
    if not said.refused:
        return True
    what = str((said.structure or {})["refused"]["what"])
    return said.refused in ALLOWED and (said.refused != "BUSY" or BUSY.search(what) is not None)


def _account(calls: Sequence[Said], own: Sequence[Event], found: Judgement) -> None:
    """Give each of a caller's own events to one of its calls, in the same order; where that cannot be, say how far it went."""
    due = [(said, expected) for said in calls for expected in _left_by(said)]
    reached = [(0, 0)]

    def belongs(said: Said, expected: Expected, event: Event) -> bool:
        """Whether a call can have left this event: it says what the call asked for, and was written while the call was under way."""
        at = datetime.fromisoformat(event["at"]).timestamp()
        return event["type"] == expected.type and expected.fits(event) and said.asked - CLOCK <= at <= said.answered + CLOCK

    @cache
    def given(place: int, number: int) -> tuple[int, ...] | None:
        """For each thing due from `place` on the number of its event, -1 for none; None where the rest cannot be given out."""
        reached[0] = max(reached[0], (number, place))
        if place == len(due):
            return () if number == len(own) else None
        said, expected = due[place]
        if number < len(own) and belongs(said, expected, own[number]):
            rest = given(place + 1, number + 1)
            if rest is not None:
                return (number, *rest)
        rest = None if expected.must else given(place + 1, number)
        return None if rest is None else (-1, *rest)

    numbers = given(0, 0)
    if numbers is None:
        number, place = reached[0]
        event = f"event {own[number]['seq']} {own[number]['type']}" if number < len(own) else "no event"
        call = f"{due[place][0].tool} {dict(due[place][0].arguments)}" if place < len(due) else "no call"
        found.wrong.append(f"{calls[0].server}: {event} and {call} do not belong together")
        return
    found.made += [(said, int(own[number]["seq"])) for (said, _), number in zip(due, numbers, strict=True) if number >= 0]


def _left_by(said: Said) -> list[Expected]:
    """The events in a call's own name, in their order. One that was cut short, by a kill or by another server, may have left them."""
    if said.refused not in ("", "BUSY"):
        return []
    data, must = dict((said.structure or {}).get("data", {})), said.acknowledged
    match said.tool:
        case "discover_project":
            text = said.arguments.get("factory_md")
            return [Expected("draft.written", lambda event: text is None or event["payload"]["text"] == text, must)]
        case "start_cycle":
            return [Expected("cycle.started", lambda event: event["payload"]["cycle"] == data.get("cycle", event["payload"]["cycle"]), must)]
        case "propose_hypotheses":
            ids = [int(item["id"][1:]) for item in data.get("accepted", ())]
            return [Expected("hypotheses.proposed", lambda event: not ids or [each["id"] for each in event["payload"]["hypotheses"]] == ids, must)]
        case "start_experiment":
            item = str(said.arguments["item"])[1:]
            return [Expected("experiment.started", lambda event: str(event["payload"]["hypothesis"]) == item, must)]
        case "submit_report":
            return _of_a_report(said, data, must=must)
        case "verdict":
            # Two servers may give the same keep at once, and only one of them writes it.
            return [Expected("verdict.given", lambda event: _same(event, said), must=False)]
        case _:
            return []


def _of_a_report(said: Said, data: Mapping[str, Any], *, must: bool) -> list[Expected]:
    role = said.arguments["report"].get("role")
    name = data.get("report_id")
    report = Expected("report.submitted", lambda event: event["payload"]["role"] == role and name in (None, f"r{event['payload']['report']}"), must)
    if role != "ceo":
        return [report]
    abandoned = [Expected("verdict.given", lambda event: event["payload"]["decision"] == "abandon", must=False) for _ in range(10)]
    return [report, *abandoned, Expected("cycle.ended", lambda event: event["payload"]["how"] == "aborted", must=False)]


def _same(event: Event, said: Said) -> bool:
    return (event["payload"]["experiment"], event["payload"]["decision"]) == (said.arguments["experiment"], said.arguments["decision"])


def _in_real_time(found: Judgement) -> None:
    """What was answered before another call was made stands before it in the log."""
    newest, answered = 0, sorted(found.made, key=lambda each: each[0].answered)
    done = 0
    for said, seq in sorted(found.made, key=lambda each: each[0].asked):
        while done < len(answered) and answered[done][0].answered < said.asked:
            newest = max(newest, answered[done][1])
            done += 1
        if seq < newest:
            found.wrong.append(f"{said.server}: {said.tool} made event {seq}, although event {newest} was acknowledged before it was asked for")


def _decided_twice(log: Sequence[Event]) -> list[str]:
    """An experiment is decided once, unless its keep was withdrawn because the target moved."""
    decided: dict[int, str] = {}
    wrong = []
    for event in log:
        number = event["payload"].get("experiment")
        if event["type"] == "keep.withdrawn":
            decided.pop(number, None)
        elif event["type"] == "verdict.given":
            if number in decided:
                wrong.append(f"event {event['seq']}: experiment {number} is decided again: {event['payload']['decision']} after {decided[number]}")
            decided[number] = event["payload"]["decision"]
    return wrong


def _is_approved(said: Said, approved: Sequence[str]) -> bool:
    """Whether what a caller was told is approved was approved, by whomever."""
    data = dict((said.structure or {}).get("data", {}))
    if said.tool != "request_approval" or data.get("status") != "approved":
        return True
    return any(name.startswith(data["shown_hash"]) for name in approved)


def _is_decided(said: Said, log: Sequence[Event]) -> bool:
    """Whether an acknowledged verdict that changed the experiment stands in the log, whoever wrote it."""
    state = (said.structure or {}).get("data", {}).get("state")
    if said.tool != "verdict" or said.refused or state not in ("landed", "reverted", "error"):
        return True
    return any(event["type"] == "verdict.given" and _same(event, said) for event in log)
