"""What can be found out of a project, a line each under an id that a model can ask for whole: by topic, or by words."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal

from state.answers import one_line, quoted, untrusted
from state.backlog import backlog_item, backlog_page
from state.experiment_pages import page
from state.issues import open_issues
from state.lessons import lessons_taught
from state.sources import archived_sources
from state.totals import counts_by_category
from tools.engine.backlog.showing import item_shown
from tools.engine.research.failed_runs import Analyses, analyses
from tools.engine.research.failures import difference
from tools.engine.research.failures import said as said_of
from tools.engine.study.hurting import broken_constraints, weak_ones
from tools.engine.study.subject import Subject

Topic = Literal["weak", "hotspots", "untested", "failures", "lessons", "issues", "insights", "sources"]
LINE: Final = 200  # characters of an item's text
LATEST: Final = 200  # lessons, experiments and items that are looked through
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True)
class Item:
    """One finding. `text` is a line, or such a line fenced; `at` a place in the repository or an address; `searched` what words are looked for in."""

    id: str
    text: str | dict[str, Any]
    at: str = ""
    numbers: Mapping[str, float | int | str] = field(default_factory=dict)
    searched: str = ""

    def shown(self) -> dict[str, Any]:
        """As an answer lists it."""
        return {"id": self.id, "at": self.at, "numbers": dict(self.numbers), "text": self.text}


def of_topic(subject: Subject, topic: Topic) -> list[Item]:
    """Everything of one topic, what matters most first."""
    return list(TOPICS[topic](subject))


def with_words(subject: Subject, words: str) -> list[Item]:
    """What of every topic, of the backlog and of the experiments says all of these words; where nothing does, what says most of them."""
    wanted = {word.lower() for word in _WORD.findall(words)}
    found: dict[str, tuple[int, Item]] = {}
    for item in (*(each for read in TOPICS.values() for each in read(subject)), *_backlog(subject), *_experiments(subject)):
        said = f"{item.id} {item.at} {item.searched or item.text}".lower()
        if hits := sum(word in said for word in wanted):
            found.setdefault(item.id, (hits, item))
    most = max((hits for hits, _ in found.values()), default=0)
    return [item for hits, item in found.values() if hits == most]


def _weak(subject: Subject) -> Iterator[Item]:
    if subject.baseline is None:
        return
    for name, line in broken_constraints(subject.baseline):
        yield Item(name, f"hard constraint that does not hold: {one_line(line, LINE)}")
    for weak in weak_ones(subject.baseline):
        row = weak.row
        numbers = {"value": round(row.value, 4), "weight": round(row.weight, 4)} if row.value is not None else {"weight": round(row.weight, 4)}
        yield Item(weak.name, one_line(f"{'' if row.value is not None else 'not measured: '}{row.name}: {row.detail}", LINE), numbers=numbers)


def _hotspots(subject: Subject) -> Iterator[Item]:
    for spot in subject.hotspots:
        yield Item(spot.name, "", quoted(spot.path), {"changes": spot.changes, "lines": spot.lines})


def _untested(subject: Subject) -> Iterator[Item]:
    for each in subject.untested:
        yield Item(each.name, quoted(each.function), f"{quoted(each.path)}:{each.line}")


def _failures(subject: Subject) -> Iterator[Item]:
    """What failed in the runs of the head, and what the analyses made of it."""
    for number, each in enumerate(subject.failed.failing, 1):
        said = f"stage {', '.join(each.stages) or 'not told'}; {', '.join(each.causes) or 'no cause told'}"
        numbers = {"failed": each.failed, "runs": each.runs}
        yield Item(f"X{number}", untrusted(f"instance {each.instance}", one_line(said, LINE)), each.instance, numbers, said)
    found = analyses(subject.session, subject.cycle.id) if subject.cycle and subject.cycle.mode == "research" else Analyses()
    if found.now:
        yield Item("analysis", f"cycle {subject.cycle.id if subject.cycle else ''}: {said_of(found.now)}")
    if found.before:
        since = f"; since then: {difference(found.before, found.now)}" if found.now else ""
        yield Item("analysis before", one_line(f"cycle {found.before_in}: {said_of(found.before)}{since}", LINE))


def _lessons(subject: Subject) -> Iterator[Item]:
    with subject.session.store.reading() as connection:
        found = lessons_taught(connection, LATEST)
    for each in found:
        said = one_line(each.lesson, LINE)
        yield Item(each.name, f"{each.decision}, {each.category}: {said}", f"experiment {each.experiment}", searched=f"{each.title} {each.lesson}")


def _issues(subject: Subject) -> Iterator[Item]:
    with subject.session.store.reading() as connection:
        found = [(backlog_item(connection, each.item), each.issue) for each in open_issues(connection)]
    for item, issue in found:
        if item is not None:
            whose = "own" if issue.own else "somebody else's"
            title = untrusted(f"issue {issue.name}, title", issue.title)
            yield Item(item.name, title, issue.name, {"whose": whose, "item": item.state}, f"{issue.title} {issue.body} {' '.join(issue.labels)}")


def _insights(subject: Subject) -> Iterator[Item]:
    """What the project's own experiments come to by category; of others it is only known how many there are."""
    with subject.session.store.reading() as connection:
        counts = counts_by_category(connection)
    for number, (category, (kept, reverted, abandoned)) in enumerate(sorted(counts.items()), 1):
        total = kept + reverted + abandoned
        said = f"{category}: {kept} of {total} kept, {reverted} reverted, {abandoned} abandoned"
        yield Item(f"I{number}", said, numbers={"kept": kept, "decided": total})
    if others := subject.session.other_projects():
        yield Item(f"I{len(counts) + 1}", f"{others} other project{'s' * (others != 1)} decided experiments; nothing is learned from them yet")


def _sources(subject: Subject) -> Iterator[Item]:
    with subject.session.store.reading() as connection:
        found = archived_sources(connection)
    for each in reversed(found):
        told = untrusted(f"source {each.name}, as a researcher told it", one_line(each.claim, LINE))
        yield Item(each.name, told, quoted(each.address), searched=each.claim)


def _backlog(subject: Subject) -> Iterator[Item]:
    with subject.session.store.reading() as connection:
        found = backlog_page(connection, limit=LATEST)
    for each in found:
        yield Item(each.name, item_shown(subject.session, each, LINE)["text"], searched=each.text)


def _experiments(subject: Subject) -> Iterator[Item]:
    with subject.session.store.reading() as connection:
        found = page(connection, before=None, limit=LATEST)
    for each in found:
        name = f"A{each.id}" if each.decision else str(each.id)
        yield Item(name, f"{each.shown_state}: {one_line(each.title)}", f"experiment {each.id}", searched=f"{each.title} {each.reason or ''}")


TOPICS: Final[Mapping[Topic, Callable[[Subject], Iterator[Item]]]] = MappingProxyType(
    {
        "weak": _weak, "hotspots": _hotspots, "untested": _untested, "failures": _failures, "lessons": _lessons, "issues": _issues,
        "insights": _insights, "sources": _sources,
    }
)  # fmt: skip
