"""pyproject.toml mixes concerns, so it is grafted by key: tool tables from the base, dependencies and metadata from the candidate."""

import tomllib
from typing import Any, Final

# Tables under [tool] that say how the project is built and what it needs: they are the candidate's, as [project] is.
PACKAGING_TOOLS: Final = frozenset(
    {"cibuildwheel", "flit", "hatch", "hatch-vcs", "maturin", "meson-python", "pdm", "poetry", "scikit-build", "setuptools", "setuptools_scm", "uv"}
)  # fmt: skip
# Of these tables only some keys change what is installed.
INSTALLING_KEYS: Final = {
    "hatch": frozenset({"build", "metadata"}),
    "poetry": frozenset({"name", "dependencies", "scripts", "plugins", "packages", "include", "build"}),
    "uv": frozenset({"sources", "package", "workspace"}),
}


def graft(base: bytes | None, candidate: bytes | None) -> bytes | None:
    """The file as it stands in the tree with the base's word; None where it is absent there.

    Where the tool tables are equal this is the candidate's file byte for byte. Where either side does not parse it is the base's.
    """
    if candidate is None or base == candidate:
        return base
    before, after = parsed_toml(base or b""), parsed_toml(candidate)
    if before is None or after is None:
        return base
    if _tools(before) == _tools(after):
        return candidate
    return _with_tools(candidate, _tools(before), base or b"")


def metadata(content: bytes | None) -> dict[str, Any] | None:
    """What an installation of the project depends on: build system, dependencies, entry points and the packaging tools' tables.

    None where the file does not parse; empty where there is none.
    """
    parsed = parsed_toml(content or b"")
    if parsed is None:
        return None
    project = parsed.get("project", {})
    names = ("name", "requires-python", "dependencies", "entry-points", "scripts", "gui-scripts")
    tools = parsed.get("tool", {})
    installing = {name: _installing(name, table) for name, table in tools.items() if name in PACKAGING_TOOLS} if isinstance(tools, dict) else tools
    return {
        "build-system": parsed.get("build-system"),
        "project": {name: project[name] for name in names if name in project} if isinstance(project, dict) else project,
        "tool": installing,
    }


def _installing(name: str, table: Any) -> Any:
    keys = INSTALLING_KEYS.get(name)
    return {key: value for key, value in table.items() if key in keys} if keys and isinstance(table, dict) else table


def tool_table(content: bytes | None, *names: str) -> Any:
    """The value at `[tool.a.b…]`, or None where it is absent or the file does not parse."""
    value: Any = (parsed_toml(content or b"") or {}).get("tool", {})
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def parsed_toml(content: bytes) -> dict[str, Any] | None:
    """The document, or None where it does not parse."""
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        return None


def _tools(parsed: dict[str, Any]) -> dict[str, Any]:
    tools = parsed.get("tool", {})
    return {name: table for name, table in tools.items() if name not in PACKAGING_TOOLS} if isinstance(tools, dict) else {}


def _with_tools(candidate: bytes, tools: dict[str, Any], base: bytes) -> bytes:
    """The candidate's document, its tool tables (packaging apart) replaced by the base's, written as the base wrote them."""
    import tomlkit  # noqa: PLC0415 - loaded on use: start-up speed

    grafted = tomlkit.parse(candidate.decode("utf-8")).unwrap()
    written = tomlkit.parse(base.decode("utf-8")).unwrap().get("tool", {})
    kept = {name: table for name, table in grafted.get("tool", {}).items() if name in PACKAGING_TOOLS}
    grafted["tool"] = {**kept, **{name: written[name] for name in tools}}
    if not grafted["tool"]:
        del grafted["tool"]
    return tomlkit.dumps(grafted).encode("utf-8")
