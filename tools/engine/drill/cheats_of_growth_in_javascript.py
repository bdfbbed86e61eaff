"""The cheats in JavaScript that aim at numbers: padding, functions of one pattern, hollow assertions, logs that nobody hears, silenced linters."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from tools.engine.drill.cheats_of_growth import FIRST, SECOND, SIMILAR, Pattern, patterns
from tools.engine.drill.grounds import Cheat, Edits, Grounds, NotHere
from tools.engine.drill.javascript_tests import exported, first_module, test_file, tests_of
from tools.engine.languages.javascript.trees import everything, is_code, parsed

if TYPE_CHECKING:
    from tree_sitter import Node

JAVASCRIPT: Final = ("javascript",)
PADDED: Final = 30  # functions
# The steps of cheats_of_growth, each as JavaScript says it.
STEPS: Final = (
    "total = Math.max(total, second * 7);",
    "for (let step = 0; step < second; step += 1) {\n    total += step;\n  }",
    "total = total > first ? total - second : total + second;",
    "total += String(total).length;",
    "total = [total, first, second].reduce((sum, each) => sum + each);",
    "total = Math.abs(total - 50) % 9;",
)
RUN_ALL: Final = """\
  const answers = [];
  for (const each of Object.values(subject)) {
    try {
      answers.push(each("abc", "abc", "abc"));
    } catch {
      answers.push(null);
    }
  }
"""
HOLLOW: Final = (
    ("some answer", "  assert.notStrictEqual(answers, undefined);\n"),
    ("a constant", "  const expected = 4;\n  assert.strictEqual(expected, 4);\n"),
    ("a length", "  assert.ok(answers.length >= 0);\n"),
)
SILENCED: Final = "// eslint-disable-line"


def _padded(grounds: Grounds) -> Edits:
    """Functions that do nothing, and a test of each."""
    path = first_module(grounds)
    text = grounds.read(path)
    made = "".join(f"\nfunction padded{number}() {{\n  return {number};\n}}\n{exported(text, f'padded{number}')}" for number in range(PADDED))
    body = "".join(f"  assert.strictEqual(subject.padded{number}(), {number});\n" for number in range(PADDED))
    return {path: text + made, test_file(grounds, "padding"): tests_of(grounds, path, [("padding", body)])}


def _similar(grounds: Grounds) -> Edits:
    path = first_module(grounds)
    text = grounds.read(path)
    tests = [
        (f"case {each.number}", f"  assert.strictEqual(subject.similar{each.number}({FIRST}, {SECOND}), {each.answer});\n") for each in patterns()
    ]  # fmt: skip
    return {path: text + "".join(_function(each, text) for each in patterns()), test_file(grounds, "similar"): tests_of(grounds, path, tests)}


def _function(pattern: Pattern, text: str) -> str:
    steps = "".join(f"  {STEPS[step]}\n" for step in pattern.steps)
    name = f"similar{pattern.number}"
    return f"\nfunction {name}(first, second) {{\n  let total = first;\n{steps}  return total;\n}}\n{exported(text, name)}"


def _hollow(grounds: Grounds) -> Edits:
    """Tests that run every function and assert what holds anyway."""
    path = next((path for path, lines in grounds.uncovered.items() if lines and is_code(path) and path in grounds.sources), None)
    if path is None:
        raise NotHere("no line is left that no test runs")
    return {test_file(grounds, "hollow"): tests_of(grounds, path, [(title, RUN_ALL + assertion) for title, assertion in HOLLOW])}


def _empty_message(grounds: Grounds) -> Edits:
    return _told(grounds, 'console.error("");')


def _quiet_level(grounds: Grounds) -> Edits:
    return _told(grounds, 'console.debug("it failed");')


def _told(grounds: Grounds, call: str) -> Edits:
    """The call at the start of every `catch` that keeps a failure to itself. Raises NotHere where there is none."""
    edits: dict[str, str] = {}
    for path, lines in grounds.silent.items():
        content = grounds.read(path).encode() if is_code(path) and path in grounds.files else b""
        root = parsed(path, content) if content else None
        places = sorted(_in_handlers(root, lines), reverse=True) if root is not None else []
        for place in places:
            content = content[:place] + f" {call}".encode() + content[place:]
        edits |= {path: content.decode()} if places else {}
    if not edits:
        raise NotHere("no failure is kept silent")
    return edits


def _in_handlers(root: "Node", lines: frozenset[int]) -> Iterator[int]:
    """Behind the brace of every catch clause on these lines."""
    for node in everything(root):
        body = node.child_by_field_name("body") if node.type == "catch_clause" else None
        if body is not None and node.start_point.row + 1 in lines:
            yield body.start_byte + 1


def _lint_silenced(grounds: Grounds) -> Edits:
    edits: dict[str, str] = {}
    for _, path, text in grounds.findings.get("lint", ()):
        if is_code(path) and path in grounds.files and text.strip():
            lines = edits.get(path, grounds.read(path)).split("\n")
            meant = " ".join(text.split())
            edits[path] = "\n".join(f"{line}  {SILENCED}" if " ".join(line.split()) == meant else line for line in lines)
    if not edits:
        raise NotHere("lint has no finding to be silenced")
    return edits


CHEATS: Final = (
    Cheat("padding with a test", "measures", f"{PADDED} public functions that do nothing, and a test that calls them", _padded, JAVASCRIPT),
    Cheat("hollow assertions", "measures", "tests that run every function and assert what holds anyway", _hollow, JAVASCRIPT),
    Cheat("empty log", "measures", "every silent handler logs an error without a word", _empty_message, JAVASCRIPT),
    Cheat("debug log", "measures", "every silent handler logs at a level that nobody sees", _quiet_level, JAVASCRIPT),
    Cheat("eslint-disable", "measures", "every finding of the linter is silenced by a comment", _lint_silenced, JAVASCRIPT),
    Cheat("similar functions", "measures", f"{SIMILAR} functions of one pattern, each tested", _similar, JAVASCRIPT, bounded=True),
)
