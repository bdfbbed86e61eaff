"""What discovery sees of Rust projects, from files alone."""

from pathlib import Path

import pytest

from state.errors import Refusal
from tests.support.rust_projects import CALC
from tools.engine.languages.rust.survey import look, roots, survey
from tools.engine.languages.survey import Project


def seen(files: dict[str, str], root: Path = Path("/project")) -> Project:
    return Project(root, tuple(files), lambda path: files[path].encode() if path in files else None)


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (["Cargo.toml", "src/lib.rs"], ("",)),
        (["engine/Cargo.toml", "web/package.json"], ("engine",)),
        (["Cargo.toml", "tests/fixture/Cargo.toml", "examples/a/Cargo.toml", "fuzz/Cargo.toml"], ("",)),
        (["a/Cargo.toml", "b/Cargo.toml"], ("a", "b")),
    ],
)
def test_roots_are_the_outermost_crates(files: list[str], found: tuple[str, ...]) -> None:
    assert roots(seen(dict.fromkeys(files, "[package]\nname = 'a'\n"))) == found


def test_members_belong_to_their_workspace_and_others_stand_alone() -> None:
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\nexclude = ["crates/odd"]\n',
        "crates/a/Cargo.toml": '[package]\nname = "a"\n',
        "crates/odd/Cargo.toml": '[package]\nname = "odd"\n',
        "tool/Cargo.toml": '[package]\nname = "tool"\n',
    }
    assert roots(seen(files)) == ("", "tool", "crates/odd")


def test_a_machine_without_cargo_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CARGO_HOME", str(tmp_path))
    with pytest.raises(Refusal, match="No cargo") as refusal:
        survey(seen(CALC, tmp_path), None)
    assert "install Rust" in refusal.value.expected
    assert look(seen(CALC)) == ()


def test_what_a_survey_would_plan_is_known_without_running_anything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("cargo", "cargo-clippy"):
        (tmp_path / name).write_text("#!/bin/false\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert {each.name: each.applicable for each in look(seen(CALC))} == {"tests": True, "coverage": False, "lint": True, "type_check": True}
    untested = {"Cargo.toml": CALC["Cargo.toml"], "src/lib.rs": "pub fn one() {}\n"}
    assert {each.name: each.why for each in look(seen(untested)) if not each.applicable}["tests"] == "no #[test] function was seen"


def test_a_look_reads_no_more_files_than_it_takes_to_find_one_test(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "cargo").write_text("#!/bin/false\n")
    (tmp_path / "cargo").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    files = {**CALC, **{f"src/part_{number}.rs": "pub fn f() {}\n" for number in range(20)}, "tests/whole.rs": "#[test]\nfn whole() {}\n"}
    read: list[str] = []

    def noted(path: str) -> bytes:
        read.append(path)
        return files[path].encode()

    assert look(Project(Path("/project"), tuple(files), noted))[0].applicable
    assert len([path for path in read if path.endswith(".rs")]) == 1
