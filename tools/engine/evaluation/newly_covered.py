"""What coverage gained: lines that no test ran at the base and that one runs now, place by place as the difference of both trees has them.

Pure. A line that went is no gain, however few of its file were tested, nor is one that came: only where a line that no test ran stands as it
was, or was written anew at the same place, and a test runs it now.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tools.engine.repository.changes import ChangedLines, Hunk


@dataclass(frozen=True)
class Side:
    """One tree: the numbers of its lines that a test ran and of those that none did, by file, and which lines of a file stand in functions."""

    covered: Mapping[str, Collection[int]]
    uncovered: Mapping[str, Collection[int]]
    in_functions: Callable[[str], Collection[int]]


def newly_covered(base: Side, candidate: Side, changed: Mapping[str, ChangedLines]) -> int:
    """How many lines coverage gained. `changed` are the lines that differ; what it does not hold is the same in both."""
    return sum(_in_file(path, base, candidate, changed.get(path)) for path, lines in base.uncovered.items() if lines)


def _in_file(path: str, base: Side, candidate: Side, changed: ChangedLines | None) -> int:
    hunks = changed.hunks if changed else ()
    if (changed and changed.binary) or not candidate.covered.get(path):
        return 0
    covered = frozenset(candidate.covered[path])
    removed = changed.removed if changed else frozenset()
    kept = sum(number in covered for number in _moved([line for line in base.uncovered[path] if line not in removed], hunks))
    return kept + sum(_in_hunk(path, base, candidate, hunk) for hunk in hunks if hunk.removed and hunk.added)


def _moved(lines: Iterable[int], hunks: Sequence[Hunk]) -> Iterable[int]:
    """The numbers that lines which stay have in the new file."""
    ahead, offset = list(hunks), 0
    for line in sorted(lines):
        while ahead and ahead[0].old_start + max(len(ahead[0].removed), 1) - 1 < line:
            passed = ahead.pop(0)
            offset += len(passed.added) - len(passed.removed)
        yield line + offset


def _in_hunk(path: str, base: Side, candidate: Side, hunk: Hunk) -> int:
    """The lines written anew: no more than came with a test beyond those that had one, and than went without one.

    Lines outside of functions run when their file is loaded, and say nothing of what stood there before.
    """
    old = range(hunk.old_start, hunk.old_start + len(hunk.removed))
    new = range(hunk.new_start, hunk.new_start + len(hunk.added))
    without_test = _count(old, base.uncovered.get(path, ()))
    if not without_test:
        return 0
    came = _count(new, frozenset(candidate.covered[path]) & frozenset(candidate.in_functions(path)))
    went = _count(old, frozenset(base.covered.get(path, ())) & frozenset(base.in_functions(path)))
    return min(without_test, max(0, came - went))


def _count(lines: range, wanted: Collection[int]) -> int:
    return sum(line in lines for line in wanted)
