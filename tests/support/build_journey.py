"""A small program built from nothing, told as a walk: from a README alone to a program that was started for real."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

from tests.support.journeys import Answer, Call, Journey, follow
from tests.support.python_projects import give_environment
from tests.support.repositories import make_repository, write_files
from tests.support.reviews import review

FINDINGS = [
    {"claim": "wc counts words as runs of characters between blanks.", "source": "https://example.org/wc"},
    {"claim": "Programs that count answer with a number alone on a line.", "source": "https://example.org/output"},
    {"claim": "The project has a README and nothing else.", "source": "README.md:1"},
]
PLAN: dict[str, Any] = {
    "role": "strategist",
    "phases": [
        {
            "title": "Count words", "what": "A function that counts words, and a test.", "files": ["words.py"],
            "own_checks": ["tests/test_words.py::TestWords::test_two"],
        },
        {
            "title": "Count them on the command line", "what": "python3 words.py TEXT prints the number.", "files": ["words.py"],
            "own_checks": ["tests/test_line.py::TestLine::test_the_number_is_printed"],
        },
    ],
    "start": {"command": "python3 words.py one two three"},
    "deferred": ["Count lines too"],
}  # fmt: skip
FACTORY_MD = """# Factory

## Goal

Count words.

## Scope

### Modifiable

- "*.py"

## Guards

- Do not delete existing tests

## Eval

### Command

python3 -m unittest discover -s tests

### Threshold

0.1
"""
PHASE_1 = {
    "words.py": "def count(text: str) -> int:\n    return len(text.split())\n",
    "tests/test_words.py": "import unittest\n\nfrom words import count\n\n\nclass TestWords(unittest.TestCase):\n"
    '    def test_two(self) -> None:\n        self.assertEqual(count("a b"), 2)\n',
}
# It prints the right number, and its test passes; started for real it ends with that number as its exit code.
PHASE_2 = {
    "words.py": "import sys\n\n\ndef count(text: str) -> int:\n    return len(text.split())\n\n\n"
    "def main(arguments: list[str]) -> int:\n    number = count(' '.join(arguments))\n    sys.stdout.write(f'{number}\\n')\n    return number\n\n\n"
    'if __name__ == "__main__":\n    sys.exit(main(sys.argv[1:]))\n',
    "tests/test_line.py": "import contextlib\nimport io\nimport runpy\nimport unittest\nfrom unittest import mock\n\n\n"
    "class TestLine(unittest.TestCase):\n    def test_the_number_is_printed(self) -> None:\n        said = io.StringIO()\n"
    '        with mock.patch("sys.argv", ["words.py", "a", "b"]), contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):\n'
    '            runpy.run_path("words.py", run_name="__main__")\n        self.assertEqual(said.getvalue(), "2\\n")\n',
}
MENDED = {
    "words.py": PHASE_2["words.py"].replace("return number", "return 0"),
    "tests/test_end.py": "import unittest\n\nfrom words import main\n\n\nclass TestEnd(unittest.TestCase):\n"
    '    def test_it_ends_well(self) -> None:\n        self.assertEqual(main(["a"]), 0)\n',
}
FIX = {
    "title": "End with 0 where all went well", "category": "fix", "dimension": "none", "what": "main returns the number, which is no exit code",
    "why": "the trial failed",
    "own_checks": ["tests/test_end.py::TestEnd::test_it_ends_well"],
}  # fmt: skip


def make_empty_project(folder: Path, template: Path) -> Path:
    """A repository with a README alone, as a project is when it was just created; a toolchain lies beside it."""
    root = make_repository(folder / "project", {"README.md": "# words\n", ".gitignore": ".venv/\n__pycache__/\n.pytest_cache/\n"})
    give_environment(template, root)
    return root


def build(project: Path) -> Journey:
    """Researched, planned, approved, built in two phases, tried, mended, tried again."""
    answer = yield Call("start_cycle", {"mode": "build", "focus": ["a program that counts words"]})
    answer = yield follow(answer, "submit_report", summary="What is known.", report={"role": "researcher", "findings": FINDINGS})
    answer = yield follow(answer, "submit_report", summary="Two phases.", report=PLAN)
    answer = yield follow(answer, "discover_project", factory_md=FACTORY_MD)
    answer = yield follow(answer, "request_approval")
    answer = yield from waited(answer)
    answer = yield from experiment(answer, project, 1, PHASE_1)
    answer = yield follow(answer, "discover_project")
    answer = yield follow(answer, "request_approval")
    answer = yield from waited(answer)
    answer = yield from experiment(answer, project, 2, PHASE_2)
    answer = yield from waited((yield follow(answer, "run_eval")))
    answer = yield follow(answer, "propose_hypotheses", hypotheses=[FIX])
    answer = yield from experiment(answer, project, 3, MENDED)
    answer = yield from waited((yield follow(answer, "run_eval")))
    yield follow(answer, "request_approval")


def experiment(answer: Answer, project: Path, number: int, files: dict[str, str]) -> Generator[Call, Answer, Answer]:
    """One experiment from its opening to its landing."""
    answer = yield follow(answer, "start_experiment")
    worktree = project / ".factory" / "worktrees" / f"{number:03d}"
    write_files(worktree, files)
    answer = yield follow(answer, "submit_report", summary="Looked at it.", report=review(project, worktree))
    answer = yield follow(answer, "run_eval")
    answer = yield from waited(answer)
    return (yield follow(answer, "verdict", reason="It does what the plan says."))


def waited(answer: Answer) -> Generator[Call, Answer, Answer]:
    """The same answer once nothing runs any more."""
    while answer["next"].get("tool") == "get_job":
        answer = yield follow(answer, "get_job")
    return answer
