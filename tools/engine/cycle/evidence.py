"""Where it hurts, as lines with ids that a proposal names as its evidence; and which ids there are."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from state import experiments
from state.answers import one_line, quoted
from state.backlog import BacklogItem, backlog_item, backlog_page
from state.baselines import Baseline
from state.cycles import Cycle
from state.imported import imported_experiment
from state.sources import archived_sources
from state.track_record import last_lessons
from tools.engine.contract import Contract
from tools.engine.experiment.measuring import stored_baseline
from tools.engine.research.failed_runs import analyses, failed_runs
from tools.engine.research.failures import difference, said
from tools.engine.session import Session
from tools.engine.study.hotspots import hot_files
from tools.engine.study.hurting import broken_constraints, unmeasured, weak_ones, weakest
from tools.engine.study.untested import untested_functions

WEAK_SHOWN: Final = 4
HOTSPOTS_SHOWN: Final = 3
WAITING_SHOWN: Final = 3
LESSONS_SHOWN: Final = 3
FAILING_SHOWN: Final = 8
DIGEST_LIMIT: Final = 2900  # characters of all lines together
LINE_LIMIT: Final = 300
OWN_WORDS: Final = frozenset(("user", "host", "strategist"))  # sources of backlog items whose words came from this project's own callers
QUOTED_AT_LEAST: Final = 3  # words in a row of the person's, or all of them where they are fewer
MEANING: Final = {
    "W": "a weak dimension", "C": "a broken constraint", "F": "a hotspot", "U": "an untested function", "B": "an open backlog item",
    "A": "a decided experiment", "S": "a source",
}  # fmt: skip
_ID: Final = re.compile(r"(?<![\w/.-])(?P<kind>[WCFUBAS])(?P<number>[1-9][0-9]{0,8})(?!\w)")
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True)
class Evidence:
    """What can be named: `counts` are the highest numbers of W, C, F and U, a missing one is not known now; the others are named one by one."""

    counts: Mapping[str, int]
    backlog: frozenset[int]
    experiments: frozenset[int]
    sources: frozenset[int]

    def has(self, name: str) -> bool:
        """Whether an id is one of these. What cannot be known before there is a baseline counts as there."""
        kind, number = name[0], int(name[1:])
        single = {"B": self.backlog, "A": self.experiments, "S": self.sources}
        return number in single[kind] if kind in single else number <= self.counts.get(kind, number)

    def said(self) -> str:
        """The ids that there are, in words."""
        ranges = [f"{kind}1" if count == 1 else f"{kind}1 to {kind}{count}" for kind, count in self.counts.items() if count]
        single = [f"{kind}{number}" for kind, numbers in self._single() for number in islice(sorted(numbers), WAITING_SHOWN)]
        return ", ".join([*ranges, *single]) or "there is none yet"

    def is_empty(self) -> bool:
        """Whether there is nothing at all to name."""
        return not any(self.counts.values()) and not any(numbers for _, numbers in self._single())

    def _single(self) -> list[tuple[str, frozenset[int]]]:
        return [("B", self.backlog), ("A", self.experiments), ("S", self.sources)]


def digest_of(session: Session, cycle: Cycle, contract: Contract, baseline: Baseline) -> list[str]:
    """Where it hurts: C for hard constraints that do not hold, W for weak dimensions, F for the files that changed most, B for what waits on the
    backlog, A for what the last experiments taught; in research, which raises another number, what failed stands there, and W come last. Cut to
    DIGEST_LIMIT characters, the last lines first.
    """
    weak, missing = weakest(baseline), unmeasured(baseline)
    weakness = [f"W{number} {row.name} {row.value:.3f}: {row.detail}" for number, row in enumerate(weak[:WEAK_SHOWN], 1)]
    weakness += [f"W{len(weak) + 1} not measured: {row.name}, {row.detail}" for row in missing[:1]]
    lines = [f"{name} hard constraint that does not hold: {quoted(line)}" for name, line in broken_constraints(baseline)]
    lines += weakness if cycle.mode != "research" else _failures(session, cycle)
    spots = hot_files(session.repository, cycle.base, contract.configuration.modifiable)[:HOTSPOTS_SHOWN]
    lines += [f"{spot.name} {quoted(spot.path)}: in {spot.changes} of the latest commits, {spot.lines} lines" for spot in spots]
    with session.store.reading() as connection:
        waiting = backlog_page(connection, limit=WAITING_SHOWN)
        lessons = last_lessons(connection, LESSONS_SHOWN)
    lines += [f"{item.name} backlog, {waits(item)}" for item in waiting]
    lines += [f"A{tried.experiment} lesson of {one_line(tried.title, 80)}: {one_line(tried.lesson)}" for tried in lessons]
    lines += [f"uncovered: {quoted(path)} ({count} lines)" for path, count in baseline.uncovered]
    lines += weakness if cycle.mode == "research" else []
    return _cut([one_line(line, LINE_LIMIT) for line in lines])


def _failures(session: Session, cycle: Cycle) -> list[str]:
    """What failed in the runs that a research cycle begins from, and what the analyses of this cycle and the last made of it."""
    found, known = failed_runs(session, cycle), analyses(session, cycle.id)
    named = ", ".join(f"{each.instance} {each.failed}/{each.runs}" for each in found.failing[:FAILING_SHOWN])
    more = len(found.failing) - FAILING_SHOWN
    lines = [f"failed in the head's runs: {named}{f' and {more} more' if more > 0 else ''} (study_project, topic failures)"] if named else []
    lines += [f"failure analysis before, cycle {known.before_in}: {said(known.before)}"] if known.before else []
    now = f"failure analysis: {difference(known.before, known.now) if known.before else said(known.now)}"
    return lines + ([now] if known.now else [])


def waits(item: BacklogItem) -> str:
    """A backlog item in a line. Words that came from outside are data, and are shown by list_backlog alone."""
    words = one_line(item.text) if item.source in OWN_WORDS else f"from {item.source}; its words: list_backlog"
    return f"{item.priority}{f', {item.category}' if item.category else ''}: {words}"


def evidence(session: Session, cycle: Cycle, contract: Contract, named: Iterable[str]) -> Evidence:
    """What there is to name now, as far as `named` ids, or an empty set of them, ask for it."""
    baseline, wanted = stored_baseline(session, contract, cycle.base), {name: int(name[1:]) for name in named}
    counts = {"F": len(hot_files(session.repository, cycle.base, contract.configuration.modifiable))}
    if baseline is not None:
        counts |= {"W": len(weak_ones(baseline)), "C": len(baseline.broken_constraints)}
        if any(name[0] == "U" for name in wanted):  # study_project alone shows them: looked for when one is named
            counts["U"] = len(untested_functions(session, baseline, contract.configuration))
    with session.store.reading() as connection:
        waiting = {item.id for item in backlog_page(connection, limit=WAITING_SHOWN)}
        waiting |= {
            number for name, number in wanted.items() if name[0] == "B" and (item := backlog_item(connection, number)) and item.state == "open"
        }
        decided = {tried.experiment for tried in last_lessons(connection, LESSONS_SHOWN)}
        for number in (number for name, number in wanted.items() if name[0] == "A"):
            made = experiments.experiment(connection, number)
            if (made is not None and made.decision is not None) or imported_experiment(connection, number) is not None:
                decided.add(number)
        sources = frozenset(source.id for source in archived_sources(connection))
    return Evidence(counts, frozenset(waiting), frozenset(decided), sources)


def named_in(text: str) -> list[str]:
    """The ids that a text names, each once: W1, B12."""
    return list(dict.fromkeys(found["kind"] + found["number"] for found in _ID.finditer(text)))


def quotes(text: str, focus: Iterable[str]) -> bool:
    """Whether a text holds the person's words: QUOTED_AT_LEAST of them in a row, or all of them where they are fewer."""
    words = f" {' '.join(_words(text))} "
    return any(f" {' '.join(run)} " in words for said in focus for run in _runs(_words(said)))


def _cut(lines: list[str]) -> list[str]:
    shown, length = [], 0
    for line in lines:
        length += len(line)
        if length > DIGEST_LIMIT:
            break
        shown.append(line)
    return shown


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _runs(words: list[str]) -> list[list[str]]:
    size = min(len(words), QUOTED_AT_LEAST)
    return [words[place : place + size] for place in range(len(words) - size + 1)] if words else []
