"""The supervisor as a program of its own."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.engine.process.guard import SUPERVISOR, Report, read_report
from tools.engine.process.supervisor import processes
from tools.engine.process.supervisor.job import HEAD_SIZE, Sandbox, decode_job, encode_job, make_job

words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
names = st.text(st.characters(exclude_characters="\0=", exclude_categories=["Cs"]), min_size=1, max_size=20)
paths = st.binary(max_size=9).filter(lambda path: b"\0" not in path)


@given(
    st.lists(words, min_size=1, max_size=5).filter(lambda argv: argv[0] != ""),
    words,
    st.dictionaries(names, words, max_size=5),
    st.none() | st.binary(max_size=50),
    st.none() | st.lists(st.lists(paths, max_size=3), min_size=3, max_size=3),
)
def test_a_job_arrives_as_it_was_sent(
    argv: list[str], directory: str, environment: dict[str, str], stdin: bytes | None, folders: list[list[bytes]] | None
) -> None:
    job = make_job(argv, directory, environment)
    job.stdin, job.memory = stdin, 2**40
    if folders is not None:
        job.sandbox = Sandbox(b"", network=True, room=5)
        job.sandbox.writable, job.sandbox.hidden, job.sandbox.visible = folders
    sent = encode_job(job)
    size = int.from_bytes(sent[:8], "big")
    arrived = decode_job(sent[HEAD_SIZE:][:size], sent[HEAD_SIZE + size :])
    assert int.from_bytes(sent[8:HEAD_SIZE], "big") == len(stdin or b"")
    assert arrived.argv == [word.encode() for word in argv]
    assert arrived.directory == directory.encode()
    assert arrived.environment == {name.encode(): value.encode() for name, value in environment.items()}
    assert (arrived.stdin, arrived.memory) == (stdin, 2**40)
    assert (arrived.sandbox and vars(arrived.sandbox)) == (job.sandbox and vars(job.sandbox))


@pytest.mark.parametrize(
    ("argv", "environment", "message"),
    [
        ([], {}, "found none"),
        ([""], {}, "found none"),
        (["a\0b"], {}, "NUL"),
        (["a"], {"N": "\0"}, "NUL"),
        (["a"], {"": "x"}, "no name"),
        (["a"], {"A=B": "x"}, "'A=B' is no name"),
    ],
)
def test_what_no_process_can_be_given_is_refused(argv: list[str], environment: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make_job(argv, "/", environment)


def test_a_path_with_a_nul_byte_is_refused() -> None:
    job = make_job(["a"], "/", {})
    job.sandbox = Sandbox(b"", network=False, room=0)
    job.sandbox.hidden = [b"/a\0b"]
    with pytest.raises(ValueError, match="NUL"):
        encode_job(job)


def test_a_report_that_was_cut_short_claims_no_end() -> None:
    assert read_report(b"") == Report(None, None, "", 0, 0.0, 0, 0)
    assert read_report(b"started 12\n") == Report(12, None, "", 0, 0.0, 0, 0)
    assert read_report(b"started 12\nended exited -9 1.500000 3 1\n") == Report(12, None, "exited", -9, 1.5, 3, 1)
    assert read_report(b"started 12\nfailed 2\nended exited 127 0.000100 0 0\n").failure == 2
    assert read_report(b"started 12\nconfined namespaces off\nended memory 0 0.5 1 0\n") == Report(
        12, None, "memory", 0, 0.5, 1, 0, "namespaces", "off"
    )


def test_it_starts_nothing_and_ends_in_peace_when_the_server_goes_before_the_job_is_complete() -> None:
    for sent in (b"", encode_job(make_job(["sh", "-c", "echo started"], "/", {"PATH": "/bin"}))[:-3]):
        done = subprocess.run([sys.executable, "-I", "-S", str(SUPERVISOR), "1"], input=sent, capture_output=True, timeout=30, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_it_imports_nothing_beside_the_standard_library_and_nothing_slow() -> None:
    program = [sys.executable, "-I", "-S", "-X", "importtime", str(SUPERVISOR), "1"]
    done = subprocess.run(program, capture_output=True, text=True, input="", timeout=30, check=True)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    slow = {"site", "subprocess", "json", "dataclasses", "inspect", "typing", "re", "glob", "tempfile", "threading", "socket", "anyio"}
    assert "tools.engine.process.supervisor.supervising" in loaded
    assert loaded & (slow | {"tools.engine.process.guard", "state"}) == set()


def test_the_process_table_knows_this_process_and_its_parent() -> None:
    pid = subprocess.run(["sh", "-c", "echo $PPID"], capture_output=True, text=True, check=True).stdout.strip()
    mine = next(process for process in processes() if process.identifier == int(pid))
    assert mine.parent in {process.identifier for process in processes()}
