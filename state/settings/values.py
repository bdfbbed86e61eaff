"""One value: from how it is written, in a variable or in the file, to what it means."""

from pathlib import Path
from typing import Final

from state.answers import clean, one_line
from state.masking import mask_value
from state.settings.keys import Key, Kind, Plain

YES: Final = frozenset({"1", "true", "yes", "on"})
NO: Final = frozenset({"0", "false", "no", "off"})
LONGEST: Final = 8000  # characters
LARGEST: Final = 10**9


class Unfit(ValueError):  # noqa: N818 - a finding on the way to a Problem, which has its place
    """A value that is none of its key. `found` is safe to show."""

    def __init__(self, found: str) -> None:
        super().__init__(found)
        self.found = found


def meaning(key: Key, raw: object, directory: Path | None) -> Plain:
    """What `raw` means for `key`; None for an empty text, which sets nothing.

    Texts are variables or strings of the file; the other types are the file's own. A relative path is taken from `directory`; None: there may
    be none. Raises Unfit.
    """
    if isinstance(raw, str) and not raw.strip():
        return None
    if isinstance(raw, str) and (len(raw) > LONGEST or any(character in raw for character in "\n\r\0")):
        raise Unfit("a text that is too long" if len(raw) > LONGEST else "a text of several lines")
    match key.kind:
        case Kind.YES_NO:
            return _yes_no(key, raw)
        case Kind.NUMBER:
            return _number(key, raw)
        case Kind.LIST:
            return _items(key, raw)
        case Kind.PATH:
            return _path(key, raw, directory)
        case Kind.TEXT:
            return _text(key, raw)


def shown(key: Key, value: Plain) -> str:
    """A value in words, as a person would write it; secrets are masked."""
    if value is None:
        return "unset"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = key.separator.join(value) if isinstance(value, tuple) else str(value)
    return clean(mask_value(key.name, text))


def described(key: Key, raw: object) -> str:
    """What was found, in one line that is safe to show."""
    if isinstance(raw, str):
        return one_line(mask_value(key.name, raw)) or "an empty text"
    return one_line(str(raw).lower()) if isinstance(raw, bool | int) else type_in_words(raw)


def type_in_words(raw: object) -> str:
    """The type of a value of the file, as TOML calls it."""
    words = ((bool, "true or false"), (int, "a number"), (float, "a number"), (str, "a text"), (list, "a list"), (dict, "a table"))
    return next((name for kind, name in words if isinstance(raw, kind)), "a date or time")


def _yes_no(key: Key, raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().lower() if isinstance(raw, str | int) else ""
    if word not in YES | NO:
        raise Unfit(described(key, raw))
    return word in YES


def _number(key: Key, raw: object) -> int:
    if isinstance(raw, str) and raw.strip().isascii() and raw.strip().isdecimal() and len(raw.strip()) <= len(str(LARGEST)):
        raw = int(raw)
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw <= LARGEST:
        raise Unfit(described(key, raw))
    return raw


def _items(key: Key, raw: object) -> tuple[str, ...] | None:
    parts = raw.split(key.separator) if isinstance(raw, str) else raw
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise Unfit(described(key, raw))
    return tuple(part.strip() for part in parts if part.strip()) or None


def _path(key: Key, raw: object, directory: Path | None) -> str:
    if not isinstance(raw, str):
        raise Unfit(described(key, raw))
    try:
        path = Path(raw.strip()).expanduser()
    except RuntimeError as error:
        raise Unfit(f"{described(key, raw)}, whose home folder nobody knows") from error
    if not path.is_absolute():
        if directory is None:
            raise Unfit(described(key, raw))
        path = directory / path
    return str(path)


def _text(key: Key, raw: object) -> str:
    if not isinstance(raw, str):
        raise Unfit(described(key, raw))
    text = raw.strip()
    if key.choices:
        text = text.lower()
        if text not in key.choices:
            raise Unfit(described(key, raw))
    return text
