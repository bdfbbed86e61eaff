"""`refactory config` as a person runs it: with a home of its own, outside any project, where there is no git."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mcp_server.this_process import MARKS_OF_HOSTS
from state.settings.writing import template
from tests.support.commands import run_here
from tests.support.processes import plain_environment
from tests.support.settings_files import write_settings

CANARY = "sk-c4n4ry-0123456789012345678901234567"
FILE = f'[defaults]\nrunner = "of-defaults"\n\n[credentials.bob]\nBOBSHELL_API_KEY = "{CANARY}"\nFACTORY_RUNNER = "of-bob"\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home in which nothing lies, and in whose PATH no git is."""
    (tmp_path / "bin").mkdir()
    return tmp_path


def run(home: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return run_here(words, home, alone(home, **variables))


def alone(home: Path, **variables: str) -> dict[str, str]:
    return {**plain_environment(home), "PATH": str(home / "bin"), **variables}


def facts(home: Path, *words: str, **variables: str) -> dict[str, Any]:
    done = run(home, "config", "show", "--json", *words, **variables)
    assert done.stderr == ""
    shown: dict[str, Any] = json.loads(done.stdout)
    return shown


def setting(shown: dict[str, Any], name: str) -> tuple[Any, str]:
    (row,) = [row for row in shown["settings"] if row["name"] == name]
    return row["value"], row["where"]


def editor(home: Path, script: str) -> str:
    """An editor that does what `script` says with the file, its first argument."""
    path = home / "bin" / "edit it"
    path.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return f"'{path}' --wait"


def test_the_path_is_named_where_there_is_no_file(home: Path) -> None:
    done = run(home, "config", "path")
    assert (done.returncode, done.stdout) == (0, f"{home}/.factory/config.toml\n")
    assert run(home, "config", "path", FACTORY_REGISTRY_DIR="/else").stdout == "/else/config.toml\n"


def test_everything_is_shown_with_its_source_and_nothing_is_written(home: Path) -> None:
    command = [sys.executable, "-I", "-m", "mcp_server", "config", "show"]  # the real process, once
    done = subprocess.run(command, cwd=home, env=alone(home), capture_output=True, text=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "(not there; refactory config edit makes it)" in done.stdout
    assert "runner = claude  (built in)" in done.stdout
    assert "nothing starts a runner" in done.stdout
    assert sorted(path.name for path in home.iterdir()) == ["bin"]


@pytest.mark.parametrize(
    ("words", "variables", "expected"),
    [
        ((), {}, ("of-defaults", "config.toml:2")),
        (("--profile", "bob"), {}, ("of-bob", "profile bob, config.toml:6")),
        (("--profile=bob",), {"FACTORY_RUNNER": "of-variable"}, ("of-variable", "FACTORY_RUNNER")),
        ((), {"FACTORY_PROFILE": "bob"}, ("of-bob", "profile bob, config.toml:6")),
    ],
)
def test_the_value_that_counts_is_shown(home: Path, words: tuple[str, ...], variables: dict[str, str], expected: tuple[str, str]) -> None:
    write_settings(home / ".factory", FILE)
    assert setting(facts(home, *words, **variables), "runner") == expected


def test_the_profile_may_stand_before_the_command(home: Path) -> None:
    write_settings(home / ".factory", FILE)
    for words in (("--profile", "bob"), ("--profile=bob",)):
        done = run(home, *words, "config", "show", "--json")
        assert json.loads(done.stdout)["profile"] == "bob"


def test_secrets_are_masked_unless_they_are_asked_for(home: Path) -> None:
    write_settings(home / ".factory", FILE)
    for words in ((), ("--json",)):
        done = run(home, "config", "show", *words, GH_TOKEN=CANARY, FACTORY_MODEL=CANARY)
        assert "c4n4ry" not in done.stdout + done.stderr
        assert done.returncode == 0
    assert f"BOBSHELL_API_KEY = {CANARY}" in run(home, "config", "show", "--reveal").stdout
    assert facts(home, "--reveal")["credentials"]["bob"]["BOBSHELL_API_KEY"] == CANARY


@pytest.mark.parametrize("mark", MARKS_OF_HOSTS)
def test_a_host_in_whose_shell_this_runs_gets_no_secret(home: Path, mark: str) -> None:
    write_settings(home / ".factory", FILE)
    done = run(home, "config", "show", "--reveal", **{mark: "1"})
    assert (done.returncode, done.stdout) == (1, "")
    assert "open a terminal of your own" in done.stderr


def test_a_broken_file_is_shown_with_every_problem_and_the_exit_code_says_so(home: Path) -> None:
    write_settings(home / ".factory", f'{FILE}PATH = "/tmp"\n[defalts]\nrunner = "{CANARY}"\n')
    done = run(home, "config", "show", FACTORY_WAIT_SECONDS="soon")
    assert done.returncode == 1
    assert [line.split(": found")[0] for line in done.stdout.splitlines() if line.startswith("PROBLEM")] == [
        "PROBLEM  config.toml:7", "PROBLEM  config.toml:8", "PROBLEM  FACTORY_WAIT_SECONDS",
    ]  # fmt: skip
    assert "did you mean defaults?" in done.stdout
    assert "runner = claude  (built in)" in done.stdout
    assert "c4n4ry" not in done.stdout + done.stderr


def test_permissions_are_mended_and_that_is_said_once(home: Path) -> None:
    path = write_settings(home / ".factory", FILE, 0o644)
    assert "is private now (0600)" in run(home, "config", "show").stdout
    assert path.stat().st_mode & 0o777 == 0o600
    assert "0600" not in run(home, "config", "show").stdout


def test_editing_makes_a_template_that_is_private(home: Path) -> None:
    done = run(home, "config", "edit", EDITOR=editor(home, 'test "$1" = --wait && test -f "$2"'))
    path = home / ".factory" / "config.toml"
    assert (done.returncode, done.stdout) == (0, f"{path}: read, and right\n")
    assert path.read_text(encoding="utf-8") == template()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_what_was_edited_is_checked_and_kept(home: Path) -> None:
    text = f'[defaults]\\nruner = "{CANARY}"\\n'
    done = run(home, "config", "edit", VISUAL=editor(home, f"printf '{text}' > \"$2\""), EDITOR="no-such-editor")
    path = home / ".factory" / "config.toml"
    assert done.returncode == 1
    assert "config.toml:2: found an unknown key runer" in done.stdout
    assert "nothing of it is used until it is mended" in done.stdout
    assert "c4n4ry" not in done.stdout + done.stderr
    assert CANARY in path.read_text(encoding="utf-8")


def test_an_editor_that_leaves_a_file_for_all_to_read_is_mended(home: Path) -> None:
    write_settings(home / ".factory", FILE)
    done = run(home, "config", "edit", EDITOR=editor(home, 'cp "$2" "$2.new" && chmod 644 "$2.new" && mv "$2.new" "$2"'))
    assert done.returncode == 0
    assert "is private now (0600)" in done.stdout
    assert (home / ".factory" / "config.toml").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("command", "words"), [("no-such-editor", "cannot run no-such-editor"), ("'", "EDITOR is no command"), ("/", "cannot run /"), ("false", "")]
)
def test_an_editor_that_cannot_be_run_is_said(home: Path, command: str, words: str) -> None:
    done = run(home, "config", "edit", EDITOR=command)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_migrating_writes_what_is_set_and_shows_it_masked(home: Path) -> None:
    variables = {"FACTORY_RUNNER": "bob", "BOBSHELL_API_KEY": CANARY, "FACTORY_AUTO_APPROVE": "evaluation", "UNRELATED_SECRET": "c4n4ry"}
    done = run(home, "config", "migrate", **variables)
    path = home / ".factory" / "config.toml"
    assert done.returncode == 0
    assert "[defaults] runner = bob\n" in done.stdout
    assert "FACTORY_AUTO_APPROVE stays a variable" in done.stdout
    assert "c4n4ry" not in done.stdout + done.stderr
    assert path.read_text(encoding="utf-8").count("c4n4ry") == 1
    assert path.stat().st_mode & 0o777 == 0o600
    assert setting(facts(home), "runner") == ("bob", "config.toml:5")
    before = path.read_bytes()
    assert "nothing to write" in run(home, "config", "migrate", **variables).stdout
    assert path.read_bytes() == before


def test_migrating_says_a_profile_that_is_not_there_unless_it_was_just_made(home: Path) -> None:
    done = run(home, "config", "migrate", "--profile", "bob", FACTORY_MODEL="x")
    assert done.returncode == 1
    assert "PROBLEM  --profile: found the profile bob" in done.stdout
    assert run(home, "config", "migrate", "--profile", "bob", BOBSHELL_API_KEY=CANARY).returncode == 0


def test_a_misspelt_variable_and_a_relative_registry_are_shown_as_notes(home: Path) -> None:
    done = run(home, "config", "show", FACTORY_WAIT_SECOND="5", FACTORY_REGISTRY_DIR="mine")
    assert done.returncode == 0
    notes = [line for line in done.stdout.splitlines() if line.startswith("note ")]
    assert [("FACTORY_WAIT_SECONDS?" in line, "FACTORY_REGISTRY_DIR is relative" in line) for line in notes] == [(True, False), (False, True)]
    assert f"registry_dir = {home}/mine  (FACTORY_REGISTRY_DIR)" in done.stdout


def test_migrating_leaves_a_broken_file_as_it_is(home: Path) -> None:
    path = write_settings(home / ".factory", "[defaults]\nrunner = 3\n")
    done = run(home, "config", "migrate", FACTORY_MODEL="x")
    assert done.returncode == 1
    assert "config.toml:2: found runner = 3" in done.stderr
    assert path.read_text(encoding="utf-8") == "[defaults]\nrunner = 3\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_named(home: Path) -> None:
    (home / ".factory").mkdir(mode=0o500)
    done = run(home, "config", "edit", EDITOR="true")
    assert done.returncode == 1
    assert str(home / ".factory") in done.stderr


@pytest.mark.parametrize("words", [(), ("tell",), ("show", "--all"), ("path", "--json")])
def test_wrong_usage_ends_with_2(home: Path, words: tuple[str, ...]) -> None:
    assert run(home, "config", *words).returncode == 2


def test_a_file_in_the_place_of_the_folder_is_said(home: Path) -> None:
    (home / ".factory").write_text("", encoding="utf-8")
    for action in ("edit", "migrate", "show"):
        done = run(home, "config", action, EDITOR="true", FACTORY_MODEL="x")
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert ".factory" in done.stdout + done.stderr
