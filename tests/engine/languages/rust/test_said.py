"""What cargo, the compiler and test binaries print, read again."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.engine.languages.rust.arguments import chosen, selection_of
from tools.engine.languages.rust.crates import Message, built_well, executables, messages, read_metadata, records
from tools.engine.languages.rust.report import read_documentation, read_list, read_report

REPORTS = Path(__file__).parent / "reports"
CANARY = "zz_factory_0123"
LISTED = ("tests::adds", "tests::panics", "tests::slow", CANARY)


def recorded(name: str) -> str:
    return (REPORTS / name).read_text(encoding="utf-8")


def test_a_test_process_is_read_test_by_test() -> None:
    report = read_report(recorded("calc.txt"))
    assert report.belief(CANARY, LISTED, 101) == "believed"
    assert report.counted("believed", LISTED, CANARY) == {"tests::adds": "passed", "tests::panics": "passed", "tests::slow": "skipped"}


@pytest.mark.parametrize(("listed", "exit_code", "lines"), [((*LISTED, "more"), 101, 10), (LISTED, 134, 10), (LISTED, 101, 9), (LISTED, 101, 5)])
def test_a_process_that_breaks_off_tells_of_its_failures_only(listed: tuple[str, ...], exit_code: int, lines: int) -> None:
    report = read_report("\n".join(recorded("calc.txt").splitlines()[:lines]))
    assert report.belief(CANARY, listed, exit_code) == "broke off"
    assert set(report.counted("broke off", listed, CANARY).values()) == {"error"}


def test_a_canary_that_did_not_fail_is_forgery() -> None:
    said = recorded("calc.txt")
    assert read_report(said).belief(CANARY, LISTED, 0) == "forged"
    assert read_report(said.replace('"event": "failed", "stdout"', '"event": "ok", "stdout"')).belief(CANARY, LISTED, 101) == "forged"
    assert read_report("").belief(CANARY, LISTED, 0) == "forged"
    assert read_report("").belief(CANARY, (), 0) == "believed"


def test_what_is_said_worst_of_a_test_counts_wherever_it_stands_in_a_line() -> None:
    ends = '{ "type": "test", "name": "a", "event": "WORD" }\n'
    said = '{ "type": "test", "event": "started", "name": "a" }\n' + "noise" + ends.replace("WORD", "ok") + ends.replace("WORD", "failed")
    assert read_report(said + ends.replace("WORD", "ok")).outcomes == {"a": "failed"}


@given(st.text())
def test_no_output_breaks_the_readers(text: str) -> None:
    assert read_report(text).outcomes == {}
    assert set(read_documentation(text).outcomes.values()) <= {"passed", "failed", "skipped"}


def test_lists_name_tests_and_no_benchmarks() -> None:
    assert read_list("a::b: test\nc: benchmark\n\n2 tests, 1 benchmark\n") == ["a::b"]


def test_documentation_is_told_by_item_and_not_by_line() -> None:
    report = read_documentation(recorded("documentation.txt"))
    assert report.outcomes == {
        "src/lib.rs - Many": "passed",
        "src/lib.rs - Many#2": "skipped",
        "src/lib.rs - ZzFactory0123": "failed",
        "src/lib.rs - add": "passed",
    }
    assert report.belief("src/lib.rs - ZzFactory0123", list(report.outcomes), 101) == "believed"


def test_documentation_of_which_less_is_told_than_ran_broke_off() -> None:
    cut = "\n".join(line for line in recorded("documentation.txt").splitlines() if "add" not in line)
    report = read_documentation(cut)
    assert report.belief("src/lib.rs - ZzFactory0123", list(report.outcomes), 101) == "broke off"


def test_the_binaries_of_a_workspace_are_found() -> None:
    workspace = read_metadata(recorded("metadata.json").replace("path+file:///tree#calc", "path+file:///tree#calc"))
    assert [(crate.name, [target.file.name for target in crate.targets if target.of_tests]) for crate in workspace.crates] == [
        ("calc", ["lib.rs", "outer.rs"])
    ]
    assert workspace.foreign(Path("/tree")) is None
    assert workspace.foreign(Path("/other")) == Path("/tree/Cargo.toml")
    told = list(records(recorded("build.json")))
    assert built_well(told) is True
    assert [(each.target.name, each.program.name) for each in executables(told, workspace.crates)] == [
        ("calc", "calc-c6626fb655a8d231"),
        ("outer", "outer-62ba10cc882ff7c4"),
    ]
    with pytest.raises(ValueError, match="no line of metadata"):
        read_metadata("error: none")


def test_what_the_compiler_says_of_a_place_is_read_once() -> None:
    told = list(records(recorded("check.json")))
    assert built_well(told) is False
    assert [each for each in messages(told) if each.level == "error"] == [Message("E0425", "error", "src/lib.rs", 9, 12)]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("cargo test", ()),
        ("cargo test --workspace --no-fail-fast -q", ()),
        ("cargo test -p calc --features a,b adds", ("-p=calc", "--features=a,b", "--", "adds")),
        ("cargo test --lib -- --test-threads 1 --nocapture --skip slow", ("--workspace", "--lib", "--", "--test-threads=1", "--skip=slow")),
        ("cargo test --target wasm32-wasip1", None),
        ("cargo nextest run", None),
        ("cargo test && echo yes", None),
        ("cargo test 'unclosed", None),
    ],
)
def test_the_words_that_choose_tests_are_kept(command: str, words: tuple[str, ...] | None) -> None:
    assert selection_of(command) == words
    if words:
        found = chosen(words)
        assert found is not None
        assert found.words == words


def test_a_filter_of_names_lets_the_canary_through() -> None:
    found = chosen(["adds", "--", "--exact"])
    assert found is not None
    assert found.test_words(CANARY) == ("adds", "--exact", CANARY)
    plain = chosen(["--", "--test-threads=1"])
    assert plain is not None
    assert plain.test_words(CANARY) == ("--test-threads=1",)
