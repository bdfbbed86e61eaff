"""Masking: the one rule for what looks like a secret, in what programs wrote, in settings that are shown and in lines that a change adds."""

import re
from collections.abc import Iterator
from functools import cache
from types import MappingProxyType
from typing import Final

MASK: Final = "[masked]"
SHOWN_END: Final = 4  # characters of a long secret that tell its owner which one it is
LONG_ENOUGH: Final = 12  # characters of which so many may be seen
# What providers hand out, by the form that they gave it.
_TOKENS: Final = MappingProxyType(
    {
        "a GitHub token": r"gh[pousr]_\w{20,}|github_pat_\w{20,}",
        "a GitLab token": r"gl(?:pat|dt|rt|soat|ptt)-[\w-]{20,}",
        "a Slack token": r"xox[abeprs]-[\w-]{10,}|xapp-[\w-]{10,}",
        "a Slack webhook": r"hooks\.slack\.com/services/T\w{6,}/B\w{6,}/\w{16,}",
        "a Discord webhook": r"discord(?:app)?\.com/api/webhooks/\d{10,}/[\w-]{30,}",
        "an API key of a model's provider": r"sk-[\w-]{20,}",
        "a Stripe key": r"[sr]k_live_\w{10,}",
        "an AWS key": r"(?:AKIA|ASIA)[0-9A-Z]{16}",
        "a Google key": r"AIza[\w-]{30,}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}",
        "a Hugging Face token": r"hf_\w{20,}",
        "an npm token": r"npm_\w{20,}",
        "a PyPI token": r"pypi-[\w-]{20,}",
        "a SendGrid key": r"SG\.[\w-]{16,}\.[\w-]{16,}",
        "a DigitalOcean token": r"do[opr]_v1_[0-9a-f]{32,}",
        "a Shopify token": r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32,}",
        "a JSON web token": r"eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}",
    }
)
# What looks like a secret; what stands in a group before it is kept. Every repetition is bounded, so that no text makes the search slow.
_SECRETS: Final = tuple(
    re.compile(expression, re.IGNORECASE)
    for expression in (
        r"(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----)[^-]{1,8000}",
        r"(\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@]{0,200}:)[^\s/]{1,400}(?=@)",
        r"(\b[a-z][a-z0-9+.-]{1,20}://)[^\s/:@]{16,400}(?=@)",
        r"(\b(?:bearer|basic)\s{1,4})[\w.+/=~-]{16,}",
        r"((?:api|access|private|secret)[_-]?key[\w-]{0,40}[\"']?\s{0,4}[=:]\s{0,4}[\"']?)[^\s\"']{6,}",
        r"((?:secret|token|passw(?:or)?d|credential)[\w-]{0,40}[\"']?\s{0,4}[=:]\s{0,4}[\"']?)[^\s\"']{6,}",
        rf"()\b(?:{'|'.join(_TOKENS.values())})",
    )
)
_WORDS_OF_SECRETS: Final = frozenset(
    (
        "key", "keys", "apikey", "token", "tokens", "secret", "secrets", "password", "passwd", "passphrase", "pass", "pwd", "pw", "pin", "otp",
        "credential", "credentials", "auth", "authorization", "bearer", "jwt", "pat", "cookie", "cookies", "session", "signature", "sig", "salt",
        "private", "pem", "dsn", "webhook",
    )
)  # fmt: skip
_WITHIN_WORDS: Final = ("apikey", "token", "secret", "password", "passwd", "credential")
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_PIECE: Final = re.compile(r"[A-Za-z0-9+/]{16,}", re.ASCII)
_CHANGES: Final = 4  # between capitals, small letters, digits and signs; names that people give have fewer
_RUN: Final = re.compile(r"[a-z]+|[A-Z]+|\d+|[+/]+")
_UNIVERSAL: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def mask_text(text: str) -> str:
    """`text` with everything that looks like a secret masked whole."""
    for secret in _SECRETS:
        text = secret.sub(rf"\1{MASK}", text)
    return text


def tokens_in(text: str) -> Iterator[tuple[str, str]]:
    """Every token in a text that has the form a provider gave it: what kind it is, and the token itself."""
    kinds = tuple(_TOKENS)
    return ((kinds[(found.lastindex or 1) - 1], found[0]) for found in _known_form().finditer(text))


@cache
def _known_form() -> re.Pattern[str]:
    """One group for each kind; made when it is asked for, as most calls do not."""
    return re.compile("|".join(rf"(\b(?:{form}))" for form in _TOKENS.values()))


def mask_value(name: str, value: str) -> str:
    """A named value as it may be shown: masked for its name, or for what it looks like; of a long secret the end is left."""
    masked = mask_text(value)
    if names_a_secret(name) or masked == MASK or looks_random(value):
        return hidden(value)
    return masked


def hidden(value: str) -> str:
    """A secret as it is shown: the last SHOWN_END characters where it has LONG_ENOUGH of them, else nothing of it."""
    if not value:
        return ""
    return f"{MASK}{value[-SHOWN_END:]}" if len(value) >= LONG_ENOUGH and value[-SHOWN_END:].isalnum() else MASK


def names_a_secret(name: str) -> bool:
    """Whether a setting of this name holds a secret, by the words of its name."""
    words = {word.lower() for word in _WORD.findall(name)}
    return bool(words & _WORDS_OF_SECRETS) or any(part in name.lower().replace("_", "").replace("-", "") for part in _WITHIN_WORDS)


def looks_random(value: str) -> bool:
    """Whether a value is, or has in it, a long piece that no person made up: letters and digits in turn, or a UUID.

    Meant for settings only: in the output of programs every commit id looks like that.
    """
    if value.startswith(("/", "~")):
        return False
    return bool(_UNIVERSAL.fullmatch(value)) or any(len(_RUN.findall(piece)) > _CHANGES for piece in _PIECE.findall(value))
