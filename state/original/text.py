"""Bytes of files that others wrote, as text: whatever encoding they are in, no line is lost over it."""

import codecs
from typing import Final

_MARKS_OF_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def lines_of(content: bytes) -> list[bytes]:
    """The lines with their ends, as UTF-8 bytes where they were UTF-8 or marked UTF-16; without the mark at the beginning.

    Only `\\n` ends a line, since a `\\r` may stand within a quoted field; in a file without any `\\n` it is `\\r`.
    """
    content = _as_utf_8(content)
    if b"\n" not in content and b"\r" in content:
        content = content.replace(b"\r", b"\n")
    return [line + b"\n" for line in content.split(b"\n")[:-1]] + [last for last in content.split(b"\n")[-1:] if last]


def text_of(line: bytes) -> tuple[str, bool]:
    """The text of a line, and whether it was UTF-8; every other byte string is read as Latin-1."""
    try:
        return line.decode(), True
    except UnicodeDecodeError:
        return line.decode("latin-1"), False


def whole_text(content: bytes) -> str:
    """The text of a small file, its line ends as `\\n`."""
    return "".join(text_of(line)[0] for line in lines_of(content)).replace("\r\n", "\n")


def plain(text: str, limit: int) -> tuple[str, bool]:
    """`text` as JSON and UTF-8 can hold it, cut to `limit` characters; and whether it is still whole."""
    sound = text.encode("utf-8", "replace").decode()
    return sound[:limit], len(sound) <= limit and sound == text


def _as_utf_8(content: bytes) -> bytes:
    if content.startswith(_MARKS_OF_UTF_16):
        try:
            return content.decode("utf-16").encode()
        except UnicodeDecodeError:
            return content
    return content.removeprefix(codecs.BOM_UTF8)
