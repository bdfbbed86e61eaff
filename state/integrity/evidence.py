"""What stands outside the database and proves what was in it: anchors in git, and the lines of the log."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from state.approvals import ApprovalAnswered
from state.chain import Link, link_of_line
from state.errors import Refusal
from state.experiments import HeldApproved, VerdictGiven
from state.files import last_line
from state.integrity.findings import REBUILD, REPAIR, Fault
from state.landings import LandingDone
from state.losses import given_up
from state.rows import many, one

if TYPE_CHECKING:
    import sqlite3

# What is anchored: these events, but for landings that were withdrawn, and for what a person said of a held tree without accepting it.
_ONLY: Final = (("outcome", "landed"), ("subject", "evaluation"))
_ANCHORED: Final = (ApprovalAnswered.type, HeldApproved.type, VerdictGiven.type, LandingDone.type)


@dataclass(frozen=True)
class Anchor:
    """A word, kept in git at `where`, that event `seq` had this hash."""

    seq: int
    hash: str
    where: str


def unkept_anchors(connection: "sqlite3.Connection", anchors: Iterable[Anchor]) -> list[Fault]:
    """Every anchor that the store does not hold, but for those that a person gave up."""
    last = one(connection, "SELECT MAX(seq) AS seq FROM events")
    end = int(last["seq"] or 0) if last else 0
    accepted = given_up(connection)
    held, faults = 0, []
    for anchor in sorted(set(anchors), key=lambda anchor: (anchor.seq, anchor.where)):
        row = one(connection, "SELECT hash FROM events WHERE seq = ?", anchor.seq)
        if anchor.hash in accepted:
            continue
        if row is None:
            what = f"event {anchor.seq} was anchored, and the store ends at event {end}: {anchor.seq - end} of its events are missing"
            faults.append(Fault(anchor.where, what, f"event {anchor.seq} with hash {anchor.hash[:12]}", REBUILD))
        elif row["hash"] != anchor.hash:
            what = f"event {anchor.seq} has hash {str(row['hash'])[:12]}: the history was written anew behind event {held}"
            faults.append(Fault(anchor.where, what, f"{anchor.hash[:12]}, as it was anchored", REBUILD))
        else:
            held = anchor.seq
    return faults


def anchored_events(connection: "sqlite3.Connection") -> list[int]:
    """The first two events that were to be anchored, and the last: at each of them the head of the chain goes into git."""
    marks = ", ".join("?" * len(_ANCHORED))
    outcome, subject = (f"COALESCE(json_extract(payload, '$.{name}'), '{usual}') = '{usual}'" for name, usual in _ONLY)
    meant = f"{outcome} AND {subject}"
    question = f"SELECT seq FROM events WHERE type IN ({marks}) AND {meant} ORDER BY seq"  # noqa: S608 - question marks and constant text
    every = [int(row["seq"]) for row in many(connection, question, *_ANCHORED)]
    return [*every[:2], *every[2:][-1:]]


def require_anchored(connection: "sqlite3.Connection", anchor: Anchor) -> None:
    """Raises Refusal STORE_BROKEN where the store does not hold an event that was anchored."""
    for fault in unkept_anchors(connection, [anchor]):
        raise Refusal("STORE_BROKEN", f"the store is not the one that was here: {fault.found}", where=[fault.where], expected=REBUILD)


def require_no_log(connection: "sqlite3.Connection", log: Path) -> None:
    """Raises Refusal STORE_BROKEN for an empty store beside the log of one that had events: it was lost, and must not begin anew in silence."""
    if one(connection, "SELECT seq FROM events LIMIT 1") is not None or log.is_symlink():
        return
    link = link_of_line(last_line(log)[0])
    if link is not None and link.hash == link.expected_hash():
        what = f"the store is lost: it is empty, and its log has {link.seq} events"
        raise Refusal("STORE_BROKEN", what, where=[str(log)], expected=f"{REBUILD}; to begin anew instead, move {log} away")


def witness(log: Path, newest: Callable[[], Anchor | None]) -> "Callable[[sqlite3.Connection], None]":
    """What a store is held against when it is opened: the newest anchor, and where it has no event, the last line of its log."""

    def look(connection: "sqlite3.Connection") -> None:
        anchor = newest()  # before the store is asked: what is anchored was in it then
        require_no_log(connection, log)
        if anchor is not None:
            require_anchored(connection, anchor)

    return look


def lines_of(log: Path) -> Iterator[str]:
    """The whole lines of a log, without their ends; one torn at the end, by whoever died while writing it, does not count.

    What is not UTF-8 stays recognisable as no event. Raises OSError.
    """
    if log.is_file() and not log.is_symlink():
        with log.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    yield line[:-1].decode("utf-8", "replace")


def log_against(found: Iterable[Link], log: Path) -> tuple[str, list[Fault]]:
    """What the log has of these events: one line to say it, and every line that is another than the event's own."""
    expected, faults, count = iter(found), [], 0
    for number, line in enumerate(lines_of(log), 1):
        count = number
        link = next(expected, None)
        if link is None:
            mend = REPAIR if link_of_line(line) is None else REBUILD  # only an event may be one that the store lost
            faults.append(Fault(f"{log}:{number}", "a line more than the store has events", f"at most {number - 1} lines", mend))
            break
        if line != link.line():
            faults.append(Fault(f"{log}:{number}", "the line was altered", f"event {number} as the store has it", REPAIR))
    behind = sum(1 for _ in expected) if not faults else 0
    if behind:
        faults.append(Fault(str(log), f"it ends at event {count}", f"{behind} more events, which the store has", REPAIR))
    return f"{count} lines", faults
