"""Recorded reports of the real tools, read again: what each says of tests, lines and findings, and which runs are not believed."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, strategies

from tools.engine.languages.javascript import jest_report, node_report
from tools.engine.languages.javascript.canary import Canaries
from tools.engine.languages.javascript.coverage import Coverage, Scope, read_istanbul, read_lcov
from tools.engine.languages.javascript.report import Case, Report
from tools.engine.languages.javascript.said import ToolFailed, by_biome, by_eslint, by_tsc

REPORTS = Path(__file__).parent / "reports"
TREE = Path("/tree")
ADD = "// A comment\nexport function add(a: number, b: number): number {\n  return a + b;\n}\n"
MUL = "export function mul(a: number, b: number): number {\n  if (a === 0) {\n    return 0;\n  }\n  return a * b;\n}\n"
TYPED = f"{ADD}\n{MUL}"
OTHER = "export const never = (x: number) => {\n  return x + 1;\n};\n"


def test_the_report_of_vitest_gives_outcomes_by_id_and_files_that_could_not_be_loaded() -> None:
    report = jest_report.read_report(REPORTS / "vitest.json", TREE)
    canaries = Canaries("factory_0", frozenset({"src/calc.test.ts"}))

    assert report.outcomes(canaries) == {
        "src/broken.test.ts": "collection_error",
        "src/calc.test.ts::calc > adds": "passed",
        "src/calc.test.ts::calc > adds #2": "passed",
        "src/calc.test.ts::calc > mul > 1*2": "passed",
        "src/calc.test.ts::calc > mul > 2*2": "passed",
        "src/calc.test.ts::skipped": "skipped",
        "src/calc.test.ts::later": "skipped",
        "src/calc.test.ts::fails": "passed",
        "src/calc.test.ts::broken": "failed",
        "src/exit.test.ts::one": "passed",
        "src/exit.test.ts::exits": "failed",
        "src/exit.test.ts::two": "passed",
    }
    assert report.problem(canaries, 1) is None


def test_the_report_of_jest_is_read_alike() -> None:
    report = jest_report.read_report(REPORTS / "jest.json", TREE)

    outcomes = report.outcomes(Canaries("factory_0", frozenset()))

    assert (outcomes["src/calc.test.js::skipped"], outcomes["src/calc.test.js::later"]) == ("skipped", "skipped")
    assert (outcomes["src/calc.test.js::broken"], outcomes["src/broken.test.js"]) == ("failed", "collection_error")
    assert "src/calc.test.js::factory_0 throws" not in outcomes


def test_the_lines_of_nodes_runner_give_outcomes_by_id() -> None:
    lines = (REPORTS / "node.jsonl").read_text().splitlines()
    report = node_report.read_lines(lines, TREE)

    assert report.outcomes(Canaries("factory_0", frozenset())) == {
        "test/broken.test.js": "collection_error",
        "test/calc.test.js::calc > adds": "passed",
        "test/calc.test.js::calc > adds #2": "passed",
        "test/calc.test.js::calc > mul > muls": "passed",
        "test/calc.test.js::parent > child": "passed",
        "test/calc.test.js::parent > bad child": "failed",
        "test/calc.test.js::parent": "failed",
        "test/calc.test.js::skipped": "skipped",
        "test/calc.test.js::later": "skipped",
        "test/calc.test.js::todo fails": "xfailed",
        "test/calc.test.js::todo passes": "skipped",
        "test/calc.test.js::broken": "failed",
    }
    assert report.problem(Canaries("factory_0", frozenset({"test/calc.test.js"})), 1) is None
    assert not node_report.read_lines(lines[:-1], TREE).ended


def test_a_file_that_ended_the_process_before_its_own_end_is_named() -> None:
    report = node_report.read_lines((REPORTS / "node.jsonl").read_text().splitlines(), TREE)

    problem = report.problem(Canaries("factory_0", frozenset({"test/calc.test.js", "test/exit.test.js"})), 1)

    assert problem == "test/exit.test.js ended early: a test at its end, which must fail, was not reported"


WATCHED = Canaries("factory_0", frozenset({"a.test.js"}))
BELIEVED = Report((Case("a.test.js", ("one",), "passed"), Case("a.test.js", ("factory_0 throws",), "failed")), ("a.test.js",), ended=True)


@pytest.mark.parametrize(
    ("report", "exit_code", "problem"),
    [
        (BELIEVED, 1, None),
        (BELIEVED, 0, "the exit code 0 does not agree"),
        (replace(BELIEVED, ended=False), 1, "the run broke off"),
        (Report(ended=True), 1, "found no test file"),
        (replace(BELIEVED, cases=(*BELIEVED.cases, Case("a.test.js", ("factory_0 compares",), "passed"))), 1, "forges results"),
        (replace(BELIEVED, cases=BELIEVED.cases[:1]), 1, "a.test.js ended early"),
        (replace(BELIEVED, cases=(Case("a.test.js", ("factory_0 throws",), "skipped"),)), 1, "was reported nowhere"),
        (Report((), ("a.test.js",), ("a.test.js",), ended=True), 1, None),
    ],
)
def test_a_run_is_believed_only_where_its_end_its_files_its_canaries_and_its_exit_code_agree(
    report: Report, exit_code: int, problem: str | None
) -> None:
    found = report.problem(WATCHED, exit_code)

    assert found is None if problem is None else problem in (found or "")


@given(strategies.text() | strategies.recursive(strategies.none() | strategies.text(), strategies.lists).map(str))
def test_any_other_text_is_a_run_without_an_end(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.mktemp("report") / "report.json"
    file.write_text(text, encoding="utf-8", errors="surrogatepass")

    assert not jest_report.read_report(file, TREE).ended
    assert node_report.read_lines(text.splitlines(), TREE).files == ()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    for name, text in {"calc.ts": TYPED, "other.ts": OTHER, "calc.js": TYPED.replace(": number", "")}.items():
        (tmp_path / "src" / name).write_text(text)
    return tmp_path


def ran(found: Coverage, path: str) -> dict[str, int]:
    """How often each function ran."""
    counted = found.functions[path]
    return {entry["name"]: counted["f"][key] for key, entry in counted["fnMap"].items()}


def test_istanbuls_json_counts_lines_on_which_statements_begin_and_gives_functions(tree: Path) -> None:
    document = (REPORTS / "vitest-coverage.json").read_bytes().replace(b"/tree/", f"{tree}/".encode())

    found = read_istanbul(document, Scope(tree, ("src",)))

    assert (found.covered, found.executable) == (3, 6)
    assert found.uncovered == {
        "src/calc.ts": [[8, "return 0;"]],
        "src/other.ts": [[1, "export const never = (x: number) => {"], [2, "return x + 1;"]],
    }
    assert ran(found, "src/calc.ts") == {"add": 2, "mul": 2}


def test_files_outside_of_the_source_do_not_count(tree: Path) -> None:
    document = (REPORTS / "vitest-coverage.json").read_bytes().replace(b"/tree/", f"{tree}/".encode())

    assert read_istanbul(document, Scope(tree, ("lib",))).executable == 0
    assert read_istanbul(document, Scope(tree, ("src",), ("src",))).executable == 0
    assert read_istanbul((REPORTS / "vitest-coverage.json").read_bytes(), Scope(tree, ("src",))).executable == 0


def test_lcov_calls_every_line_executable_and_only_lines_of_code_count(tree: Path) -> None:
    found = read_lcov((REPORTS / "node.lcov").read_text(), Scope(tree, ("src/calc.js",)))

    assert (found.covered, found.executable) == (5, 6)
    assert found.uncovered == {"src/calc.js": [[8, "return 0;"]]}
    assert ran(found, "src/calc.js") == {"add": 2, "mul": 1}


def test_a_file_that_lcov_does_not_name_was_not_loaded(tree: Path) -> None:
    found = read_lcov("", Scope(tree, ("src/calc.js",)))

    assert (found.covered, found.executable) == (0, 6)


def test_eslints_findings_have_rule_path_and_line() -> None:
    found = by_eslint(REPORTS / "eslint.json", TREE)

    assert found.places == (("eqeqeq", "src/a.js", 2), ("syntax", "src/syntax.js", 1))
    assert found.files == ("eslint.config.js", "src/a.js", "src/syntax.js")


def test_biomes_findings_have_rule_path_and_line(tree: Path) -> None:
    found = by_biome((REPORTS / "biome.out").read_text(), tree)

    assert ("suspicious/noDoubleEquals", "src/a.js", 2) in found.places
    assert sum(rule == "syntax" for rule, _, _ in found.places) == 3
    assert found.files == ("src/calc.js", "src/calc.ts", "src/other.ts")


def test_biomes_first_version_gives_offsets_instead_of_lines(tree: Path) -> None:
    said = (
        '{"summary":{"errors":1},"diagnostics":[{"category":"lint/suspicious/noDebugger","severity":"error",'
        '"location":{"path":{"file":"src/calc.js"},"span":[60,70],"sourceCode":null}}],"command":"lint"}'
    )

    assert by_biome(said, tree).places == (("suspicious/noDebugger", "src/calc.js", 6),)


def test_a_biome_that_could_not_look_has_measured_nothing(tree: Path) -> None:
    said = '{"summary":{},"diagnostics":[{"category":"configuration","message":"unknown key","location":{}}],"command":"lint"}'

    with pytest.raises(ToolFailed, match="unknown key"):
        by_biome(said, tree)


def test_the_compilers_findings_and_the_files_that_it_looked_at() -> None:
    found = by_tsc((REPORTS / "tsc.out").read_text(), TREE)

    assert found.places == (("TS2322", "src/b.ts", 1), ("TS7006", "src/c.ts", 3))
    assert found.files == ("src/b.ts", "src/c.ts")


def test_a_compiler_that_could_not_look_has_measured_nothing() -> None:
    with pytest.raises(ToolFailed, match="TS18003: No inputs"):
        by_tsc("error TS18003: No inputs were found in config file.\n", TREE)
