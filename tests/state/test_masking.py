"""What looks like a secret is masked, by the name of a setting and by its value; what does not stays readable."""

import pytest
from hypothesis import given, strategies

from state.masking import MASK, hidden, looks_random, mask_text, mask_value, names_a_secret
from tests.state.test_answers import SECRETS

NAMES_OF_SECRETS = (
    "BOBSHELL_API_KEY", "GH_TOKEN", "githubToken", "AWS_SECRET_ACCESS_KEY", "db-password", "PGPASSWORD", "DB_PASSWD", "MYSQL_PWD", "BASIC_AUTH",
    "SESSION_COOKIE", "SIGNING_PEM", "OPENAIAPIKEY", "MY_CREDENTIALS_JSON", "SENTRY_DSN", "SLACK_WEBHOOK", "apikey", "NPM_AUTHTOKEN", "GITLAB_PAT",
)  # fmt: skip
PLAIN_NAMES = ("CLOUD_ML_REGION", "KEYBOARD", "runner", "model", "projects_dir", "AUTHOR", "MONKEY", "PATTERN", "managed_dirs", "PINE", "PASSENGER")
SECRET_VALUES = (
    "sk-c4n4ry-012345678901234567890", "ghp_c4n4ry0123456789012345678901234567", "AKIAC4N4RY0123456789", "sk_live_c4n4ry0123456789",
    "AIzaC4n4ry0123456789012345678901234567", "eyJc4n4ry01234.eyJhbGciOiJI.c2lnbmF0dXJl", "c4n4ry9fK2mQ7xZ1pW8vB3nD", "npm_c4n4ry0123456789012345",
    "dGhpcyBpcyBhIHNlY3JldCBjNG40cnk1Nw==",
)  # fmt: skip
PLAIN_VALUES = (
    "claude", "us-east5", "my-gcp-project", "/home/ann/work/factory-projects-2", "~/factory-projects", "claude-sonnet-4", "1", "true",
    "https://example.org:8080/a@b", "one:two", "a plain sentence with 2 numbers and more than 20 characters",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES_OF_SECRETS)
def test_a_name_that_says_secret_masks_any_value(name: str) -> None:
    assert names_a_secret(name)
    assert mask_value(name, "hunter2") == MASK
    assert mask_value(name, "") == ""


@pytest.mark.parametrize("name", PLAIN_NAMES)
def test_a_plain_name_masks_nothing_by_itself(name: str) -> None:
    assert mask_value(name, "hunter2") == "hunter2"


@pytest.mark.parametrize("value", SECRET_VALUES)
def test_a_secret_under_an_innocent_name_is_masked_but_for_its_end(value: str) -> None:
    shown = mask_value("LOGIN", value)
    assert shown in (MASK, MASK + value[-4:])
    assert "4n4ry" not in shown.lower()


@pytest.mark.parametrize("value", PLAIN_VALUES)
def test_a_plain_value_under_a_plain_name_is_shown(value: str) -> None:
    assert mask_value("runner", value) == value


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_within_a_value_is_masked_where_it_stands(name: str) -> None:
    text, canary = SECRETS[name]
    assert canary not in mask_value("note", text)


def test_the_password_in_an_address_is_masked_whole_with_a_sign_of_its_own_in_it() -> None:
    assert mask_text("postgres://ann:c4n@4ry@db.example.org/x") == f"postgres://ann:{MASK}@db.example.org/x"
    assert mask_text("https://c4n4ryc4n4ryc4n4ry@example.org/a.git") == f"https://{MASK}@example.org/a.git"


def test_a_short_secret_is_masked_whole_and_a_long_one_keeps_its_last_four() -> None:
    assert hidden("elevenchars") == MASK
    assert hidden("twelve-chars") == f"{MASK}hars"
    assert hidden("") == ""


@given(strategies.text(max_size=80))
def test_what_is_hidden_shows_at_most_its_last_four_characters(value: str) -> None:
    assert hidden(value) in {"", MASK, MASK + value[-4:]}
    assert mask_value("TOKEN", value) == hidden(value)


def test_words_are_not_random() -> None:
    assert not looks_random("factory-projects-of-ann-2026")
    assert looks_random("q8Zx0Lw3Tn5Rv7Yb1Kd9")
