"""What the gate costs without an evaluation, in processor time: a change of 500 files looked at, and every check run against 50 patterns."""

import os
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from state.configuration import Configuration
from tests.support.gates import comparison, experiment, facts, review
from tests.support.repositories import commit, make_repository
from tools.engine.gate.checks import run_gate
from tools.engine.gate.facts import Seen
from tools.engine.gate.looking import lines_of
from tools.engine.gate.sources_of_answers import answers_of
from tools.engine.repository.location import locate
from tools.engine.repository.objects import diff, tree_of

FILES = 500
ROUNDS = 7
GOAL = 0.3  # seconds
PATTERNS = 15  # of each list beside the twenty of what may change
LINES = "".join(f"def f_{number}(text: str) -> str:\n    return text.replace('{number}', 'x') or \"{number}\"\n\n\n" for number in range(10))
TRUTH = "".join(f'"case {number}": [{number * 7919 + 100003}, "answer {number} of them all"],\n' for number in range(2000))


def files(turn: int) -> dict[str, str]:
    """The changed files as one turn has them."""
    return {f"src/package_{number % 20}/module_{number}.py": f"# {turn}\n{LINES.replace('f_', f'f_{turn}_')}" for number in range(FILES)}


def configuration() -> Configuration:
    """Fifty patterns, and guards that the server knows."""
    several = {name: tuple(f"{folder}_{number}/**" for number in range(PATTERNS)) for name, folder in (("read_only", "docs"), ("fixed", "data"))}
    return Configuration(
        goal="Slugs.", modifiable=tuple(f"src/package_{number}/**" for number in range(20)), read_only=several["read_only"],
        fixed_surfaces=(*several["fixed"][1:], "truth/**"), guards=("Do not modify files outside scope", "Do not modify the evaluation"),
    )  # fmt: skip


def processor_seconds() -> float:
    """What this process and git have used of processors."""
    return sum(os.times()[:4])


def main() -> int:
    """Look at a new change each time, as nothing is known of it; 0 when the goal is reached."""
    with TemporaryDirectory() as name:
        root = make_repository(Path(name) / "project", {**files(0), "truth/answers.json": TRUTH})
        repository, wanted, taken = locate(root), configuration(), list[float]()
        base = tree_of(repository, "HEAD")
        for turn in range(1, ROUNDS + 1):
            commit(root, files(turn), f"turn {turn}")
            tree = tree_of(repository, "HEAD")
            begun = processor_seconds()
            lines = lines_of(repository, base, tree, answers_of(wanted))
            seen = Seen(lines.secrets, lines.leaks, (), lines.unread, lines.dependencies)
            changes = diff(repository, base, tree)
            checks = run_gate(
                facts(configuration=wanted, changes=changes, seen=seen, comparison=comparison(), experiment=experiment(), review=review(guards=[]))
            )
            taken.append(processor_seconds() - begun)
            assert len(changes) == FILES
            assert not [check for check in checks if check.result != "pass"], checks
    first, usual = taken[0], median(taken)
    print(f"the gate on {FILES} changed files: {usual * 1000:.0f} ms (the first time {first * 1000:.0f} ms; goal under {GOAL * 1000:.0f} ms)")
    return 0 if usual < GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
