"""Who may read the settings file, and what is done where others may: real files, real modes, real links."""

import os
from pathlib import Path

import pytest

from state.settings import Given, SettingsSource, read_file, settings_path
from state.settings.file import LARGEST
from tests.support.settings_files import write_settings

TEXT = '[defaults]\nrunner = "bob"\n'


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_missing_file_is_an_empty_one(tmp_path: Path) -> None:
    file = read_file(tmp_path / "config.toml")
    assert (file.present, file.problems, file.notes) == (False, (), ())
    assert read_file(None).problems == ()


@pytest.mark.parametrize("loose", [0o644, 0o640, 0o604, 0o660, 0o777, 0o601])
def test_permissions_of_others_are_taken_away_and_that_is_said(tmp_path: Path, loose: int) -> None:
    path = write_settings(tmp_path, TEXT, loose)
    file = read_file(path)
    assert mode(path) == 0o600
    assert file.notes == (f"{path} was open to others (mode {loose:04o}) and is private now (0600)",)
    assert file.content.defaults["runner"].value == "bob"
    assert read_file(path).notes == ()


@pytest.mark.parametrize("private", [0o600, 0o400, 0o700])
def test_a_private_file_is_left_as_it_is(tmp_path: Path, private: int) -> None:
    path = write_settings(tmp_path, TEXT, private)
    assert read_file(path).notes == ()
    assert mode(path) == private


def test_a_link_is_followed_and_the_file_behind_it_made_private(tmp_path: Path) -> None:
    behind = write_settings(tmp_path / "dotfiles", TEXT, 0o644)
    link = tmp_path / "config.toml"
    link.symlink_to(behind)
    file = read_file(link)
    assert file.content.defaults["runner"].value == "bob"
    assert len(file.notes) == 1
    assert mode(behind) == 0o600
    assert link.is_symlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_not_used(tmp_path: Path) -> None:
    path = write_settings(tmp_path, TEXT, 0o644)
    os.chown(path, 12345, 12345)
    file = read_file(path)
    (problem,) = file.problems
    assert "of another user (number 12345)" in problem.found
    assert "chown" in problem.expected
    assert not file.content.defaults
    assert mode(path) == 0o644


def test_a_disk_that_keeps_no_permissions_gives_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_settings(tmp_path, TEXT, 0o644)
    monkeypatch.setattr(os, "fchmod", lambda *_: None)
    (problem,) = read_file(path).problems
    assert "cannot be made private" in problem.found


def folder(path: Path) -> None:
    path.mkdir()


def pipe(path: Path) -> None:
    os.mkfifo(path)


def dangling(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere")


def circle(path: Path) -> None:
    path.symlink_to(path)


def too_large(path: Path) -> None:
    write_settings(path.parent, "#" * (LARGEST + 1))


@pytest.mark.parametrize("make", [folder, pipe, dangling, circle, too_large])
def test_what_is_no_file_of_ones_own_is_a_problem_and_hangs_nobody(tmp_path: Path, make: object) -> None:
    assert callable(make)
    make(tmp_path / "config.toml")
    file = read_file(tmp_path / "config.toml")
    (problem,) = file.problems
    assert problem.where == "config.toml"
    assert file.present
    assert file.mark == read_file(tmp_path / "config.toml").mark


def test_the_file_lies_where_the_variable_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert settings_path({}, tmp_path) == tmp_path / ".factory" / "config.toml"
    assert settings_path({"FACTORY_REGISTRY_DIR": "/elsewhere"}, tmp_path) == Path("/elsewhere/config.toml")
    assert settings_path({"FACTORY_REGISTRY_DIR": "~/mine"}, tmp_path) == tmp_path / "mine" / "config.toml"
    assert settings_path({"FACTORY_REGISTRY_DIR": "here"}, tmp_path) == tmp_path / "here" / "config.toml"
    assert settings_path({"FACTORY_REGISTRY_DIR": "~nobody-of-this-name"}, tmp_path) is None


def test_a_process_that_lives_long_sees_what_was_edited(tmp_path: Path) -> None:
    source = SettingsSource(Given({"FACTORY_REGISTRY_DIR": str(tmp_path)}, tmp_path))
    assert source.current().text("runner") == "claude"
    first = source.current()
    assert source.current() is first
    path = write_settings(tmp_path, TEXT, 0o644)
    assert source.current().text("runner") == "bob"
    assert len(source.take_notes()) == 1
    assert source.take_notes() == ()
    same = source.current()
    assert source.current() is same
    path.write_text("[defaults]\nrunner = 3\n", encoding="utf-8")
    assert source.current().text("runner") == "claude"
    assert source.current().warnings()
    path.unlink()
    assert source.current().warnings() == ()
