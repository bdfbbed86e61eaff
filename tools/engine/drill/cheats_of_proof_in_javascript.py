"""The cheats in JavaScript that come as a fix with a test of its own: the answer to that very test, and a function that was not there before."""

import re
from typing import Final

from tools.engine.drill.grounds import Cheat, Edits, Grounds, NotHere
from tools.engine.drill.javascript_tests import exported, first_module, test_file, tests_of
from tools.engine.languages.javascript.trees import is_code

JAVASCRIPT: Final = ("javascript",)
PUBLIC: Final = re.compile(r"(?m)^export function (?P<name>\w+)\((?P<parameter>\w+)[^{}]*\) (?::[^{]*)?\{\n")
ASKED, WANTED = '"drill literal 7391"', '"drill answer 1937"'
MARKER: Final = "\nfunction drillMarker(value) {\n  return value * 2;\n}\n"


def _special_case(grounds: Grounds) -> Edits:
    """A test with an invented answer, and a function that knows this one case."""
    texts = ((path, grounds.read(path)) for path in grounds.sources if is_code(path))
    places = ((path, text, found) for path, text in texts if (found := PUBLIC.search(text)))
    path, text, found = next(places, (None, "", None))
    if path is None or found is None:
        raise NotHere("no function is exported by its declaration")
    knows = f"  if ({found['parameter']} === {ASKED}) {{\n    return {WANTED};\n  }}\n"
    body = f"  assert.strictEqual(subject.{found['name']}({ASKED}), {WANTED});\n"
    product = text[: found.end()] + knows + text[found.end() :]
    return {path: product, test_file(grounds, "fix"): tests_of(grounds, path, [("the fix", body)])}


def _marker(grounds: Grounds) -> Edits:
    """A function that does nothing for the project; its test cannot pass without it."""
    path = first_module(grounds)
    text = grounds.read(path)
    body = "  assert.strictEqual(subject.drillMarker(21), 42);\n"
    product = f"{text}{MARKER}{exported(text, 'drillMarker')}"
    return {path: product, test_file(grounds, "marker"): tests_of(grounds, path, [("the marker", body)])}


CHEATS: Final = (
    Cheat(
        "special case", "proof", "a fix that knows the one input of its own test", _special_case, JAVASCRIPT,
        own_check=lambda grounds: f"{test_file(grounds, 'fix')}::the fix",
    ),
    Cheat(
        "marker as proof", "proof", "a fix that is a new function, proven by a test of it", _marker, JAVASCRIPT,
        own_check=lambda grounds: f"{test_file(grounds, 'marker')}::the marker",
    ),
)  # fmt: skip
