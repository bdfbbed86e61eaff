"""The documents cannot lie about what can be checked: the tool table, commands, paths, options and versions."""

import re
import tomllib
from pathlib import Path

import pytest

from mcp_server import command_line
from mcp_server.catalogue import ROWS
from mcp_server.reference import (
    BEGIN,
    CHECKS_BEGIN,
    CHECKS_END,
    END,
    GUARDS_BEGIN,
    GUARDS_END,
    SETTINGS_BEGIN,
    SETTINGS_END,
    checks_table,
    guards_table,
    settings_table,
    tool_table,
    with_checks_table,
    with_guards_table,
    with_settings_table,
    with_tool_table,
)
from state.configuration import Configuration
from state.factory_md import parse
from state.factory_md.sections import SECTIONS
from state.settings import KEYS
from tests.support.sources import CHECKOUT, PACKAGES

README = CHECKOUT / "README.md"
CONFIGURATION = CHECKOUT / "CONFIGURATION.md"
DOCUMENTS = sorted(CHECKOUT.glob("*.md"))
FOLDERS = (*PACKAGES, "tests", "examples", "benchmarks", ".ci")
OWN = {"serve", "--version", "--help", *(command.name for command in command_line.COMMANDS), *command_line.ALIASES}
COMMANDS = OWN | {name.replace("_", "-") for name in ROWS}
WITH_PIP = "python3 -m venv .venv && .venv/bin/pip install -q -e '.[test]' && .venv/bin/refactory demo"


def test_the_readme_shows_the_tools_of_the_catalogue(updating: bool) -> None:
    text = README.read_text(encoding="utf-8")
    if updating:
        text = with_tool_table(text)
        README.write_text(text, encoding="utf-8")
    assert f"{BEGIN}\n{tool_table()}\n{END}" in text, "if the change is meant: .venv/bin/pytest --update-contract tests/contract"


def test_the_configuration_reference_shows_the_settings_the_checks_and_the_guards(updating: bool) -> None:
    text = CONFIGURATION.read_text(encoding="utf-8")
    if updating:
        text = with_guards_table(with_checks_table(with_settings_table(text)))
        CONFIGURATION.write_text(text, encoding="utf-8")
    update = "if the change is meant: .venv/bin/pytest --update-contract tests/contract"
    assert f"{SETTINGS_BEGIN}\n{settings_table()}\n{SETTINGS_END}" in text, update
    assert f"{CHECKS_BEGIN}\n{checks_table()}\n{CHECKS_END}" in text, update
    assert f"{GUARDS_BEGIN}\n{guards_table()}\n{GUARDS_END}" in text, update


def test_the_configuration_reference_names_every_section_and_shows_an_example_that_parses() -> None:
    text = CONFIGURATION.read_text(encoding="utf-8")
    assert [section.name for section in SECTIONS if f"`## {section.name}`" not in text] == []
    smallest, further = re.findall(r"```markdown\n(.*?)```", text, re.DOTALL)
    assert parse(smallest).threshold == 0.8
    shown = parse(f"{smallest}\n{further}").model_dump()
    assert [name for name, field in Configuration.model_fields.items() if shown[name] == field.default] == ["read_only", "threshold"]


def test_the_table_is_written_between_its_markers_and_nowhere_else() -> None:
    assert with_tool_table(f"before\n{BEGIN}\nold\n{END}\nafter\n") == f"before\n{BEGIN}\n{tool_table()}\n{END}\nafter\n"


def test_a_readme_without_markers_is_not_written() -> None:
    with pytest.raises(ValueError, match="unpack"):
        with_tool_table("# A readme\n")


def test_the_readme_gives_the_two_commands() -> None:
    lines = [line.strip() for line in README.read_text(encoding="utf-8").splitlines()]
    assert WITH_PIP in lines
    assert ".venv/bin/pytest" in lines


def test_the_checks_of_a_fresh_machine_are_the_commands_of_the_readme() -> None:
    script = (CHECKOUT / ".ci" / "run").read_text(encoding="utf-8")
    steps = ("python3 -m venv", "pip\" install -q -e '.[test]'", 'pytest"')
    positions = [script.find(step) for step in steps]
    assert -1 not in positions
    assert positions == sorted(positions)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_a_document_names_only_files_that_exist(document: Path) -> None:
    spans = re.findall(r"`([^`\s]+)`", document.read_text(encoding="utf-8"))
    links = re.findall(r"\]\(([^)#:\s]+)\)", document.read_text(encoding="utf-8"))
    paths = [span.split(":")[0] for span in spans if span.startswith(tuple(f"{folder}/" for folder in FOLDERS)) and not set("*<>…") & set(span)]
    assert [path for path in (*paths, *links) if not (CHECKOUT / path).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_a_document_names_only_commands_that_exist(document: Path) -> None:
    named = set(re.findall(r"(?:^|[\s`/])refactory ((?:--)?[a-z][a-z-]*)", document.read_text(encoding="utf-8"), re.MULTILINE))
    assert named <= COMMANDS


def test_the_configuration_reference_names_the_variables_that_the_table_of_keys_holds_and_the_code_no_others() -> None:
    variable = re.compile(r"\bFACTORY_[A-Z_]+\b")
    code = "\n".join(file.read_text(encoding="utf-8") for package in PACKAGES for file in (CHECKOUT / package).rglob("*.py"))
    known = {key.variable for key in KEYS}
    assert set(variable.findall(CONFIGURATION.read_text(encoding="utf-8"))) == known
    assert set(variable.findall(code)) == known


def test_the_versions_that_the_readme_asks_for_are_those_of_the_package() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"Python {project['requires-python'].removeprefix('>=')} or later" in README.read_text(encoding="utf-8")
    assert f"## {project['version']}" in (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")
