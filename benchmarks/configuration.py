"""How long it takes to read a factory.md of 2,000 lines: files that are long in different ways, and some that are wrong on every line."""

import sys
import time

from state.factory_md import read

LINES = 2000
ROUNDS = 15
GOAL = 50.0  # milliseconds

START = "## Goal\n\nMake it faster.\n\n## Scope\n\n{patterns}\n## Guards\n\n{guards}\n"
EVALUATION = "- name: n{number}\n  command: make bench\n  parse: exit_code\n  weight: 0.5\n  timeout: 60\n"


def repeated(lines: str, count: int = LINES) -> str:
    """Some lines many times over, until there are `count`, each with its number."""
    return "".join(lines.format(number=number) for number in range(count // lines.count("\n")))


def text(patterns: str = "- src/**\n", guards: str = "- Keep the tests\n", further: str = "") -> str:
    """A factory.md of which some part is long."""
    return START.format(patterns=patterns, guards=guards) + further


def of_everything() -> str:
    """As many lines of each of five kinds."""
    share = LINES // 5
    further = f"<!--\n{repeated('A note.{number}' + chr(10), share)}-->\n\n## Project Eval\n\n{repeated(EVALUATION, share)}\n"
    script = f"## Smoke Test\n\n```sh\n{repeated('make check_{number}' + chr(10), share)}```\n"
    return text(repeated("- src/package_{number}/**\n", share), repeated("- Keep rule number {number}\n", share), further + script)


SHAPES = {
    "of everything": of_everything(),
    "guards": text(guards=repeated("- Do not break rule number {number} of the list\n")),
    "patterns": text(repeated("- src/package_{number}/**/*.py\n")),
    "patterns without bullets": text(repeated("src/package_{number}/**/*.py\n")),
    "outer surfaces": text(further="## Outer Loop Surfaces\n\n" + repeated("- outer: src/package_{number}/**\n")),
    "project evaluations": text(further="## Project Eval\n\n" + repeated(EVALUATION)),
    "a comment": text(further=f"<!--\n{repeated('A note, {number}.' + chr(10))}-->\n"),
    "wrong patterns": text(repeated("- ../package_{number}/**\n")),
    "unknown keys": text(further="## Inner Loop\n\n" + repeated("- runs_per_cyle_{number}: 3\n")),
    "unknown sections": text(further=repeated("## Gaards {number}\n")),
}


def milliseconds(shape: str) -> float:
    """The processor's time for the shortest of several readings: what the machine does besides only adds."""
    taken = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        read(shape)
        taken.append(time.process_time() - begun)
    return min(taken) * 1000


def main() -> int:
    """Read all in turn; 0 when the longest stays under the goal."""
    read(SHAPES["guards"])  # the parser is loaded on use
    taken = {name: milliseconds(shape) for name, shape in SHAPES.items()}
    for name, each in taken.items():
        print(f"{name}: {each:.1f} ms for {SHAPES[name].count(chr(10))} lines (goal under {GOAL:.0f})")
    return 0 if max(taken.values()) < GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
