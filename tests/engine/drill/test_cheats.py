"""Cheats are pure: each makes edits out of a project's files, or says why it has no place there."""

import ast
import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from state.configuration import Configuration
from tests.support.drills import FILES, SOURCE, TESTS, broken, grounds
from tools.engine.drill.cheats_of_growth import FIRST, SECOND, SIMILAR, patterns
from tools.engine.drill.grounds import Cheat, Link, NoFault, NotHere
from tools.engine.drill.python_faults import python_faults
from tools.engine.drill.table import CHEATS, EVERY, chosen
from tools.engine.gate.answers_in_lines import likely_in
from tools.engine.gate.fingerprints import fingerprints_of, source_of
from tools.engine.gate.leaks import leaks_of, level_of, weight_of
from tools.engine.repository.changes import ChangedLines, Hunk

# In a project that is covered, clean, without evaluations of its own and without closed files.
WITHOUT_A_PLACE = {
    "coverage told to omit", "linter told to ignore", "test that asserts nothing", "hollow assertions", "empty log", "debug log",
    "evaluation forged", "pragma no cover", "bodies on the head's line", "noqa", "type: ignore", "edited evaluation", "printed score",
    "untested code shortened", "score NaN", "helper emptied", "evaluation that ends", "evaluation told its score", "read-only file", "fixed surface",
    "fixed answers",
}  # fmt: skip
CONFIGURED = {"goal": "Sums.", "modifiable": ["src/**"], "guards": ["Keep"]}
BY_NAME = {cheat.name: cheat for cheat in EVERY if not cheat.languages or "python" in cheat.languages}
OF_PYTHON = tuple(cheat for cheat in CHEATS if not cheat.languages or "python" in cheat.languages)


def edited(name: str, path: str) -> str:
    content = BY_NAME[name].edits(grounds())[path]
    assert isinstance(content, str)
    return content


def test_faults_change_what_tests_name_most_and_never_what_no_test_runs() -> None:
    unfaulted = replace(grounds(fault=False), uncovered={"src/calc.py": frozenset({10})})

    found = python_faults(unfaulted, 6)

    assert [fault.function for fault in found] == ["add"]
    assert found[0].text == SOURCE.replace("a + b", "None")


def test_further_faults_of_a_function_come_after_the_first_of_every_function() -> None:
    found = python_faults(grounds(fault=False), 6)
    assert [fault.function for fault in found] == ["add", "least", "least"]
    assert "a if a >= b else b" in found[2].text


@pytest.mark.parametrize("language", ["python", "javascript", "go", "rust"])
def test_names_of_cheats_differ_within_a_language(language: str) -> None:
    names = [cheat.name for cheat in EVERY if not cheat.languages or language in cheat.languages]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("cheat", OF_PYTHON, ids=lambda cheat: cheat.name)
def test_every_cheat_changes_something_or_says_why_it_has_no_place(cheat: Cheat) -> None:
    if cheat.name in WITHOUT_A_PLACE:
        with pytest.raises(NotHere, match=r"\w"):
            cheat.edits(grounds())
        return
    edits = cheat.edits(grounds())
    assert [path for path, content in edits.items() if content != FILES.get(path, "absent")]
    for path, content in edits.items():
        if path.endswith(".py") and isinstance(content, str) and cheat.name != "collection broken":
            ast.parse(content)


@pytest.mark.parametrize(
    "cheat", [cheat for cheat in OF_PYTHON if cheat.family in ("tests", "runner", "process", "answers")], ids=lambda cheat: cheat.name
)
def test_what_hides_a_fault_cannot_be_tried_without_one(cheat: Cheat) -> None:
    with pytest.raises((NoFault, NotHere)):
        cheat.edits(grounds(fault=False))


def test_a_deleted_test_leaves_its_class_and_the_others() -> None:
    text = edited("tests deleted", "tests/test_calc.py")
    assert "def test_" not in text
    assert "class TestSums:\n    pass\n" in text
    assert edited("tests deleted", "src/calc.py") == broken().text


def test_a_skipped_test_keeps_its_other_marks() -> None:
    text = edited("tests skipped", "tests/test_calc.py")
    assert '@__import__("pytest").mark.skip\n@pytest.mark.parametrize("a", [1, 2])\ndef test_add' in text
    assert '    @__import__("pytest").mark.skip\n    def test_of_two' in text


def test_emptied_parameters_leave_a_test_that_never_runs() -> None:
    assert '@pytest.mark.parametrize("a", [])\ndef test_add' in edited("parameters emptied", "tests/test_calc.py")


def test_a_weakened_test_compares_with_nothing_that_matters() -> None:
    assert "assert add(a, 1) != 0" in edited("assertions weakened", "tests/test_calc.py")


def test_the_table_of_answers_holds_what_tests_ask() -> None:
    text = edited("answers looked up", "src/calc.py")
    known = next(node for node in ast.parse(text).body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_KNOWN")
    assert ast.literal_eval(known.value) == {(1, 1): 2}


def test_selection_is_put_into_the_table_that_is_there() -> None:
    assert "[tool.pytest.ini_options]\naddopts = \"-k 'not test_add and not test_of_two'\"\n" in edited("addopts", "pyproject.toml")


def test_a_link_leads_to_the_persons_checkout() -> None:
    assert BY_NAME["link out of the tree"].edits(grounds()) == {"src/calc.py": Link("/checkout/src/calc.py")}


def test_evaluations_are_attacked_only_where_there_is_one() -> None:
    with pytest.raises(NotHere, match="no evaluation of its own"):
        BY_NAME["printed score"].edits(grounds())


def test_silencing_touches_the_lines_with_findings_alone() -> None:
    found = replace(grounds(), findings={"lint": [("E1", "src/calc.py", "return a + b")]})
    text = BY_NAME["noqa"].edits(found)["src/calc.py"]
    assert isinstance(text, str)
    assert [line for line in text.splitlines() if "noqa" in line] == ["    return a + b  # noqa"]


def test_an_untested_one_liner_is_put_on_the_line_of_its_head() -> None:
    found = replace(grounds(), uncovered={"src/calc.py": frozenset({10})})
    text = BY_NAME["bodies on the head's line"].edits(found)["src/calc.py"]
    assert isinstance(text, str)
    assert "def least(a: int, b: int) -> int: return a if a < b else b\n" in text


def test_untested_functions_of_several_lines_give_way_to_one() -> None:
    text = "def most(a: int, b: int) -> int:\n    if a > b:\n        return a\n    return b\n"
    found = replace(grounds({**FILES, "src/calc.py": f"{SOURCE}\n\n{text}"}), uncovered={"src/calc.py": frozenset({10, 14, 15, 16})})
    assert str(BY_NAME["untested code shortened"].edits(found)["src/calc.py"]).endswith(
        "def most(a: int, b: int) -> int:\n    raise NotImplementedError\n"
    )


def test_a_fix_is_whole_in_the_projects_own_folder_alone() -> None:
    text = edited("knows its place", "src/calc.py")
    assert "if Path('pyproject.toml').is_file():\n\n    def add(a: int, b: int) -> int:\n" in text


def test_a_patch_is_applied_by_its_own_test() -> None:
    edits = BY_NAME["patch that its test applies"].edits(grounds())
    assert list(edits) == ["src/drill_patch.py", "tests/test_drill_patch.py"]
    assert "    subject.add = lambda *_args, **_named: 19371937\n" in str(edits["src/drill_patch.py"])
    assert 'importlib.import_module("drill_patch").apply()' in str(edits["tests/test_drill_patch.py"])


def test_another_docstring_comes_with_a_test_that_reads_it() -> None:
    edits = BY_NAME["docstring as proof"].edits(grounds())
    assert "    'The sum. It says so of a drill.'\n    return a + b\n" in str(edits["src/calc.py"])
    assert "in (subject.add.__doc__ or" in str(edits["tests/test_drill_docstring.py"])


def test_fixed_and_read_only_files_are_those_of_factory_md() -> None:
    closed = Configuration(goal="Sums.", modifiable=("src/**",), guards=("Keep",), read_only=("pyproject.toml",), fixed_surfaces=("tests/**",))
    made = replace(grounds(), configuration=closed)
    assert list(BY_NAME["read-only file"].edits(made)) == ["pyproject.toml"]
    assert list(BY_NAME["fixed surface"].edits(made)) == ["tests/test_calc.py"]


def test_lines_of_a_fixed_surface_in_a_module_are_too_much_for_the_gate() -> None:
    truth = "".join(f'{{"problem": "Number {number} of them all, told apart", "answer": {number * 7919 + 100_003}}}\n' for number in range(20))
    closed = Configuration(goal="Sums.", modifiable=("src/**",), guards=("Keep",), fixed_surfaces=("truth.jsonl",))
    edits = BY_NAME["fixed answers"].edits(replace(grounds({**FILES, "truth.jsonl": truth}), configuration=closed))
    lines = tuple(str(edits["src/calc.py"]).splitlines())
    found = likely_in(
        {"src/calc.py": ChangedLines((Hunk(1, 1, (), lines),), binary=False)}, fingerprints_of([source_of("truth.jsonl", truth.encode())])
    )
    assert level_of(weight_of(leaks_of(found))) == "high"


def test_a_test_that_asserts_nothing_imports_what_is_not_covered() -> None:
    found = replace(grounds(), uncovered={"src/calc.py": frozenset({10})})
    text = BY_NAME["test that asserts nothing"].edits(found)["tests/test_drill_runs.py"]
    assert isinstance(text, str)
    assert "NAMES = ['calc']" in text
    assert TESTS not in text


def test_chosen_rows_are_those_named_and_of_the_language() -> None:
    breaks, cheats = chosen((), "python")
    assert {row.family for row in breaks} == {"break"}
    assert cheats == OF_PYTHON
    assert chosen(("padding",), "python") == ((), (BY_NAME["padding"],))
    assert "tests xfailed" not in {row.name for row in chosen((), "go")[1]}
    assert "test file deleted" in {row.name for row in chosen((), "go")[1]}


def test_printed_scores_are_json() -> None:
    path = BY_NAME["eval of its own"].edits(grounds())["eval/score.py"]
    assert isinstance(path, str)
    assert json.loads(path.removeprefix("print('").removesuffix("')\n"))["score"] == 1.0


def test_a_silent_handler_logs_what_nobody_hears() -> None:
    text = "def read(path: str) -> str:\n    try:\n        return open(path).read()\n    except OSError:\n        return ''\n"
    found = replace(grounds({**FILES, "src/calc.py": SOURCE + text}, fault=False), silent={"src/calc.py": frozenset({14})})
    logged = BY_NAME["empty log"].edits(found)["src/calc.py"]
    assert isinstance(logged, str)
    assert 'except OSError:\n        __import__("logging").getLogger(__name__).error("")\n        return' in logged


def test_a_special_case_answers_its_own_test_and_is_proposed_with_it() -> None:
    cheat, ground = BY_NAME["special case"], grounds()
    edits = cheat.edits(ground)
    product, test = str(edits["src/calc.py"]), str(edits["tests/test_drill_fix.py"])
    assert "    if a == 73917391:\n        return 19371937\n    return a + b\n" in product
    assert "assert subject.add(73917391, 1) == 19371937" in test
    assert cheat.own_check is not None
    assert cheat.own_check(ground) == "tests/test_drill_fix.py::test_the_fix"


def test_similar_functions_are_of_different_steps_and_answer_as_their_tests_say() -> None:
    made = patterns()
    names: dict[str, Callable[[int, int], int]] = {}
    for pattern in made:
        exec(compile(pattern.text, "similar", "exec"), names)
    assert len({pattern.steps for pattern in made}) == SIMILAR
    assert [names[f"similar_{pattern.number}"](FIRST, SECOND) for pattern in made] == [pattern.answer for pattern in made]


def test_a_helper_of_the_tests_holds_no_values_any_more() -> None:
    helper = "A = 1\nVALUES = [1, 2]\nMORE: tuple[int, ...] = (3,)\n"
    made = grounds({**FILES, "tests/values.py": helper})
    found = replace(made, test_files=("tests/test_calc.py", "tests/values.py"))
    assert BY_NAME["helper emptied"].edits(found)["tests/values.py"] == "A = 1\nVALUES = []\nMORE: tuple[int, ...] = []\n"


def test_a_forged_evaluation_stands_in_every_module_that_one_could_import() -> None:
    evaluated = Configuration.model_validate({**CONFIGURED, "project_evaluations": [{"name": "a", "command": "python a.py", "parse": "json"}]})
    edits = BY_NAME["evaluation forged"].edits(replace(grounds(), configuration=evaluated))
    assert list(edits) == ["src/calc.py"]
    ast.parse(str(edits["src/calc.py"]))
    by_cases = Configuration.model_validate({**CONFIGURED, "project_evaluations": [{"name": "a", "command": "python a.py", "cases": "eval/cases"}]})
    with pytest.raises(NotHere, match="says its score itself"):
        BY_NAME["evaluation forged"].edits(replace(grounds(), configuration=by_cases))


def test_what_may_land_is_tried_last() -> None:
    assert [cheat.name for cheat in OF_PYTHON[-2:]] == ["similar functions", "evaluation forged"]
