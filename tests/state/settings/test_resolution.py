"""Which value counts: flag, then variable, then profile, then [defaults], then what is built in; as a table, and for any combination."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, strategies

from state.settings import KEYS, Given, Kind, Settings, SettingsFile, Source, resolve
from state.settings.checking import Content, Credential, Entry
from state.variable_names import refused_name
from tests.support.settings_files import resolved

FILE = """
[defaults]
runner = "of-defaults"
profile = "one"

[credentials.one]
FACTORY_RUNNER = "of-profile"
GH_TOKEN = "gh-of-one"

[credentials.two]
GH_TOKEN = "gh-of-two"
CLOUD_ML_REGION = "us-east5"
"""
VARIABLE = {"FACTORY_RUNNER": "of-variable"}
# flags, variables, file; the value of `runner`, its source, and how its place is named
PRECEDENCE: tuple[tuple[Mapping[str, str], Mapping[str, str], str | None, str, Source, str], ...] = (
    ({}, {}, None, "claude", Source.BUILT_IN, "built in"),
    ({}, {}, "", "claude", Source.BUILT_IN, "built in"),
    ({}, {}, '[defaults]\nrunner = "of-defaults"', "of-defaults", Source.DEFAULTS, "config.toml:2"),
    ({}, {}, '[defaults]\nrunner = ""', "claude", Source.BUILT_IN, "built in"),
    ({}, {}, FILE, "of-profile", Source.PROFILE, "profile one, config.toml:7"),
    ({"profile": "two"}, {}, FILE, "of-defaults", Source.DEFAULTS, "config.toml:3"),
    ({}, {"FACTORY_PROFILE": "two"}, FILE, "of-defaults", Source.DEFAULTS, "config.toml:3"),
    ({"profile": "one"}, {"FACTORY_PROFILE": "two"}, FILE, "of-profile", Source.PROFILE, "profile one, config.toml:7"),
    ({}, VARIABLE, FILE, "of-variable", Source.ENVIRONMENT, "FACTORY_RUNNER"),
    ({}, {"FACTORY_RUNNER": ""}, FILE, "of-profile", Source.PROFILE, "profile one, config.toml:7"),
    ({"runner": "of-flag"}, VARIABLE, FILE, "of-flag", Source.FLAG, "--runner"),
)
LAYERS = (Source.FLAG, Source.ENVIRONMENT, Source.PROFILE, Source.DEFAULTS)


@pytest.mark.parametrize(("flags", "environment", "text", "value", "source", "where"), PRECEDENCE)
def test_the_first_source_that_has_a_value_counts(
    tmp_path: Path, flags: Mapping[str, str], environment: Mapping[str, str], text: str | None, value: str, source: Source, where: str
) -> None:
    settings = resolved(tmp_path, text, environment, flags)
    found = settings.values["runner"]
    assert (found.value, found.source, found.where) == (value, source, where)
    assert settings.problems == ()


@given(
    given_by=strategies.dictionaries(strategies.sampled_from(LAYERS), strategies.sampled_from(["1", "22", "333"])),
    wrong=strategies.sets(strategies.sampled_from([Source.FLAG, Source.ENVIRONMENT])),
)
def test_for_any_combination_the_highest_right_value_counts_and_each_wrong_one_above_it_is_a_problem(
    given_by: dict[Source, str], wrong: set[Source]
) -> None:
    key = "ceo_max_respawns"
    held = {source: ("some" if source in wrong else value) for source, value in given_by.items()}
    content = Content(
        {key: Entry(int(held[Source.DEFAULTS]), 2)} if Source.DEFAULTS in held else {},
        {"p": {"FACTORY_CEO_MAX_RESPAWNS": Credential(held[Source.PROFILE], 5)} if Source.PROFILE in held else {}},
    )
    environment = {"FACTORY_PROFILE": "p", **({"FACTORY_CEO_MAX_RESPAWNS": held[Source.ENVIRONMENT]} if Source.ENVIRONMENT in held else {})}
    flags = {key: held[Source.FLAG]} if Source.FLAG in held else {}
    settings = resolve(Given(environment, Path("/"), flags), SettingsFile(Path("/config.toml"), present=True, content=content))
    right = [source for source in LAYERS if source in held and source not in wrong]
    counts = right[0] if right else Source.BUILT_IN
    assert settings.source(key) is counts
    assert settings.number(key) == (int(held[counts]) if right else 3)
    above = LAYERS[: LAYERS.index(counts)] if right else LAYERS
    assert len(settings.problems) == len([source for source in above if source in held])


def test_a_variable_that_is_set_wins_over_the_profile_in_what_is_handed_on(tmp_path: Path) -> None:
    settings = resolved(tmp_path, FILE, {"GH_TOKEN": "set-before"}, {"profile": "two"})
    assert settings.variables["GH_TOKEN"] == "set-before"
    assert settings.variables["CLOUD_ML_REGION"] == "us-east5"


def test_only_the_profile_that_counts_is_handed_on_and_nothing_of_ours_with_it(tmp_path: Path) -> None:
    settings = resolved(tmp_path, FILE)
    assert dict(settings.variables) == {"GH_TOKEN": "gh-of-one"}
    assert "gh-of-one" not in repr(settings)


@pytest.mark.parametrize(
    ("flags", "environment", "words"),
    [
        ({"profile": "tow"}, {}, "--profile: found the profile tow; expected one of one, two"),
        ({}, {"FACTORY_PROFILE": "tow"}, "FACTORY_PROFILE: found the profile tow; expected one of one, two"),
    ],
)
def test_a_profile_that_is_not_there_is_said(tmp_path: Path, flags: Mapping[str, str], environment: Mapping[str, str], words: str) -> None:
    settings = resolved(tmp_path, FILE, environment, flags)
    assert [str(problem) for problem in settings.problems] == [words]
    assert settings.profile == ""


def test_a_profile_without_any_file_is_said(tmp_path: Path) -> None:
    settings = resolved(tmp_path, None, {"FACTORY_PROFILE": "bob"})
    assert "[credentials.NAME]" in settings.problems[0].expected


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        ("FACTORY_RUNNER_QUIET", "1", True), ("FACTORY_RUNNER_QUIET", "Yes", True), ("FACTORY_RUNNER_QUIET", "off", False),
        ("FACTORY_CEO_MAX_RESPAWNS", " 5 ", 5), ("FACTORY_WAIT_SECONDS", "0", 0), ("FACTORY_LOG", "DEBUG", "debug"),
        ("FACTORY_MANAGED_DIRS", "/a: /b:", ("/a", "/b")), ("FACTORY_AUTO_APPROVE", " evaluation ,", ("evaluation",)),
        ("FACTORY_PROJECT", "sub/dir", "/start/sub/dir"), ("FACTORY_PROJECT", "/a/b", "/a/b"), ("FACTORY_RUNNER", "  ", "claude"),
    ],
)  # fmt: skip
def test_variables_mean_what_a_person_means(tmp_path: Path, variable: str, text: str, value: object) -> None:
    settings = resolve(Given({variable: text}, Path("/start")), SettingsFile(None))
    (found,) = [found for found in settings.values.values() if found.key.variable == variable]
    assert found.value == value
    assert settings.problems == ()


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("FACTORY_WAIT_SECONDS", "soon"), ("FACTORY_WAIT_SECONDS", "-1"), ("FACTORY_WAIT_SECONDS", "1.5"), ("FACTORY_WAIT_SECONDS", "9" * 5000),
        ("FACTORY_LOG", "loud"), ("FACTORY_RUNNER_QUIET", "maybe"), ("FACTORY_PROJECT", "~nobody-of-this-name/x"), ("FACTORY_MODEL", "a\nb"),
    ],
)  # fmt: skip
def test_a_variable_that_is_none_of_its_kind_is_said_and_does_not_count(tmp_path: Path, variable: str, text: str) -> None:
    settings = resolved(tmp_path, None, {variable: text})
    (problem,) = settings.problems
    assert problem.where == variable
    assert all(found.source is Source.BUILT_IN for found in settings.values.values())
    assert settings.warnings()[0].startswith(f"settings: {variable}: found ")


def test_of_a_list_with_choices_the_known_items_count_and_the_others_are_said(tmp_path: Path) -> None:
    settings = resolved(tmp_path, None, {"FACTORY_AUTO_APPROVE": "evaluation,held"})
    assert settings.items("auto_approve") == ("evaluation",)
    assert [str(problem) for problem in settings.problems] == ["FACTORY_AUTO_APPROVE: found held; expected one of evaluation, plan, spec, publish"]


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("FACTORY_WAIT_SECOND", "FACTORY_WAIT_SECONDS"),
        ("FACTORY_AUTOAPPROVE", "FACTORY_AUTO_APPROVE"),
        ("FACTORY_REGISTY_DIR", "FACTORY_REGISTRY_DIR"),
    ],
)
def test_a_misspelt_variable_is_noted_with_the_nearest_name_and_never_its_value(tmp_path: Path, name: str, nearest: str) -> None:
    settings = resolved(tmp_path, None, {name: "c4n4ry"})
    assert settings.notes == (f"{name} is set, and nothing reads it; did you mean {nearest}?",)
    assert settings.problems == ()


@pytest.mark.parametrize("name", ["FACTORY_API_KEY", "FACTORY_HOME", "MY_FACTORY_LOG", "FACTORY_LOG"])
def test_variables_of_other_programs_and_our_own_are_not_noted(tmp_path: Path, name: str) -> None:
    assert resolved(tmp_path, None, {name: "info"}).notes == ()


def test_a_relative_registry_is_taken_from_the_folder_and_noted(tmp_path: Path) -> None:
    settings = resolved(tmp_path, None, {"FACTORY_REGISTRY_DIR": "mine"})
    assert settings.path("registry_dir") == tmp_path / "mine"
    (note,) = settings.notes
    assert note.startswith(f"FACTORY_REGISTRY_DIR is relative, and taken from {tmp_path}:")
    for absolute in (str(tmp_path), "~/mine"):
        assert resolved(tmp_path, None, {"FACTORY_REGISTRY_DIR": absolute}).notes == ()


def test_without_a_folder_only_what_is_relative_is_a_problem() -> None:
    settings = resolve(Given({"FACTORY_PROJECT": "here", "FACTORY_WORKTREES": "/there"}, None), SettingsFile(None))
    assert [problem.where for problem in settings.problems] == ["FACTORY_PROJECT"]
    assert settings.path("worktrees") == Path("/there")


def test_the_seeds_example_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    text = (
        '[defaults]\nrunner = "claude"   # CLI backend: "claude" or "bob"\nmodel = ""   # Claude model for agent subprocesses\n'
        'projects_dir = "~/factory-projects"   # Root for factory-managed projects\n\n[credentials.vertex]\nCLAUDE_CODE_USE_VERTEX = "1"\n'
        'ANTHROPIC_VERTEX_PROJECT_ID = "my-gcp-project"\nCLOUD_ML_REGION = "us-east5"\n\n[credentials.bob]\nFACTORY_RUNNER = "bob"\n'
        'BOBSHELL_API_KEY = "..."\n'
    )
    vertex, bob = (resolved(tmp_path, text, {}, {"profile": profile}) for profile in ("vertex", "bob"))
    assert (vertex.problems, bob.problems) == ((), ())
    assert (vertex.text("runner"), bob.text("runner")) == ("claude", "bob")
    assert (vertex.text("model"), vertex.path("projects_dir")) == ("", Path("/home/ann/factory-projects"))
    assert dict(vertex.variables) == {
        "CLAUDE_CODE_USE_VERTEX": "1", "ANTHROPIC_VERTEX_PROJECT_ID": "my-gcp-project", "CLOUD_ML_REGION": "us-east5",
    }  # fmt: skip
    assert dict(bob.variables) == {"BOBSHELL_API_KEY": "..."}


def test_every_key_of_the_seeds_is_there_with_its_variable_and_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    settings = resolved(tmp_path)
    expected = {
        "runner": "claude", "model": None, "projects_dir": "/home/ann/factory-projects", "vault_path": None,
        "playbooks_dir": "/home/ann/.factory/playbooks", "registry_dir": "/home/ann/.factory", "managed_dirs": None, "runner_quiet": None,
        "bob_dry_run": None, "bob_max_invocations_per_cycle": 8, "codex_dry_run": None, "ceo_respawn_disabled": None, "ceo_max_respawns": 3,
    }  # fmt: skip
    assert {name: settings.values[name].value for name in expected} == expected
    assert all(settings.values[name].key.variable == f"FACTORY_{name.upper()}" for name in expected)


def test_the_table_of_keys_is_sound() -> None:
    assert len({key.name for key in KEYS}) == len({key.variable for key in KEYS}) == len(KEYS)
    assert all(refused_name(key.variable) is None and key.variable == f"FACTORY_{key.name.upper()}" and key.about for key in KEYS)


@pytest.mark.parametrize("kind", [Kind.PATH, Kind.NUMBER, Kind.LIST])
def test_asking_for_a_key_as_another_kind_is_a_fault_of_the_program(tmp_path: Path, kind: Kind) -> None:
    settings: Settings = resolved(tmp_path)
    asked = {Kind.PATH: settings.path, Kind.NUMBER: settings.number, Kind.LIST: settings.items}[kind]
    with pytest.raises(TypeError, match="runner is a text"):
        asked("runner")
