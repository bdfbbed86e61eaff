"""What a command begins with: the program it starts, and the script that it hands to an interpreter, as far as its text alone tells."""

import re
import shlex
from dataclasses import dataclass
from typing import Final

_ASSIGNMENT: Final = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_OPEN: Final = re.compile(r"[$`*?~{}\[\]\\]")  # what a shell makes something else of
_NEXT: Final = re.compile(r"[();<>|&]+")
_INTERPRETER: Final = re.compile(r"python[\d.]*|node|bash|sh|dash|zsh|ruby|perl|php|lua|Rscript|julia|deno|bun|tsx|ts-node")
# Flags behind which the script still follows; any other may take a value, or say that there is no script.
_PLAIN_FLAGS: Final = re.compile(r"-[uIsSEBOqvxe]+")
# Programs and words of the shell that start what follows them.
_BEFORE_ANOTHER: Final = frozenset({"!", "env", "exec", "time", "nohup", "command"})
_LAUNCHERS: Final = frozenset({"uv", "poetry", "pdm", "pipenv", "rye", "hatch"})  # as `uv run X`
_SETS_UP: Final = frozenset({"set", "export", "unset", "umask", "ulimit", ":", "true", "echo", "printf", "mkdir"})
# With these, what follows happens elsewhere, or perhaps not at all.
_NOT_TOLD: Final = frozenset(
    {
        "cd", "pushd", "if", "for", "while", "until", "case", "function", "test", "[", "[[", "source", ".", "eval", "trap", "read", "alias", "false",
        "exit",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Beginning:
    """`program` as written, a name or a path; `script` the file that it is handed, empty where there is none that can be told."""

    program: str
    script: str = ""


def beginning_of(command: str) -> Beginning | None:
    """What a command, or the first line of a script that does something, begins with; None where that cannot be told."""
    for line in command.splitlines():
        words = _first_command(line)
        if words is None:
            return None
        while words and (words[0] in _BEFORE_ANOTHER or _ASSIGNMENT.fullmatch(words[0])):
            words = words[1:]
        if words and words[0] not in _SETS_UP:
            return _begun(words)
    return None


def _first_command(line: str) -> list[str] | None:
    """The words of a line as far as its first command goes; empty for a comment, None where the line does not end within itself."""
    try:
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words = list(lexer)
    except ValueError:  # quotes that a later line closes
        return None
    end = next((number for number, word in enumerate(words) if _NEXT.fullmatch(word)), len(words))
    return words[:end] if end or not words else None


def _begun(words: list[str]) -> Beginning | None:
    program, *rest = words
    if program in _NOT_TOLD or program.startswith("-") or _OPEN.search(program):
        return None
    if program in _LAUNCHERS and rest[:1] == ["run"]:
        inner = _begun(rest[1:]) if rest[1:] else None
        return Beginning(program, inner.script or (inner.program if _is_script(inner.program) else "") if inner else "")
    return Beginning(program, _script(rest) if _INTERPRETER.fullmatch(program.rpartition("/")[2]) else "")


def _script(words: list[str]) -> str:
    """The script among the words behind an interpreter."""
    for word in words:
        if not _PLAIN_FLAGS.fullmatch(word):
            return "" if word.startswith("-") or _OPEN.search(word) or word in ("run", "test", "eval", "x") else word
    return ""


def _is_script(word: str) -> bool:
    return "/" in word or word.endswith(".py")
