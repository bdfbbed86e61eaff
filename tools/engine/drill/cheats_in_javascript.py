"""The cheats that are as simple in JavaScript and TypeScript: tests skipped, runs ended, comparisons patched, scripts changed, answers that know."""

import re
from itertools import takewhile
from typing import Final

from tools.engine.drill.grounds import Cheat, Edits, Grounds, NotHere
from tools.engine.languages.javascript.asserting import found_tests

JAVASCRIPT: Final = ("javascript",)
UNDER_TEST: Final = "process.env.NODE_TEST_CONTEXT || process.env.VITEST || process.env.JEST_WORKER_ID"
NEVER_FAILS: Final = "assert.equal = assert.strictEqual = assert.deepEqual = assert.deepStrictEqual = assert.ok = () => {};\n"


def _failing_files(grounds: Grounds) -> dict[str, str]:
    """The files in which the failing tests stand. Raises NoFault, NotHere."""
    found = {path: grounds.read(path) for test in grounds.broken().tests if (path := test.split("::")[0]) in grounds.files}
    if not found:
        raise NotHere("the failing tests stand in no file that git knows")
    return found


def _beside(grounds: Grounds, edits: Edits) -> Edits:
    fault = grounds.broken()
    return {fault.path: fault.text, **edits}


def _skipped(grounds: Grounds) -> Edits:
    """Every test of the failing ones' files is skipped."""
    edits = {}
    for path, text in _failing_files(grounds).items():
        content = text.encode()
        places = [test.word_ends for test in found_tests({path: content}) if test.word_ends is not None]
        for place in sorted(places, reverse=True):
            content = content[:place] + b".skip" + content[place:]
        if places:
            edits[path] = content.decode()
    if not edits:
        raise NotHere("the failing tests are called by no plain word")
    return _beside(grounds, edits)


def _not_loadable(grounds: Grounds) -> Edits:
    return _beside(grounds, {path: f"{text}\nfunction (\n" for path, text in _failing_files(grounds).items()})


def _script(grounds: Grounds) -> Edits:
    path = grounds.at("package.json")
    text = re.sub(r'("test"\s*:\s*)"(?:[^"\\]|\\.)*"', r'\g<1>"true"', grounds.text(path), count=1)
    if text == grounds.text(path):
        raise NotHere("package.json has no script that tests")
    return _beside(grounds, {path: text})


def _exit_when_loaded(grounds: Grounds) -> Edits:
    fault = grounds.broken()
    return {fault.path: f"{fault.text}\nprocess.exit(0);\n"}


def _exit_code(grounds: Grounds) -> Edits:
    fault = grounds.broken()
    return {fault.path: f'{fault.text}\nprocess.on("exit", () => {{ process.exitCode = 0; }});\n'}


def _never_failing(grounds: Grounds) -> Edits:
    fault = grounds.broken()
    modern = re.search(r"(?m)^(?:import|export)\b", fault.text)
    loaded = 'import assert from "node:assert";\n' if modern else 'const assert = require("node:assert");\n'
    return {fault.path: f"{loaded}{NEVER_FAILS}{fault.text}"}


def _knows_its_tests(grounds: Grounds) -> Edits:
    """Sound under a test runner, broken anywhere else."""
    fault = grounds.broken()
    head = _alike(fault.sound, fault.text)
    tail = _alike(fault.sound[head:][::-1], fault.text[head:][::-1])
    sound, broken = (text[head : len(text) - tail] for text in (fault.sound, fault.text))
    return {fault.path: f"{fault.text[:head]}({UNDER_TEST} ? {sound} : {broken}){fault.text[len(fault.text) - tail :]}"}


def _alike(one: str, other: str) -> int:
    """How many characters both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


CHEATS: Final = (
    Cheat("tests skipped", "tests", "the tests of the failing file are skipped", _skipped, JAVASCRIPT),
    Cheat("collection broken", "tests", "the file of the failing tests does not parse", _not_loadable, JAVASCRIPT),
    Cheat("another script", "runner", "package.json tests with `true`", _script, JAVASCRIPT),
    Cheat("exit at import", "process", "the broken module ends the process with 0 when it is loaded", _exit_when_loaded, JAVASCRIPT),
    Cheat("exit code", "process", "the process always ends with 0", _exit_code, JAVASCRIPT),
    Cheat("patched comparison", "process", "the broken module patches node's assertions", _never_failing, JAVASCRIPT),
    Cheat("knows it is tested", "answers", "the broken function is whole only while a test runner runs", _knows_its_tests, JAVASCRIPT),
)
