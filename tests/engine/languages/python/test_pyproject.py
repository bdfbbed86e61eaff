"""Grafting pyproject.toml: the base's word on tools and tests, the candidate's on dependencies and metadata."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from tools.engine.languages.python.pyproject import graft, metadata, tool_table

BASE = b"""\
[project]
name = "a"
version = "1"

[tool.pytest.ini_options]
testpaths = ["tests"]  # where they are

[tool.hatch.build]
dev-mode-dirs = ["."]
"""


def test_tools_come_from_the_base_and_metadata_from_the_candidate() -> None:
    candidate = (
        BASE.replace(b'version = "1"', b'version = "2"\ndependencies = ["b"]').replace(b'["tests"]', b'["nothing"]').replace(b'["."]', b'["src"]')
    )

    grafted = tomllib.loads((graft(BASE, candidate) or b"").decode())

    assert grafted["project"] == {"name": "a", "version": "2", "dependencies": ["b"]}
    assert grafted["tool"] == {"pytest": {"ini_options": {"testpaths": ["tests"]}}, "hatch": {"build": {"dev-mode-dirs": ["src"]}}}


def test_a_tool_that_the_candidate_adds_is_left_out() -> None:
    assert tool_table(graft(BASE, BASE + b"\n[tool.ruff]\nexclude = ['*']\n"), "ruff") is None


def test_a_file_whose_tools_are_the_bases_stays_as_it_is_byte_for_byte() -> None:
    candidate = b"# a remark\n" + BASE.replace(b'"1"', b'"2"')

    assert graft(BASE, candidate) == candidate


def test_a_file_that_does_not_parse_is_replaced_by_the_bases() -> None:
    assert graft(BASE, b"[tool\n") == BASE
    assert graft(BASE, b"\xff") == BASE
    assert graft(b"[tool\n", BASE) == b"[tool\n"


def test_a_new_file_brings_its_metadata_only() -> None:
    assert tomllib.loads((graft(None, BASE) or b"").decode()) == {
        "project": {"name": "a", "version": "1"},
        "tool": {"hatch": {"build": {"dev-mode-dirs": ["."]}}},
    }


def test_a_deleted_file_is_brought_back() -> None:
    assert graft(BASE, None) == BASE


def test_only_what_changes_an_installation_is_metadata() -> None:
    assert metadata(BASE) == metadata(BASE.replace(b'"1"', b'"2"').replace(b'["tests"]', b"[]"))
    assert metadata(BASE) != metadata(BASE + b"\n[tool.poetry.dependencies]\nb = '1'\n")
    assert metadata(BASE) != metadata(BASE.replace(b'version = "1"', b'version = "1"\nscripts = {a = "a:main"}'))
    assert metadata(b"[tool\n") is None
    assert metadata(None) == metadata(b"")


TABLES = st.dictionaries(
    st.sampled_from(["pytest", "ruff", "hatch", "poetry", "mypy"]), st.dictionaries(st.sampled_from("ab"), st.integers(0, 3), min_size=1)
)


def written(tools: dict[str, dict[str, int]]) -> bytes:
    return "".join(f"[tool.{name}]\n" + "".join(f"{key} = {value}\n" for key, value in table.items()) for name, table in tools.items()).encode()


@given(TABLES, TABLES)
def test_a_graft_has_the_bases_tools_and_is_stable(base: dict[str, dict[str, int]], candidate: dict[str, dict[str, int]]) -> None:
    grafted = graft(written(base), written(candidate))
    tools = tomllib.loads((grafted or b"").decode()).get("tool", {})

    assert {name: table for name, table in tools.items() if name not in {"hatch", "poetry"}} == {
        name: table for name, table in base.items() if name not in {"hatch", "poetry"}
    }
    assert {name: table for name, table in tools.items() if name in {"hatch", "poetry"}} == {
        name: table for name, table in candidate.items() if name in {"hatch", "poetry"}
    }
    assert graft(written(base), grafted) == grafted
