"""Which files of a JavaScript project belong to the base, and package.json, in which both have a word."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.engine.languages.javascript.jsonc import parsed_jsonc
from tools.engine.languages.javascript.language import configures, graft, manifests, mixes, owns
from tools.engine.languages.javascript.package_json import TOOL_KEYS

PACKAGES = st.dictionaries(
    st.sampled_from(["name", "version", "dependencies", "type", "scripts", "jest", "vitest", "eslintConfig", "c8"]),
    st.text(max_size=5) | st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
)


@pytest.mark.parametrize(
    "path",
    [
        "src/calc.test.ts", "src/calc.spec.jsx", "src/__tests__/calc.js", "src/__mocks__/fs.js", "src/__snapshots__/a.test.js.snap", "test/data.json",
        "tests/helper.mjs", "e2e/login.ts", "test-calc.cjs", "lib/calc-test.js", "vitest.config.mts", "vitest.workspace.json", "vite.config.ts",
        "jest.config.json", "jest.setup.js", "packages/a/jest.config.js", "babel.config.js", ".babelrc", ".swcrc", "setupTests.ts", "test-setup.js",
        ".mocharc.yml", ".nycrc", "eslint.config.js", ".eslintrc.cjs", "biome.jsonc", "tsconfig.json", "tsconfig.build.json",
        "node_modules/vitest/package.json",
    ],
)  # fmt: skip
def test_tests_and_what_configures_tools_belong_to_the_base(path: str) -> None:
    assert owns(path, ("src", "lib"))


@pytest.mark.parametrize(
    "path", ["src/calc.ts", "src/testing.ts", "src/test/data.json", "README.md", "index.js", "src/contest.js", "lib/latest.js", "package.json"]
)
def test_the_product_does_not(path: str) -> None:
    assert not owns(path, ("src", "lib"))


@pytest.mark.parametrize(
    ("path", "manifest", "mixed", "configuring"),
    [
        ("package.json", True, True, False),
        ("web/package.json", True, True, False),
        ("node_modules/a/package.json", True, False, False),
        ("package-lock.json", True, False, False),
        ("pnpm-lock.yaml", True, False, False),
        (".npmrc", True, False, False),
        ("patches/a+1.0.0.patch", True, False, False),
        ("eslint.config.js", False, False, True),
        ("tsconfig.json", False, False, True),
        ("vitest.config.ts", False, False, False),
    ],
)
def test_manifests_mixed_files_and_configuration_of_tools(path: str, manifest: bool, mixed: bool, configuring: bool) -> None:
    assert (manifests(path), mixes(path), configures(path)) == (manifest, mixed, configuring)


def grafted(base: Any, candidate: Any) -> Any:
    found = graft("package.json", json.dumps(base).encode(), json.dumps(candidate).encode())
    return json.loads(found or b"null")


def test_scripts_and_tables_of_tools_are_the_bases_dependencies_the_candidates() -> None:
    base = {"name": "a", "scripts": {"test": "vitest run"}, "dependencies": {"x": "1"}, "jest": {"bail": 1}}
    candidate = {"name": "a", "version": "2", "scripts": {"test": "true"}, "dependencies": {"x": "2"}, "vitest": {"include": []}}

    assert grafted(base, candidate) == {
        "name": "a", "version": "2", "scripts": {"test": "vitest run"}, "dependencies": {"x": "2"}, "jest": {"bail": 1},
    }  # fmt: skip


@given(PACKAGES, PACKAGES)
def test_a_grafted_file_has_every_key_from_the_side_whose_it_is(base: dict[str, Any], candidate: dict[str, Any]) -> None:
    found = grafted(base, candidate)

    assert {key: value for key, value in found.items() if key in TOOL_KEYS} == {key: value for key, value in base.items() if key in TOOL_KEYS}
    assert {key: value for key, value in found.items() if key not in TOOL_KEYS} == {key: v for key, v in candidate.items() if key not in TOOL_KEYS}
    assert grafted(base, found) == found


def test_a_file_without_a_difference_in_tools_stays_byte_for_byte() -> None:
    candidate = b'{ "version": "2",\n\t"scripts": {"test": "jest"} }'

    assert graft("package.json", b'{"version": "1", "scripts": {"test": "jest"}}', candidate) is candidate


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"null", b"\xff", b"[" * 100000])
def test_a_file_that_is_no_object_is_the_bases(content: bytes) -> None:
    assert graft("package.json", b"{}", content) == b"{}"


def test_a_file_that_the_candidate_adds_has_no_scripts_and_one_that_it_removed_is_brought_back() -> None:
    assert json.loads(graft("package.json", None, b'{"name": "a", "scripts": {"test": "true"}}') or b"") == {"name": "a"}
    assert graft("package.json", b"{}", None) == b"{}"


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_plain_json_is_json_with_comments_too(value: Any) -> None:
    assert parsed_jsonc(json.dumps({"value": value}).encode()) == {"value": value}


def test_comments_and_trailing_commas_are_read_over() -> None:
    text = b'\xef\xbb\xbf{ // one\n "a": "//no", /* two\n */ "b": [1, 2,], "c": ",]",\n}'

    assert parsed_jsonc(text) == {"a": "//no", "b": [1, 2], "c": ",]"}
    assert parsed_jsonc(b"[") == {}
