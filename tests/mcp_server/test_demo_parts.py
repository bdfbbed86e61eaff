"""The demo's parts on their own: it calls only what `next` names, notices what is wrong, quotes what changed, and shows it readably."""

import io
from pathlib import Path

import pytest
from mcp.types import CallToolResult, TextContent

from mcp_server.demo import EXAMPLE
from mcp_server.demo_host import Host, Unexpected, checked, expect
from mcp_server.demo_scratch import build, quotes
from mcp_server.demo_screen import WIDTH, Screen, call_line, open_screen
from mcp_server.demo_story import Edit, read_story
from tests.support.repositories import make_repository


def shown(*, lively: bool) -> tuple[Screen, io.StringIO]:
    stream = io.StringIO()
    return Screen(stream, lively=lively), stream


async def test_a_call_that_next_does_not_name_is_not_made() -> None:
    host = Host(shown(lively=False)[0], answer={"next": {"do": "Measure.", "tool": "run_eval", "arguments": {"experiment": 1}}})
    with pytest.raises(Unexpected, match="expected 'verdict', seen 'run_eval'"):
        await host.follow("verdict", reason="It is better.")


async def test_a_call_fills_in_exactly_what_next_asks_for() -> None:
    host = Host(shown(lively=False)[0], answer={"next": {"do": "Decide.", "tool": "verdict", "fill": ["reason"]}})
    with pytest.raises(Unexpected, match="asks to be filled in"):
        await host.follow("verdict")


async def test_an_option_that_was_not_offered_is_not_taken() -> None:
    host = Host(shown(lively=False)[0], answer={"options": [{"tool": "cancel_job", "why": "stop"}]})
    with pytest.raises(Unexpected, match="verdict among the options"):
        await host.take_option("verdict")


def test_what_differs_is_said_with_both_sides() -> None:
    with pytest.raises(Unexpected, match="the tree: expected 'a', seen 'b'"):
        expect("the tree", expected="a", seen="b")


@pytest.mark.parametrize(
    ("structure", "text", "is_error"),
    [({"summary": "done"}, "other words", False), ({"summary": "done"}, "done", True), (None, "done", False)],
)
def test_an_answer_whose_halves_disagree_is_noticed(structure: dict[str, str] | None, text: str, is_error: bool) -> None:
    result = CallToolResult(content=[TextContent(type="text", text=text)], structured_content=structure, is_error=is_error)
    with pytest.raises(Unexpected):
        checked("get_job", result)


def test_the_reviewer_quotes_the_first_line_of_every_place_that_changed(tmp_path: Path) -> None:
    worktree = make_repository(tmp_path / "project", {"a.py": "one\ntwo\nthree\nfour\n", "b.py": "x\ny\n"})
    counts = build(
        worktree, (Edit(path="a.py", old="one\n", new="1\n1.5\n"), Edit(path="a.py", old="four\n", new="4\n"), Edit(path="b.py", old="x\n", new=""))
    )
    assert counts == ["a.py: +3 -2", "b.py: +0 -1"]
    assert quotes(worktree) == [{"at": "a.py:1", "text": "1"}, {"at": "a.py:5", "text": "4"}, {"at": "base:b.py:1", "text": "x"}]


def test_an_edit_whose_place_is_not_there_once_is_refused(tmp_path: Path) -> None:
    worktree = make_repository(tmp_path / "project", {"a.py": "one\none\n"})
    with pytest.raises(ValueError, match=r"a\.py: the text to be changed stands there 2 times"):
        build(worktree, (Edit(path="a.py", old="one\n", new=""),))


def test_the_story_of_the_example_edits_what_stands_there_and_decides_both_ways() -> None:
    story = read_story(EXAMPLE)
    first = story.tries[0]
    assert [(story.project / edit.path).read_text(encoding="utf-8").count(edit.old) for edit in first.edits] == [1, 1]
    assert [attempt.decision for attempt in story.tries] == ["keep", "revert"]
    assert all(any(f"def {check.split('::')[1]}(" in edit.new for edit in first.edits) for check in first.hypothesis.own_checks)


def test_lines_fit_the_screen_and_paths_are_not_broken() -> None:
    screen, stream = shown(lively=False)
    path = "/tmp/refactory-demo-abcdefg/improve_a_library/.factory/worktrees/001"
    screen.say("server", f"Experiment 1 is open for H1 on factory/001, as was said before: edit in {path}.", ["detail " * 40])
    assert max(map(len, stream.getvalue().splitlines())) <= WIDTH
    assert path in stream.getvalue()


def test_progress_is_written_over_on_a_terminal_and_told_once_elsewhere() -> None:
    (lively, over), (plain, lines) = shown(lively=True), shown(lively=False)
    for screen in (lively, plain):
        for message in ("tests: 1 of 2", "tests: 1 of 2", "tests: 2 of 2"):
            screen.progress(message)
        screen.say("server", "measured")
    assert over.getvalue().count("\r\033[K") == 4
    assert "\n" not in over.getvalue().partition("measured")[0]
    assert [line.strip() for line in lines.getvalue().splitlines()][:2] == ["… tests: 1 of 2", "… tests: 2 of 2"]
    assert "\033" not in lines.getvalue()


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("name", "value", "lively"), [("NO_COLOR", "1", False), ("NO_COLOR", "", True), ("TERM", "dumb", False), ("TERM", "xterm", True)]
)
def test_colour_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch, name: str, value: str, lively: bool) -> None:
    monkeypatch.setenv("NO_COLOR", "")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(name, value)
    assert open_screen(Terminal()).lively is lively
    assert open_screen(io.StringIO()).lively is False


def test_a_call_is_shown_short() -> None:
    assert call_line("verdict", {"experiment": 2, "reason": "a" * 90}) == f'verdict experiment=2 reason="{"a" * 53}…"'
    assert call_line("propose_hypotheses", {"hypotheses": [{}, {}]}) == "propose_hypotheses hypotheses=[2 items]"
    assert call_line("submit_report", {"report": {"role": "reviewer", "quotes": [1]}}) == 'submit_report report={role: "reviewer", quotes: [1 item]}'
