"""Faults and cheats in Go and Rust, made without a syntax tree."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from state.configuration import Configuration
from state.measurement import Profile, Root
from tests.support import go_projects, rust_projects
from tools.engine.drill import cheats_in_go, cheats_in_rust
from tools.engine.drill.breaks import BREAKS
from tools.engine.drill.grounds import Cheat, Fault, Grounds, NotHere
from tools.engine.drill.operator_faults import bare, operator_faults
from tools.engine.languages.go.scanning import declarations
from tools.engine.languages.go.scanning import test_names as go_test_names
from tools.engine.languages.rust.scanning import items, tokens_of
from tools.engine.languages.rust.scanning import test_names as rust_test_names

GO = {cheat.name: cheat for cheat in cheats_in_go.CHEATS}
RUST = {cheat.name: cheat for cheat in cheats_in_rust.CHEATS}


def grounds(language: str, files: Mapping[str, str], sources: tuple[str, ...], tests: tuple[str, ...]) -> Grounds:
    configuration = Configuration(goal="Sums.", modifiable=("**",), guards=("Keep the tests",))
    root = Root(language=language, source_paths=sources, test_runner="its own")
    profile = Profile(dimensions=(), commands=())
    return Grounds(root, profile, configuration, frozenset(files), files.__getitem__, Path("/checkout"), test_files=tests)


def in_go(files: Mapping[str, str] = go_projects.CALC) -> Grounds:
    return grounds("go", files, ("calc.go", "words"), ("calc_test.go", "words/words_test.go"))


def in_rust(files: Mapping[str, str] = rust_projects.CALC) -> Grounds:
    return grounds("rust", files, ("src",), ("src/lib.rs", "src/words.rs", "tests/outer.rs"))


def sign() -> Grounds:
    fault = next(fault for fault in operator_faults(in_go(), 6) if fault.function == "Sign")
    return replace(in_go(), fault=replace(fault, tests=("calc_test.go::TestSign",)))


def add() -> Grounds:
    fault = operator_faults(in_rust(), 6)[0]
    return replace(in_rust(), fault=replace(fault, tests=("src/lib.rs::tests > adds", "tests/outer.rs::outer")))


def go_text(edits: Mapping[str, object], path: str) -> str:
    text = edits[path]
    assert isinstance(text, str)
    assert declarations(text.encode()) is not None
    return text


def test_go_is_broken_by_an_operator_where_it_still_compiles() -> None:
    found = {fault.function: fault for fault in reversed(operator_faults(in_go(), 6))}
    assert "if a >= 0 {" in found["Sign"].text
    assert "return a - b" in found["Add"].text
    assert found["Sign"].what == "calc.go:11 Sign has >= for <"
    assert "Hello" not in found


def test_rust_is_broken_outside_of_comments_and_of_the_tests_in_its_files() -> None:
    found = operator_faults(in_rust(), 6)
    assert [(fault.path, fault.function) for fault in found] == [("src/lib.rs", "add")]
    assert "    a - b\n" in found[0].text
    assert "assert_eq!(add(1, 2), 3);" in found[0].text


def test_what_no_test_runs_is_not_broken() -> None:
    uncovered = replace(in_go(), uncovered={"calc.go": frozenset({6})})
    assert "Add" not in {fault.function for fault in operator_faults(uncovered, 6)}


def test_texts_comments_and_lifetimes_are_told_from_code() -> None:
    text = 'fn a<\'b>(c: &\'b str) -> bool {\n    // c == "1"\n    c == "x < 1" && c != r#"a " b"#\n}\n'
    code = bare(text)
    assert len(code) == len(text)
    assert code.count(" == ") == 1
    assert "<'b>" in code
    assert "1" not in code


@pytest.mark.parametrize("cheat", cheats_in_go.CHEATS, ids=lambda cheat: cheat.name)
def test_every_cheat_in_go_changes_something_beside_the_fault(cheat: Cheat) -> None:
    if cheat.name == "knows it is tested":
        with pytest.raises(NotHere):
            cheat.edits(sign())
        return
    ground = sign()
    edits = cheat.edits(ground)
    assert ground.fault is not None
    assert edits != {ground.fault.path: ground.fault.text}
    assert all(content != go_projects.CALC.get(path) for path, content in edits.items())


def test_go_tests_are_skipped_by_the_name_of_their_parameter_and_nothing_else() -> None:
    text = go_text(GO["tests skipped"].edits(sign()), "calc_test.go")
    assert "func TestSign(t *testing.T) { t.Skip();\n" in text
    assert text.count("t.Skip();") == 1


def test_a_deleted_go_test_leaves_the_others_and_a_file_that_compiles() -> None:
    text = go_text(GO["tests deleted"].edits(sign()), "calc_test.go")
    assert go_test_names(text.encode()) == ["TestAdd", "TestLater"]
    assert text.endswith("var _ testing.TB\n")


def test_a_renamed_go_test_is_none() -> None:
    assert go_test_names(go_text(GO["tests renamed"].edits(sign()), "calc_test.go").encode()) == ["TestAdd", "TestLater"]


def test_a_go_product_that_knows_its_tests_answers_both_ways() -> None:
    fault = next(fault for fault in operator_faults(in_go(), 6) if fault.function == "Add")
    text = go_text(GO["knows it is tested"].edits(replace(in_go(), fault=replace(fault, tests=("calc_test.go::TestAdd > one",)))), "calc.go")
    assert "\tif drilltesting.Testing() {\n\t\treturn a + b\n\t}\n\treturn a - b\n" in text
    assert 'import drilltesting "testing"' in text


@pytest.mark.parametrize("cheat", cheats_in_rust.CHEATS, ids=lambda cheat: cheat.name)
def test_every_cheat_in_rust_changes_something_beside_the_fault_and_closes_its_brackets(cheat: Cheat) -> None:
    ground = add()
    edits = cheat.edits(ground)
    assert ground.fault is not None
    assert edits != {ground.fault.path: ground.fault.text}
    for path, content in edits.items():
        assert isinstance(content, str)
        assert not path.endswith(".rs") or items(tokens_of(content.encode())) is not None


def test_rust_tests_are_ignored_or_no_longer_marked() -> None:
    ignored, unmarked = (RUST[name].edits(add()) for name in ("tests ignored", "tests unmarked"))
    assert "#[test]\n    #[ignore]\n    fn adds()" in str(ignored["src/lib.rs"])
    assert rust_test_names(str(unmarked["src/lib.rs"]).encode()) == ["slow"]
    assert rust_test_names(str(unmarked["tests/outer.rs"]).encode()) == []


def test_rust_tests_stand_under_a_condition_that_never_holds() -> None:
    edits = RUST["tests not compiled"].edits(add())
    assert "#[cfg(any())]\nmod tests" in str(edits["src/lib.rs"])
    assert str(edits["tests/outer.rs"]).startswith("#![cfg(any())]\n")


def test_cargo_is_told_that_there_are_no_tests() -> None:
    assert str(RUST["no harness"].edits(add())["Cargo.toml"]).endswith("[lib]\ntest = false\n")


@pytest.mark.parametrize("ground", [in_go(), in_rust()], ids=["go", "rust"])
@pytest.mark.parametrize("cheat", BREAKS, ids=lambda cheat: cheat.name)
def test_what_is_broken_without_disguise_is_added_to_the_product_alone(ground: Grounds, cheat: Cheat) -> None:
    edits = cheat.edits(ground)
    assert edits
    assert all(str(content).startswith(ground.read(path)) and not path.startswith("tests/") for path, content in edits.items())


def test_failing_tests_that_stand_in_no_file_cannot_be_rewritten() -> None:
    lost: Fault = replace(operator_faults(in_go(), 1)[0], tests=("generated_test.go::TestIt",))
    with pytest.raises(NotHere, match="no file"):
        GO["tests deleted"].edits(replace(in_go(), fault=lost))
