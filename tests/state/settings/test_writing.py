"""The settings file as the program writes it: a template that sets nothing, and additions that touch no line of the person's."""

from pathlib import Path

import pytest
from hypothesis import given, strategies

from state.errors import Refusal
from state.settings import KEYS, read_file
from state.settings.file import parsed
from state.settings.writing import PROFILE_OF, migrate, template, write_file
from tests.support.settings_files import read, write_settings

VARIABLES = {
    "FACTORY_RUNNER": "bob", "FACTORY_WAIT_SECONDS": "60", "FACTORY_RUNNER_QUIET": "1", "FACTORY_MANAGED_DIRS": "/a:/b", "FACTORY_WORKTREES": "trees",
    "GH_TOKEN": "ghp_c4n4ry", "CLOUD_ML_REGION": "us-east5", "CLAUDE_CODE_USE_VERTEX": "1", "UNRELATED_TOKEN": "x",
}  # fmt: skip

TEXTS = strategies.text(strategies.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30).filter(str.strip)  # as variables are


def is_subsequence(lines: list[str], of: list[str]) -> bool:
    """Whether all `lines` stand in `of`, in their order."""
    rest = iter(of)
    return all(line in rest for line in lines)


def test_the_template_is_right_and_sets_nothing() -> None:
    content, problems = parsed(template().encode())
    assert problems == ()
    assert (dict(content.defaults), dict(content.profiles)) == ({}, {})


@pytest.mark.parametrize("key", [key for key in KEYS if not key.not_in_file], ids=lambda key: key.name)
def test_every_key_stands_in_the_template_with_an_example_that_is_right(key: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    name = getattr(key, "name", "")
    text = template().replace(f"# {name} = ", f"{name} = ").replace("# [credentials.vertex]", "[credentials.vertex]")
    content, problems = parsed(text.encode())
    assert problems == ()
    assert list(content.defaults) == [name]


def test_the_credentials_of_the_template_are_right() -> None:
    lines = template().split("# [credentials.vertex]")[1].splitlines()
    text = "\n".join(["[credentials.vertex]", *(line.removeprefix("# ") for line in lines)])
    content, problems = parsed(text.encode())
    assert problems == ()
    assert set(content.profiles) == {"vertex", "bob"}


def test_variables_are_written_where_they_belong(tmp_path: Path) -> None:
    migration = migrate(read_file(tmp_path / "config.toml"), template(), VARIABLES, Path("/start"))
    content, problems = parsed(migration.text.encode())
    assert problems == ()
    assert {name: entry.value for name, entry in content.defaults.items()} == {
        "wait_seconds": 60, "worktrees": "/start/trees", "managed_dirs": ("/a", "/b"), "runner": "bob", "runner_quiet": True,
    }  # fmt: skip
    assert {profile: {name: held.value for name, held in each.items()} for profile, each in content.profiles.items()} == {
        "vertex": {"CLAUDE_CODE_USE_VERTEX": "1", "CLOUD_ML_REGION": "us-east5"}, "github": {"GH_TOKEN": "ghp_c4n4ry"},
    }  # fmt: skip
    assert is_subsequence(template().splitlines(), migration.text.splitlines())
    assert migration.stays == ()


def test_what_cannot_go_into_the_file_stays_a_variable_with_its_reason(tmp_path: Path) -> None:
    given_ = {
        "FACTORY_AUTO_APPROVE": "evaluation", "FACTORY_PROFILE": "bob", "FACTORY_REGISTRY_DIR": "/r", "FACTORY_PROJECT": "/p",
        "FACTORY_WAIT_SECONDS": "soon", "GH_TOKEN": "a\udce9b", "FACTORY_MODEL": "a\udce9b",
    }  # fmt: skip
    migration = migrate(read_file(tmp_path / "config.toml"), template(), given_, tmp_path)
    assert migration.added == ()
    assert migration.text == template()
    assert {name for name, _ in migration.stays} == set(given_)
    assert "found soon" in dict(migration.stays)["FACTORY_WAIT_SECONDS"]


def test_a_second_time_there_is_nothing_to_write(tmp_path: Path) -> None:
    text = migrate(read_file(tmp_path / "config.toml"), template(), VARIABLES, Path("/start")).text
    again = migrate(read(tmp_path, text), text, {**VARIABLES, "FACTORY_RUNNER": "claude"}, Path("/start"))
    assert again.added == ()
    assert again.text == text
    assert dict(again.stays)["FACTORY_WORKTREES"] == "the file has it"


def test_a_value_that_the_file_has_otherwise_is_kept_and_both_are_said_masked(tmp_path: Path) -> None:
    text = '[defaults]\nrunner = "bob"\nmodel = ""\n\n[credentials.github]\nGH_TOKEN = "ghp_of-the-file-c4n4ry"\n'
    variables = {"FACTORY_RUNNER": "claude", "FACTORY_MODEL": "m", "GH_TOKEN": "ghp_of-the-shell-c4n4ry"}
    migration = migrate(read(tmp_path, text), text, variables, tmp_path)
    assert (migration.added, migration.text) == ((), text)
    stays = dict(migration.stays)
    assert stays["FACTORY_RUNNER"] == "the file has another value, bob, and keeps it; the variable, claude, counts while it is set"
    assert "another value, nothing, and keeps it" in stays["FACTORY_MODEL"]
    assert "another value, [masked]" in stays["GH_TOKEN"]
    assert "of-the" not in stays["GH_TOKEN"]


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "# mine\n", '[defaults] # mine\nmodel = "x"   # aligned\n\n\n[credentials.mine]\nA = "b"', '[credentials.github]\n\n[defaults]',
        '[credentials.github]\r\nGH_HOST = "x"\r\n', '[defaults]\nmanaged_dirs = [\n  "/a", # one\n  "/b",\n]\n', '[ "defaults" ]\nmodel = """a"""\n',
        '[credentials]\nmine.A = "b"\n', "[defaults]", "[credentials]\n",
    ],
)  # fmt: skip
def test_no_line_of_the_person_is_touched(tmp_path: Path, text: str) -> None:
    migration = migrate(read(tmp_path, text), text, {"FACTORY_RUNNER": "bob", "GH_TOKEN": "t", "FACTORY_MODEL": "m"}, tmp_path)
    content, problems = parsed(migration.text.encode())
    assert problems == ()
    assert content.defaults["runner"].value == "bob"
    assert content.profiles["github"]["GH_TOKEN"].value == "t"
    assert is_subsequence(text.split("\n")[:-1], migration.text.split("\n"))
    assert ("\r\n" in text) == ("\r\n" in migration.text)


@pytest.mark.parametrize("text", ['defaults = {model = "x"}\n', 'defaults.model = "x"\n', 'credentials.github.GH_HOST = "x"\n'])
def test_a_file_that_lines_cannot_be_added_to_is_left_as_it_is(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refusal, match="cannot be added by a program"):
        migrate(read(tmp_path, text), text, {"FACTORY_RUNNER": "bob", "GH_TOKEN": "t"}, tmp_path)


def test_a_broken_file_is_mended_first(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="has problems") as caught:
        migrate(read(tmp_path, "[defaults]\nrunner = 3\n"), "[defaults]\nrunner = 3\n", VARIABLES, tmp_path)
    assert caught.value.problems[0].where == "config.toml:2"


@given(
    values=strategies.dictionaries(strategies.sampled_from(["FACTORY_MODEL", "FACTORY_RUNNER", *PROFILE_OF]), TEXTS, min_size=1),
    text=strategies.sampled_from(["", "[defaults]\n# mine\n", template(), '[credentials.bob]\nX = "y"\n[defaults]']),
)
def test_whatever_the_variables_hold_the_file_says_the_same_afterwards(values: dict[str, str], text: str) -> None:
    content, _ = parsed(text.encode())
    file = read_file(None)
    migration = migrate(file, text, values, Path("/"))
    after, problems = parsed(migration.text.encode())
    assert problems == ()
    assert is_subsequence(text.split("\n")[:-1], migration.text.split("\n"))
    for item in migration.added:
        found = after.defaults[item.name].value if len(item.section) == 1 else after.profiles[item.section[1]][item.name].value
        assert found == item.value
    assert content.profiles.keys() <= after.profiles.keys()


def test_a_file_is_written_for_its_owner_alone_and_a_link_stays_a_link(tmp_path: Path) -> None:
    behind = write_settings(tmp_path / "dotfiles", "[defaults]\n", 0o644)
    link = tmp_path / "home" / "config.toml"
    link.parent.mkdir()
    link.symlink_to(behind)
    write_file(link, '[defaults]\nrunner = "bob"\n', read_file(link).mark)
    assert link.is_symlink()
    assert behind.read_text(encoding="utf-8") == '[defaults]\nrunner = "bob"\n'
    assert behind.stat().st_mode & 0o777 == 0o600


def test_what_somebody_else_wrote_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    path = write_settings(tmp_path, "[defaults]\n")
    mark = read_file(path).mark
    path.write_text("[defaults]\n# theirs\n", encoding="utf-8")
    with pytest.raises(Refusal, match="changed by somebody else"):
        write_file(path, "[defaults]\n", mark)
