"""factory.md as a whole: what no text may do, what every configuration survives, and the words of refusals."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from state.configuration import Configuration
from state.errors import Refusal
from state.factory_md import LARGEST, TEMPLATE, lines_of_values, parse, read, render
from state.factory_md.sections import SECTIONS
from tests.support.configurations import configurations

CORPUS = sorted((Path(__file__).parent / "factory_md_corpus").glob("*.md"))
MINIMAL = "## Goal\n\nMake it faster.\n\n## Scope\n\n- src/**\n- tests/**\n\n## Guards\n\n- Keep the tests\n- Keep the data\n\n"
FULL = MINIMAL + (
    "## Eval\n\n### Command\n\npytest -q\n\n### Threshold\n\n0.9\n\n## Smoke Test\n\n```sh\nmake smoke\n\nmake check\n```\n\n"
    "## Project Eval\n\n- name: speed\n  command: make bench\n\n## Eval Weights\n\n- hygiene: 1\n- growth: 1\n- project: 1\n"
)
EXAMPLES = [comment for comment in re.findall(r"<!--.*?-->", TEMPLATE, re.DOTALL) if "\n#" in comment]
LINES = [
    "", "## Goal", "## Scope", "### Modifiable", "## Guards", "## Eval", "### Threshold", "## Project Eval", "## Eval Weights", "# T", "Goal",
    "----", "===", "- src/**", "- name: a", "command: b", "  parse: regex", "  pattern: (x", "hygiene: 1", "0.8", "text", "```", "~~~sh", "<!--",
    "-->", "<!-- x -->", "> q", "1. x", "\t- y", "    code", "- ", "***", "<div>", "`", "|", "\\", "\0", "\u2028", "#", "##x", "[a]: b", "- - -",
]  # fmt: skip


def assert_read_or_refused(text: str | bytes) -> None:
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    lines = len(re.findall(rb"\r\n?|\n", data)) + 1
    if found := read(text, "F")[1]:
        assert all(1 <= int(problem.where.removeprefix("F:")) <= lines for problem in found)
        with pytest.raises(Refusal) as refused:
            parse(text, "F")
        assert (refused.value.code, refused.value.problems) == ("BAD_CONFIG", found)
    else:
        configuration = parse(text, "F")
        assert parse(render(configuration)) == configuration


@given(st.binary(max_size=200) | st.text(max_size=200))
@settings(deadline=None)
def test_any_bytes_are_read_or_refused_with_lines(text: str | bytes) -> None:
    assert_read_or_refused(text)


@given(st.lists(st.sampled_from(LINES), max_size=25), st.sampled_from(["\n", "\r\n", "\r"]))
@settings(deadline=None, max_examples=300)
def test_any_mixture_of_lines_is_read_or_refused_with_lines(lines: list[str], newline: str) -> None:
    assert_read_or_refused(newline.join(lines))


@given(st.data())
@settings(deadline=None, max_examples=300)
def test_a_damaged_file_is_read_or_refused_with_lines(data: st.DataObject) -> None:
    lines = data.draw(st.sampled_from(CORPUS)).read_bytes().decode().split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        position = data.draw(st.integers(0, len(lines) - 1))
        lines[position : position + data.draw(st.integers(0, 2))] = data.draw(st.lists(st.sampled_from(LINES), max_size=2))
        lines = lines or [""]
    assert_read_or_refused("\n".join(lines))


FOREIGN = [
    "xyzzy", "- xyzzy", "* xyzzy", "1. xyzzy", "> xyzzy", "# xyzzy", "## xyzzy", "### xyzzy", "##xyzzy", "```xyzzy", "[xyzzy]: /there",
    "<xyzzy>", "<div>xyzzy</div>", "    xyzzy", "\txyzzy", "  - xyzzy", "xyzzy: 1", "- xyzzy: 1", "| xyzzy |", "xyzzy\n---", "`xyzzy`", "\\xyzzy",
    "<!-- --> xyzzy", "<!-- xyzzy", "&xyzzy;", "<?xyzzy?>", "<![CDATA[xyzzy]]>", "<!XYZZY xyzzy>",
]  # fmt: skip


@pytest.mark.parametrize("foreign", FOREIGN)
def test_a_line_put_in_anywhere_is_taken_up_or_refused(foreign: str) -> None:
    lines = FULL.split("\n")
    for position in range(1, len(lines)):
        text = "\n".join([*lines[:position], foreign, *lines[position:]])
        assert read(text)[1] or "xyzzy" in render(parse(text)), f"dropped after line {position}"


@pytest.mark.parametrize("position", range(len(FULL.split("\n"))))
def test_a_line_left_out_anywhere_changes_what_is_read_or_is_refused(position: int) -> None:
    lines = FULL.split("\n")
    rest = "\n".join([*lines[:position], *lines[position + 1 :]])
    if lines[position].strip():
        assert read(rest)[1] or parse(rest) != parse(FULL)


@given(configurations())
@settings(deadline=None, max_examples=200)
def test_every_configuration_can_be_written_and_read_back(configuration: Configuration) -> None:
    text = render(configuration)
    assert parse(text) == configuration
    assert render(parse(text)) == text


def test_the_template_activates_none_of_its_examples() -> None:
    configuration = parse(TEMPLATE)
    assert configuration.plain().keys() == {"goal", "modifiable", "guards"}
    assert "Replace this line" in configuration.goal


def test_each_example_of_the_template_is_valid_once_taken_out_of_its_comment() -> None:
    given: list[str] = []
    for comment in EXAMPLES:
        example = comment.partition("\n\n")[2].removesuffix("-->")
        given += parse(TEMPLATE.replace(comment, example)).plain().keys() - {"goal", "modifiable", "guards"}
    assert sorted([*given, "goal", "modifiable", "guards", "threshold"]) == sorted(Configuration.model_fields)


def test_the_examples_of_the_template_are_valid_together() -> None:
    text = TEMPLATE
    for comment in EXAMPLES:
        text = text.replace(comment, comment.partition("\n\n")[2].removesuffix("-->"))
    assert parse(text).plain().keys() == Configuration.model_fields.keys() - {"threshold"}


def test_every_field_of_the_configuration_has_a_section() -> None:
    targets = {target for section in SECTIONS for entry in section.headings.values() for target in (entry.target, entry.marked) if target}
    assert targets == Configuration.model_fields.keys()


@pytest.mark.parametrize(
    ("data", "where", "found"),
    [
        (MINIMAL.encode() + b"## Constraints\r\n\r- Gr\xfc\xdfe\n", "factory.md:17", "the byte 0xfc"),
        (MINIMAL.encode("utf-16"), "factory.md:1", "the byte 0xff"),
        (MINIMAL + "\ud800", "factory.md:15", "the byte 0xed"),
    ],
)
def test_what_is_not_utf_8_is_refused_at_its_line(data: str | bytes, where: str, found: str) -> None:
    (problem,) = read(data)[1]
    assert (problem.where, problem.found) == (where, found)


def test_a_file_above_the_limit_is_refused_and_one_at_the_limit_is_read() -> None:
    filled = MINIMAL + "<!--" + "x" * (LARGEST - len(MINIMAL) - 7) + "-->"
    assert len(filled) == LARGEST
    assert parse(filled).goal == "Make it faster."
    (problem,) = read(filled + "\n")[1]
    assert problem.expected == f"at most {LARGEST}"


def test_a_flood_of_problems_is_cut_with_a_count() -> None:
    found = read(MINIMAL + "## Stray\n" * 500)[1]
    assert len(found) == 201
    assert found[-1].found == "300 more problems from here on"


def test_a_refusal_names_the_file_and_every_place() -> None:
    with pytest.raises(Refusal) as refused:
        parse(MINIMAL + "## Gards\n\n## Eval\n\n### Threshold\n\n80%\n", "draft/factory.md")
    assert refused.value.what == "draft/factory.md has 2 problems"
    assert refused.value.where == ("draft/factory.md:15", "draft/factory.md:21")
    assert [str(problem) for problem in refused.value.problems] == [
        "draft/factory.md:15: found '## Gards'; expected a known section; did you mean Guards?",
        "draft/factory.md:21: found '80%'; expected a plain number, such as 0.8 or 300",
    ]


def test_the_line_of_every_value_is_known() -> None:
    lines = lines_of_values(FULL)
    assert {place: line for place, line in lines.items() if place[0] in ("goal", "modifiable", "guards", "eval_command", "threshold")} == {
        ("goal",): 1,
        ("modifiable",): 5,
        ("modifiable", 0): 7,
        ("modifiable", 1): 8,
        ("guards",): 10,
        ("guards", 0): 12,
        ("guards", 1): 13,
        ("eval_command",): 19,
        ("threshold",): 23,
    }
    assert (lines["project_evaluations", 0, "command"], lines["eval_weights", "project"]) == (36, 42)


def test_a_text_with_problems_still_gives_the_lines_of_what_is_readable() -> None:
    assert lines_of_values("## Scope\n\n- src/**\n- ../x\n\n## Gards\n")["modifiable", 1] == 4
    assert lines_of_values(b"\xff") == {}


def test_a_secret_that_stands_in_a_faulty_line_is_not_repeated() -> None:
    text = f"{MINIMAL}\n## Setup\n- env: API_KEY=correcthorsebattery\n"
    assert [problem.where for problem in read(text)[1]] == [f"factory.md:{text.count(chr(10))}"]
    assert "correcthorse" not in str(read(text)[1])


def test_names_that_stand_twice_come_with_the_other_problems() -> None:
    evaluations = "## Project Eval\n- name: speed\n  command: x\n- name: Speed\n  command: y\n- name: size\n  command: z\n  parse: jsn\n"
    constraints = "## Hard Constraints\n- name: clean\n  check: a\n- name: clean\n  check: b\n- name: small\n"
    _, problems = read(f"## Goal\nFaster.\n\n## Scope\n- src/**\n\n## Guards\n- Keep the tests\n\n{evaluations}\n{constraints}")
    assert [problem.found for problem in problems] == ["'Speed'", "'jsn'", "'clean'", "no `check`"]
