"""What project_status says of factory.md, and what stands in the way of a cycle: patterns, problems, the checkout's own version, the approval."""

import json
import os

from state.factory_md import SECTIONS_SAID, parse
from tests.support.host import Host, changes_nothing
from tests.support.repositories import commit, git
from tests.support.states import States, approve, factory_md, project_eval

READ_ONLY = "- tests/**\n\n### Read-only\n\n{}\n"


def protecting(*patterns: str) -> str:
    """factory.md with these patterns read-only."""
    return factory_md().replace("- tests/**\n", READ_ONLY.format("\n".join(f"- {pattern}" for pattern in patterns)))


def line_of(text: str, word: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if word in line)


async def test_the_status_counts_the_files_of_every_pattern_protecting_ones_first(states: States) -> None:
    async with states.open("fresh") as host:
        await approve(host, protecting("README.md", "pyproject.toml").replace("- src/**", "- src/**\n- docs/**"))
        with changes_nothing(host.project):
            shown = (await host.done("project_status"))["data"]["config"]
        assert shown["patterns"] == [
            {"pattern": "README.md", "of": "Read-only", "files": 1},
            {"pattern": "pyproject.toml", "of": "Read-only", "files": 1},
            {"pattern": "docs/**", "of": "Modifiable", "files": 0},
            {"pattern": "src/**", "of": "Modifiable", "files": 1},
            {"pattern": "tests/**", "of": "Modifiable", "files": 1},
        ]
        assert "problems" not in shown
        assert shown["approved"]["by"] == "elicitation"
        committed = parse(git(host.project, "show", "main:factory.md") + "\n")
        assert committed.contract_hash().startswith(shown["approved"]["contract"])


async def test_a_modifiable_pattern_without_files_is_a_warning_of_discovery_and_no_error(states: States) -> None:
    async with states.open("fresh") as host:
        answer = await host.done("discover_project", factory_md=factory_md().replace("- src/**", "- src/**\n- docs/**"))
        assert any("docs/** (Modifiable)" in warning for warning in answer["warnings"])
        assert answer["next"]["tool"] == "request_approval"


async def test_a_program_that_is_nowhere_is_a_warning_of_discovery_and_the_test_runner_is_none(states: States) -> None:
    async with states.open("fresh") as host:
        answer = await host.done("discover_project", factory_md=factory_md(project_eval("speed", "no-such-program --fast")))
        (warning,) = [each for each in answer["warnings"] if "not found" in each]
        assert "no-such-program" in warning
        assert "pytest" not in warning
        assert answer["next"]["tool"] == "request_approval"


async def test_a_pattern_that_protects_nothing_is_refused_in_a_draft_with_everything_else_that_is_wrong(states: States) -> None:
    text = protecting("README.md", "test/**").replace("0.5\n", "1.5\n")
    async with states.open("fresh") as host:
        answer = await host.refused("BAD_CONFIG", "discover_project", factory_md=text)
        problems = {problem["where"]: problem for problem in answer["refused"]["problems"]}
        assert list(problems) == [f"factory.md:{line_of(text, 'test/**')}", f"factory.md:{line_of(text, '1.5')}"]
        idle = problems[f"factory.md:{line_of(text, 'test/**')}"]
        assert "'test/**' under Read-only" in idle["found"]
        assert idle["nearest"] == "tests/**"
        assert answer["next"]["tool"] == "discover_project"


async def test_a_protected_file_that_went_stops_the_next_cycle_until_factory_md_is_mended(states: States) -> None:
    async with states.open("fresh") as host:
        await approve(host, protecting("README.md"))
        git(host.project, "rm", "-q", "README.md")
        commit(host.project, {}, "no readme")
        status = await host.done("project_status")
        (problem,) = status["data"]["config"]["problems"]
        assert problem.startswith("factory.md:")
        assert "README.md" in problem
        assert "1 problem." in status["summary"]
        assert (status["next"]["tool"], status["next"]["fill"]) == ("discover_project", ["factory_md"])
        refused = await host.refused("BAD_CONFIG", "start_cycle")
        assert refused["refused"]["problems"][0]["where"] in problem
        assert refused["next"]["tool"] == "discover_project"
        await host.refused("BAD_CONFIG", "discover_project")
        await host.done("discover_project", factory_md=protecting("pyproject.toml"))
        assert "refused" not in await host.call("request_approval", what="evaluation")
        assert "refused" not in await host.call("start_cycle")


async def test_a_committed_factory_md_that_nobody_approved_is_said_to_be_just_that(states: States) -> None:
    project = await states.put("fresh")
    commit(project, {"factory.md": factory_md()}, "mine")
    async with states.open_here() as host:
        status = await host.done("project_status")
        assert "nobody approved it" in status["summary"]
        assert status["data"]["config"]["approved"]["by"] == "nobody"
        assert (status["next"]["tool"], status["next"].get("fill")) == ("request_approval", None)


async def test_an_open_cycle_goes_on_when_a_protected_file_went(states: States) -> None:
    async with states.open("fresh") as host:
        await approve(host, protecting("README.md"))
        await host.done("start_cycle")
        git(host.project, "rm", "-q", "README.md")
        commit(host.project, {}, "no readme")
        answer = await host.done("start_cycle")
        assert answer["repeated"] is True
        assert any("README.md" in line for line in answer["warnings"])


async def test_a_checkout_that_differs_is_said_with_what_counts_and_the_first_lines(states: States) -> None:
    project = await states.put("approved")
    file = project / "factory.md"
    async with states.open_here() as host:
        assert "differs" not in (await host.done("project_status"))["data"]["config"]
        file.write_text(file.read_text().replace("0.8", "0.1"), encoding="utf-8")
        shown = await _differs(host)
        assert "committed on main counts" in shown["says"]
        line = line_of(file.read_text(), "0.1")
        assert shown["first"]["untrusted"]["text"] == f"{line} - 0.8\n{line} + 0.1"
        file.unlink()
        assert "no file that can be read" in (await _differs(host))["says"]
        os.mkfifo(file)
        assert "no file that can be read" in (await _differs(host))["says"]
        file.unlink()
        file.symlink_to("README.md")
        shown = await _differs(host)
        assert "slug" not in json.dumps(shown)


async def test_nothing_is_said_of_the_factory_md_of_another_branch_than_the_target(states: States) -> None:
    project = await states.put("approved")
    file = project / "factory.md"
    file.write_text(file.read_text().replace("0.8", "0.1"), encoding="utf-8")
    async with states.open_here() as host:
        assert "committed on main counts" in (await _differs(host))["says"]
        git(project, "switch", "-q", "-c", "staging")
        assert "differs" not in (await host.done("project_status"))["data"]["config"]
        git(project, "switch", "-q", "main")
        assert "committed on main counts" in (await _differs(host))["says"]


async def test_other_line_ends_in_the_checkout_are_no_difference(states: States) -> None:
    project = await states.put("approved")
    (project / "factory.md").write_bytes((project / "factory.md").read_bytes().replace(b"\n", b"\r\n"))
    async with states.open_here() as host:
        assert "differs" not in (await host.done("project_status"))["data"]["config"]


async def _differs(host: Host) -> dict[str, dict[str, dict[str, str]]]:
    with changes_nothing(host.project):
        found: dict[str, dict[str, dict[str, str]]] = (await host.done("project_status"))["data"]["config"]["differs"]
    return found


async def test_files_for_roles_are_listed_with_what_is_wrong_with_them(states: States) -> None:
    async with states.open("approved") as host:
        own = host.project / ".factory" / "agents"
        own.mkdir()
        (own / "builder.md").write_text("Small.\n", encoding="utf-8")
        (own / "biulder.md").write_text("Small.\n", encoding="utf-8")
        shown = (await host.done("project_status"))["data"]["config"]["own_words"]
        assert shown == [".factory/agents/builder.md", ".factory/agents/biulder.md: it is for no role of this version"]


async def test_thousands_of_patterns_over_thousands_of_files_are_counted_and_the_answer_stays_small(states: States) -> None:
    project = await states.put("approved")
    files = {f"docs/part_{number % 100}/page_{number}.md": "" for number in range(1500)}
    patterns = "\n".join(f"- docs/part_{number % 100}/page_{number}.md" for number in range(900))
    commit(project, {**files, "factory.md": factory_md().replace("- tests/**\n", f"- tests/**\n{patterns}\n- docs/**/page_1?.md\n")}, "many")
    async with states.open_here() as host:
        for detail, rows in (("brief", 10), ("full", 30)):
            shown = (await host.done("project_status", detail=detail))["data"]["config"]
            assert len(shown["patterns"]) == rows
            assert shown["more_patterns"] == 903 - rows
        assert len(host.text) < 10_000


async def test_two_answers_about_one_faulty_file_name_the_same_problems(states: States) -> None:
    project = await states.put("approved")
    commit(project, {"factory.md": protecting("docs/**").replace("## Guards", "## Gards").replace("0.5\n", "1.5\n")}, "break it")
    async with states.open_here() as host:
        status = await host.done("project_status")
        refused = await host.refused("BAD_CONFIG", "discover_project")
        shown = [line.split(":", 2)[:2] for line in status["data"]["config"]["problems"]]
        assert shown == [problem["where"].split(":") for problem in refused["refused"]["problems"]]
        assert any("docs/**" in line for line in status["data"]["config"]["problems"])


async def test_a_factory_md_that_lies_uncommitted_is_taken_without_asking_for_a_goal(states: States) -> None:
    project = await states.put("fresh")
    (project / "factory.md").write_text(factory_md(), encoding="utf-8")
    async with states.open_here() as host:
        status = await host.done("project_status")
        assert "lies in the checkout" in status["summary"]
        assert (status["next"]["tool"], status["next"].get("fill")) == ("discover_project", None)
        answer = await host.done("discover_project")
        assert answer["summary"].startswith("factory.md was taken as it lies in the checkout; approval commits it.")
        await host.done("request_approval", what="evaluation")
        assert git(project, "show", "main:factory.md") + "\n" == factory_md()


async def test_a_refused_text_is_answered_with_the_sections_there_are_and_an_example_of_each_faulty_one(states: States) -> None:
    text = factory_md().replace("## Guards", "## Gards").replace("0.5\n", "1.5\n")
    async with states.open("fresh") as host:
        expected = (await host.refused("BAD_CONFIG", "discover_project", factory_md=text))["refused"]["expected"]
        assert SECTIONS_SAID in expected
        assert "## Guards\n- Do not delete existing tests" in expected
        assert "### Threshold\n0.8" in expected
        assert expected.splitlines()[-4] in host.text.splitlines(), "an example stays line by line"


async def test_discovery_says_every_command_that_approval_lets_run(states: States) -> None:
    async with states.open("fresh") as host:
        target = "- objective: maximise speed\n- metric: speed\n- target: 2\n- run_command: make bench\n- result_path: out.json\n"
        research = f"## Research Target\n\n{target}\n"
        answer = await host.done("discover_project", factory_md=factory_md(f"{research}## Smoke Test\n\nmake smoke\n"))
        assert {"make smoke", "make bench"} <= set(answer["data"]["commands"])
