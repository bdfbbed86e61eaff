"""What a command prints: the end of each stream in bounded memory, a capped copy in a file, and the last line for whoever watches."""

import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final

BLOCK_SIZE: Final = 64 * 1024  # bytes; small writes are gathered into blocks of about this size
LINE_WINDOW: Final = 4096  # bytes at the end of a stream in which the last line is looked for
LINE_INTERVAL: Final = 0.25  # seconds between two lines told
CONTINUATION_BYTES: Final = range(0x80, 0xC0)  # bytes of UTF-8 that only continue a character


class Tail:
    """The last `limit` bytes of a stream, kept in blocks: memory stays near the limit however much comes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.received = 0
        self._held = 0
        self._blocks: deque[bytearray] = deque()

    def add(self, data: bytes) -> None:
        """Take the next bytes of the stream."""
        self.received += len(data)
        self._held += len(data)
        if self._blocks and len(self._blocks[-1]) < BLOCK_SIZE:
            self._blocks[-1] += data
        else:
            self._blocks.append(bytearray(data))
        while self._held - len(self._blocks[0]) >= self.limit:
            self._held -= len(self._blocks.popleft())

    @property
    def dropped(self) -> int:
        """How many bytes of the stream are not in the tail."""
        return max(0, self.received - self.limit)

    def text(self) -> str:
        """The tail; bytes that are no UTF-8 become U+FFFD, except the rest of a character that the cut itself went through."""
        data = b"".join(self._blocks)[-self.limit :]
        start = 0
        while self.dropped and start < min(3, len(data)) and data[start] in CONTINUATION_BYTES:
            start += 1
        return data[start:].decode("utf-8", errors="replace")

    def last_line(self) -> str:
        """The last complete line that is not blank, without its end; the last LINE_WINDOW bytes are looked at. Empty if there is none."""
        window = b""
        for block in reversed(self._blocks):
            window = bytes(block[-LINE_WINDOW:]) + window
            if len(window) >= LINE_WINDOW:
                break
        complete, _, _ = window[-LINE_WINDOW:].rpartition(b"\n")
        return complete.rstrip().rpartition(b"\n")[2].strip().decode("utf-8", errors="replace")


class RawCopy:
    """Everything that a command prints, as it comes, in one file of at most `limit` bytes; nowhere if there is no path.

    Raises OSError when the file cannot be opened. A failure to write is kept in `failure` and ends the copy, not the command.
    """

    def __init__(self, path: Path | None, limit: int) -> None:
        self.failure: OSError | None = None
        self._room = limit if path else 0
        self._file = path.open("wb", buffering=0) if path else None

    def add(self, data: bytes) -> None:
        """Write as much of `data` as there is room for."""
        if self._file is None or self._room <= 0 or self.failure:
            return
        rest = memoryview(data)[: self._room]
        self._room -= len(rest)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            self.failure = error

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


class Watcher:
    """Tells a caller the last complete line, at most once in LINE_INTERVAL seconds, and not the same line twice in a row."""

    def __init__(self, on_line: Callable[[str], None] | None) -> None:
        self._on_line = on_line
        self._source: Tail | None = None
        self._told = ""
        self._next = 0.0

    def heard(self, source: Tail) -> None:
        """Remember which stream spoke last."""
        self._source = source

    def tell(self, *, last: bool = False) -> None:
        """Tell the line if there is a new one and it is time, or if this is the end."""
        now = time.monotonic()
        if self._on_line is None or self._source is None or (now < self._next and not last):
            return
        self._next = now + LINE_INTERVAL
        line = self._source.last_line()
        if line and line != self._told:
            self._told = line
            self._on_line(line)
