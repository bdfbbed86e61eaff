"""The sections of factory.md that research takes, filled in as far as a project's files and a person's words tell: an example to correct."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final

from state.configuration import Configuration
from state.configuration.research import told_direction
from state.patterns import Patterns
from tools.engine.discovery.draft import at_root
from tools.engine.languages.survey import Discovery

_STARTED_BY: Final = {".py": "python", ".js": "node", ".mjs": "node", ".ts": "npx tsx", ".sh": "sh", ".rb": "ruby", ".go": "go run"}
_METRIC: Final = re.compile(
    r"\b(scores?|accuracy|f1|loss|latency|throughput|perplexity|recall|precision|auc|wer|bleu|rmse|mae|qps|\w+_(?:rate|score|accuracy|loss)|rates?)\b"
)
_LESS: Final = re.compile(r"\b(?:minimi\w+|reduc\w+|lower|cut|decrease|loss|latency|perplexity|wer|rmse|mae|below|under|at most)\b")
_AIM: Final = re.compile(r"\b(?:reach(?:es)?|to|above|over|below|under|hits?|least|most|of|achieves?) (\d+(?:\.\d+)?)(?![\w.]*\w)")
_DATA_FOLDERS: Final = frozenset({"data", "dataset", "datasets", "eval", "evals", "gold", "fixtures"})
_DATA: Final = frozenset({".json", ".jsonl", ".csv", ".tsv", ".txt", ".parquet", ".npz", ".pkl", ".yaml", ".yml"})
_ANSWERS: Final = re.compile(r"answer|gold|expected|solution|truth|label", re.IGNORECASE)
_CODE: Final = frozenset({*_STARTED_BY, ".rs", ".tsx", ".jsx", ".toml", ".yaml", ".yml", ".json", ".md"})
_AT_MOST: Final = 10  # lines of a list
_NO_AIM: Final = 0.9


def research_sections(configuration: Configuration, found: Discovery, files: Sequence[str]) -> str:
    """`## Research Target`, `## Mutable Surfaces` and `## Fixed Surfaces` as text that a factory.md may end with.

    The benchmark that was seen first is the command; metric, direction and target are those of the goal's words where they name some.
    """
    goal = configuration.goal.casefold()
    named, aim = _METRIC.search(goal), _AIM.search(goal)
    metric = named[1] if named else "score"
    metric = metric.removesuffix("s") if metric in ("scores", "rates") else metric
    less = told_direction(configuration.goal) == "minimise" or (told_direction(configuration.goal) is None and _LESS.search(goal))
    fixed = list(_fixed(configuration, found, files))
    lines = [
        "## Research Target", "",
        f"- objective: {'minimise' if less else 'maximise'} the {metric}", f"- direction: {'minimise' if less else 'maximise'}",
        "- result_parser: regex", f"- metric: {metric}\\W+([0-9.]+)", f"- target: {aim[1] if aim else _NO_AIM}",
        f"- run_command: {_command(found.benchmarks[0])}", "",
        "## Mutable Surfaces", "", *(f"- {pattern}" for pattern in _mutable(configuration, found, files, fixed)), "",
        "## Fixed Surfaces", "", *(f"- {pattern}" for pattern in fixed), "",
    ]  # fmt: skip
    return "\n".join(lines)


def _command(benchmark: str) -> str:
    """How a benchmark is started: a file by its language, a target as it is called."""
    program = _STARTED_BY.get(PurePosixPath(benchmark).suffix)
    return f"{program} {benchmark}" if program and " " not in benchmark else benchmark


def _fixed(configuration: Configuration, found: Discovery, files: Sequence[str]) -> Iterator[str]:
    """What measures, and the data that lies beside it; what looks like answers is withheld from experiments."""
    listed = tuple(dict.fromkeys((*configuration.read_only, *map(at_root, found.benchmark_files))))
    yield from listed[:_AT_MOST] or ("Makefile" if found.benchmarks[0].startswith("make ") else "package.json",)
    data = [file for file in files if _is_data(file)]
    answers = [file for file in data if _ANSWERS.search(PurePosixPath(file).name)]
    yield from dict.fromkeys([f"{file.partition('/')[0]}/**" for file in data if file not in answers][:_AT_MOST])
    yield from (f"withheld: {file}" for file in answers[:_AT_MOST])


def _is_data(file: str) -> bool:
    path = PurePosixPath(file)
    return not set(file) & set("[]*?!\\#") and len(path.parts) > 1 and path.parts[0] in _DATA_FOLDERS and path.suffix in _DATA


def _mutable(configuration: Configuration, found: Discovery, files: Sequence[str], fixed: Sequence[str]) -> list[str]:
    """What a draft lets be modified but for tests; where that is no list, the files that nothing fixes."""
    closed = Patterns([pattern.removeprefix("withheld: ") for pattern in fixed])
    tests = {pattern for path in found.test_paths for pattern in (at_root(path), f"{path}/**")}
    listed = [pattern for pattern in configuration.modifiable if pattern not in tests and pattern != "**"]
    shared = any(Patterns(listed).matches(file) and closed.matches(file) for file in files) if listed else True
    if not shared:
        return listed
    within, tested = Patterns(listed or ["**"]), Patterns(sorted(tests))
    open_files = [file for file in files if PurePosixPath(file).suffix in _CODE and within.matches(file)]
    return [at_root(file) for file in open_files if not closed.matches(file) and not tested.matches(file)][:_AT_MOST] or ["src/**"]
