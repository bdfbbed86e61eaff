"""What is kept of a command's output."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.engine.process.output import BLOCK_SIZE, RawCopy, Tail, Watcher


@given(st.lists(st.binary(max_size=40), max_size=40), st.integers(min_value=1, max_value=60))
def test_the_tail_is_the_end_of_the_stream_and_the_rest_is_counted(chunks: list[bytes], limit: int) -> None:
    tail = Tail(limit)
    for chunk in chunks:
        tail.add(chunk)
    whole = b"".join(chunks)
    assert tail.dropped == max(0, len(whole) - limit)
    assert whole[-limit:].decode(errors="replace").endswith(tail.text())
    if not tail.dropped:
        assert tail.text() == whole.decode(errors="replace")


@given(st.text(min_size=1, max_size=300), st.integers(min_value=4, max_value=300))
def test_a_cut_never_leaves_half_a_character(text: str, limit: int) -> None:
    tail = Tail(limit)
    tail.add(text.encode())
    assert text.endswith(tail.text())


@pytest.mark.parametrize("size", [1, 100, BLOCK_SIZE, 1_000_000])
def test_memory_stays_near_the_limit_whatever_the_size_of_a_write(size: int) -> None:
    tail = Tail(2 * BLOCK_SIZE)
    for _ in range(1_000_000 // size):
        tail.add(b"x" * size)
    assert sum(len(block) for block in tail._blocks) <= 2 * BLOCK_SIZE + max(2 * BLOCK_SIZE, size)
    assert len(tail._blocks) <= 4
    assert len(tail.text()) == 2 * BLOCK_SIZE


@pytest.mark.parametrize(
    ("printed", "line"),
    [
        (b"", ""),
        (b"no end", ""),
        (b"one\n", "one"),
        (b"one\ntwo\nthr", "two"),
        (b"one\n\n  \n", "one"),
        (b"win\r\n", "win"),
        (b"\xff\n", "\ufffd"),
    ],
)
def test_the_last_line_is_the_last_complete_one_that_says_something(printed: bytes, line: str) -> None:
    tail = Tail(BLOCK_SIZE)
    for byte in printed:
        tail.add(bytes([byte]))
    assert tail.last_line() == line


def test_a_watcher_is_told_seldom_and_never_the_same_line_twice_in_a_row() -> None:
    told: list[str] = []
    watcher, tail = Watcher(told.append), Tail(BLOCK_SIZE)
    watcher.tell()
    for number in range(100):
        tail.add(f"line {number}\n".encode())
        watcher.heard(tail)
        watcher.tell()
    watcher.tell(last=True)
    watcher.tell(last=True)
    assert told[0] == "line 0"
    assert told[-1] == "line 99"
    assert len(told) == len(set(told)) < 100


def test_the_copy_ends_at_its_limit(tmp_path: Path) -> None:
    copy = RawCopy(tmp_path / "raw", 10)
    for chunk in (b"1234", b"5678", b"90ab", b"cdef"):
        copy.add(chunk)
    copy.close()
    assert (tmp_path / "raw").read_bytes() == b"1234567890"


def test_a_copy_that_cannot_be_written_says_so() -> None:
    copy = RawCopy(Path("/dev/full"), 100)
    copy.add(b"x")
    copy.add(b"y")
    copy.close()
    assert copy.failure is not None
    assert copy.failure.strerror == "No space left on device"
