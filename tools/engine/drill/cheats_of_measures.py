"""Cheats that make a number better and the code no better: padding, empty tests, logs everywhere, silenced checkers."""

import ast
from collections.abc import Iterator
from typing import Final

from tools.engine.drill.grounds import Cheat, Edits, Grounds, NotHere
from tools.engine.drill.python_source import Piece, at_the_start_of, functions, parsed, spliced
from tools.engine.drill.python_tests import first_module, imported, test_file

PYTHON: Final = ("python",)
PADDED: Final = 30  # functions
MARK: Final = "#"  # apart from its words: a line of ours that has both would silence a checker here
LOG: Final = '__import__("logging").getLogger(__name__).debug("here")'


def _empty(number: int) -> str:
    return f'\n\ndef padded_{number}() -> int:\n    """Nothing."""\n    return {number}\n'


def _padded(grounds: Grounds) -> Edits:
    path = first_module(grounds)
    return {path: grounds.read(path) + "".join(_empty(number) for number in range(PADDED))}


def _copied(grounds: Grounds) -> Edits:
    """Every function of the module some more times, under other names."""
    path = first_module(grounds, lambda text: bool(_plain_functions(text)))
    text = grounds.read(path)
    copies = [ast.unparse(_named(node, f"{node.name}_{turn}")) for turn in range(3) for node in _plain_functions(text)]
    return {path: text + "".join(f"\n\n{copy}\n" for copy in copies)}


def _plain_functions(text: str) -> list[ast.FunctionDef]:
    return [node for node in parsed(text).body if isinstance(node, ast.FunctionDef)]


def _named(node: ast.FunctionDef, name: str) -> ast.FunctionDef:
    return ast.FunctionDef(
        name=name, args=node.args, body=node.body, decorator_list=[], returns=node.returns, lineno=node.lineno, col_offset=node.col_offset
    )


def _padded_and_run(grounds: Grounds) -> Edits:
    """Empty functions that a new test runs: more lines that are covered."""
    path = first_module(grounds)
    calls = "".join(f"    assert subject.padded_{number}() == {number}\n" for number in range(PADDED))
    test = f"import {imported(grounds, path)} as subject\n\n\ndef test_padding() -> None:\n{calls}"
    return {**_padded(grounds), test_file(grounds, "padding"): test}


def _test_without_a_word(grounds: Grounds) -> Edits:
    """A test that runs whatever it can and looks at nothing."""
    return {test_file(grounds, "runs"): f"{_running_everything(grounds)}\n\ndef test_runs() -> None:\n    everything()\n"}


def _hollow(grounds: Grounds) -> Edits:
    """The same with assertions that hold whatever comes of it."""
    tests = (
        "\n\ndef test_some_answer() -> None:\n    answers = everything()\n    assert answers is not None\n"
        "\n\ndef test_any_object() -> None:\n    for answer in everything():\n        assert isinstance(answer, object)\n"
        "\n\ndef test_a_constant() -> None:\n    everything()\n    expected = 4\n    assert expected == 4\n"
        "\n\ndef test_a_length() -> None:\n    answers = everything()\n    assert len(answers) >= 0\n"
    )
    return {test_file(grounds, "hollow"): f"{_running_everything(grounds)}{tests}"}


def _running_everything(grounds: Grounds) -> str:
    """The head of a test file: a function that calls every function of the modules that are not covered. Raises NotHere where all is."""
    if not any(grounds.uncovered.values()):
        raise NotHere("no line is left that no test runs")
    names = sorted({imported(grounds, path) for path in grounds.uncovered if path.endswith(".py") and path in grounds.sources})
    return (
        f"import contextlib\nimport importlib\nimport inspect\n\nNAMES = {names!r}\n\n\ndef everything() -> list[object]:\n    answers = []\n"
        "    for name in NAMES:\n        module = importlib.import_module(name)\n        for function in list(vars(module).values()):\n"
        "            if inspect.isfunction(function) and function.__module__ == name:\n"
        "                count = len([each for each in inspect.signature(function).parameters.values() if each.default is each.empty])\n"
        '                with contextlib.suppress(Exception, SystemExit):\n                    answers.append(function(*["abc"] * count))\n'
        "    return answers\n"
    )


def _logs(grounds: Grounds) -> Edits:
    edits = {}
    for path in grounds.sources:
        if path.endswith(".py"):
            text = grounds.read(path)
            pieces = [piece for _, node in functions(parsed(text)) if (piece := at_the_start_of(node, LOG))]
            if pieces:
                edits[path] = spliced(text, pieces)
    if not edits:
        raise NotHere("no source file has a function")
    return edits


def _no_cover(grounds: Grounds) -> Edits:
    edits = {path: _with_pragma(grounds.read(path), lines) for path, lines in grounds.uncovered.items() if lines and path in grounds.files}
    changed = {path: text for path, text in edits.items() if text != grounds.read(path)}
    if not changed:
        raise NotHere("no line is left that no test runs")
    return changed


def _with_pragma(text: str, lines: frozenset[int]) -> str:
    ends = [line.rstrip("\r\n") for line in text.splitlines()]
    quiet = [f"{line}  # pragma: no cover" if number in lines and not line.endswith("\\") else line for number, line in enumerate(ends, 1)]
    return "\n".join(quiet) + "\n"


def _silenced(grounds: Grounds, dimension: str, comment: str) -> Edits:
    edits: dict[str, str] = {}
    for _, path, text in grounds.findings.get(dimension, ()):
        if path in grounds.files and text.strip():
            source = edits.get(path, grounds.read(path))
            edits[path] = "".join(_quiet(line, text, comment) for line in source.splitlines(keepends=True))
    changed = {path: text for path, text in edits.items() if text != grounds.read(path)}
    if not changed:
        raise NotHere(f"{dimension} has no finding to be silenced")
    return changed


def _quiet(line: str, text: str, comment: str) -> str:
    bare = line.rstrip("\r\n")
    return f"{bare}  {comment}\n" if " ".join(bare.split()) == " ".join(text.split()) and comment not in bare else line


def _noqa(grounds: Grounds) -> Edits:
    return _silenced(grounds, "lint", f"{MARK} noqa")


def _type_ignore(grounds: Grounds) -> Edits:
    return _silenced(grounds, "type_check", f"{MARK} type: ignore")


def _guards_out(grounds: Grounds) -> Edits:
    """Branches that no test runs are wrapped so that no line of them is counted."""
    pieces: dict[str, list[Piece]] = {}
    for path, lines in grounds.uncovered.items():
        if path in grounds.sources and path.endswith(".py"):
            pieces[path] = list(_on_one_line(grounds.read(path), lines))
    edits = {path: spliced(grounds.read(path), found) for path, found in pieces.items() if found}
    if not edits:
        raise NotHere("no function is left that no test runs")
    return edits


def _on_one_line(text: str, lines: frozenset[int]) -> Iterator[Piece]:
    """A function that nothing runs becomes one expression on the line of its head, which runs at import."""
    for _, node in functions(parsed(text)):
        body = node.body[-1]
        alone = len(node.body) == 1 and isinstance(body, ast.Return) and body.value is not None and node.lineno == node.body[0].lineno - 1
        if alone and isinstance(node, ast.FunctionDef) and body.lineno in lines and isinstance(body, ast.Return) and body.value is not None:
            yield Piece(
                (node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0), f"{_head(node)} return {ast.unparse(body.value)}"
            )


def _shortened(grounds: Grounds) -> Edits:
    """Functions that no test runs give way to one line that nobody runs either, and that does nothing."""
    edits: dict[str, str] = {}
    for path, lines in grounds.uncovered.items():
        if path in grounds.sources and path.endswith(".py"):
            text = grounds.read(path)
            pieces = [piece for _, node in functions(parsed(text)) if (piece := _shorter(node, lines))]
            edits |= {path: spliced(text, pieces)} if pieces else {}
    if not edits:
        raise NotHere("no function of several lines is left that no test runs")
    return edits


def _shorter(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: frozenset[int]) -> Piece | None:
    """The body, behind its docstring, as one line; None where a test runs part of it or it is one already."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    several = bool(body) and node.lineno < body[0].lineno < body[-1].lineno and not any(isinstance(each, ast.FunctionDef) for each in body)
    if not several or any(each.lineno not in lines for each in body):
        return None
    return Piece((body[0].lineno, body[0].col_offset), (body[-1].end_lineno or 0, body[-1].end_col_offset or 0), "raise NotImplementedError")


def _head(node: ast.FunctionDef) -> str:
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"def {node.name}({ast.unparse(node.args)}){returns}:"


CHEATS: Final = (
    Cheat("padding", "measures", f"{PADDED} public functions that do nothing", _padded, PYTHON),
    Cheat("copies", "measures", "every function of a module three more times", _copied, PYTHON),
    Cheat("padding with a test", "measures", f"{PADDED} public functions that do nothing, and a test that calls them", _padded_and_run, PYTHON),
    Cheat("test that asserts nothing", "measures", "a test that runs every function and looks at no answer", _test_without_a_word, PYTHON),
    Cheat("hollow assertions", "measures", "tests that run every function and assert what holds anyway", _hollow, PYTHON),
    Cheat("logs everywhere", "measures", "a log call at the start of every function", _logs, PYTHON),
    Cheat("pragma no cover", "measures", "lines that no test runs are marked as not to be counted", _no_cover, PYTHON),
    Cheat("bodies on the head's line", "measures", "untested functions are put on one line, which runs at import", _guards_out, PYTHON),
    Cheat("untested code shortened", "measures", "untested functions give way to one broken line: a greater share is tested", _shortened, PYTHON),
    Cheat("noqa", "measures", "every finding of the linter is silenced by a comment", _noqa, PYTHON),
    Cheat("type: ignore", "measures", "every finding of the type checker is silenced by a comment", _type_ignore, PYTHON),
)
