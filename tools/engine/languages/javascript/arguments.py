"""Commands that run tests: which runner they start, and which of their words select tests and are kept."""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# Node's own runner, as a person would type it: a root's runner is what starts it, without its arguments.
NODE_RUNNER: Final = "node --test"
SCRIPT: Final = "script"  # a command that runs a script of package.json
_MANAGERS: Final = ("npm", "pnpm", "yarn", "bun")
_STARTERS: Final = (("npx",), ("bunx",), ("npm", "exec", "--"), ("npm", "exec"), ("pnpm", "exec"), ("pnpm",), ("yarn", "run"), ("yarn",), ("bunx",))
_ASSIGNMENT: Final = re.compile(r"[A-Z_][A-Z0-9_]*=.*", re.DOTALL)
_SHELL: Final = re.compile(r"[;|&<>`$\n]")
# Words that report, watch, measure coverage, stop early or spread over processes: dropped, those of the second list with the value behind them.
_DROPPED: Final = re.compile(
    r"run|watch|dev|--run|--watch(All)?(=.*)?|-w|--no-watch|--silent(=.*)?|--verbose(=.*)?|--ci(=.*)?|--bail(=.*)?|-b|--json|--ui|--open|--no-color"
    r"|--color|--colors|--coverage([.=].*)?|--no-coverage|--reporter=.*|--reporters=.*|--outputFile([.=].*)?|--pass-?[wW]ith-?[nN]o-?[tT]ests(=.*)?"
    r"|--update|-u|--changed.*|-o|--onlyChanged|--onlyFailures|--lastCommit|--notify|--no-cache|--clearCache|--detect-?[oO]pen-?[hH]andles"
    r"|--logHeapUsage|--coverageReporters=.*|--coverageDirectory=.*|--collectCoverage(=.*)?|--collectCoverageFrom=.*|--hideSkippedTests|--inspect.*"
    r"|--test|--test-reporter.*=.*|--experimental-test-coverage|--test-coverage-.*=.*|--test-only|--experimental-test-snapshots|--trace-.*"
    r"|--enable-source-maps|--test-force-exit|--no-warnings|--test-update-snapshots"
)
_DROPPED_WITH_VALUE: Final = frozenset(
    {"--reporter", "--reporters", "--outputFile", "--coverageReporters", "--coverageDirectory", "--collectCoverageFrom", "--test-reporter",
     "--test-reporter-destination"}
)  # fmt: skip
# Options of node itself that take a value behind them.
_NODE_WITH_VALUE: Final = frozenset({"--import", "--require", "-r", "--loader", "--experimental-loader", "-C", "--conditions", "--env-file"})


@dataclass(frozen=True)
class Started:
    """A runner that a command starts. The words: variables (`NAME=value`), options of node itself, and what selects tests."""

    runner: str
    arguments: tuple[str, ...] = ()


def started_by(command: str) -> Started | None:
    """The runner that a command starts, alone on one line; None where it starts none that is known."""
    if _SHELL.search(command):
        return None
    try:
        words = shlex.split(command, comments=True)
    except ValueError:
        return None
    variables, words = _variables(words)
    if (script := _script(words)) is not None:
        return Started(SCRIPT, (script,)) if not variables else None
    for starter in _STARTERS:
        if tuple(words[: len(starter)]) == starter:
            words = words[len(starter) :]
            break
    if words and words[0] in {"c8", "nyc"}:
        words = words[next((at for at, word in enumerate(words) if at and not word.startswith("-")), len(words)) :]
    if not words:
        return None
    if words[0] in {"vitest", "jest"}:
        return Started(words[0], (*variables, *_kept(words[1:])))
    return _by_node(variables, words[1:]) if words[0] == "node" else None


def scripted(scripts: dict[str, str], name: str, *, deep: int = 3) -> Started | None:
    """The runner that a script starts, by itself or by another script: of a chain with && the first part that starts one."""
    for part in scripts.get(name, "").split("&&"):
        found = started_by(part.strip())
        if found is not None and found.runner == SCRIPT:
            found = scripted(scripts, found.arguments[0], deep=deep - 1) if deep else None
        if found is not None:
            return found
    return None


def environment_of(arguments: Sequence[str]) -> dict[str, str]:
    """The variables among kept words."""
    return {name: value for name, _, value in (word.partition("=") for word in arguments if _ASSIGNMENT.fullmatch(word))}


def as_options(arguments: Sequence[str]) -> tuple[str, ...]:
    """The options of node itself among the kept words of its runner, values with them."""
    return tuple(word for word in arguments if word.startswith("-"))


def words_of(arguments: Sequence[str]) -> tuple[str, ...]:
    """The kept words without the variables; of node's runner the files alone."""
    return tuple(word for word in arguments if not _ASSIGNMENT.fullmatch(word))


def _script(words: Sequence[str]) -> str | None:
    """The script of package.json that a manager is told to run; what is handed on to it behind -- is for people's eyes."""
    match words[: words.index("--")] if "--" in words else words:
        case [manager, "run" | "run-script", name] if manager in _MANAGERS:
            return str(name)
        case [manager, "test" | "t"] if manager in _MANAGERS and manager != "bun":
            return "test"
        case ["yarn" | "pnpm", name] if str(name).startswith("test:"):
            return str(name)
        case _:
            return None


def _variables(words: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    rest = list(words[1:]) if words and words[0] in {"cross-env", "env"} else list(words)
    variables: list[str] = []
    while rest and _ASSIGNMENT.fullmatch(rest[0]):
        variables.append(rest.pop(0))
    return (*variables,), rest


def _kept(words: Sequence[str]) -> tuple[str, ...]:
    """The words of vitest or jest without those that are dropped."""
    kept: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word in _DROPPED_WITH_VALUE:
            rest = rest[1:]
        elif not _DROPPED.fullmatch(word):
            kept.append(word)
    return tuple(kept)


def _by_node(variables: Sequence[str], words: Sequence[str]) -> Started | None:
    """Node's own runner, or jest or vitest started by node with options of its own, which become NODE_OPTIONS."""
    options: list[str] = []
    rest = list(words)
    files: list[str] = []
    while rest:
        word = rest.pop(0)
        if word in _NODE_WITH_VALUE and rest:
            options.append(f"--require={rest.pop(0)}" if word == "-r" else f"--conditions={rest.pop(0)}" if word == "-C" else f"{word}={rest.pop(0)}")
        elif runner := next((each for each in ("vitest", "jest") if re.search(rf"(?:^|/){each}(?:\.m?js)?$", word)), None):
            more = (f"NODE_OPTIONS={' '.join(options)}",) if options else ()
            return Started(runner, (*variables, *more, *_kept(rest)))
        elif word.startswith("-"):
            options += [] if word != "--test" and _DROPPED.fullmatch(word) else [word]
        else:
            files.append(word)
    if "--test" not in options:
        return None
    return Started("node", (*variables, *(option for option in options if option != "--test"), *files))
