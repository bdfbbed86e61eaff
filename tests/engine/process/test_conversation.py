"""Conversations with one process that answers line by line."""

import threading
from pathlib import Path

import pytest

from tests.support.processes import eventually, plain_environment, processes_in
from tests.support.repositories import git, make_repository
from tools.engine.process import CommandNotFound, Conversation, ConversationEnded, ProcessTimeout, start_conversation


def converse(folder: Path, *argv: str, timeout: float = 60) -> Conversation:
    return start_conversation(argv, directory=folder, environment=plain_environment(folder), timeout=timeout)


def test_git_hands_out_blobs_byte_for_byte(tmp_path: Path) -> None:
    text = "line\r\n\0 end without a line feed" * 50_000
    repository = make_repository(tmp_path / "repository", {"a.txt": text, "b.txt": ""})
    with converse(repository, "git", "cat-file", "--batch") as batch:
        for name, content in (("a.txt", text.encode()), ("b.txt", b"")):
            batch.write(f"HEAD:{name}\n".encode())
            batch.flush()
            identifier, kind, size = batch.read_line().split()
            assert (identifier.decode(), kind) == (git(repository, "rev-parse", f"HEAD:{name}"), b"blob")
            assert batch.read_exactly(int(size) + 1) == content + b"\n"
        assert batch.close() == 0


def test_a_transaction_of_git_is_dropped_when_the_conversation_is_left(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository", {"a.txt": "a"})
    head = git(repository, "rev-parse", "HEAD")
    with converse(repository, "git", "update-ref", "--stdin") as transaction:
        transaction.write(f"start\nupdate refs/heads/new {head}\nprepare\n".encode())
        transaction.flush()
        assert [transaction.read_line() for _ in range(2)] == [b"start: ok\n", b"prepare: ok\n"]
    assert git(repository, "for-each-ref", "refs/heads/new") == ""
    assert list((repository / ".git").rglob("*.lock")) == []


def test_a_refusal_ends_the_conversation_with_the_words_of_the_process(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository", {"a.txt": "a"})
    with converse(repository, "git", "update-ref", "--stdin") as transaction:
        transaction.write(b"start\nupdate refs/heads/main 1234567890123456789012345678901234567890\nprepare\n")
        transaction.flush()
        assert transaction.read_line() == b"start: ok\n"
        with pytest.raises(ConversationEnded, match="ended with 128") as caught:
            transaction.read_line()
    assert b"fatal:" in caught.value.stderr


def test_one_thread_may_write_more_than_the_pipes_hold_while_another_reads(folder: Path) -> None:
    data = b"0123456789abcde\n" * 200_000
    with converse(folder, "cat") as echo:

        def say() -> None:
            echo.write(data)
            echo.flush()

        writer = threading.Thread(target=say)
        writer.start()
        assert echo.read_exactly(len(data) - 16) == data[:-16]
        assert echo.read_line() == data[-16:]
        writer.join()


def test_a_silent_process_is_killed_when_an_answer_is_overdue(folder: Path) -> None:
    with converse(folder, "sleep", "600", timeout=0.2) as silent, pytest.raises(ProcessTimeout, match="sleep 600"):
        silent.read_line()
    assert eventually(lambda: processes_in(folder) == set())


def test_writing_to_a_process_that_ended_tells_how_it_ended(folder: Path) -> None:
    with converse(folder, "sh", "-c", "echo no >&2; exit 7") as ended:
        with pytest.raises(ConversationEnded, match="ended with 7 in the middle of a conversation: no"):
            ended.read_line()
        with pytest.raises(ConversationEnded, match="no"):
            ended.write(b"x" * 1_000_000)


def test_output_that_ends_within_a_line_is_no_line(folder: Path) -> None:
    with converse(folder, "printf", "half") as half, pytest.raises(ConversationEnded, match="ended with 0"):
        half.read_line()


def test_what_a_process_left_in_its_group_goes_with_the_conversation(folder: Path) -> None:
    with converse(folder, "sh", "-c", "sleep 600 & echo ready; read line") as talk:
        assert talk.read_line() == b"ready\n"
        assert processes_in(folder) != set()
    assert eventually(lambda: processes_in(folder) == set())


def test_a_command_that_does_not_exist_is_named(folder: Path) -> None:
    with pytest.raises(CommandNotFound, match="no-such-program"):
        converse(folder, "no-such-program")
