"""Issues of a forge: brought into the backlog, each once, as data."""

from typing import Annotated, Any, Final

from pydantic import Field

from state.answers import SUMMARY_LIMIT, Answer, Next, one_line, untrusted
from state.issues import Issue
from tools.answering import answer
from tools.arguments import ShortTexts
from tools.engine.cycle.situation import observe
from tools.engine.forge.importing import Brought, bring_in, fetch_named, fetch_newest, forge_here
from tools.engine.forge.references import Project
from tools.engine.inheritance import take_in
from tools.engine.repository.own_folder import require_usable
from tools.engine.session import Session

SHOWN: Final = 10
BODY_SHOWN: Final = 2000
Issues = Annotated[ShortTexts, Field(max_length=20, description="42, owner/repo#42 or address; empty: this repository's 30 newest open ones.")]


def import_issues(session: Session, issues: Issues | None = None) -> Answer:
    """Fetch issues through gh or glab into the backlog, once each; needed before a focus on one."""
    require_usable(session.repository)
    take_in(session)
    named = bool(issues)
    brought = bring_in(session, fetch_named(session, issues) if issues else fetch_newest(session), named=named)
    fresh = [each for each in brought if each.how in ("new", "changed") or (named and each.how == "unchanged")]
    closed = [each.item.name for each in brought if each.how == "closed"]
    data = {
        "imported": [_shown(each, whole=named) for each in fresh[:SHOWN]],
        "unchanged": [each.item.name for each in brought if each.how == "unchanged"],
        "closed": closed,
    }
    situation = observe(session)
    here = forge_here(session) if named else None
    meant = [_word(here, each.issue) for each in brought if each.issue.state == "open"] if named else []
    ready = situation.cycle is None and situation.standing.is_ready
    found = answer(session, _said(brought), data, situation=situation, next_action=_next(meant, named=named) if ready else None)
    return found.model_copy(update={"total": len(fresh)} if len(fresh) > SHOWN else {})


def _next(meant: list[str], *, named: bool) -> Next | None:
    if meant:
        return Next(do="Take the issue up, if the person wants it.", tool="start_cycle", arguments={"mode": "focus", "focus": meant}, role="ceo")
    return None if named else Next(do="Look at what waits.", tool="list_backlog", role="ceo")


def _word(here: Project | None, issue: Issue) -> str:
    """How the issue is named in a focus: by its number alone where it is of this repository, else by its page."""
    return str(issue.number) if here is not None and here.address(issue.number) == issue.address else issue.address


def _said(brought: list[Brought]) -> str:
    counts = {how: [each.item.name for each in brought if each.how == how] for how in ("new", "changed", "closed", "unchanged")}
    parts = [_counted(how, names) for how, names in counts.items() if names]
    others = sum(not each.issue.own for each in brought if each.issue.state == "open")
    told = f" {others} of them opened by somebody else: for the person to decide about." if others else ""
    return one_line(f"Issues: {', '.join(parts)}.{told}", SUMMARY_LIMIT) if parts else "No issue is open there."


def _shown(brought: Brought, *, whole: bool) -> dict[str, Any]:
    """One issue; its words as data, the body where it was asked for by name."""
    issue = brought.issue
    return {
        "id": brought.item.name, "issue": issue.name, "own": issue.own, "state": issue.state, "category": brought.item.category,
        "title": untrusted(f"issue {issue.name}, title", issue.title),
        "body": untrusted(f"issue {issue.name}, body", issue.body[:BODY_SHOWN], BODY_SHOWN) if whole and issue.body else None,
    }  # fmt: skip


def _counted(how: str, names: list[str]) -> str:
    named = f" ({', '.join(names[:SHOWN])})" if how != "unchanged" else ""
    return f"{len(names)} {how}{named}"
