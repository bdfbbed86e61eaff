"""Resources, prompts and completions: what hosts show beside the tools, read as things are now, and changing nothing."""

import json
from pathlib import Path

import pytest
from mcp import MCPError
from mcp.types import PromptReference, ResourceTemplateReference, TextResourceContents

import prompts
from mcp_server import resources
from mcp_server.catalogue import ROWS
from mcp_server.slugs import slugs_of
from tests.support.host import Host, changes_nothing
from tests.support.scored_states import BETTER, scored_md
from tests.support.states import States, approve

TYPED = PromptReference(type="ref/prompt", name="focus")
OF_A_PROJECT = ("status", "handover", "factory.md", "experiments/1", *(f"experiments/1/{name}" for name in ("diff", "review", "record")))
PAGES = ("strategy/current", "strategy/observations", "strategy/insights", "archive/A1", *(f"roles/{name}" for name in prompts.names("roles")))


@pytest.fixture(autouse=True)
def meant(scored: States, of_our_own: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The host's own project, which needs no name."""
    monkeypatch.setenv("FACTORY_PROJECT", str(scored.place))


async def read(host: Host, path: str) -> str:
    """The text of a document of the host's project, or of an absolute address."""
    uri = path if path.startswith("factory://") else f"factory://{host.project.name}/{path}"
    (content,) = (await host.client.read_resource(uri)).contents
    assert isinstance(content, TextResourceContents)
    assert content.uri == uri
    return content.text


async def complete(host: Host, argument: str, typed: str = "", **given: str) -> list[str]:
    reference = ResourceTemplateReference(type="ref/resource", uri=resources.PLACES[0].uri)
    found = await host.client.complete(reference, {"name": argument, "value": typed}, context_arguments=given or None)
    return found.completion.values


async def test_every_document_of_a_project_can_be_read_and_reading_changes_nothing(scored: States) -> None:
    async with scored.open("landed") as host:
        with changes_nothing(host.project):
            found = {path: await read(host, path) for path in (*OF_A_PROJECT, *PAGES)}
        assert [path for path, text in found.items() if not text.strip()] == []
        assert found["factory.md"] == scored_md()
        assert "+0.6" in found["experiments/1/diff"]
        assert json.loads(found["experiments/1/record"])["assessment"]["rows"]
        assert "# The brief of the Builder" not in found["roles/builder"]
        assert "# Builder" in found["roles/builder"]


async def test_the_patterns_that_are_listed_are_those_that_can_be_read(scored: States) -> None:
    async with scored.open("landed") as host:
        await host.done("add_backlog_item", text="A dark mode")
        listed = [each.uri_template for each in (await host.client.list_resource_templates()).resource_templates]
        assert listed == [*(place.uri for place in resources.PLACES), resources.SCHEMA]
        (projects,) = (await host.client.list_resources()).resources
        rows = json.loads(await read(host, projects.uri))["projects"]
        assert [(row["project"], row["path"], row["kept"]) for row in rows] == [(host.project.name, str(host.project), 1)]
        for tool in ROWS:
            assert json.loads(await read(host, f"factory://schema/{tool}"))["arguments"]["properties"]["project"]


@pytest.mark.parametrize(
    "path",
    [
        "nothing", "experiments/2", "experiments/x", "experiments/1/held", "experiments/1/output", "strategy/..%2F..%2Fsecret", "archive/A9",
        "roles/king", "factory://elsewhere/status", "factory://schema/rm", "file:///etc/passwd", "experiments/1/..%2F..%2Fdiff", "strategy/%00",
    ],
)  # fmt: skip
async def test_what_is_not_there_is_refused_with_what_there_is(scored: States, path: str) -> None:
    async with scored.open("landed") as host:
        with pytest.raises(MCPError, match="expected: ") as refused:
            await read(host, path)
        assert "\x00" not in str(refused.value)


async def test_a_long_document_is_cut_at_its_limit_and_ends_with_where_the_whole_of_it_lies(scored: States) -> None:
    async with scored.open("begun") as host:
        host.edit({**BETTER, "words.txt": "a line of words and more words\n" * 5000})
        await host.reviewed()
        text = await read(host, "experiments/1/diff")
        assert len(text.encode()) <= 100 * 1024
        assert text.rstrip().endswith("experiments/001/changes.diff")


async def test_an_experiment_that_is_open_has_a_diff_and_a_review_before_it_has_a_record(scored: States) -> None:
    async with scored.open("begun") as host:
        host.edit(BETTER)
        await host.reviewed()
        assert "+0.6" in await read(host, "experiments/1/diff")
        assert "reviewer-1" in await read(host, "experiments/1/review")
        assert "cycle 1, mode improve".lower() in (await read(host, "handover")).lower()
        with pytest.raises(MCPError, match="no record yet"):
            await read(host, "experiments/1/record")


async def test_factory_md_is_shown_as_it_is_committed_and_not_as_it_lies_there(scored: States) -> None:
    async with scored.open("fresh") as host:
        with pytest.raises(MCPError, match="not committed"):
            await read(host, f"factory://{host.project.name}/factory.md")
        await approve(host, scored_md())
        (host.project / "factory.md").write_text("mine\n", encoding="utf-8")
        assert await read(host, "factory.md") == scored_md()


async def test_completions_offer_projects_roles_numbers_and_targets(scored: States) -> None:
    async with scored.open("landed") as host:
        name = host.project.name
        assert await complete(host, "project", name[:3].upper()) == [name]
        assert await complete(host, "role", "re") == ["refiner", "researcher", "reviewer"]
        assert await complete(host, "n", project=name) == ["1"]
        assert await complete(host, "id", project=name) == ["1"]
        assert await complete(host, "n", project="elsewhere") == []
        assert await complete(host, "colour") == []
        await host.done("add_backlog_item", text="A dark mode")
        found = await host.client.complete(TYPED, {"name": "target", "value": ""}, context_arguments={"project": name})
        assert found.completion.values == ["B1"]


async def test_every_prompt_takes_single_optional_words_and_says_them(scored: States) -> None:
    async with scored.open("approved") as host:
        listed = (await host.client.list_prompts()).prompts
        assert {each.name for each in listed} == {*prompts.names("modes"), *prompts.names("roles")}
        for each in listed:
            assert [argument.required for argument in each.arguments or ()] == [False] * len(each.arguments or ())
            plain = await host.client.get_prompt(each.name)
            named = await host.client.get_prompt(each.name, {"project": host.project.name})
            texts = [message.content.text for result in (plain, named) for message in result.messages if message.content.type == "text"]
            assert str(host.project) not in texts[0]
            assert str(host.project) in texts[1]
            assert all(len(text) <= 5000 for text in texts)
            assert any(f"Call {name}" in texts[0] for name in ROWS)


@pytest.mark.parametrize(
    ("name", "given"), [("improve", {"project": "elsewhere"}), ("improve", {"target": "42"}), ("builder", {"experiment": "the last"}), ("king", {})]
)
async def test_a_prompt_that_there_is_not_is_refused_and_so_is_an_argument(scored: States, name: str, given: dict[str, str]) -> None:
    async with scored.open("approved") as host:
        with pytest.raises(MCPError, match=r"expected|it has|prompts: "):
            await host.client.get_prompt(name, given)


def test_projects_of_the_same_name_get_names_of_their_own_that_stay() -> None:
    folders = [Path("/a/Shop App"), Path("/b/shop-app"), Path("/c/Café")]
    slugs = slugs_of(folders)
    assert list(slugs.values()) == folders
    assert len(slugs) == 3
    assert [slug.startswith("shop-app-") for slug in slugs] == [True, True, False]
    assert slugs_of(folders[::-1]).keys() == slugs.keys()
    assert list(slugs_of(folders[:1])) == ["shop-app"]
