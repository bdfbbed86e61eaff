"""A project's own words for a role: read as far as they go, through no link, and every file that is for nobody is named."""

import os
from pathlib import Path

import pytest

from state.role_overrides import LARGEST, role_override, role_overrides

ROLES = ("builder", "reviewer")


@pytest.fixture
def views(tmp_path: Path) -> Path:
    (tmp_path / ".factory" / "agents").mkdir(parents=True)
    return tmp_path / ".factory"


def test_a_role_without_a_file_has_no_words_of_its_own(tmp_path: Path, views: Path) -> None:
    assert role_override(views, "builder") is None
    assert role_override(tmp_path / "nowhere", "builder") is None
    assert role_overrides(views, ROLES) == []
    assert role_overrides(tmp_path / "nowhere", ROLES) == []


def test_the_words_are_those_of_the_file_and_name_it(views: Path) -> None:
    (views / "agents" / "builder.md").write_text("Small functions.\n", encoding="utf-8")
    found = role_override(views, "builder")
    assert found is not None
    assert (found.path, found.text, found.cut, found.problem) == (".factory/agents/builder.md", "Small functions.\n", False, "")
    assert role_overrides(views, ROLES) == [found]


def test_long_words_are_cut_between_characters(views: Path) -> None:
    (views / "agents" / "builder.md").write_text("x" + "ä" * LARGEST, encoding="utf-8")
    found = role_override(views, "builder")
    assert found is not None
    assert found.cut
    assert found.text == "x" + "ä" * ((LARGEST - 1) // 2)


@pytest.mark.parametrize("link", ["builder.md", ".", ".."])
def test_no_link_is_followed_wherever_it_stands(tmp_path: Path, views: Path, link: str) -> None:
    place = (views / "agents" / link).resolve() if link != "builder.md" else views / "agents" / link
    elsewhere = tmp_path / "elsewhere"
    if link == "builder.md":
        elsewhere.write_text("secret", encoding="utf-8")
    else:
        (views / "agents" / "builder.md").write_text("secret", encoding="utf-8")
        place.rename(elsewhere)
    place.symlink_to(elsewhere)
    found = role_override(views, "builder")
    assert found is not None
    assert found.text == ""
    assert "no plain file" in found.problem
    assert all(each.problem and not each.text for each in role_overrides(views, ROLES))
    assert role_overrides(views, ROLES)


@pytest.mark.parametrize("kind", ["pipe", "folder"])
def test_what_is_no_plain_file_is_said_and_nobody_waits_for_it(views: Path, kind: str) -> None:
    place = views / "agents" / "builder.md"
    os.mkfifo(place) if kind == "pipe" else place.mkdir()
    found = role_override(views, "builder")
    assert found is not None
    assert (found.text, bool(found.problem)) == ("", True)


def test_a_file_for_no_role_is_named(views: Path) -> None:
    (views / "agents" / "biulder.md").write_text("Never read.\n", encoding="utf-8")
    (stray,) = role_overrides(views, ROLES)
    assert stray.path == ".factory/agents/biulder.md"
    assert "no role" in stray.problem


def test_bytes_that_are_no_text_are_shown_as_such(views: Path) -> None:
    (views / "agents" / "builder.md").write_bytes(b"a\xff")
    found = role_override(views, "builder")
    assert found is not None
    assert found.text == "a\ufffd"
