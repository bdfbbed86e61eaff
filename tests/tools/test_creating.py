"""A project is created from an idea, a spec file or an address: whole, known to the registry, and nothing is left of one that failed."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import anyio
import pytest

from state.errors import Refusal
from state.files import locked
from state.registry_folder import Registry
from tests.support.everything import events_of
from tests.support.host import Host, open_host
from tests.support.repositories import git, make_repository
from tools.engine.creating import making
from tools.engine.creating.clones import Clones
from tools.engine.creating.staging import is_free, staged, sweep
from tools.engine.repository.git import GitFailed

IDEA = "Build a CLI that converts CSV to JSON with streaming support"
NAME = "cli-converts-csv-json"
SPEC = "# Choir planner\n\nPlans rehearsals.\n"


@pytest.fixture
def projects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "projects"
    monkeypatch.setenv("FACTORY_PROJECTS_DIR", str(folder))
    return folder


@pytest.fixture
async def host(tmp_path: Path, projects: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Host]:
    """A host that was started in an empty folder."""
    (tmp_path / "desk").mkdir()
    monkeypatch.setenv("CLAUDE_PROJECT_DIR", str(tmp_path / "desk"))
    async with open_host(tmp_path / "desk") as opened:
        yield opened


@pytest.fixture
def remote(tmp_path: Path) -> str:
    """The address of a repository that can be cloned without a network."""
    make_repository(tmp_path / "origin", {"slug.py": "def slug() -> None: ...\n"})
    git(tmp_path, "clone", "-q", "--bare", str(tmp_path / "origin"), "slug.git")
    return f"file://{tmp_path}/slug.git"


def left_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir()) if folder.exists() else []


async def test_an_idea_becomes_a_repository_with_one_commit_and_a_stored_spec(host: Host, projects: Path, tmp_path: Path) -> None:
    answer = await host.done("create_project", source=IDEA)
    made, data = projects / NAME, answer["data"]
    assert (data["path"], data["kind"], data["spec_id"]) == (str(made), "idea", 1)
    assert (answer["project"], answer["at"]["state"]) == (str(made), "incomplete")
    assert (git(made, "rev-list", "--count", "main"), git(made, "status", "--porcelain")) == ("1", "")
    assert git(made, "rev-parse", "HEAD").startswith(data["commit"])
    assert git(made, "ls-files").split() == [".gitignore", "README.md"]
    assert (made / "README.md").read_text() == f"# Cli converts csv json\n\n{IDEA}\n"
    assert events_of(made) == ["spec.stored"]
    assert (answer["next"]["tool"], answer["next"]["arguments"]) == ("start_cycle", {"mode": "build", "project": str(made)})
    assert data["outside_host_directory"]["reopen"] == f"cd {made}"
    assert left_in(projects) == [NAME]
    registry = Registry(tmp_path / "registry")
    assert [project.path for project in registry.projects()] == [str(made)]
    registry.close()


async def test_what_was_created_is_built_or_talked_through_where_the_answer_says(host: Host, projects: Path) -> None:
    answer = await host.done("create_project", source=IDEA)
    status = await host.done("project_status", project=str(projects / NAME))
    assert (status["data"]["project_state"], status["next"]["tool"], status["next"]["arguments"]) == ("incomplete", "start_cycle", {"mode": "build"})
    started = await host.done(answer["next"]["tool"], **answer["next"]["arguments"])
    assert (started["data"]["mode"], started["at"]["step"]) == ("build", "research")  # an idea is looked into, a spec is planned
    assert started["data"]["spec"] == {"id": 1, "kind": "idea", "text": {"untrusted": {"from": "idea 1", "text": IDEA}}}


async def test_the_same_again_is_the_first_project_and_another_idea_of_the_same_name_gets_a_number(host: Host, projects: Path) -> None:
    first = await host.done("create_project", source=IDEA)
    again = await host.done("create_project", source=IDEA)
    assert (again["repeated"], again["data"]["path"], again["data"]["commit"]) == (True, first["data"]["path"], first["data"]["commit"])
    other = await host.done("create_project", source=f"{IDEA}, and to YAML")
    assert other["data"]["path"] == str(projects / f"{NAME}-2")
    assert (await host.done("create_project", source=f"{IDEA}, and to YAML"))["repeated"] is True
    assert left_in(projects) == [NAME, f"{NAME}-2"]


async def test_a_vague_idea_is_talked_through_first(host: Host) -> None:
    for idea in ("something with music", "let's think about a tool for choirs that plans rehearsals"):
        answer = await host.done("create_project", source=idea)
        assert answer["next"]["arguments"]["mode"] == "interactive"
        assert answer["options"][0]["arguments"]["mode"] == "build"


async def test_a_spec_file_is_stored_whole_and_stands_in_the_first_commit(host: Host, projects: Path, tmp_path: Path) -> None:
    (tmp_path / "choir-spec.md").write_text(SPEC)
    answer = await host.done("create_project", source=str(tmp_path / "choir-spec.md"))
    made = projects / "choir"
    assert (answer["data"]["kind"], answer["data"]["path"]) == ("spec", str(made))
    assert git(made, "show", "HEAD:SPEC.md") == SPEC.strip()
    started = await host.done(answer["next"]["tool"], **answer["next"]["arguments"])
    assert (started["data"]["mode"], started["at"]["step"], started["data"]["steps"][0]) == ("build", "plan", "[research]")
    brief = await host.done("get_role", role="strategist", project=str(made))
    assert brief["data"]["spec"]["text"]["untrusted"]["text"] == SPEC


async def test_a_long_spec_is_shown_from_its_beginning_with_the_file_that_holds_the_whole(host: Host, tmp_path: Path) -> None:
    (tmp_path / "long.md").write_text("# Long\n\n" + "More words. " * 2000)
    answer = await host.done("create_project", source=str(tmp_path / "long.md"))
    shown = (await host.done("start_cycle", mode="build", project=answer["data"]["path"]))["data"]["spec"]
    assert shown["text"]["untrusted"]["text"].startswith("# Long")
    assert Path(shown["whole"]).read_text().count("More words.") == 2000


async def test_an_address_is_cloned_and_looked_at_first(host: Host, projects: Path, remote: str) -> None:
    answer = await host.done("create_project", source=remote)
    made = projects / "slug"
    assert (answer["data"]["kind"], answer["data"]["clean_pr_suggested"], answer["at"]["state"]) == ("url", True, "no_factory")
    assert (git(made, "remote", "get-url", "origin"), git(made, "status", "--porcelain")) == (remote, "")
    assert (answer["next"]["tool"], answer["next"]["arguments"], answer["next"]["fill"]) == ("discover_project", {"project": str(made)}, ["goal"])
    assert (await host.done("create_project", source=remote))["repeated"] is True
    assert left_in(projects) == ["slug"]


async def test_a_clone_that_takes_longer_than_a_call_is_joined_by_the_same_call(
    host: Host, projects: Path, remote: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FACTORY_WAIT_SECONDS", "0")
    answer = await host.call("create_project", source=remote)
    while answer["next"]["tool"] == "create_project":
        assert answer["data"]["status"] == "running"
        answer = await host.call("create_project", **answer["next"]["arguments"])
    assert answer["data"]["path"] == str(projects / "slug")


@pytest.mark.parametrize("directory", ["name", "absolute"])
async def test_a_named_place_is_taken_or_refused_and_what_lies_there_stays(host: Host, projects: Path, tmp_path: Path, directory: str) -> None:
    place = projects / "mine" if directory == "name" else tmp_path / "elsewhere" / "mine"
    given = "mine" if directory == "name" else str(place)
    place.mkdir(parents=True)
    assert (await host.done("create_project", source=IDEA, directory=given))["data"]["path"] == str(place)
    answer = await host.refused("EXISTS", "create_project", source="A game about frogs", directory=given)
    assert (answer["next"]["tool"], answer["next"]["fill"]) == ("create_project", ["directory"])
    assert left_in(place.parent) == ["mine"]


@pytest.mark.parametrize(
    ("source", "directory"),
    [
        ("?", ""), ("   ", ""), ("/no/such/spec.md", ""), ("{desk}", ""), ("{binary}", ""), ("{large}", ""), ("{empty}", ""),
        ("git://example.org/a.git", ""),
        ("https://example.org/page", ""), ("https://pat:secret@github.com/octo/app", ""), ("ext::sh -c id", "x/y"), (IDEA, "../up"), (IDEA, "-rf"),
        ("file:///no/such/repository.git", ""), ("file://{bare}", ""), ("--upload-pack=touch /tmp/x git@github.com:a/b", "a b"),
    ],
)  # fmt: skip
async def test_what_is_no_source_or_no_place_is_refused_and_leaves_nothing_behind(
    host: Host, projects: Path, tmp_path: Path, source: str, directory: str
) -> None:
    (tmp_path / "binary.md").write_bytes(b"\xff\x00")
    (tmp_path / "large.md").write_text("x" * 40_000)
    (tmp_path / "empty.md").write_text("\n")
    git(tmp_path, "init", "-q", "--bare", "bare.git")
    named = {
        "desk": str(tmp_path / "desk"),
        "bare": str(tmp_path / "bare.git"),
        **{name: str(tmp_path / f"{name}.md") for name in ("binary", "large", "empty")},
    }
    before = left_in(tmp_path)
    answer = await host.refused("BAD_ARGUMENTS", "create_project", source=source.format(**named), directory=directory)
    assert answer["next"]["tool"] == "create_project"
    assert "secret" not in host.text
    assert left_in(tmp_path) == before


async def test_an_address_that_cannot_be_reached_is_told_apart_and_leaves_nothing_behind(host: Host, projects: Path) -> None:
    answer = await host.refused("NO_NETWORK", "create_project", source="https://127.0.0.1:1/octo/app.git")
    assert answer["next"]["tool"] == "create_project"
    assert "untrusted" in answer["data"]
    assert not projects.exists()


async def test_a_failure_while_it_is_made_leaves_nothing_behind(host: Host, projects: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise GitFailed(("commit",), 128, "fatal: unable to write: No space left on device")

    monkeypatch.setattr(making, "found", full)
    await host.refused_after_writing("STORE_BROKEN", "create_project", source=IDEA)
    assert not projects.exists()


def test_what_a_killed_process_left_goes_and_what_another_one_is_making_stays(tmp_path: Path) -> None:
    for name in ("dead", "living"):
        (tmp_path / f".refactory-new-{name}" / "project").mkdir(parents=True)
    (tmp_path / ".refactory-new-dead" / "lock").touch()
    with locked(tmp_path / ".refactory-new-living" / "lock", "a test", wait=0):
        sweep(tmp_path)
        assert left_in(tmp_path) == [".refactory-new-living"]


def test_a_place_that_was_taken_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    def make() -> None:
        with staged(tmp_path / "new") as folder:
            folder.mkdir()
            (tmp_path / "new").mkdir()
            (tmp_path / "new" / "mine").touch()

    with pytest.raises(Refusal, match="not empty"):
        make()
    assert left_in(tmp_path) == ["new"]
    assert left_in(tmp_path / "new") == ["mine"]
    assert not is_free(tmp_path / "new")


async def test_two_repositories_of_one_name_are_never_taken_for_each_other(tmp_path: Path) -> None:
    ended = anyio.Event()

    async def work(tell: Callable[[str], None]) -> None:
        tell("cloning: 1.0 MB received")
        await ended.wait()

    async with anyio.create_task_group() as tasks:
        clones = Clones(tasks)
        first = await clones.begin_or_join("https://a.example/x.git", tmp_path / "x", work)
        assert await clones.begin_or_join("https://a.example/x.git", tmp_path / "x", work) is first
        with pytest.raises(Refusal, match="another repository"):
            await clones.begin_or_join("https://b.example/x.git", tmp_path / "x", work)
        ended.set()
