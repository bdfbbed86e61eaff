"""reviews/: what each role handed in last, and what was decided on the work of a role."""

from collections.abc import Callable
from typing import Any, Final, get_args

from state.cycles import hypotheses_of, newest_cycle
from state.decisions import newest_decided
from state.reports import Report, ReportSubmitted, latest_report
from state.views.decided import decided
from state.views.strategy import HYPOTHESES, more
from state.views.text import block, code, line, page, pretty
from state.views.view import Source

ROLES: Final[tuple[str, ...]] = get_args(ReportSubmitted.model_fields["role"].annotation)
# The original's three words for a decision on a role's work.
WORDS: Final = {
    **dict.fromkeys(("keep", "pass"), "PROCEED"),
    **dict.fromkeys(("revert", "supersede", "changes"), "REDIRECT"),
    **dict.fromkeys(("abandon", "fail", "abort"), "ABORT"),
}
# What the body of a report says again elsewhere in the file, or in a form of its own.
_SAID: Final = frozenset(("role", "decision", "reviewer", "independence", "quotes", "guards", "issues", "feedback", "about"))


def latest(role: str) -> Callable[[Source], bytes | None]:
    """<role>-latest.md: the newest report of a role."""

    def render(source: Source) -> bytes | None:
        found = latest_report(source.connection, role)
        return report_page(found) if found else None

    return render


def report_page(found: Report) -> bytes:
    """A report as a Markdown page."""
    body = found.body
    of = f" of experiment {found.experiment}" if found.experiment is not None else ""
    by = f"by {line(str(body['reviewer']), 200)} ({line(str(body.get('independence', 'unknown')), 40)})" if body.get("reviewer") else ""
    tree = f"candidate tree {found.tree[:7]}" if found.tree else ""
    rest = {name: value for name, value in body.items() if name not in _SAID and value}
    return page(
        f"# {found.role}: report R{found.id}{of}",
        f"**Verdict:** {line(found.decision, 40)}",
        ", ".join(filter(None, (by, tree))),
        block(found.summary),
        *_list("Issues", [_issue(each) for each in _dictionaries(body, "issues")]),
        *_list("Guards", [_guard(each) for each in _dictionaries(body, "guards")]),
        *_list("Quoted lines", [f"- {code(str(each.get('at')))}: {code(str(each.get('text')))}" for each in _dictionaries(body, "quotes")]),
        *(["## Feedback", block(str(body["feedback"]))] if body.get("feedback") else []),
        *(["## More", f"```json\n{pretty(rest).decode().rstrip()}\n```"] if rest else []),
    )


def _dictionaries(body: dict[str, Any], name: str) -> list[dict[str, Any]]:
    items = body.get(name)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list | tuple) else []


def _list(title: str, lines: list[str]) -> list[str]:
    return [f"## {title}", "\n".join(lines)] if lines else []


def _issue(issue: dict[str, Any]) -> str:
    at = f" at {code(str(issue['at']))}" if issue.get("at") else ""
    return f"- {line(str(issue.get('severity', 'issue')), 20)}{at}: {line(str(issue.get('text', '')), 1000)}"


def _guard(answer: dict[str, Any]) -> str:
    evidence = f": {line(str(answer['evidence']), 1000)}" if answer.get("evidence") else ""
    return f"- {'holds' if answer.get('holds') else 'DOES NOT HOLD'}: {line(str(answer.get('guard', '')))}{evidence}"


def on_builder(source: Source) -> bytes | None:
    """ceo-verdict-builder.md: the newest verdict on a change."""
    newest = newest_decided(source.connection, 1)
    found = decided(source, newest[0]) if newest else None
    if found is None:
        return None
    given, made = found.given, found.experiment
    return page(
        f"# Verdict on experiment {made.id}: {line(made.title)}",
        f"**Verdict:** {WORDS[given.decision]} ({found.became})",
        f"**Rationale:** {line(given.reason, 1000)}",
        *([f"**Lesson:** {line(given.lesson, 1000)}"] if given.lesson.strip() else []),
        *_list("What the gate saw", [f"- {line(name, 60)}: {line(result, 60)}" for name, result in given.checks.items()]),
    )


def on_strategist(source: Source) -> bytes | None:
    """ceo-verdict-strategist.md: what became of the newest cycle's proposals as a set."""
    cycle = newest_cycle(source.connection)
    items = hypotheses_of(source.connection, cycle.id, HYPOTHESES) if cycle else []
    if cycle is None or not items:
        return None
    ended = latest_report(source.connection, "ceo") if cycle.state == "aborted" else None
    rationale = ended.summary if ended else "Accepted together, in this order."
    return page(
        f"# Verdict on the hypotheses of cycle {cycle.id}",
        f"**Verdict:** {'ABORT' if cycle.state == 'aborted' else 'PROCEED'} (cycle {cycle.state})",
        f"**Rationale:** {line(rationale, 1000)}",
        "\n".join(f"- {item.name}, {item.content.category}: {line(item.content.title)}" for item in items),
        more(items),
    )
