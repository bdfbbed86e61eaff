"""How people name an issue: what is one is read as one, and a wish that mentions one stays a wish."""

import pytest
from hypothesis import given, strategies

from state.errors import Refusal
from tools.engine.forge.references import Project, is_reference, project_of, reference

HERE = Project("github.com", "pat/slug", "gh")
LAB = Project("gitlab.com", "group/sub/slug", "glab")


@pytest.mark.parametrize(
    ("text", "here", "address"),
    [
        ("42", HERE, "https://github.com/pat/slug/issues/42"),
        (" #42 ", HERE, "https://github.com/pat/slug/issues/42"),
        ("42", LAB, "https://gitlab.com/group/sub/slug/-/issues/42"),
        ("Other/Repo#7", HERE, "https://github.com/other/repo/issues/7"),
        ("other/repo#7", None, "https://github.com/other/repo/issues/7"),
        ("group/sub/slug#7", LAB, "https://gitlab.com/group/sub/slug/-/issues/7"),
        ("https://github.com/Other/Repo/issues/7", HERE, "https://github.com/other/repo/issues/7"),
        ("https://github.com/other/repo/issues/7#issuecomment-1", None, "https://github.com/other/repo/issues/7"),
        ("https://github.example.org/a/b/issues/7?x=1", None, "https://github.example.org/a/b/issues/7"),
        ("https://gitlab.example.org/a/b/c/-/issues/7", HERE, "https://gitlab.example.org/a/b/c/-/issues/7"),
        ("https://git.example.org/a/b/-/work_items/7", HERE, "https://git.example.org/a/b/-/issues/7"),
    ],
)
def test_an_issue_is_its_page(text: str, here: Project | None, address: str) -> None:
    assert is_reference(text)
    assert reference(text, here).address == address


@pytest.mark.parametrize(
    "text",
    [
        "fix a/b test #3", "fix issue 42", "B7", "42 things", "", "#", "repo#7", "https://github.com/a/b/pull/7", "https://github.com/a/b/issues",
        "a/b#", "--json#1", "../..#1", "a/..#1", "1234567890123",
    ],
)  # fmt: skip
def test_a_wish_that_mentions_one_is_none(text: str) -> None:
    assert not is_reference(text)
    with pytest.raises(Refusal) as refused:
        reference(text, HERE)
    assert refused.value.code == "BAD_ARGUMENTS"


def test_a_number_needs_a_forge_to_be_of() -> None:
    with pytest.raises(Refusal) as refused:
        reference("42", None)
    assert refused.value.code == "NO_FORGE"


@pytest.mark.parametrize(
    ("remote", "project"),
    [
        ("https://github.com/Pat/Slug.git", HERE), ("https://token@github.com/pat/slug", HERE), ("git@github.com:pat/slug.git", HERE),
        ("ssh://git@github.com:22/pat/slug.git", HERE), ("github.com:pat/slug", HERE), ("git@gitlab.com:group/sub/slug.git", LAB),
        ("https://gitlab.com/group/sub/slug/", LAB), ("https://git.example.org:8443/a/b.git", Project("git.example.org:8443", "a/b", "gh")),
    ],
)  # fmt: skip
def test_a_remote_names_its_project(remote: str, project: Project) -> None:
    assert project_of(remote) == project


@pytest.mark.parametrize("remote", ["", "/srv/git/slug.git", "../slug", "file:///srv/git/slug.git", "https://github.com/slug", "-u", "C:\\slug"])
def test_a_folder_is_no_project(remote: str) -> None:
    assert project_of(remote) is None


@given(strategies.text(alphabet="42#/:.-abgithublcom@", max_size=60))
def test_whatever_is_typed_is_an_issue_or_refused_in_words(text: str) -> None:
    if is_reference(text):
        assert reference(text, HERE).address.startswith("https://")
    else:
        with pytest.raises(Refusal):
            reference(text, HERE)
    project_of(text)
