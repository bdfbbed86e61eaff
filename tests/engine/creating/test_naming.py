"""What a new project is called, after an idea, a file or an address."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tools.engine.creating.naming import FALLBACK, LONGEST, name_of_address, name_of_file, project_name


@pytest.mark.parametrize(
    ("idea", "name"),
    [
        ("Build a CLI that converts CSV to JSON with streaming support", "cli-converts-csv-json"),
        ("Build a personal homepage with a blog", "homepage-blog"), ("a distributed task runner", "distributed-task-runner"),
        ("build me a weather app", "weather-app"), ("baue mir eine Webseite für meinen Verein", "webseite-verein"),
        ("crée une application de suivi des dépenses", "application-suivi-depenses"), ("# Choir planner\n\nPlans rehearsals.", "choir-planner"),
        ("Größenrechner", "grossenrechner"), ("??", FALLBACK), ("日本語", FALLBACK), ("a the of", FALLBACK),
    ],
)  # fmt: skip
def test_an_idea_is_called_by_the_words_that_say_what_it_is(idea: str, name: str) -> None:
    assert project_name(idea) == name


def test_files_and_addresses_are_called_by_their_own_names() -> None:
    assert [name_of_file(Path(path)) for path in ("/a/my-app-spec.md", "/a/choir/spec.md", "/a/Notes.txt")] == ["my-app", "choir", "notes"]
    addresses = ("git@github.com:user/My.Repo.git", "https://github.com/user/repo/", "file:///srv/tool.git")
    assert [name_of_address(address) for address in addresses] == ["my-repo", "repo", "tool"]


@given(some.text(max_size=200))
def test_every_name_is_one_that_a_folder_can_have(idea: str) -> None:
    name = project_name(idea)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    assert len(name) <= LONGEST
