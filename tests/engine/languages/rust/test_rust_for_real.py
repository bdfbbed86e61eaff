"""Rust crates measured with the real cargo: what counts, and what a tree cannot do to be counted better than it is."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from state.configuration import Configuration
from state.measurement import Reading, ReadingState, Sample
from tests.support.python_projects import Project, discovered
from tests.support.repositories import make_repository
from tests.support.rust_projects import CALC, cargo_program, environment_of_rust
from tools.engine.evaluation.assessment import measurements
from tools.engine.evaluation.base_word import base_owned, examine

CARGO = cargo_program()
pytestmark = pytest.mark.skipif(CARGO is None, reason="no cargo: install Rust")
INDEX = "https://" + "github.com/rust-lang/crates.io-index"  # how a lock file names the usual source; nothing is asked of it
CONFIGURATION = Configuration.model_validate({"goal": "Sums.", "modifiable": ["**"], "guards": ["Keep the tests"]})
ONE = (
    "pub fn one() -> i32 {\n    1\n}\n\n"
    "#[cfg(test)]\nmod tests {\n    #[test]\n    fn first() {\n        assert_eq!(super::one(), 1);\n    }\n\n    #[test]\n    fn second() {}\n}\n"
)


def before_main(body: str) -> str:
    """Code that runs before `main` does."""
    return f'#[used]\n#[unsafe(link_section = ".init_array")]\nstatic EARLY: extern "C" fn() = early;\n\nextern "C" fn early() {{\n    {body}\n}}\n\n'


# Each breaks `one`, and does something so that nobody sees it.
SAYS = 'println!("{}", r##"{ "type": "test", "name": "tests::first", "event": "ok" }"##); std::process::exit(101);'
CHEATS = {
    "exits": ONE.replace("{\n    1\n}", "{\n    std::process::exit(0)\n}"),
    "early": before_main(f'if !std::env::args().any(|word| word == "--list") {{ {SAYS} }}') + ONE.replace("    1\n", "    2\n", 1),
    "panics": ONE.replace("    1\n}", '    panic!("no")\n}', 1),
    "starts": before_main("std::process::abort();") + ONE,
    "aborts": ONE.replace("    1\n}", "    std::process::abort()\n}", 1),
    "compiles": ONE.replace("    1\n}", "    none\n}", 1),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def with_rust() -> Iterator[None]:
    """The toolchain of whoever runs the tests, in a home that is not theirs."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment_of_rust().items():
            patch.setenv(name, value)
        yield


# What workspaces are made of besides plain libraries.
SHAPES = {
    "Cargo.toml": '[workspace]\nresolver = "2"\nmembers = ["made", "tool"]\n',
    "made/Cargo.toml": '[package]\nname = "made"\nversion = "0.1.0"\nedition = "2024"\n\n[lib]\nproc-macro = true\n',
    "made/src/lib.rs": (
        "//! ```\n//! made::nothing!();\n//! ```\nuse proc_macro::TokenStream;\n\n/// ```compile_fail\n/// made::none!();\n/// ```\n"
        "#[proc_macro]\npub fn nothing(_: TokenStream) -> TokenStream {\n    TokenStream::new()\n}\n\n#[test]\nfn in_macro() {}\n"
    ),
    "tool/Cargo.toml": (
        '[package]\nname = "tool"\nversion = "0.1.0"\nedition = "2024"\n\n[dependencies]\nmade = { path = "../made" }\n\n'
        '[[test]]\nname = "plain"\nharness = false\n'
    ),
    "tool/src/main.rs": (
        'fn main() {\n    println!("hi");\n}\n\n#[test]\nfn in_folder() {\n'
        '    assert!(std::env::var("CARGO_MANIFEST_DIR").unwrap().ends_with("tool"));\n    assert!(std::path::Path::new("src").is_dir());\n}\n'
    ),
    "tool/tests/plain.rs": "fn main() {}\n",
    "tool/tests/runs.rs": (
        '#[test]\nfn runs() {\n    assert_eq!(std::process::Command::new(env!("CARGO_BIN_EXE_tool")).output().unwrap().stdout, b"hi\\n");\n}\n'
    ),
    "tool/tests/gated.rs": "#![cfg(windows)]\n#[test]\nfn gated() {}\n",
}


@pytest.fixture(scope="module")
def calc(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return project(tmp_path_factory.mktemp("calc") / "calc", CALC)


@pytest.fixture(scope="module")
def crooked(tmp_path_factory: pytest.TempPathFactory) -> Project:
    names = [*CHEATS, "sound"]
    files = {"Cargo.toml": f"[workspace]\nresolver = '2'\nmembers = {names}\n", "Cargo.lock": "version = 4\n"}
    for name in names:
        files["Cargo.lock"] += f'\n[[package]]\nname = "{name}"\nversion = "0.1.0"\n'
        manifest = f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2024"\n\n[lib]\ndoctest = false\n'
        files |= {f"{name}/Cargo.toml": manifest, f"{name}/src/lib.rs": ONE}
    return project(tmp_path_factory.mktemp("crooked") / "crooked", files)


def project(root: Path, files: dict[str, str]) -> Project:
    make_repository(root, files)
    return discovered(root, CONFIGURATION)


async def test_a_crate_is_measured_test_by_test_with_its_documentation(calc: Project) -> None:
    samples = await calc.measure(calc.base)
    found = measurements(samples)
    assert found.outcomes == {
        "src/lib.rs::tests > adds": "passed",
        "src/lib.rs::tests > slow": "skipped",
        "src/lib.rs::words > tests > greets": "passed",
        "tests/outer.rs::outer": "passed",
        "src/lib.rs::documentation > add": "passed",
    }
    assert found.reading("tests").value == 4 / 5
    assert (found.reading("lint").facts["findings"], found.reading("type_check").facts["findings"]) == (0, 0)
    assert of(samples, "tests").material["test_files"] == ["tests/outer.rs"]


async def test_macros_programs_and_tests_without_a_harness_are_measured_as_cargo_runs_them(tmp_path: Path) -> None:
    shapes = project(tmp_path / "shapes", SHAPES)
    assert measurements(await shapes.measure(shapes.base, ["tests"])).outcomes == dict.fromkeys(
        [
            "made/src/lib.rs::in_macro",
            "made/src/lib.rs::documentation > of the whole",
            "made/src/lib.rs::documentation > nothing - compile fail",
            "tool/src/main.rs::in_folder",
            "tool/tests/plain.rs::main",
            "tool/tests/runs.rs::runs",
        ],
        "passed",
    )


async def test_only_the_chosen_tests_run_and_a_canary_with_them(calc: Project) -> None:
    chosen = discovered(calc.root, CONFIGURATION.model_copy(update={"eval_command": "cargo test --lib adds"}))
    assert measurements(await chosen.measure(calc.base, ["tests"])).outcomes == {"src/lib.rs::tests > adds": "passed"}


async def test_what_clippy_and_the_compiler_object_to_is_found_at_its_line(calc: Project) -> None:
    tree = calc.candidate({"src/words.rs": CALC["src/words.rs"].replace('    "hello"\n', '    return "hello";\n', 1)})
    samples = await calc.measure(tree, ["lint"])
    assert of(samples, "lint").material["findings"] == [["clippy::needless_return", "src/words.rs", 'return "hello";', 1]]
    broken = calc.candidate({"src/words.rs": CALC["src/words.rs"].replace('    "hello"\n', "    nothing\n", 1)})
    samples = await calc.measure(broken, ["lint", "types"])
    assert reading(of(samples, "lint"), "lint").reason == "the code does not compile"
    assert of(samples, "types").material["findings"] == [["E0425", "src/words.rs", "nothing", 1]]


async def test_a_crate_cannot_be_counted_better_than_it_is(crooked: Project) -> None:
    base = measurements(await crooked.measure(crooked.base, ["tests"]))
    assert set(base.outcomes.values()) == {"passed"}
    assert len(base.outcomes) == 2 * (len(CHEATS) + 1)
    tree = crooked.candidate({f"{name}/src/lib.rs": content for name, content in CHEATS.items()})
    (sample,) = await crooked.measure(tree, ["tests"])
    outcomes = sample.material["outcomes"]
    assert {test for test, outcome in outcomes.items() if outcome == "passed"} == {
        "sound/src/lib.rs::tests > first",
        "sound/src/lib.rs::tests > second",
        "panics/src/lib.rs::tests > second",
    }
    assert outcomes["panics/src/lib.rs::tests > first"] == "failed"
    assert outcomes["aborts/src/lib.rs::tests > first"] == "error"
    assert outcomes["starts/src/lib.rs"] == "collection_error"
    assert outcomes["compiles/src/lib.rs"] == "collection_error"
    assert reading(sample, "tests").state is ReadingState.ERROR
    assert "a test that must fail did not, in the test process of exits (exits)" in reading(sample, "tests").reason


async def test_a_tree_is_never_measured_by_what_was_built_of_another(calc: Project) -> None:
    broken = calc.candidate({"src/lib.rs": CALC["src/lib.rs"].replace("a + b", "a - b", 1)})
    account = (await calc.assess(broken, ["tests"])).tests
    assert set(account.lost) == {"src/lib.rs::tests > adds", "tests/outer.rs::outer", "src/lib.rs::documentation > add"}


async def test_crates_from_elsewhere_are_compiled_once_and_those_of_the_tree_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "src/lib.rs": '#[test]\nfn tells() {\n    assert_eq!(stamp::WHEN, if 1 > 0 { "base" } else { "" });\n}\n',
        "Cargo.toml": CALC["Cargo.toml"] + '\n[dependencies]\nstamp = "1"\n',
        "Cargo.lock": CALC["Cargo.lock"] + 'dependencies = ["stamp"]\n\n[[package]]\nname = "stamp"\nversion = "1.0.0"\n'
        f'source = "registry+{INDEX}"\n',
    }
    monkeypatch.setenv("CARGO_HOME", str(vendored(tmp_path / "cargo")))
    stamped = project(tmp_path / "stamped", files)
    (first,) = await stamped.measure(stamped.base, ["tests"])
    (kept,) = (stamped.cache / "rust").iterdir()
    built = [file.name for file in kept.rglob("*") if file.is_file()]
    assert any("libstamp-" in name for name in built)
    assert not any("calc-" in name for name in built)
    (second,) = await stamped.measure(stamped.candidate({"src/lib.rs": files["src/lib.rs"].replace('"base"', '"candidate"')}), ["tests"])
    stamps = [re.findall(r'left: \\"(\d+)\\"', sample.output) for sample in (first, second)]
    assert stamps[0]
    assert stamps[0] == stamps[1]
    assert ("base" in first.output, "candidate" in second.output) == (True, True)
    await stamped.measure(stamped.base, ["lint", "types"])
    assert sorted(each.name.partition("-")[0] for each in (stamped.cache / "rust").iterdir()) == ["build", "check"]


def vendored(folder: Path) -> Path:
    """A cargo folder with one crate from elsewhere, whose build says when it was."""
    crate = folder / "crates" / "stamp"
    (crate / "src").mkdir(parents=True)
    (folder / "config.toml").write_text(
        f'[source.crates-io]\nreplace-with = "here"\n\n[source.here]\ndirectory = "{folder / "crates"}"\n', encoding="utf-8"
    )
    (crate / "Cargo.toml").write_text('[package]\nname = "stamp"\nversion = "1.0.0"\nedition = "2021"\n', encoding="utf-8")
    (crate / ".cargo-checksum.json").write_text('{"files": {}}', encoding="utf-8")
    (crate / "src" / "lib.rs").write_text('pub const WHEN: &str = env!("WHEN");\n', encoding="utf-8")
    (crate / "build.rs").write_text(
        "use std::time::SystemTime;\n\nfn main() {\n    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();\n"
        '    println!("cargo:rerun-if-changed=build.rs\\ncargo:rustc-env=WHEN={}", now.as_nanos());\n}\n',
        encoding="utf-8",
    )
    return folder


async def test_options_that_hide_tests_and_changed_tests_do_not_help(calc: Project) -> None:
    tree = calc.candidate(
        {
            "Cargo.toml": f"{CALC['Cargo.toml']}autotests = false\n\n[lib]\ntest = false\n",
            "src/lib.rs": CALC["src/lib.rs"].replace("a + b", "a - b", 1).replace("assert_eq!(add(1, 2), 3);", "add(1, 2);"),
        }
    )
    assert "tests/outer.rs::outer" in (await calc.assess(tree, ["tests"])).tests.lost
    changes = examine(calc.repository, calc.base, tree, base_owned(calc.contract.profile.roots))
    assert {change.path: change.suspicious for change in changes} == {"Cargo.toml": True, "src/lib.rs": True}


async def test_a_crate_in_a_folder_is_measured_as_the_project_calls_it(tmp_path: Path) -> None:
    engine = project(tmp_path / "folder", {f"engine/{name}": content for name, content in CALC.items()})
    broken = engine.candidate({"engine/src/words.rs": CALC["src/words.rs"].replace('    "hello"\n', '    return "hello"\n', 1)})
    samples = await engine.measure(broken, ["tests", "lint"])
    assert set(of(samples, "tests").material["outcomes"]) == {
        "engine/src/lib.rs::tests > adds",
        "engine/src/lib.rs::tests > slow",
        "engine/src/lib.rs::words > tests > greets",
        "engine/tests/outer.rs::outer",
        "engine/src/lib.rs::documentation > add",
    }
    assert [finding[:2] for finding in of(samples, "lint").material["findings"]] == [["clippy::needless_return", "engine/src/words.rs"]]


async def test_code_from_outside_of_the_tree_is_not_measured(calc: Project) -> None:
    elsewhere = calc.root.parent / "elsewhere"
    make_repository(elsewhere, {"Cargo.toml": '[package]\nname = "elsewhere"\nversion = "0.1.0"\n', "src/lib.rs": ""})
    tree = calc.candidate({"Cargo.toml": f'{CALC["Cargo.toml"]}\n[dependencies]\nelsewhere = {{ path = "{elsewhere}" }}\n'})
    (sample,) = await calc.measure(tree, ["tests"])
    assert reading(sample, "tests").state is not ReadingState.MEASURED


def of(samples: tuple[Sample, ...], part: str) -> Sample:
    return next(sample for sample in samples if sample.part == part)


def reading(sample: Sample, dimension: str) -> Reading:
    return next(each for each in sample.readings if each.dimension == dimension)
