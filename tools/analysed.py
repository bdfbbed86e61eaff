"""What answers tell of failed instances: those to explain, as their runs tell of them, and what an analysis of them came to."""

from typing import Any, Final

from state.answers import one_line, untrusted
from state.cycles import Cycle
from tools.answering import without_empty
from tools.engine.research.failed_runs import analyses, failed_runs
from tools.engine.research.failures import Failing, difference, said
from tools.engine.session import Session

ROOM: Final = 2000  # characters of the instances in a brief
_FROM: Final = "the runs' own results"


def failed_shown(session: Session, cycle: Cycle) -> dict[str, Any]:
    """For the failure analyst: each failed instance with what the runs say of it, as data; and the categories that the last analysis used."""
    found, known = failed_runs(session, cycle), analyses(session, cycle.id)
    lines, length = [], 0
    for each in found.failing:
        line = failing_said(each)
        length += len(line) + 1
        if length > ROOM:
            break
        lines.append(line)
    left = len(found.failing) - len(lines)
    return without_empty(
        {
            "runs": len(found.runs),
            "instances": len(found.failing),
            "failed": untrusted(_FROM, "\n".join(lines), ROOM) if lines else None,
            "counted": found.said,
            "more": _behind(len(found.failing), left),
            "known_categories": list(known.before),
        }
    )


def _behind(failing: int, left: int) -> str:
    """Where the output of what failed is to be seen; nowhere where nothing did."""
    if not failing:
        return ""
    return f"{left} more, and the output behind each: study_project, topic failures" if left else "output behind each: study_project X1"


def failing_said(failing: Failing) -> str:
    """A failed instance in a line: how often it failed, where, and why as its runs tell it."""
    where = f", stage {', '.join(failing.stages[:3])}" if failing.stages else ""
    why = f": {', '.join(failing.causes[:3])}" if failing.causes else ""
    return one_line(f"{failing.instance} failed in {failing.failed} of {failing.runs} runs{where}{why}", 200)


def analysis_said(session: Session, cycle: Cycle, report: str) -> str:
    """The summary of an accepted analysis."""
    found = analyses(session, cycle.id)
    changed = f" Since cycle {found.before_in}: {difference(found.before, found.now)}." if found.before_in is not None else ""
    return one_line(f"The failure analysis is taken as {report}: {said(found.now)}.{changed}", 300)


def analysis_shown(session: Session, cycle: Cycle) -> dict[str, Any]:
    """The distribution that an analysis came to, and what became of the last one's."""
    found = analyses(session, cycle.id)
    changed = {"cycle": found.before_in, "changed": difference(found.before, found.now)} if found.before_in is not None else None
    return {"distribution": found.now, "since": changed}
