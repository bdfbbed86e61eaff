"""The supervisor as a program of its own."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.engine.process.guard import Report, read_report
from tools.engine.process.supervisor import decode_job, encode_job, processes

SUPERVISOR = Path(sys.modules[encode_job.__module__].__file__ or "")

words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
names = st.text(st.characters(exclude_characters="\0=", exclude_categories=["Cs"]), min_size=1, max_size=20)


@given(st.lists(words, min_size=1, max_size=5).filter(lambda argv: argv[0] != ""), words, st.dictionaries(names, words, max_size=5))
def test_a_job_arrives_as_it_was_sent(argv: list[str], directory: str, environment: dict[str, str]) -> None:
    sent = encode_job(argv, directory, environment)
    job = decode_job(sent[8:])
    assert int.from_bytes(sent[:8], "big") == len(sent) - 8
    assert job.argv == [word.encode() for word in argv]
    assert job.directory == directory.encode()
    assert job.environment == {name.encode(): value.encode() for name, value in environment.items()}


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
        encode_job(argv, "/", environment)


def test_a_report_that_was_cut_short_claims_no_end() -> None:
    assert read_report(b"") == Report(None, None, "", 0, 0.0, 0, 0)
    assert read_report(b"started 12\n") == Report(12, None, "", 0, 0.0, 0, 0)
    assert read_report(b"started 12\nended exited -9 1.500000 3 1\n") == Report(12, None, "exited", -9, 1.5, 3, 1)
    assert read_report(b"started 12\nfailed 2\nended exited 127 0.000100 0 0\n").failure == 2


def test_it_starts_nothing_and_ends_in_peace_when_the_server_goes_before_the_job_is_complete() -> None:
    for sent in (b"", encode_job(["sh", "-c", "echo started"], "/", {"PATH": "/bin"})[:-3]):
        done = subprocess.run([sys.executable, "-I", "-S", str(SUPERVISOR), "1"], input=sent, capture_output=True, timeout=30, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_it_imports_nothing_beside_the_standard_library_and_nothing_slow() -> None:
    show = f"import sys, runpy; runpy.run_path({str(SUPERVISOR)!r}); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", show], capture_output=True, text=True, timeout=30, check=True)
    loaded = set(done.stdout.split())
    assert loaded & {"tools", "state", "site", "subprocess", "json", "dataclasses", "inspect"} == set()


def test_the_process_table_knows_this_process_and_its_parent() -> None:
    pid = subprocess.run(["sh", "-c", "echo $PPID"], capture_output=True, text=True, check=True).stdout.strip()
    mine = next(process for process in processes() if process.identifier == int(pid))
    assert mine.parent in {process.identifier for process in processes()}
