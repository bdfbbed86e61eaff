"""Secrets in the lines that a change adds: private keys, tokens of known form, passwords in addresses, and random values by a telling name.

What is found is never told: only where, and what kind of secret it is. Names of files are not looked at, nor is what is not text.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final, Literal

from state.masking import looks_random, tokens_in
from tools.engine.repository.changes import ChangedLines

# Made by tools: hashes by telling names, and nobody's secrets.
_LOCKS: Final = frozenset(
    {"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "go.sum", "Pipfile.lock", "composer.lock", "flake.lock"}
)
_PLAINLY_SET: Final = frozenset({".env", ".ini", ".cfg", ".conf", ".properties", ".yml", ".yaml", ".sh", ".tfvars", ".netrc", ".npmrc"})
FileKind = Literal["made by a tool", "settings", "other"]
_DIGIT: Final = re.compile(r"[0-9]")
_HEX: Final = re.compile(r"[0-9a-fA-F]+")
_LONG: Final = re.compile(r"[\w.+/=-]{16,}", re.ASCII)
_KEY_BEGINS: Final = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_KEY_BODY: Final = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")
_KEY_LINES: Final = 12  # behind its first line in which the body of a key begins
_ADDRESS: Final = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@\"'<>]{0,200}:([^\s/@\"'<>]{6,200})@([\w.-]+)", re.IGNORECASE)
_HANDED_OVER: Final = re.compile(r"\b(?:[Bb]earer|[Bb]asic) ([\w.+/=~-]{20,})")
_SET: Final = re.compile(r"(?<![=!<>])(?::=|=>|[=:])[ \t]{0,4}[rbuf]{0,2}(?P<quote>[\"'`])(?P<value>[^\s\"'`]{8,512})(?P=quote)")
_SET_PLAINLY: Final = re.compile(
    r"^[ \t]{0,40}(?:export |set |ENV |- )?(?P<name>[\w.-]{3,80})[ \t]{0,4}[=:][ \t]{0,4}(?P<value>[^\s\"'`#]{8,512})[ \t]{0,4}$"
)
_NAME_BEFORE: Final = re.compile(r"([A-Za-z_][\w.-]{0,80})[\"'`\])]{0,3}[ \t]{0,4}(?::[ \t]{0,2}[\w.\[\]| ]{1,40})?[ \t]{0,4}$")
_NAMED: Final = re.compile(
    r"(?:api|access|private|secret|signing|encryption|auth|account|master|service|client|consumer)[_-]?key|secret|token|passw(?:or)?d|passphrase"
    r"|(?<![a-z])pwd(?![a-z])|credential|(?<![a-z])auth(?![a-z])", re.IGNORECASE,
)  # fmt: skip
# Tokens that open nothing: they say where a list goes on, or tell one request from another.
_OPENS_NOTHING: Final = re.compile(
    r"(?:next|previous|lock|page|paging|continuation|idempotency|client|request|update|sync|cancel|csrf|xsrf)[_-]?token|arn$", re.IGNORECASE
)
_PASSWORD: Final = re.compile(r"passw(?:or)?d|passphrase|(?<![a-z])pwd(?![a-z])", re.IGNORECASE)
_NO_SECRET: Final = re.compile(
    r"example|sample|dummy|fake|mock|stub|test|placeholder|change.?me|your|insert|redacted|secret|passw|token|foo|bar|spam|hunter|letmein|qwert|lorem"
    r"|x{4,}|\*{3,}|\.{3,}|0{5,}|12345|54321|abcde|aaaa|deadbeef|cafebabe|[<>{}$%\\()]", re.IGNORECASE,
)  # fmt: skip
# Of a token with a provider's prefix less excuses it: chance makes up short words.
_NO_TOKEN: Final = re.compile(
    r"example|sample|dummy|placeholder|change.?me|redacted|your|x{6,}|\*{3,}|\.{3,}|0{8,}|1234567|abcdefg|deadbeef|[<>{}$%]", re.IGNORECASE
)
_NEAR: Final = re.compile(r"^(?:localhost|127\.|0\.0\.0\.0)|example|test|\.local$|^[\w-]+$", re.IGNORECASE)  # machines of nobody else's
FEWEST: Final = 16  # characters of a random value
FEWEST_OF_HEX: Final = 24
FEWEST_OF_A_PASSWORD: Final = 10
LEAST_DIGITS: Final = 2
LEAST_BITS: Final = 3.3  # a character, of a random value


@dataclass(frozen=True)
class Secret:
    """A secret in an added line. `value` is for looking whether the base has it already, and for nothing else."""

    path: str
    line: int
    kind: str
    value: str = field(repr=False)


def secrets_in(changed: Mapping[str, ChangedLines]) -> tuple[Secret, ...]:
    """The secrets that a change adds, in the order of its lines. A line that was only moved is none."""
    before = {text.strip() for lines in changed.values() for hunk in lines.hunks for text in hunk.removed}
    return tuple(
        Secret(path, number, kind, value)
        for path, lines in changed.items()
        for file in (_kind_of(path),)
        for hunk in lines.hunks
        for number, kind, value in _in_hunk(file, hunk.new_start, hunk.added)
        if hunk.added[number - hunk.new_start].strip() not in before
    )


def has_secret(path: str, text: str) -> bool:
    """Whether a single line of a file holds one."""
    return next(_in_line(_kind_of(path), text), None) is not None or bool(_KEY_BEGINS.search(text))


def _kind_of(path: str) -> FileKind:
    name = PurePosixPath(path)
    if name.name in _LOCKS or name.suffix == ".lock":
        return "made by a tool"
    return "settings" if name.suffix in _PLAINLY_SET or name.name.startswith(".env") else "other"


def _in_hunk(file: FileKind, start: int, added: tuple[str, ...]) -> Iterator[tuple[int, str, str]]:
    for offset, text in enumerate(added):
        if "-----BEGIN " in text and (body := _key_body(added, offset)):
            yield start + offset, "a private key", body
        for kind, value in _in_line(file, text):
            yield start + offset, kind, value


def _key_body(added: tuple[str, ...], offset: int) -> str:
    """The beginning of what stands in a private key; empty where these are the words around one alone."""
    head = _KEY_BEGINS.search(added[offset])
    if head is None:
        return ""
    behind = (added[offset][head.end() :], *added[offset + 1 : offset + _KEY_LINES])
    found = (_KEY_BODY.search(text) for text in behind)
    return next((each[0] for each in found if each and not _NO_TOKEN.search(each[0])), "")


def _in_line(file: FileKind, text: str) -> Iterator[tuple[str, str]]:
    """The kinds and values of the secrets in one line, each value once. All of them have a digit: most lines need no closer look."""
    if not _DIGIT.search(text):
        return
    seen = set[str]()
    for kind, value in (*_of_known_form(text), *_in_addresses(text), *_by_name(file, text)):
        if not any(value in known or known in value for known in seen):
            seen.add(value)
            yield kind, value


def _of_known_form(text: str) -> Iterator[tuple[str, str]]:
    for long in _LONG.findall(text):
        for kind, token in tokens_in(long):
            if not _NO_TOKEN.search(token) and _bits(token) >= LEAST_BITS and any(map(str.isdigit, token)):
                yield kind, token


def _in_addresses(text: str) -> Iterator[tuple[str, str]]:
    if "://" in text:
        for found in _ADDRESS.finditer(text):
            password, host = found.groups()
            if not _NO_SECRET.search(password) and not _NEAR.search(host) and _varied(password):
                yield "a password in an address", password
    if "earer " in text or "asic " in text:
        yield from (("a token of a request", found[1]) for found in _HANDED_OVER.finditer(text) if _random(found[1]))


def _by_name(file: FileKind, text: str) -> Iterator[tuple[str, str]]:
    """Values that look random and are set by a telling name; in files of settings also without quotes. What tools make has hashes by such names."""
    if file == "made by a tool":
        return
    found = [(_name_before(text, each.start()), each["value"]) for each in _SET.finditer(text)]
    if not found and file == "settings" and (plain := _SET_PLAINLY.match(text)):
        found = [(plain["name"], plain["value"])]
    for called, value in found:
        if _NAMED.search(called) and not _OPENS_NOTHING.search(called) and not _NO_SECRET.search(value):
            if _random(value):
                yield f"a random value by the name {_short(called)}", value
            elif _PASSWORD.search(called) and len(value) >= FEWEST_OF_A_PASSWORD and _varied(value):
                yield f"a password by the name {_short(called)}", value


def _name_before(text: str, end: int) -> str:
    found = _NAME_BEFORE.search(text[max(0, end - 160) : end])
    return found[1] if found else ""


def _short(name: str) -> str:
    return name.rpartition(".")[2][:40]


def _random(value: str) -> bool:
    """Whether nobody made a value up."""
    digits = sum(map(str.isdigit, value))
    long = len(value) >= (FEWEST_OF_HEX if _HEX.fullmatch(value) else FEWEST) and LEAST_DIGITS <= digits < len(value)
    return long and looks_random(value) and _bits(value) >= LEAST_BITS and any(map(str.isalpha, value))


def _varied(value: str) -> bool:
    """Whether a value has letters of both kinds, and digits or signs, as passwords are asked to have."""
    return any(map(str.isupper, value)) and any(map(str.islower, value)) and any(map(str.isdigit, value))


def _bits(value: str) -> float:
    """Shannon's entropy of the characters of a text, in bits a character."""
    return -sum(count / len(value) * math.log2(count / len(value)) for count in Counter(value).values())
