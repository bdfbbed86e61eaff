"""What it costs to know ten megabytes of answers in a change of 200 KB, in processor time; and how often clean text is taken for knowing answers,
and numbers of installed packages and of our own tests for those of a table."""

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import accumulate
from json import dumps
from pathlib import Path
from typing import Final

from tests.support.likeness_pairs import OTHER, SAME
from tests.support.repositories import git
from tools.engine.gate.answers_in_lines import Likely, likely_in, numbers_met
from tools.engine.gate.answers_in_texts import likely_in_texts, told
from tools.engine.gate.fingerprints import NUMBERS_IN_A_ROW, Fingerprints, fingerprints_of, numbers_of, source_of
from tools.engine.gate.leaks import leaks_of, level_of, weight_of
from tools.engine.repository.changes import ChangedLines, Hunk

CHECKOUT: Final = Path(__file__).parents[1]
FILES, SIZE, CHANGE = 20, 512 << 10, 200 << 10  # bytes
PLANTED: Final = 12  # words
ROUNDS: Final = 9
GOAL: Final = 0.05  # seconds
FALSE_ALARMS: Final = 0.02  # of clean texts, at most
LONGEST: Final = 2000  # characters of a text
SHORTEST: Final = 40
HALVES: Final = ("[a-m]", "[n-z]")
CELLS: Final = 100_000  # of a table of numbers
WITH_NUMBERS: Final = frozenset((".py", ".pyi", ".json", ".csv", ".txt", ".md"))


def prose(chance: random.Random, words: list[str], size: int) -> str:
    """Lines of words as often as in a language: the nth most frequent a nth as often as the first."""
    weights, lines, length = list(accumulate(1 / rank for rank in range(1, len(words) + 1))), list[str](), 0
    while length < size:
        lines.append(" ".join(chance.choices(words, cum_weights=weights, k=PLANTED)))
        length += len(lines[-1]) + 1
    return "\n".join(lines)


def best_of(look: Callable[[], tuple[Likely, ...]]) -> tuple[float, tuple[Likely, ...]]:
    """The least seconds of processor that it took, and what it found."""
    taken, found = list[float](), tuple[Likely, ...]()
    for _ in range(ROUNDS):
        begun = time.process_time()
        found = look()
        taken.append(time.process_time() - begun)
    return min(taken), found


def speed() -> bool:
    """The time of a first look and of every further one; whether the goals are reached."""
    chance = random.Random(7)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(3, 10))) for _ in range(60_000)]
    truth = [prose(chance, words, SIZE) for _ in range(FILES)]
    begun = time.process_time()
    known = fingerprints_of(source_of(f"truth/{number}.txt", text.encode()) for number, text in enumerate(truth))
    cold = time.process_time() - begun
    clean = prose(chance, words, CHANGE).split("\n")
    leaking = [*clean[:1000], f"# {truth[3].splitlines()[500]}", *clean[1000:]]
    seconds, alarms = best_of(lambda: likely_in(added(clean), known))
    again, found = best_of(lambda: likely_in(added(leaking), known))
    print(
        f"{FILES * SIZE >> 20} MB of answers, a change of {CHANGE >> 10} KB: {seconds * 1000:.0f} ms, first {cold:.1f} s; goal {GOAL * 1000:.0f} ms"
    )
    print(f"{PLANTED} words of them planted: {len(found)} found in {again * 1000:.0f} ms; without them: {len(alarms)}")
    return max(seconds, again) < GOAL and len(found) == 1 and not alarms


def added(lines: list[str]) -> dict[str, ChangedLines]:
    """A change that adds these lines to one file."""
    return {"src/a.py": ChangedLines((Hunk(1, 1, (), tuple(lines)),), binary=False)}


def packages(names: str) -> Iterator[Path]:
    """Files of installed packages, in an order that stays."""
    return (path for path in sorted(Path(sys.prefix).glob(f"lib/python*/site-packages/{names}")) if path.is_file())


def truths(half: str) -> dict[str, Fingerprints]:
    """Files of answers of several kinds; the prose is the documentation of the packages whose names begin so."""
    chance = random.Random(11)
    contest = [{"id": f"problem-{number}", "answer": chance.randint(1, 5000), "seed": chance.randint(10**5, 10**7)} for number in range(500)]
    data = {"contest.json": dumps(contest).encode()}
    tables = {f"{number}.csv": path.read_bytes() for number, path in enumerate(packages("*.dist-info/RECORD"))}
    plain = {f"{number}.json": path.read_bytes() for number, path in enumerate(packages("**/*.json"))}
    documents = {f"{number}.md": path.read_bytes() for number, path in enumerate(packages(f"{half}*.dist-info/METADATA"))}
    return {
        kind: fingerprints_of(source_of(path, content) for path, content in files.items())
        for kind, files in {"contest": data, "JSON": plain, "CSV": tables, "prose": documents}.items()
    }


def texts(half: str) -> dict[str, list[str]]:
    """Clean texts: paragraphs of the documentation of the packages whose names begin so, messages of commits, hypotheses of the tests."""
    documents = [path.read_text(encoding="utf-8", errors="replace") for path in packages(f"{half}*.dist-info/METADATA")]
    paragraphs = [part for text in documents for part in text.partition("\n\n")[2].split("\n\n")]
    messages = git(CHECKOUT, "log", "--format=%B%x00").split("\0")
    proposed = [f"{worded.title}. {worded.what}" for pair in (*SAME, *OTHER) for worded in pair]
    every = {"paragraphs": paragraphs, "messages": messages, "hypotheses": proposed}
    return {kind: [text.strip()[:LONGEST] for text in found if len(text.strip()) >= SHORTEST] for kind, found in every.items()}


def alarms_in(found: list[str], known: Fingerprints) -> Counter[str]:
    """How many of the texts come to each level."""
    nothing = told(())
    levels = (level_of(weight_of(leaks_of(likely_in_texts({"what": text}, nothing, known)))) for text in found)
    return Counter(level for level in levels if level)


def false_alarms() -> bool:
    """How many clean texts would be sent back, for each kind of answers, each half of the packages against the other; whether few enough.

    What is the same in both turns is counted in the first alone.
    """
    levels, sizes = dict[tuple[str, str], Counter[str]](), Counter[tuple[str, str]]()
    for half, other in (HALVES, HALVES[::-1]):
        clean = texts(half)
        for kind, known in truths(other).items():
            for name, found in clean.items():
                if half == HALVES[1] and kind != "prose" and name != "paragraphs":
                    continue
                levels.setdefault((kind, name), Counter()).update(alarms_in(found, known))
                sizes[kind, name] += len(found)
    sent_back = {place: counts["medium"] + counts["high"] for place, counts in levels.items()}
    for (kind, name), counts in levels.items():
        total = sizes[kind, name]
        print(f"{kind}: of {total} {name} {sent_back[kind, name] / total:.2%} sent back, {counts['low'] / total:.2%} with a note")
    return all(count <= FALSE_ALARMS * sizes[place] for place, count in sent_back.items())


def alarms_of_numbers() -> bool:
    """How many rows of numbers in installed packages and in our own tests are met in tables of numbers; whether there is none."""
    chance = random.Random(13)
    tables = {
        "floats of four digits": fingerprints_of([source_of("a.csv", "\n".join(f"{chance.random():.4f}" for _ in range(CELLS)).encode())]),
        "numbers of three digits": fingerprints_of([source_of("b.csv", "\n".join(str(chance.randint(100, 999)) for _ in range(CELLS)).encode())]),
    }
    paths = [*packages("**/*"), *sorted(path for path in (CHECKOUT / "tests").rglob("*") if path.is_file() and "node_modules" not in path.parts)]
    every = [path.read_text(encoding="utf-8", errors="replace") for path in paths if path.suffix in WITH_NUMBERS]
    rows = sum(max(0, len(numbers_of(text)) - NUMBERS_IN_A_ROW + 1) for text in every)
    met = {kind: sum(1 for text in every for _ in numbers_met(text, known)) for kind, known in tables.items()}
    print(f"of {rows} rows of numbers in {len(every)} files: " + ", ".join(f"{count} met in {CELLS} {kind}" for kind, count in met.items()))
    return not any(met.values())


def main() -> int:
    """0 when every goal is reached."""
    reached = (speed(), false_alarms(), alarms_of_numbers())
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
