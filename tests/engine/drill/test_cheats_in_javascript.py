"""Faults and cheats in JavaScript."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from state.configuration import Configuration
from state.measurement import Profile, Root
from tests.support.javascript_projects import CALC, CODE
from tools.engine.drill import cheats_of_growth_in_javascript, cheats_of_proof_in_javascript
from tools.engine.drill.breaks import BREAKS
from tools.engine.drill.cheats_in_javascript import CHEATS
from tools.engine.drill.grounds import Cheat, Grounds, NotHere
from tools.engine.drill.javascript_faults import javascript_faults
from tools.engine.languages.javascript.asserting import found_tests
from tools.engine.languages.javascript.trees import parsed

NEW_TESTS = (*cheats_of_growth_in_javascript.CHEATS, *cheats_of_proof_in_javascript.CHEATS)
BY_NAME = {cheat.name: cheat for cheat in (*BREAKS, *CHEATS, *NEW_TESTS)}
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


def uncovered(runner: str = "node --test") -> Grounds:
    made = grounds()
    return replace(made, uncovered={"src/calc.js": frozenset({7})}, root=made.root.model_copy(update={"test_runner": runner}))


@pytest.mark.parametrize("name", ["padding with a test", "hollow assertions", "similar functions", "special case", "marker as proof"])
@pytest.mark.parametrize("runner", ["node --test", "vitest", "jest"])
def test_new_tests_stand_beside_the_others_and_parse(name: str, runner: str) -> None:
    edits = BY_NAME[name].edits(uncovered(runner))
    (path,) = edits.keys() - CALC.keys()
    content = str(edits[path]).encode()
    assert path.startswith("test/drill_")
    assert path.endswith(".test.js")
    assert b'import * as subject from "../src/calc.js";' in content
    assert found_tests({path: content})
    assert all(parsed(each, str(text).encode()) is not None for each, text in edits.items())


def test_own_checks_name_the_test_that_is_written() -> None:
    for name in ("special case", "marker as proof"):
        check, edits = BY_NAME[name].own_check, BY_NAME[name].edits(uncovered())
        assert check is not None
        path, title = check(uncovered()).split("::")
        assert [test.titles for test in found_tests({path: str(edits[path]).encode()})] == [(title,)]


def test_a_special_case_is_known_by_the_first_parameter() -> None:
    text = str(BY_NAME["special case"].edits(uncovered())["src/calc.js"])
    assert 'export function add(a, b) {\n  if (a === "drill literal 7391") {\n    return "drill answer 1937";\n  }\n  return a + b;' in text


def test_hollow_assertions_say_nothing_where_everything_is_covered() -> None:
    with pytest.raises(NotHere, match="no line is left"):
        BY_NAME["hollow assertions"].edits(grounds())


def test_what_is_silent_is_told_where_nobody_hears_it_and_findings_are_silenced() -> None:
    risky = "export function risky(a) {\n  try {\n    return a();\n  } catch {\n    return 0;\n  }\n}\n"
    made = replace(grounds({**CALC, "src/risky.js": risky}), silent={"src/risky.js": frozenset({4})})
    assert 'catch { console.error("");\n    return 0;' in str(BY_NAME["empty log"].edits(made)["src/risky.js"])
    assert 'catch { console.debug("it failed");' in str(BY_NAME["debug log"].edits(made)["src/risky.js"])
    found = replace(made, findings={"lint": [("no-x", "src/calc.js", "return a + b;")]})
    assert "  return a + b;  // eslint-disable-line\n" in str(BY_NAME["eslint-disable"].edits(found)["src/calc.js"])


def test_a_module_of_the_old_kind_exports_in_its_own_way() -> None:
    old = {**CALC, "src/calc.js": CODE.replace("export ", "") + "module.exports = { add, mul };\n"}
    made = replace(grounds(old), test_files=("test/calc.test.js",))
    assert "module.exports.drillMarker = drillMarker;" in str(BY_NAME["marker as proof"].edits(made)["src/calc.js"])
