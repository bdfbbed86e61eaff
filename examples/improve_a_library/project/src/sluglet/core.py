"""Slugs: lower case, ASCII, words joined by a separator."""

import re
import unicodedata

_WORD = re.compile(r"[a-z0-9]+")
_SPELLED_OUT = {
    "ß": "ss",
    "æ": "ae",
    "ø": "o",
    "ł": "l",
    "&": " and ",
}


def slugify(text: str, separator: str = "-", max_length: int = 0) -> str:
    """Turn `text` into a slug, such as `two-words`.

    With `max_length` the slug has at most so many characters; 0 means no limit.
    A slug never starts or ends with the separator. A text without letters and
    digits has an empty slug.
    """
    if max_length < 0:
        raise ValueError(f"max_length is 0 or more, not {max_length}")
    slug = separator.join(words_of(text))
    if max_length and len(slug) > max_length:
        slug = slug[:max_length].rstrip("-")
    return slug


def words_of(text: str) -> list[str]:
    """Split `text` into the words of its slug: ASCII letters and digits only."""
    return _WORD.findall(to_ascii(text).lower())


def to_ascii(text: str) -> str:
    """Spell `text` without accents; what has no ASCII letter is left out."""
    for letter, spelling in _SPELLED_OUT.items():
        text = text.replace(letter, spelling)
    decomposed = unicodedata.normalize("NFKD", text)
    return decomposed.encode("ascii", "ignore").decode("ascii")


def is_slug(text: str, separator: str = "-") -> bool:
    """Whether `text` is a slug already, and would come out unchanged."""
    return bool(text) and slugify(text, separator) == text
