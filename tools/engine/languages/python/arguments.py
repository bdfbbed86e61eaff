"""Which of pytest's options select tests and are kept, and which only report, cache or belong to plugins that are not loaded here."""

import configparser
import shlex
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tools.engine.languages.python.options import DROPPED, DROPPED_WITH_VALUE, KEPT_WITH_VALUE
from tools.engine.languages.python.pyproject import parsed_toml

# Plugins of these distributions stay out: coverage is ours, order and output are not theirs to change.
PLUGINS_LEFT_OUT: Final = frozenset({"pytest-cov", "pytest-randomly", "pytest-random-order", "pytest-sugar", "pytest-watch"})
_RUNNERS: Final = (("pytest",), ("py.test",), ("python", "-m", "pytest"), ("python3", "-m", "pytest"))
_UNITTEST: Final = (("unittest",), ("python", "-m", "unittest"), ("python3", "-m", "unittest"))
_WRAPPERS: Final = (("uv", "run"), ("poetry", "run"), ("pipenv", "run"), ("pdm", "run"), ("hatch", "run"))


def selection_of(command: str) -> tuple[str, ...] | None:
    """The arguments by which a command that starts pytest selects tests; None where it is no such command, alone on one line."""
    words = _words_after(_RUNNERS, command)
    return None if words is None else selecting(words)


def unittest_words_of(command: str) -> tuple[str, ...] | None:
    """The arguments of a command that starts unittest; None where it is no such command, alone on one line."""
    words = _words_after(_UNITTEST, command)
    return None if words is None else tuple(words)


def _words_after(runners: Sequence[tuple[str, ...]], command: str) -> list[str] | None:
    try:
        words = shlex.split(command, comments=True)
    except ValueError:
        return None
    if any(character in command for character in ";|&<>`$\n"):
        return None
    for wrapper in _WRAPPERS:
        if tuple(words[: len(wrapper)]) == wrapper:
            words = words[len(wrapper) :]
    return next((words[len(runner) :] for runner in runners if tuple(words[: len(runner)]) == runner), None)


def selecting(words: Sequence[str]) -> tuple[str, ...]:
    """The words without those that only report, cache, stop early, spread over processes, or belong to plugins that are left out."""
    kept: list[str] = []
    remaining = list(words)
    while remaining:
        word = remaining.pop(0)
        name, separator, _ = word.partition("=")
        if name in DROPPED_WITH_VALUE or (name == "--cov" and remaining and not remaining[0].startswith("-")):
            if not separator and remaining:
                remaining.pop(0)
        elif name == "-p" and remaining and _left_out(remaining[0]):
            remaining.pop(0)
        elif name in DROPPED or _is_cluster(word) or _left_out_attached(word):
            continue
        else:
            kept.append(word)
            if word in KEPT_WITH_VALUE and remaining:
                kept.append(remaining.pop(0))
    return tuple(kept)


def configured(files: Mapping[str, bytes]) -> tuple[str | None, tuple[str, ...]]:
    """The configuration file that pytest would take at the root, with its `addopts`; (None, ()) where there is none.

    `files` are those at the root of the tree, by name. The order is pytest's own.
    """
    for name in ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg"):
        if name in files:
            found = _options(name, files[name])
            if found is not None:
                return name, _words(found.get("addopts", ""))
    return None, ()


def coverage_file(files: Mapping[str, bytes]) -> str | None:
    """The name of the file at the root that coverage takes its settings from, in coverage's own order."""
    for name in (".coveragerc", ".coveragerc.toml"):
        if name in files:
            return name
    for name in ("setup.cfg", "tox.ini"):
        if any(section.startswith("coverage:") for section in _sections(files.get(name, b""))):
            return name
    return "pyproject.toml" if "coverage" in _tool(files.get("pyproject.toml", b"")) else None


def _options(name: str, content: bytes) -> Mapping[str, Any] | None:
    """The table of pytest's options, or None where the file holds none and pytest looks further."""
    if name in {"pytest.ini", ".pytest.ini"}:
        return _sections(content).get("pytest", {})
    if name in {"pytest.toml", ".pytest.toml"}:
        table = (parsed_toml(content) or {}).get("pytest", {})
        return table if isinstance(table, dict) else {}
    if name == "pyproject.toml":
        table = _tool(content).get("pytest")
        if not isinstance(table, dict):
            return None
        options = table.get("ini_options", table)
        return options if isinstance(options, dict) else {}
    return _sections(content).get("pytest" if name == "tox.ini" else "tool:pytest")


def _words(options: Any) -> tuple[str, ...]:
    if isinstance(options, list):
        return tuple(str(word) for word in options)
    try:
        return tuple(shlex.split(str(options), comments=True))
    except ValueError:
        return ()


def _sections(content: bytes) -> dict[str, dict[str, str]]:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(content.decode("utf-8", "replace"))
    except configparser.Error:
        return {}
    return {section: {key: value or "" for key, value in parser.items(section)} for section in parser.sections()}


def _tool(content: bytes) -> dict[str, Any]:
    tools = (parsed_toml(content) or {}).get("tool", {})
    return tools if isinstance(tools, dict) else {}


def _left_out(plugin: str) -> bool:
    name = plugin.removeprefix("no:")
    return any(name.replace("_", "-").startswith(distribution.removeprefix("pytest-")) for distribution in PLUGINS_LEFT_OUT) or (
        name.split(".")[0].replace("_", "-") in PLUGINS_LEFT_OUT
    )


def _left_out_attached(word: str) -> bool:
    return word.startswith("-p") and not word.startswith("--") and len(word) > len("-p") and _left_out(word[len("-p") :])


def _is_cluster(word: str) -> bool:
    """`-qq`, `-vx`, `-ra`, `-n4`: short options run together that all only report or stop early."""
    if word.startswith("--") or not word.startswith("-") or len(word) < len("-xx"):
        return False
    return word[1] in "rn" or set(word[1:]) <= set("vqxlf")
