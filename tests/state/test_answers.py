"""Text in answers: one line where it must be, nothing that moves a cursor or turns the direction, no secret."""

import unicodedata

import pytest
from hypothesis import given, strategies

from state.answers import CALLER_TEXT_LIMIT, NAME_LIMIT, UNTRUSTED_LIMIT, clean, one_line, quoted, short, untrusted

SECRETS = {
    "assignment": ("AWS_SECRET_ACCESS_KEY=c4n4ry+secret/one", "c4n4ry"),
    "json": ('{"api_key": "c4n4ry-00112233"}', "c4n4ry"),
    "yaml": ("password: c4n4ryXYZ", "c4n4ry"),
    "shouted": ("DB_PASSWD = 'c4n4ry99'", "c4n4ry"),
    "url": ("git clone https://pat:c4n4ry@example.org/a.git", "c4n4ry"),
    "bearer": ("authorization: Bearer c4n4ry.abcdefghijklmnop", "c4n4ry"),
    "github": ("ghp_c4n4ry0123456789012345678901234567", "c4n4ry"),
    "github, fine-grained": ("github_pat_c4n4ry0123456789012345678901", "c4n4ry"),
    "gitlab": ("glpat-c4n4ry0123456789012345", "c4n4ry"),
    "slack": ("xoxb-c4n4ry-0123456789", "c4n4ry"),
    "model": ("sk-c4n4ry-012345678901234567890", "c4n4ry"),
    "amazon": ("AKIAC4N4RY0123456789", "C4N4RY"),
    "token of three parts": ("eyJc4n4ry01234.eyJhbGciOiJI.c2lnbmF0dXJl", "c4n4ry"),
    "private key": ("-----BEGIN OPENSSH PRIVATE KEY-----\nc4n4ry\nabc\n-----END OPENSSH PRIVATE KEY-----", "c4n4ry"),
}
TEXTS = strategies.text(strategies.characters(), max_size=60)  # halves of surrogate pairs too


@pytest.mark.parametrize("name", SECRETS)
def test_secrets_are_masked(name: str) -> None:
    text, canary = SECRETS[name]
    shown = untrusted("pytest", f"before\n{text}\nafter")["untrusted"]["text"]
    assert canary not in shown
    assert "[masked]" in shown
    assert shown.startswith("before\n")
    assert shown.endswith("\nafter")


@pytest.mark.parametrize(
    "plain", ["3 tokens: 120", "the secret is out", "assert token == 'a'", "https://example.org:8080/a@b", "E       KeyError: 'key'"]
)
def test_what_is_no_secret_stays(plain: str) -> None:
    assert untrusted("pytest", plain)["untrusted"]["text"] == plain


def test_a_secret_that_would_be_cut_in_half_is_masked_before() -> None:
    text = f"password={'c4n4ry' * 100}" + "\n" + "y" * (UNTRUSTED_LIMIT - 100)
    assert "c4n4ry" not in untrusted("pytest", text)["untrusted"]["text"]


@given(text=TEXTS)
def test_cleaned_text_moves_no_cursor_and_turns_no_direction(text: str) -> None:
    cleaned = clean(text)
    assert not [each for each in cleaned if unicodedata.category(each) in ("Cc", "Cf", "Cs") and each not in "\n\t\u200c\u200d"]
    assert cleaned.encode().decode() == cleaned
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mred\x1b[0m b", "ared b"), ("\x1b]0;title\x07x", "x"), ("\x1b]8;;http://a\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("a\x1b[2J\x1bcb", "acb"),
        ("one\r\ntwo", "one\ntwo"), ("a\u202eb\u2066c\u200bd\ufeffe", "abcde"), ("n\0u\x7fl\x9b1m", "nul1m"), ("a\tb\n", "a\tb\n"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("\U000e0041\U000e0042x", "x"),
    ],
)  # fmt: skip
def test_control_characters_and_sequences_are_removed(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(text=TEXTS, limit=strategies.integers(1, 70))
def test_one_line_is_one_line_of_at_most_so_many_characters(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1
    assert line == line.strip()
    assert one_line(line, limit) == line


def test_a_cut_is_seen() -> None:
    assert one_line("a" * 500) == "a" * (CALLER_TEXT_LIMIT - 1) + "…"
    assert one_line("a" * CALLER_TEXT_LIMIT) == "a" * CALLER_TEXT_LIMIT
    assert quoted("b" * 500) == "b" * (NAME_LIMIT - 1) + "…"
    assert one_line("  a \n\t b  ") == "a b"


def test_untrusted_text_keeps_its_end_and_says_where_it_is_from() -> None:
    found = untrusted("pytest,\nlast lines", "x" * 5000 + "the end")
    assert found["untrusted"]["from"] == "pytest, last lines"
    assert len(found["untrusted"]["text"]) == UNTRUSTED_LIMIT
    assert found["untrusted"]["text"].endswith("the end")


def test_a_hash_is_said_short() -> None:
    assert (short("0123456789abcdef"), short(""), short(None)) == ("0123456", "", "")
