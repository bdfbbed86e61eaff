"""Checking a review: every quote must stand where it says, every changed file be quoted, every guard be answered."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from state.answers import one_line, quoted
from state.errors import Problem, Refusal
from state.model import Model
from tools.engine.repository.changes import ChangedLines

Independence = Literal["subagent", "other_session", "person", "fresh_pass"]
Text = Annotated[str, Field(max_length=8000)]
FILES_TO_QUOTE: Final = 12
HUNKS_TO_QUOTE: Final = 20
LEAVE: Final = "base:"


class Quote(Model):
    """A changed line, word for word; `at` is path:line at the candidate, or base:path:line for a line that was removed."""

    at: Text
    text: Text


class GuardAnswer(Model):
    """Whether a guard of factory.md holds, and how one sees it."""

    guard: Text
    holds: bool
    evidence: Text = ""


class Issue(Model):
    """Something that the reviewer found."""

    severity: Literal["critical", "important", "minor"]
    at: Text = ""
    text: Text


class Review(Model):
    """What a reviewer hands in."""

    role: Literal["reviewer"]
    reviewer: Annotated[str, Field(min_length=1, max_length=200)]
    independence: Independence
    decision: Literal["pass", "changes", "fail"]
    quotes: Annotated[tuple[Quote, ...], Field(max_length=50)]
    guards: Annotated[tuple[GuardAnswer, ...], Field(max_length=50)]
    issues: Annotated[tuple[Issue, ...], Field(max_length=50)] = ()


def verify_review(review: Review, changed: dict[str, ChangedLines], guards: tuple[str, ...]) -> None:
    """Raises Refusal BAD_REPORT with every missing quote and guard at once."""
    problems = [problem for number, quote in enumerate(review.quotes, 1) if (problem := _quote_problem(number, quote, changed))]
    problems += _missing_quotes(review, changed)
    answered = {answer.guard for answer in review.guards}
    problems += [Problem("guards", "no answer", f"an answer to {one_line(guard)!r}, word for word") for guard in guards if guard not in answered]
    unknown = [answer.guard for answer in review.guards if answer.guard not in guards]
    problems += [Problem("guards", one_line(guard), "one of the guards of factory.md, word for word") for guard in unknown]
    if review.decision == "pass" and any(issue.severity == "critical" for issue in review.issues):
        problems.append(Problem("decision", "pass with a critical issue", "changes or fail"))
    if problems:
        raise Refusal("BAD_REPORT", f"the review has {len(problems)} problems", problems=problems)


def _quote_problem(number: int, quote: Quote, changed: dict[str, ChangedLines]) -> Problem | None:
    path, line = _place(quote.at)
    where = f"quotes[{number}]"
    side = "removed" if quote.at.startswith(LEAVE) else "added"
    lines = changed.get(path)
    if lines is None:
        return Problem(where, quoted(quote.at), f"path:line of a changed file: {', '.join(map(quoted, list(changed)[:8]))}")
    texts = _texts(lines, side)
    if line not in texts:
        return Problem(where, quoted(quote.at), f"a line that was {side}, such as {_near(texts, line)}")
    if texts[line].split() != quote.text.split():
        return Problem(where, one_line(quote.text), f"the text of {quoted(quote.at)}: {one_line(texts[line])!r}")
    return None


def _missing_quotes(review: Review, changed: dict[str, ChangedLines]) -> list[Problem]:
    places = [(*_place(quote.at), "removed" if quote.at.startswith(LEAVE) else "added") for quote in review.quotes]
    files = [path for path, lines in changed.items() if not lines.binary and lines.hunks][:FILES_TO_QUOTE]
    missing = [Problem("quotes", "none", f"a changed line of {quoted(path)}") for path in files if all(place[0] != path for place in places)]
    if review.independence != "fresh_pass":
        return missing
    hunks = [(path, hunk) for path, lines in changed.items() for hunk in lines.hunks][:HUNKS_TO_QUOTE]
    for path, hunk in hunks:
        added = range(hunk.new_start, hunk.new_start + len(hunk.added))
        removed = range(hunk.old_start, hunk.old_start + len(hunk.removed))
        if not any(at == path and (line in (added if side == "added" else removed)) for at, line, side in places):
            place = f"{quoted(path)}:{hunk.new_start}" if hunk.added else f"{LEAVE}{quoted(path)}:{hunk.old_start}"
            missing.append(Problem("quotes", "none", f"a line of the hunk at {place} (fresh_pass quotes every hunk)"))
    return missing


def _place(at: str) -> tuple[str, int]:
    """Path and line number of a quote; line 0 where none is given."""
    path, _, line = at.removeprefix(LEAVE).rpartition(":")
    return (path, int(line)) if line.isdecimal() else (at.removeprefix(LEAVE), 0)


def _texts(lines: ChangedLines, side: str) -> dict[int, str]:
    """Line number to text, of what a change added or removed."""
    if side == "added":
        return {hunk.new_start + offset: text for hunk in lines.hunks for offset, text in enumerate(hunk.added)}
    return {hunk.old_start + offset: text for hunk in lines.hunks for offset, text in enumerate(hunk.removed)}


def _near(texts: dict[int, str], line: int) -> str:
    if not texts:
        return "none here: this file only lost lines, quote base:path:line"
    number = min(texts, key=lambda known: abs(known - line))
    return f"{number}: {one_line(texts[number])!r}"


def stored_body(review: Review) -> dict[str, Any]:
    """The review as it is kept."""
    return review.model_dump(mode="json")
