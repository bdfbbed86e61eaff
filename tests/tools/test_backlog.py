"""The backlog as a host uses it: each wish once, changed only as it was seen, in pages that do not shift."""

from pathlib import Path

import anyio.to_thread
import pytest

from mcp_server.command_line import main
from tests.support.everything import everything
from tests.support.host import Host, changes_nothing
from tests.support.states import States


async def typed(*words: str) -> int:
    """The command line, in a thread without an event loop; answers its exit code."""
    return await anyio.to_thread.run_sync(main, list(words))


async def add(host: Host, *texts: str) -> None:
    for text in texts:
        await host.done("add_backlog_item", text=text)


async def test_a_wish_is_put_there_once_whatever_its_capitals_and_blanks(scored: States) -> None:
    async with scored.open("approved") as host:
        first = await host.done("add_backlog_item", text="Support Unicode", category="exploit", priority="high")
        assert first["data"]["created"] is True
        assert first["data"]["item"] == {
            "id": "B1", "category": "exploit", "priority": "high", "source": "host", "version": 1, "text": "Support Unicode",
        }  # fmt: skip
        assert "B1 is on the backlog" in first["summary"]
        with changes_nothing(scored.place):
            again = await host.done("add_backlog_item", text=" support\tUNICODE ")
        assert again["data"]["created"] is False
        assert again["data"]["item"]["id"] == "B1"


async def test_what_was_done_before_can_be_wished_for_again_and_says_so(scored: States) -> None:
    async with scored.open("approved") as host:
        await add(host, "Support Unicode")
        await host.done("update_backlog_item", id="B1", state="done")
        again = await host.done("add_backlog_item", text="Support unicode")
        assert again["data"]["item"]["id"] == "B2"
        assert "B1 said it before and is closed" in again["summary"]


async def test_similar_open_items_are_named_and_the_new_one_is_created_all_the_same(scored: States) -> None:
    async with scored.open("approved") as host:
        await add(host, "Dark mode for the settings page", "Faster parser")
        answer = await host.done("add_backlog_item", text="Add dark mode")
        assert answer["data"]["created"] is True
        assert [each["id"] for each in answer["data"]["similar"]] == ["B1"]
        assert "Like B1" in answer["summary"]


@pytest.mark.parametrize("text", ["", "   ", "\u200b\x07 \n"])
async def test_a_wish_without_words_is_refused(scored: States, text: str) -> None:
    async with scored.open("approved") as host:
        await host.refused("BAD_ARGUMENTS", "add_backlog_item", text=text)


async def test_what_the_caller_wrote_comes_back_in_one_line_without_what_acts_on_a_screen(scored: States) -> None:
    async with scored.open("approved") as host:
        answer = await host.done("add_backlog_item", text="Red \x1b[31malert\nand\x00 more")
        assert answer["data"]["item"]["text"] == "Red alert and more"


async def test_an_update_changes_what_it_names_and_says_which(scored: States) -> None:
    async with scored.open("approved") as host:
        await add(host, "Faster parser")
        answer = await host.done("update_backlog_item", id="B1", text="A faster parser", category="fix", priority="low", if_version=1)
        assert answer["data"]["changed"] == ["text", "category", "priority"]
        assert answer["data"]["item"]["version"] == 2
        with changes_nothing(scored.place):
            assert (await host.done("update_backlog_item", id="b1", category="fix"))["repeated"] is True
        gone = await host.done("update_backlog_item", id="a faster PARSER", state="removed")
        assert (gone["data"]["item"]["id"], gone["data"]["item"]["state"]) == ("B1", "removed")


async def test_an_update_of_what_was_changed_meanwhile_is_refused(scored: States) -> None:
    async with scored.open("approved") as host:
        await add(host, "Faster parser")
        await host.done("update_backlog_item", id="B1", priority="high")
        answer = await host.refused("DIFFERENT_CONTENT", "update_backlog_item", id="B1", text="Slower parser", if_version=1)
        assert "version 2 now, not 1" in answer["refused"]["what"]


async def test_of_open_items_none_comes_to_say_the_same_as_another(scored: States) -> None:
    async with scored.open("approved") as host:
        await add(host, "One", "Two")
        await host.refused("DUPLICATE", "update_backlog_item", id="B2", text="ONE")
        await host.done("update_backlog_item", id="B1", state="done")
        await add(host, "One")
        refused = await host.refused("DUPLICATE", "update_backlog_item", id="B1", state="open")
        assert refused["refused"]["where"] == ["B3"]


async def test_an_item_that_is_not_there_and_a_change_of_nothing_are_refused(scored: States) -> None:
    async with scored.open("approved") as host:
        assert "the backlog is empty" in (await host.refused("UNKNOWN_ID", "update_backlog_item", id="B1", state="done"))["refused"]["what"]
        await add(host, "One")
        assert "the last is B1" in (await host.refused("UNKNOWN_ID", "update_backlog_item", id="B9", state="done"))["refused"]["what"]
        await host.refused("BAD_ARGUMENTS", "update_backlog_item", id="B1")


async def test_pages_do_not_shift_when_something_is_added_or_finished_meanwhile(scored: States) -> None:
    async with scored.open("approved") as host:
        await add(host, *(f"Wish number {number}" for number in range(1, 13)))
        await host.done("update_backlog_item", id="B12", priority="high")
        first = await host.done("list_backlog")
        assert (first["total"], len(first["data"]["items"]), first["data"]["items"][0]["id"]) == (12, 10, "B12")
        await add(host, "A late one")
        await host.done("update_backlog_item", id="B3", state="done")
        second = await host.done("list_backlog", cursor=first["more"])
        assert [item["id"] for item in second["data"]["items"]] == ["B10", "B11"]
        assert "more" not in second
        done = await host.done("list_backlog", state="done")
        assert [(item["id"], item["state"]) for item in done["data"]["items"]] == [("B3", "done")]
        assert (await host.done("list_backlog", state="all"))["total"] == 13


async def test_a_cursor_of_something_else_is_refused_with_the_call_for_page_one(scored: States) -> None:
    async with scored.open("approved") as host:
        answer = await host.refused("UNKNOWN_ID", "list_backlog", state="all", cursor="below-3")
        assert answer["next"]["arguments"] == {"state": "all"}
        assert "fill" not in answer["next"]


async def test_listing_changes_nothing(scored: States) -> None:
    async with scored.open("approved") as host:
        await add(host, "One")
        with changes_nothing(scored.place):
            await host.done("list_backlog")


async def test_people_list_add_and_remove_under_the_names_that_the_original_had(scored: States, capsys: pytest.CaptureFixture[str]) -> None:
    project = await scored.put("approved")
    assert await typed("backlog-add", str(project), "Dark mode") == 0
    assert await typed("backlog", "add", str(project), "Light mode") == 0
    capsys.readouterr()
    assert await typed("backlog-list", str(project)) == 0
    shown = capsys.readouterr().out
    assert "id=B1; source=user; version=1; text=Dark mode" in shown
    assert await typed("backlog-remove", str(project), "dark MODE") == 0
    assert await typed("backlog-remove", str(project), "B2") == 0
    capsys.readouterr()
    assert await typed("backlog", "list", str(project)) == 0
    assert "Nothing waits on the backlog." in capsys.readouterr().out
    assert await typed("backlog", "remove", str(project), "B9") == 1


async def test_a_text_without_quotes_is_wrong_usage_and_adds_nothing(scored: States, capsys: pytest.CaptureFixture[str]) -> None:
    project = await scored.put("approved")
    before = everything(project)
    for words in (["dark", "mode"], ["a", "dark", "mode"]):
        with pytest.raises(SystemExit) as ended:
            main(["backlog", "add", *words])
        assert ended.value.code == 2
        assert "in quotes" in capsys.readouterr().err
    assert everything(project).store == before.store


async def test_a_path_as_people_type_it_is_taken_from_where_they_are(
    scored: States, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project: Path = await scored.put("approved")
    monkeypatch.chdir(project.parent)
    assert await typed("add-backlog-item", "--project", project.name, "Dark mode") == 0
    assert "B1 is on the backlog" in capsys.readouterr().out
