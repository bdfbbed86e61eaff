"""What coverage gains: lines that a test runs now and none ran before, never lines that went or came."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from tools.engine.evaluation.newly_covered import Side, newly_covered
from tools.engine.repository.changes import ChangedLines, Hunk

PATH = "a.py"
# Of a line: not executable, run by no test, run by one.
LINE = st.sampled_from(["", "uncovered", "covered"])
LINES = st.lists(LINE, max_size=5)


@dataclass
class Difference:
    """Two versions of a file, built piece by piece."""

    base: list[str] = field(default_factory=list)
    candidate: list[str] = field(default_factory=list)
    hunks: list[Hunk] = field(default_factory=list)

    def stays(self, before: str, after: str) -> None:
        self.base.append(before)
        self.candidate.append(after)

    def changes(self, removed: Sequence[str], added: Sequence[str]) -> None:
        old_start, new_start = (len(each) + (1 if lines else 0) for each, lines in ((self.base, removed), (self.candidate, added)))
        self.hunks.append(Hunk(old_start, new_start, tuple("x" for _ in removed), tuple("x" for _ in added)))
        self.base += removed
        self.candidate += added

    def gained(self, *, in_functions: bool = True) -> int:
        changed = {PATH: ChangedLines(tuple(self.hunks), binary=False)} if self.hunks else {}
        return newly_covered(side(self.base, in_functions=in_functions), side(self.candidate, in_functions=in_functions), changed)


def side(lines: Sequence[str], *, in_functions: bool) -> Side:
    by_kind = {kind: {PATH: [number for number, line in enumerate(lines, 1) if line == kind]} for kind in ("covered", "uncovered")}
    return Side(by_kind["covered"], by_kind["uncovered"], lambda _: range(1, len(lines) + 1) if in_functions else ())


PIECES = st.lists(st.tuples(st.lists(st.tuples(LINE, LINE), min_size=1, max_size=3), LINES, LINES), max_size=4)


def built(pieces: list[tuple[list[tuple[str, str]], list[str], list[str]]]) -> Difference:
    made = Difference()
    for same, removed, added in pieces:
        for before, after in same:
            made.stays(before, after)
        if removed or added:
            made.changes(removed, added)
    return made


@given(PIECES)
def test_lines_that_stay_count_where_they_are_and_a_place_written_anew_counts_what_came_with_a_test_and_went_without(
    pieces: list[tuple[list[tuple[str, str]], list[str], list[str]]],
) -> None:
    stayed = sum(line == ("uncovered", "covered") for same, _, _ in pieces for line in same)
    anew = sum(
        min(removed.count("uncovered"), max(0, added.count("covered") - removed.count("covered")))
        for _, removed, added in pieces
        if removed and added
    )
    made = built(pieces)
    assert made.gained() == stayed + anew
    assert made.gained(in_functions=False) == stayed


@given(PIECES)
def test_nothing_is_gained_beyond_what_no_test_ran_before_or_what_one_runs_now(
    pieces: list[tuple[list[tuple[str, str]], list[str], list[str]]],
) -> None:
    made = built(pieces)
    assert 0 <= made.gained() <= min(made.base.count("uncovered"), made.candidate.count("covered"))


@given(st.lists(st.tuples(LINE, LINES), max_size=6))
def test_lines_that_only_go_gain_nothing_whatever_they_were(pieces: list[tuple[str, list[str]]]) -> None:
    assert built([([(line, line)], removed, []) for line, removed in pieces]).gained() == 0


def test_what_stands_in_a_file_that_did_not_change_counts_too() -> None:
    made = Difference(["uncovered", "uncovered", ""], ["covered", "uncovered", ""])
    assert made.gained() == 1


def test_a_file_that_git_cannot_read_line_by_line_gains_nothing() -> None:
    sides = side(["uncovered"], in_functions=True), side(["covered"], in_functions=True)
    assert newly_covered(*sides, {PATH: ChangedLines((), binary=True)}) == 0
