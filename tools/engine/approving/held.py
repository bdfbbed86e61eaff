"""What a person is shown of a held experiment: what looked suspect, each thing once, the guards that it touches, and how to see the change."""

import re
from collections.abc import Collection, Iterable
from typing import Final

from state.answers import quoted, short
from state.experiments import Experiment
from tools.engine.approving.words import MESSAGE_LIMIT
from tools.engine.gate.checks import of_result
from tools.engine.gate.facts import Check, Facts
from tools.engine.gate.guards_known import known_guard, tests_stay

_PLACE: Final = re.compile(r"(?P<path>[^\s:]+):(?P<named>:| |\d+)(?P<rest>.+)")


def held_words(experiment: Experiment, facts: Facts, checks: tuple[Check, ...], see: str) -> str:
    """The words, the suspicion first; `see` is the command that shows the change."""
    guards = _about_tests(facts)
    delta = f"{experiment.delta:+.4f}" if experiment.delta is not None else "not measured"
    parts = [
        f"re:factory holds experiment {experiment.id}: {experiment.title}",
        "What looked suspect, and is yours to judge:",
        *(f"  - {line}" for line in points(_lines(checks, guards))),
        *(f"Guard of factory.md that this touches: {quoted(guard)}" for guard in guards),
        "",
        f"Delta {delta}. The change is in {experiment.worktree}; to see it: {see}",
        f"Accept this tree ({short(experiment.tree)})? Failing checks would still refuse it.",
    ]
    return "\n".join(parts)[:MESSAGE_LIMIT]


def points(lines: Iterable[str]) -> list[str]:
    """The same, all that speaks of one file in one point."""
    files: dict[str, list[str]] = {}
    for line in lines:
        found = _PLACE.fullmatch(line)
        files.setdefault(found["path"] if found else line, []).append(line)
    return [f"{path}: {'; '.join(map(_without_path, found))}" if len(found) > 1 else found[0] for path, found in files.items()]


def _without_path(line: str) -> str:
    """A line without the file that its point names already; the id of a test stays whole."""
    found = _PLACE.fullmatch(line)
    if found is None or found["named"] == ":":
        return line
    return f"line {found['named']}{found['rest']}" if found["named"].isdigit() else found["rest"]


def _about_tests(facts: Facts) -> list[str]:
    """The guards that say of tests what `tests_kept` says already."""
    known = ((guard, known_guard(guard)) for guard in facts.configuration.guards)
    return [guard for guard, found in known if found is not None and found.decides is tests_stay and found.decides(facts).result == "suspect"]


def _lines(checks: tuple[Check, ...], guards: Collection[str]) -> Iterable[str]:
    for check in of_result(checks, "suspect"):
        yield from (line for line in check.evidence if check.name != "guards" or not any(f": {quoted(guard)}: " in line for guard in guards))
