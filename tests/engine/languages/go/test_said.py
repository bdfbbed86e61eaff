"""What go and its companions print, read again: test processes, packages, coverage profiles, vet and golangci-lint."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.engine.languages.go.arguments import Chosen, chosen, selection_of
from tools.engine.languages.go.coverage_profile import covered_lines, read_profile
from tools.engine.languages.go.packages import Package, batches, read_listing
from tools.engine.languages.go.report import named, read_report
from tools.engine.languages.go.static_tools import golangci_arguments, read_golangci, read_vet

REPORTS = Path(__file__).parent / "reports"
CANARY = "TestFactory0123456789abcdef"


def recorded(name: str) -> str:
    return (REPORTS / name).read_text(encoding="utf-8")


def test_a_test_process_is_read_with_its_subtests_and_its_canary() -> None:
    report = read_report(recorded("calc.txt"))
    assert report.belief(CANARY, 1) == "believed"
    counted = report.counted("believed", (), CANARY)
    assert named(counted, {"TestAdd": "calc_test.go"}, "other_test.go") == {
        "calc_test.go::TestAdd": "passed",
        "calc_test.go::TestAdd > x": "passed",
        "calc_test.go::TestAdd > x#01": "passed",
        "other_test.go::TestSkip": "skipped",
        "other_test.go::TestPar": "passed",
        "other_test.go::FuzzAdd": "passed",
        "other_test.go::FuzzAdd > seed#0": "passed",
        "other_test.go::ExampleAdd": "passed",
    }


def test_a_process_that_breaks_off_tells_of_its_failures_only() -> None:
    report = read_report(recorded("panics.txt"))
    assert report.belief(CANARY, 2) == "broke off"
    assert report.counted("broke off", ("TestOne", "TestTwo"), CANARY) == {"TestOne": "failed", "TestTwo": "error"}


def test_a_canary_that_did_not_fail_is_forgery() -> None:
    forged = read_report(f"\x16=== RUN   {CANARY}\n\x16--- PASS: {CANARY} (0.00s)\n\x16PASS\n")
    assert forged.belief(CANARY, 0) == "forged"
    assert read_report("").belief(CANARY, 0) == "forged"
    assert read_report("").belief(CANARY, 2) == "broke off"
    assert read_report(recorded("calc.txt")).belief(CANARY, 0) == "forged"


def test_what_is_said_worst_of_a_test_counts() -> None:
    report = read_report("\x16=== RUN   TestA\nnoise \x16--- PASS: TestA (0.00s)\n\x16--- FAIL: TestA (0.01s)\n\x16--- PASS: TestA (0.00s)\n")
    assert report.outcomes == {"TestA": "failed"}


@given(st.text())
def test_no_output_breaks_the_reader(text: str) -> None:
    assert read_report(text).belief(CANARY, 1) in {"broke off", "forged"} or CANARY in text


def test_packages_are_listed_and_code_from_elsewhere_is_seen() -> None:
    listing = read_listing(recorded("packages.txt"))
    assert [(each.import_path, each.binary) for each in listing.tested] == [
        ("example.com/calc", "calc.test"),
        ("example.com/calc/words", "words.test"),
    ]
    assert listing.foreign([Path("/tree")]) is None
    assert listing.foreign([Path("/tree/words")]) == Path("/tree")
    with pytest.raises(ValueError, match="Expecting"):
        read_listing("{\n broken\n}\n")


def test_binaries_of_one_name_are_built_apart() -> None:
    packages = [Package(path, Path("/tree"), "a") for path in ("m/a", "m/b", "m/x/a", "m/a/v2")]
    assert [[each.import_path for each in group] for group in batches(packages)] == [["m/a", "m/b"], ["m/x/a"], ["m/a/v2"]]


def test_a_line_is_covered_where_one_run_executed_it() -> None:
    lines = ["package a", "", "func F(a int) int {", "\tif a > 0 {", "\t\treturn 1 // yes", "\t}", "\t// no", "\treturn 2", "}"]
    block = "m/a.go:{},{} 1 {}\n"
    first = block.format("4.2", "4.11", 1) + block.format("5.3", "6.1", 0) + block.format("8.2", "8.10", 0)
    second = block.format("4.2", "4.11", 1) + block.format("5.3", "6.1", 1) + block.format("8.2", "8.10", 0)
    found = covered_lines(read_profile(f"mode: set\n{first}{second}"), lambda _: lines)
    assert (found.covered, found.executable, found.uncovered) == (2, 3, {"m/a.go": [(8, "return 2")]})


def test_blocks_as_older_compilers_write_them_count_no_more_lines() -> None:
    lines = ["func F(a int) int {", "", "\treturn a", "}"]
    assert covered_lines(read_profile("m/a.go:1.19,4.2 1 0"), lambda _: lines).uncovered == {"m/a.go": [(3, "return a")]}


def test_findings_of_vet_are_read_once_though_packages_come_twice() -> None:
    assert read_vet(recorded("vet.txt")) == [("printf", "/tree/two/bad.go", 5)]
    assert read_vet("{}\n") == []
    assert read_vet("{}\n" + recorded("vet.txt")) == read_vet(recorded("vet.txt"))


@pytest.mark.parametrize("name", ["golangci-1.json", "golangci-2.json"])
def test_findings_of_golangci_lint_are_read_in_both_formats(name: str) -> None:
    assert read_golangci(recorded(name)) == [("errcheck", "calc.go", 12), ("staticcheck", "words/words.go", 7)]
    with pytest.raises(ValueError, match="substring"):
        read_golangci("no json")


def test_golangci_lint_is_asked_in_the_words_of_its_major_version() -> None:
    assert "--out-format=json" in golangci_arguments("golangci-lint has version 1.64.8 built with go1.24")
    assert "--output.json.path=stdout" in golangci_arguments("golangci-lint has version 2.5.0 built with go1.25")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("go test ./...", ()),
        ("go test", ()),
        ("go test -v -race -count=1 -run TestA ./a", ("-race", "-run=TestA", "./a")),
        ("go test -cover -coverprofile out -tags=e2e,db ./... -args -x", ("-tags=e2e,db", "./...", "-args", "-x")),
        ("go test ./... | tee out", None),
        ("go test -exec sudo ./...", None),
        ("go vet ./...", None),
        ("go test 'unclosed", None),
    ],
)
def test_the_words_that_choose_tests_are_kept(command: str, words: tuple[str, ...] | None) -> None:
    assert selection_of(command) == words
    if words:
        found = chosen(words)
        assert found is not None
        assert found.words == words


def test_a_pattern_of_names_lets_the_canary_through() -> None:
    assert Chosen(test=("-run=TestA", "-short"), handed_on=("-x",)).test_flags("TestC") == ("-test.run=TestA|^TestC$", "-test.short", "-x")
