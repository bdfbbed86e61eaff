"""Secrets in added lines: what blocks, what is obviously none, and that nothing of them is told."""

import pytest
from hypothesis import given, settings, strategies

from tools.engine.gate.secrets_in_lines import has_secret, secrets_in
from tools.engine.repository.changes import ChangedLines, Hunk

# Put together here, so that no line of this file holds one.
GITHUB = "ghp_" + "R7kQz2LmX9vB4tWc8YpN1sDf6HjA3eGu5oKi"
RANDOM = "9fK2" + "xQ7vTz1LmB8cWp4Yr6Ns"
AMAZON = "AKIA" + "Q7ZLMX4VB2TWC9YP"
PASSWORD = "Tr0ubad" + "0ur-Ax9"
BODY = "MIIEowIBAAKCAQEAvq8" + "Zr1t7kQx2LmX9vB4tWc8YpN1sDf6HjA3eGu5oKi+Zr1t7kQ"
BEGIN, END = "-----BEGIN RSA " + "PRIVATE KEY-----", "-----END RSA " + "PRIVATE KEY-----"

FOUND = {
    "a token by its form": ("src/a.py", f'client = connect("{GITHUB}")', "a GitHub token"),
    "a key of a cloud": ("notes.md", f"use {AMAZON} for it", "an AWS key"),
    "a value by its name": ("src/a.py", f'API_KEY = "{RANDOM}"', "a random value by the name API_KEY"),
    "one with a type": ("src/a.py", f'api_key: str = "{RANDOM}"', "a random value by the name api_key"),
    "an entry": ("src/a.json", f'  "clientSecret": "{RANDOM}",', "a random value by the name clientSecret"),
    "an argument": ("src/a.py", f'connect(user, token="{RANDOM}")', "a random value by the name token"),
    "a setting without quotes": (".env.production", f"SERVICE_TOKEN={RANDOM}", "a random value by the name SERVICE_TOKEN"),
    "a setting of a workflow": ("ci.yml", f"  deploy_token: {RANDOM}", "a random value by the name deploy_token"),
    "a password": ("src/a.ts", f'const password = "{PASSWORD}";', "a password by the name password"),
    "an address": ("src/a.py", f'URL = "postgres://app:{PASSWORD}@db.internal.corp.net/x"', "a password in an address"),
    "a header": ("a.sh", f"curl -H 'Authorization: Bearer {RANDOM}x1' x", "a token of a request"),
}  # fmt: skip
NONE = {
    "an example of the provider": ("README.md", "AKIA" + "IOSFODNN7EXAMPLE"),
    "a token of crosses": ("README.md", "ghp_" + "x" * 36),
    "a placeholder": ("src/a.py", 'API_KEY = "your-api-key-goes-here-1"'),
    "a variable": ("src/a.py", 'API_KEY = os.environ["API_KEY_1"]'),
    "a value of a test": ("tests/test_a.py", 'token = "test-token-1234567890"'),
    "words by such a name": ("src/a.py", 'TOKEN_HELP = "where-the-token-2-comes-from"'),
    "a name in camel case": ("src/a.ts", 'const secretName = "accessTokenExpiresIn2Seconds";'),
    "a lock file": ("package-lock.json", f'"token": "{RANDOM}"'),
    "a hash": ("src/a.py", 'SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"'),
    "a page of a list": ("docs/a.md", f'"nextToken": "{RANDOM}"'),
    "a database next door": ("compose.yml", 'url: "postgres://postgres:Postgres1@localhost/x"'),
    "a comparison": ("src/a.py", f'if token == "{RANDOM}":'),
    "words around a key": ("src/a.py", f'HEAD = "{BEGIN}"'),
}


def changed(path: str, *added: str, removed: tuple[str, ...] = (), start: int = 1) -> dict[str, ChangedLines]:
    return {path: ChangedLines((Hunk(start, start, removed, added),), binary=False)}


@pytest.mark.parametrize("name", FOUND)
def test_a_secret_is_found_with_its_place_and_kind(name: str) -> None:
    path, line, kind = FOUND[name]
    (found,) = secrets_in(changed(path, "first", line, start=7))
    assert (found.path, found.line, found.kind) == (path, 8, kind)
    assert found.value not in repr(found)
    assert has_secret(path, line)


@pytest.mark.parametrize("name", NONE)
def test_what_is_obviously_none_is_left_alone(name: str) -> None:
    path, line = NONE[name]
    assert secrets_in(changed(path, line)) == ()


def test_a_private_key_is_found_by_its_body_over_lines_and_within_one() -> None:
    assert [each.kind for each in secrets_in(changed("key.pem", BEGIN, BODY, END))] == ["a private key"]
    assert [each.kind for each in secrets_in(changed("a.py", f'KEY = "{BEGIN}\\n{BODY}\\n{END}"'))] == ["a private key"]
    assert has_secret("key.pem", BEGIN)


def test_a_line_that_only_moved_is_no_finding() -> None:
    line = f'TOKEN = "{RANDOM}"'
    before = {"old.py": ChangedLines((Hunk(4, 3, (f"    {line}",), ()),), binary=False)}
    assert secrets_in({**changed("new.py", line), **before}) == ()


def test_a_secret_is_counted_once_a_line() -> None:
    assert len(secrets_in(changed("a.py", f'TOKEN = "{GITHUB}"'))) == 1


@given(strategies.lists(strategies.text(max_size=60), max_size=5))
@settings(max_examples=100, deadline=None)
def test_any_lines_can_be_looked_at(lines: list[str]) -> None:
    assert all(each.line <= len(lines) for each in secrets_in(changed("a.env", *lines)))
