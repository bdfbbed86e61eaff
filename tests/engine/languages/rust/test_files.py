"""What Rust's files say by their names and their text: whose they are, what a change of them does, and what is grafted."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.engine.languages.rust import language, scanning
from tools.engine.languages.rust.cargo_file import without_harness
from tools.engine.languages.rust.scanning import items, tokens_of

PRODUCT = b"""//! Sums. { /* not closed
use std::fmt;

const LIMIT: [u8; 2] = { [b'{', b'\\''] };

pub fn add<'a>(a: &'a i32, b: i32) -> i32 {
    let text = r#"a " } b"#; // }
    /* { /* nested */ } */
    a + b
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two() -> i32 { 2 }

    #[test]
    fn adds() {
        assert_eq!(add(&1, two()), 3);
    }

    #[tokio::test]
    async fn waits() {}
}
"""
TESTS = b"use calc::add;\n\nfn two() -> i32 {\n    2\n}\n\n#[test]\nfn outer() {\n    assert_eq!(add(&two(), 2), 4);\n}\n"


@pytest.mark.parametrize(
    ("path", "owned"),
    [
        ("tests/outer.rs", True), ("crates/a/tests/data/x.json", True), ("benches/b.rs", True), ("src/tests.rs", True), ("src/parser_tests.rs", True),
        ("clippy.toml", True), (".cargo/config.toml", True), ("rust-toolchain.toml", True), (".config/nextest.toml", True),
        ("src/lib.rs", False), ("Cargo.toml", False), ("tests/crate/Cargo.toml", False), ("config.toml", False), ("build.rs", False),
    ],
)  # fmt: skip
def test_tests_and_settings_are_the_bases(path: str, owned: bool) -> None:
    assert language.owns(path, ()) is owned


@pytest.mark.parametrize("path", ["Cargo.toml", "a/Cargo.lock", "build.rs", "rust-toolchain", ".cargo/config.toml"])
def test_manifests_are_known(path: str) -> None:
    assert language.manifests(path)


def test_items_are_split_and_strings_comments_and_lifetimes_hide_nothing() -> None:
    found = items(tokens_of(PRODUCT))
    assert found is not None
    assert [(item.name, item.is_test, item.is_module) for item in found] == [
        ("", False, False), ("LIMIT", False, False), ("add", False, False), ("tests", True, True),
    ]  # fmt: skip
    assert scanning.test_names(PRODUCT) == ["adds", "waits"]


@given(st.text())
def test_no_text_breaks_the_scanner(text: str) -> None:
    found = items(tokens_of(text.encode("utf-8", "replace")))
    assert found is None or all(item.tokens for item in found)


def inside(candidate: bytes | None) -> str | None:
    change = language.tests_inside("src/lib.rs", PRODUCT, candidate)
    return change.detail if change else None


def test_a_product_may_change_and_its_tests_may_gain() -> None:
    assert inside(PRODUCT.replace(b"a + b", b"b + a")) is None
    assert inside(PRODUCT.replace(b"    async fn waits() {}\n", b"    async fn waits() {}\n\n    #[test]\n    fn more() {}\n")) is None
    assert inside(PRODUCT.replace(b"assert_eq!(add(&1, two()), 3);", b"assert_eq!(add(&1, two()), 3); // three")) is None
    assert language.tests_inside("src/new.rs", None, PRODUCT) is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b", 3);", b", 4);", "gone or changed: # [ test ] fn adds"),
        (b"{ 2 }", b"{ 3 }", "gone or changed: fn two"),
        (b"#[test]\n", b"#[test]\n    #[ignore]\n", "gone or changed: # [ test ] fn adds"),
        (b"#[cfg(test)]", b'#[cfg(all(test, feature = "never"))]', "gone or changed: # [ cfg ( test ) ]"),
        (b"    fn two()", b"    fn add(a: &i32, b: i32) -> i32 { 3 }\n    fn two()", "takes the name add"),
        (b"    fn two()", b"    use crate::fake::{add};\n    fn two()", "takes the name add"),
        (b"use std::fmt;", b"macro_rules! assert_eq { ($($a:tt)*) => {} }", "stands in the place of the standard macro"),
        (b"    a + b", b"    if cfg!(test) { 3 } else { 0 }", "another one under test"),
        (b"pub fn add", b"#[cfg(not(test))]\npub fn add", "another one under test"),
    ],
)
def test_a_test_inside_the_product_that_changed_is_seen(old: bytes, new: bytes, said: str) -> None:
    assert said in (inside(PRODUCT.replace(old, new, 1)) or "")


def test_a_file_that_went_with_its_tests_is_seen() -> None:
    assert "gone: # [ cfg ( test ) ] mod tests" in (inside(None) or "")
    assert language.tests_inside("src/plain.rs", b"pub fn one() {}\n", None) is None


def kind_of(candidate: bytes, base: bytes | None = TESTS) -> str:
    change = language.examine("tests/outer.rs", base, candidate)
    assert change is not None
    return change.kind


def test_a_test_file_that_only_gained_never_waits() -> None:
    assert kind_of(TESTS + b"\nuse std::fs;\n\n#[test]\nfn more() {}\n") == "only_gained"
    assert kind_of(TESTS, None) == "added_plain_test"


@pytest.mark.parametrize(
    "candidate",
    [
        TESTS.replace(b", 4)", b", 5)"), TESTS.replace(b"    2\n", b"    3\n"), b"#![cfg(never)]\n" + TESTS, TESTS + b"mod two {}\n",
        TESTS + b"macro_rules! assert_eq { () => {} }\n", TESTS + b"fn open( {\n",
    ],
)  # fmt: skip
def test_a_changed_test_file_is_seen(candidate: bytes) -> None:
    assert kind_of(candidate) == "changed"


BASE = b"""# The crate.
[package]
name = "calc"
version = "0.1.0"

[dependencies]
serde = "1"

[lints.clippy]
all = "deny"

[[test]]
name = "own"
harness = false

[profile.test]
overflow-checks = true
"""


def test_dependencies_are_the_candidates_byte_for_byte() -> None:
    newer = BASE.replace(b'serde = "1"', b'serde = "2" # new') + b"\n[profile.release]\nlto = true\n"
    assert language.graft("Cargo.toml", BASE, newer) == newer
    assert language.graft("Cargo.toml", BASE, None) == BASE
    assert language.graft("Cargo.toml", BASE, b"[broken") == BASE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'all = "deny"', b'all = "allow"'),
        (b"harness = false", b"test = false"),
        (b"overflow-checks = true", b"overflow-checks = false"),
        (b'version = "0.1.0"\n', b'version = "0.1.0"\nautotests = false\n'),
        (b"[profile.test]", b"[profile.dev]\ndebug-assertions = false\n\n[profile.test]"),
        (b"[lints.clippy]", b"[lib]\ntest = false\n\n[lints.clippy]"),
        (b"[lints.clippy]", b'[[bin]]\nname = "calc"\npath = "src/main.rs"\ntest = false\n\n[lints.clippy]'),
    ],
)
def test_how_tests_are_built_and_linted_is_the_bases(old: bytes, new: bytes) -> None:
    candidate = BASE.replace(b'serde = "1"', b'serde = "2"').replace(old, new)
    grafted = tomllib.loads((language.graft("Cargo.toml", BASE, candidate) or b"").decode())
    assert grafted.pop("bin", [{"name": "calc", "path": "src/main.rs"}]) == [{"name": "calc", "path": "src/main.rs"}]
    assert grafted == tomllib.loads(BASE.replace(b'serde = "1"', b'serde = "2"').decode())


def test_of_a_new_crate_only_its_profiles_are_not_taken() -> None:
    added = b'[package]\nname = "b"\n\n[lints]\nworkspace = true\n'
    assert language.graft("b/Cargo.toml", None, added) == added
    grafted = language.graft("b/Cargo.toml", None, added + b"\n[profile.dev]\noverflow-checks = false\n") or b""
    assert tomllib.loads(grafted.decode()) == {"package": {"name": "b"}}


def test_targets_that_are_plain_programs_are_known() -> None:
    assert without_harness(tomllib.loads(BASE.decode() + "\n[lib]\nharness = false\n")) == {"own", "lib"}


def test_the_files_of_a_test_are_its_own_and_their_modules() -> None:
    paths = ["tests/outer.rs", "tests/other.rs", "tests/support/mod.rs", "src/lib.rs"]
    assert language.files_of_test("tests/outer.rs::outer", paths) == ("tests/outer.rs", "tests/support/mod.rs")
    assert language.files_of_test("src/lib.rs::tests > adds", paths) == ()
