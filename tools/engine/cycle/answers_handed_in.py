"""What a role hands in may not know answers: a little is a note, more is sent back, and much is held against what the cycle keeps."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from state.cycles import Cycle, cycle, open_cycle
from state.errors import Problem, Refusal
from state.experiments import Experiment, experiment
from state.leaks import LeakageRefused, refused_in
from state.model import digest
from state.reports import reports_of_cycle
from tools.engine.contract import committed_at, standing
from tools.engine.experiment.candidate import current_tree
from tools.engine.gate.answers_in_texts import likely_in_texts, told
from tools.engine.gate.fingerprints import Fingerprints
from tools.engine.gate.leaks import add_up, leaks_of, level_of, said, weight_said
from tools.engine.gate.sources_of_answers import answers_of, known_answers, not_elsewhere
from tools.engine.repository.changes import changed_lines
from tools.engine.repository.objects import tree_of
from tools.engine.session import Session

LONGEST: Final = 40_000  # characters of a text that is looked at: no shape takes a longer one
SHOWN: Final = 20
_INSTANCE: Final = "instance"  # held against the runs by other rules, which name it themselves
_BLANK: Final = re.compile(r"\s")
_BETWEEN_WORDS: Final = re.compile(r"[\W_]+")
_FIELD: Final = re.compile(r"[a-z_]{1,20}")  # another name than that of a field may itself give something away


@dataclass(frozen=True)
class Ground:
    """What texts of a cycle are held against: the answers that are `known` of a commit with this tree."""

    cycle: Cycle
    tree: str
    known: Fingerprints


def notes_on_hypotheses(session: Session, of_cycle: Cycle, commit: str, hypotheses: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """A line for what is no more than a note. Raises Refusal LEAKAGE."""
    texts = {at: text for number, each in enumerate(hypotheses, 1) for at, text in _texts(each, f"hypotheses[{number}]")}
    ground = _ground(session, of_cycle, commit)
    return _notes(session, ground, texts, _told(session, of_cycle)) if ground else ()


def notes_on_report(session: Session, report: Mapping[str, Any], summary: str, number: int | None) -> tuple[str, ...]:
    """The same of a report on a cycle, or on an experiment; nothing where there is neither, which other rules refuse."""
    where = standing(session)
    with session.store.reading() as connection:
        found = experiment(connection, number) if number is not None else None
        of_cycle = cycle(connection, found.cycle) if found else open_cycle(connection, where.target)
    ground = _ground(session, of_cycle, found.base if found else where.tip) if of_cycle else None
    if ground is None:
        return ()
    instances = tuple(str(each.get(_INSTANCE, "")) for each in _objects(report.get("failures")))
    lines = _lines_of(session, found) if found is not None and report.get("role") == "reviewer" else ()
    texts = {"summary": summary, **dict(_texts(report, "report"))}
    return _notes(session, ground, texts, (*_told(session, ground.cycle), *instances, *lines))


def _ground(session: Session, of_cycle: Cycle, commit: str) -> Ground | None:
    """None where factory.md at the commit names no files of answers, or cannot be read, which other rules refuse."""
    configuration = committed_at(session.repository, commit).configuration
    tree = tree_of(session.repository, commit)
    known = known_answers(session.repository, tree, answers_of(configuration)).fingerprints if configuration else None
    return Ground(of_cycle, tree, known) if known and known.sources else None


def _notes(session: Session, ground: Ground, texts: Mapping[str, str], before: Sequence[str]) -> tuple[str, ...]:
    """Raises Refusal LEAKAGE for what is more than a note, and writes down that it did. What was told `before` is no secret."""
    likely = likely_in_texts(texts, told(before), ground.known)
    found = not_elsewhere(session.repository, ground.tree, likely, ground.known.sources, whole=True)
    by_field = groupby(sorted(found, key=lambda each: each.path), key=lambda each: each.path)
    lines = [(path, said(leak)) for path, group in by_field for leak in leaks_of(group)]
    weight = weight_said(found)
    level = level_of(weight)
    if level is None or level == "low":
        return tuple(f"{path} holds {kinds}: say it without" for path, kinds in lines)
    added_up = _written_down(session, ground.cycle, texts, LeakageRefused(cycle=ground.cycle.id, level=level, weight=weight, found=_shown(lines)))
    held = ". This cycle knew so much that a person looks at all it keeps" if added_up else ""
    raise Refusal(
        "LEAKAGE",
        f"{level}: {len(lines)} field{'s hold' if len(lines) > 1 else ' holds'} what files of answers hold; nothing was taken",
        problems=[Problem(path, kinds, "the same in words that give no answer away") for path, kinds in lines],
        expected=f"causes, categories and ideas, without values and words of those files{held}",
    )


def _shown(lines: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(f"{path}: {kinds}" for path, kinds in lines[:SHOWN])


def _written_down(session: Session, of_cycle: Cycle, texts: Mapping[str, str], refused: LeakageRefused) -> bool:
    """Whether the cycle's refusals add up now. The same texts again are refused again, and count once."""
    key = f"leakage:{of_cycle.id}:{digest(dict(texts))}"
    session.store.append(refused, actor=session.host.actor, channel=session.host.name, key=key)
    session.write_views()
    with session.store.reading() as connection:
        return add_up(refused_in(connection, of_cycle.id))


def _told(session: Session, of_cycle: Cycle) -> tuple[str, ...]:
    """What a person asked for in their own words, and the instances that failed, as the server named them."""
    with session.store.reading() as connection:
        analysis = reports_of_cycle(connection, of_cycle.id).get("failure_analyst")
    return (*of_cycle.focus, *(str(each["instance"]) for each in (analysis.body.get("failures", ()) if analysis else ())))


def _lines_of(session: Session, experiment: Experiment) -> tuple[str, ...]:
    """What the change itself says: the gate looks at that, and a review is to speak of it. Nothing where there is no worktree any more."""
    try:
        tree = current_tree(session, experiment)
    except Refusal:  # the review itself is refused for it, with what helps
        return ()
    changed = changed_lines(session.repository, tree_of(session.repository, experiment.base), tree)
    return tuple("\n".join((*hunk.added, *hunk.removed)) for lines in changed.values() for hunk in lines.hunks)


def _texts(value: Any, at: str) -> Iterator[tuple[str, str]]:
    """Every text of what is handed in, whatever its shape, by the field it stands in."""
    if isinstance(value, str):
        yield at, _readable(value[:LONGEST])
    elif isinstance(value, Mapping):
        for name, item in value.items():
            if name != _INSTANCE:
                yield from _texts(item, f"{at}.{name if _FIELD.fullmatch(str(name)) else '?'}")
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value, 1):
            yield from _texts(item, f"{at}[{number}]")


def _readable(text: str) -> str:
    """The text; one without a blank, as a path is, with its words beside it."""
    return text if _BLANK.search(text) else f"{text} {_BETWEEN_WORDS.sub(' ', text)}"


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
