"""What is shown of the settings: every value with its source, and no secret unless it is asked for."""

import json
from pathlib import Path

import pytest

from state.masking import MASK
from state.settings.showing import credential_shown, plain
from tests.support.settings_files import resolved

CANARIES = {
    "BOBSHELL_API_KEY": "c4n4ry-short", "GH_TOKEN": "ghp_c4n4ry0123456789012345678901234567", "LOGIN": "c4n4ry", "INNOCENT": "c4n4ry and more words",
    "DATABASE_URL": "postgres://ann:c4n4ry@db/x", "REDIS_HOST": "sk-c4n4ry-0123456789012345", "SOME_REGION": "c4n4ryK3y9Zz8Qw1Lm5Tt",
    "MANY_LINES": "-----BEGIN PRIVATE KEY-----\nc4n4ry\n-----END PRIVATE KEY-----",
}  # fmt: skip
FILE = "[defaults]\n[credentials.one]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in CANARIES.items())


@pytest.mark.parametrize("name", CANARIES)
def test_a_credential_is_masked_whatever_it_is_called(name: str) -> None:
    assert "c4n4ry" not in credential_shown(name, CANARIES[name])
    assert MASK in credential_shown(name, CANARIES[name])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CLAUDE_CODE_USE_VERTEX", "1"), ("CLOUD_ML_REGION", "us-east5"), ("ANTHROPIC_VERTEX_PROJECT_ID", "my-gcp-project"),
        ("FACTORY_RUNNER", "bob"), ("GH_HOST", "github.example.org"), ("SOME_SWITCH", "true"),
    ],
)  # fmt: skip
def test_a_variable_of_a_profile_that_is_no_secret_is_shown(name: str, value: str) -> None:
    assert credential_shown(name, value) == value


def test_no_secret_of_any_profile_is_shown_unless_it_is_asked_for(tmp_path: Path) -> None:
    settings = resolved(tmp_path, FILE, {"FACTORY_MODEL": "sk-c4n4ry-0123456789012345", "FACTORY_MANAGED_DIRS": "/a:ghp_c4n4ry0123456789012345678"})
    shown, revealed = (json.dumps(plain(settings, reveal=reveal)) for reveal in (False, True))
    assert "c4n4ry" not in shown.lower()
    assert revealed.count("c4n4ry") == len(CANARIES) + 2
    assert "c4n4ry" not in repr(settings)


def test_every_setting_says_what_it_is_where_it_is_from_and_what_uses_it(tmp_path: Path) -> None:
    facts = plain(resolved(tmp_path, '[defaults]\nrunner = "bob"\n', {"FACTORY_WAIT_SECONDS": "7"}), reveal=False)
    rows = {row["name"]: row for row in facts["settings"]}
    assert rows["runner"] | {"about": ""} == {
        "name": "runner", "value": "bob", "source": "defaults", "where": "config.toml:2", "variable": "FACTORY_RUNNER", "about": "",
    }  # fmt: skip
    assert "nothing starts a runner" in rows["runner"]["about"]
    assert (rows["wait_seconds"]["value"], rows["wait_seconds"]["source"]) == (7, "environment")
    assert rows["model"]["value"] is None
    assert facts["present"]
    assert facts["problems"] == []


def test_a_path_that_is_no_text_can_be_shown(tmp_path: Path) -> None:
    settings = resolved(tmp_path, None, {"FACTORY_PROJECT": "/caf\udce9"})
    assert json.dumps(plain(settings, reveal=False), ensure_ascii=False).encode()
