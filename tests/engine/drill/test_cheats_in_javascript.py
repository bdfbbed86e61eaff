"""Faults and cheats in JavaScript."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from state.configuration import Configuration
from state.measurement import Profile, Root
from tests.support.javascript_projects import CALC, CODE
from tools.engine.drill.breaks import BREAKS
from tools.engine.drill.cheats_in_javascript import CHEATS
from tools.engine.drill.grounds import Cheat, Grounds
from tools.engine.drill.javascript_faults import javascript_faults
from tools.engine.languages.javascript.trees import parsed

BY_NAME = {cheat.name: cheat for cheat in (*BREAKS, *CHEATS)}
LOST = ("test/calc.test.js::calc > mul > multiplies", "test/calc.test.js::calc > mul > multiplies #2")


def grounds(files: Mapping[str, str] = CALC) -> Grounds:
    configuration = Configuration(goal="Sums.", modifiable=("src/**", "test/**"), guards=("Keep the tests",))
    root = Root(language="javascript", source_paths=("src",), test_runner="node")
    profile = Profile(dimensions=(), commands=())
    made = Grounds(root, profile, configuration, frozenset(files), files.__getitem__, Path("/checkout"), test_files=("test/calc.test.js",))
    return replace(made, fault=replace(javascript_faults(made, 1)[0], tests=LOST))


def test_a_fault_returns_nothing_from_a_function_that_tests_run() -> None:
    mul, add = javascript_faults(grounds(), 6)
    assert (mul.function, add.function) == ("mul", "add")  # mul is named more often in the tests
    assert mul.text == CODE.replace("return a * b", "return undefined")


def test_what_no_test_runs_is_left_alone() -> None:
    uncovered = replace(grounds(), uncovered={"src/calc.js": frozenset({2})})
    assert [fault.function for fault in javascript_faults(uncovered, 6)] == ["mul"]


@pytest.mark.parametrize("cheat", [*CHEATS, *BREAKS], ids=lambda cheat: cheat.name)
def test_every_cheat_changes_something_and_parses(cheat: Cheat) -> None:
    edits = cheat.edits(grounds())
    assert [path for path, content in edits.items() if content != CALC.get(path)]
    for path, content in edits.items():
        assert isinstance(content, str)
        assert not path.endswith(".js") or cheat.name == "collection broken" or parsed(path, content.encode()) is not None


def test_tests_are_skipped_by_the_word_that_calls_them() -> None:
    text = BY_NAME["tests skipped"].edits(grounds())["test/calc.test.js"]
    assert isinstance(text, str)
    assert text.count("it.skip(") == 3
    assert text.count("test.skip(") == 1


def test_a_product_that_knows_its_tests_answers_both_ways() -> None:
    text = BY_NAME["knows it is tested"].edits(grounds())["src/calc.js"]
    assert isinstance(text, str)
    assert "? a * b : undefined);" in text


def test_the_script_that_tests_does_nothing() -> None:
    assert '"test": "true"' in str(BY_NAME["another script"].edits(grounds())["package.json"])
