"""Checking a review: every quote must stand where it says, every changed file be quoted, every guard be answered."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from state.answers import clean, one_line, quoted
from state.errors import Problem, Refusal, counted
from state.model import Model
from tools.engine.gate.guards_known import asked_of_a_review
from tools.engine.gate.secrets_in_lines import has_secret
from tools.engine.repository.changes import ChangedLines, Hunk

Independence = Literal["subagent", "other_session", "person", "fresh_pass"]
Text = Annotated[str, Field(max_length=8000)]
FILES_TO_QUOTE: Final = 12
HUNKS_TO_QUOTE: Final = 20
KNOWN_SHOWN: Final = 8
SHORTEST_QUOTE: Final = 8  # characters of a line that evidence may be told by
LEAVE: Final = "base:"
NUMBERED: Final = re.compile(r"(.*):([0-9]{1,9})", re.DOTALL)
UNSAYABLE: Final = re.compile("[\ud800-\udfff]")  # a byte of a name or line that is not UTF-8: no report can hold it
Side = Literal["added", "removed"]


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
    guards: Annotated[tuple[GuardAnswer, ...], Field(max_length=50)] = ()
    issues: Annotated[tuple[Issue, ...], Field(max_length=50)] = ()


@dataclass(frozen=True)
class Place:
    """Where a quote says that it stands."""

    path: str
    line: int
    side: Side


def verify_review(review: Review, changed: Mapping[str, ChangedLines], guards: tuple[str, ...]) -> None:
    """Raises Refusal BAD_REPORT with every missing quote and guard at once. Guards that the server decides by itself need no answer."""
    problems = [problem for number, quote in enumerate(review.quotes, 1) if (problem := _quote_problem(number, quote, changed))]
    problems += _missing_quotes(review, changed)
    problems += _guard_problems(review, guards)
    problems += _without_evidence(review, asked_of_a_review(guards), changed)
    if review.decision == "pass" and any(issue.severity == "critical" for issue in review.issues):
        problems.append(Problem("decision", "pass with a critical issue", "changes or fail"))
    if problems:
        raise Refusal("BAD_REPORT", f"the review has {counted(problems)}", problems=problems)


def _quote_problem(number: int, quote: Quote, changed: Mapping[str, ChangedLines]) -> Problem | None:
    where = f"quotes[{number}]"
    if has_secret("", quote.text):
        return Problem(where, "a secret", "another line; what holds a secret is taken out of the change, and never stored")
    places = [place for place in _readings(quote.at) if place.path in changed]
    if not places:
        known = ", ".join(quoted(path) for path in list(changed)[:KNOWN_SHOWN])
        return Problem(where, quoted(quote.at), f"path:line of a changed file: {known}")
    texts = [_texts(changed[place.path], place.side).get(place.line) for place in places]
    if any(text is not None and _words(text) == _words(quote.text) for text in texts):
        return None
    place, text = next(((place, text) for place, text in zip(places, texts, strict=True) if text is not None), (places[0], None))
    if text is None:
        return Problem(where, quoted(quote.at), f"a line that was {place.side}, such as {_near(changed[place.path], place)}")
    return Problem(where, one_line(quote.text), f"the text of {quoted(quote.at)}: {_shown(text)}")


def _missing_quotes(review: Review, changed: Mapping[str, ChangedLines]) -> list[Problem]:
    """The changed files, and with fresh_pass the hunks, of which nothing is quoted. What has no lines, or a name that no text can hold, is spared."""
    places = {place for quote in review.quotes for place in _readings(quote.at)}
    sayable = {path: lines.hunks for path, lines in changed.items() if lines.hunks and not UNSAYABLE.search(path)}
    paths = {place.path for place in places}
    missing = [Problem("quotes", "none", f"a changed line of {quoted(path)}") for path in list(sayable)[:FILES_TO_QUOTE] if path not in paths]
    if review.independence != "fresh_pass":
        return missing
    hunks = [(path, hunk) for path, found in sayable.items() for hunk in found][:HUNKS_TO_QUOTE]
    for path, hunk in hunks:
        if not places & _places(path, hunk):
            place = f"{quoted(path)}:{hunk.new_start}" if hunk.added else f"{LEAVE}{quoted(path)}:{hunk.old_start}"
            missing.append(Problem("quotes", "none", f"a line of the hunk at {place} (fresh_pass quotes every hunk)"))
    return missing


def _guard_problems(review: Review, guards: tuple[str, ...]) -> list[Problem]:
    """Every guard that a review is asked for is answered once, word for word, and nothing but guards is."""
    answered = [answer.guard for answer in review.guards]
    problems = [
        Problem("guards", "no answer", f"an answer to {one_line(guard)!r}, word for word")
        for guard in asked_of_a_review(guards)
        if guard not in answered
    ]
    for guard in dict.fromkeys(answered):
        if guard not in guards:
            problems.append(Problem("guards", one_line(guard), "one of the guards of factory.md, word for word"))
        elif answered.count(guard) > 1:
            problems.append(Problem("guards", f"{answered.count(guard)} answers", f"one answer to {one_line(guard)!r}"))
    return problems


def _without_evidence(review: Review, asked: Collection[str], changed: Mapping[str, ChangedLines]) -> list[Problem]:
    """The answers that show nothing of the change: evidence names a changed file, or says a changed line."""
    lines = [words for each in changed.values() for hunk in each.hunks for text in (*hunk.added, *hunk.removed) if (words := " ".join(_words(text)))]
    telling = [*map(quoted, changed), *(words for words in lines if len(words) >= SHORTEST_QUOTE)]
    return [
        Problem(
            "guards", one_line(answer.evidence) or "no evidence", f"for {one_line(answer.guard)!r} a place of the change (path:line) or its words"
        )
        for answer in review.guards
        if answer.guard in asked and not any(said in " ".join(_words(answer.evidence)) for said in telling)
    ]


def _readings(at: str) -> list[Place]:
    """What a quote may mean by `at`: path:line at the candidate, and base:path:line of what was removed, as a path may itself begin so."""
    found = [_place(at, "added")]
    if at.startswith(LEAVE):
        found.append(_place(at.removeprefix(LEAVE), "removed"))
    return found


def _place(at: str, side: Side) -> Place:
    """Path and line number; line 0 where none is given."""
    found = NUMBERED.fullmatch(at)
    return Place(found[1], int(found[2]), side) if found else Place(at, 0, side)


def _places(path: str, hunk: Hunk) -> set[Place]:
    added = {Place(path, line, "added") for line in range(hunk.new_start, hunk.new_start + len(hunk.added))}
    return added | {Place(path, line, "removed") for line in range(hunk.old_start, hunk.old_start + len(hunk.removed))}


def _texts(lines: ChangedLines, side: Side) -> dict[int, str]:
    """Line number to text, of what a change added or removed."""
    if side == "added":
        return {hunk.new_start + offset: text for hunk in lines.hunks for offset, text in enumerate(hunk.added)}
    return {hunk.old_start + offset: text for hunk in lines.hunks for offset, text in enumerate(hunk.removed)}


def _words(text: str) -> list[str]:
    """What counts of a line: its words, as a reader sees them. Bytes that are not UTF-8 are shown as U+FFFD."""
    return clean(UNSAYABLE.sub("\ufffd", text)).split()


def _shown(text: str) -> str:
    """A line of the change as it may be said."""
    return "a line that holds a secret" if has_secret("", text) else repr(one_line(text))


def _near(lines: ChangedLines, place: Place) -> str:
    texts = _texts(lines, place.side)
    if texts:
        number = min(texts, key=lambda known: abs(known - place.line))
        return f"{number}: {_shown(texts[number])}"
    if not lines.hunks:
        return "none here: this file has no changed lines, quote another"
    return "none here: this file only lost lines, quote base:path:line" if place.side == "added" else "none here: this file only gained lines"


def stored_body(review: Review) -> dict[str, Any]:
    """The review as it is kept."""
    return review.model_dump(mode="json")
