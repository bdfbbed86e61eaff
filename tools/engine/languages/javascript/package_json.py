"""package.json mixes concerns: of tests and tools it speaks with the word of the base, of product and dependencies with that of the candidate."""

import json
from collections.abc import Mapping
from typing import Any, Final

PACKAGE: Final = "package.json"
# Who runs the tests and how, and what linters and coverage look at.
TOOL_KEYS: Final = frozenset(
    {
        "scripts", "jest", "vitest", "mocha", "ava", "tap", "c8", "nyc", "babel", "eslintConfig", "eslintIgnore", "standard", "xo", "config",
    }
)  # fmt: skip
# What an installation depends on.
INSTALLING_KEYS: Final = (
    "dependencies", "devDependencies", "optionalDependencies", "peerDependencies", "bundleDependencies", "bundledDependencies", "overrides",
    "resolutions", "pnpm", "workspaces", "packageManager", "dependenciesMeta", "patchedDependencies",
)  # fmt: skip


def parsed_package(content: bytes | None) -> dict[str, Any] | None:
    """The object in the file; None where it is absent or holds no JSON object."""
    try:
        found = json.loads(content) if content is not None else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def graft(base: bytes | None, candidate: bytes | None) -> bytes | None:
    """The file as it stands in the tree with the base's word; None where it is absent there.

    Where the tools' keys are equal this is the candidate's file byte for byte. Where either side does not parse it is the base's.
    """
    if candidate is None or base == candidate:
        return base
    before, after = {} if base is None else parsed_package(base), parsed_package(candidate)
    if before is None or after is None:
        return base
    if _tools(before) == _tools(after):
        return candidate
    grafted = {key: before[key] if key in TOOL_KEYS else value for key, value in after.items() if key not in TOOL_KEYS or key in before}
    grafted |= {key: value for key, value in _tools(before).items() if key not in grafted}
    return (json.dumps(grafted, indent=2, ensure_ascii=False) + "\n").encode()


def installs(content: bytes | None) -> dict[str, Any] | None:
    """What an installation of the package depends on; None where the file does not parse, empty where there is none."""
    if content is None:
        return {}
    parsed = parsed_package(content)
    return None if parsed is None else {key: parsed[key] for key in INSTALLING_KEYS if parsed.get(key)}


def scripts_of(package: Mapping[str, Any]) -> dict[str, str]:
    """The scripts by name."""
    found = package.get("scripts")
    return {str(name): line for name, line in found.items() if isinstance(line, str)} if isinstance(found, dict) else {}


def dependencies_of(package: Mapping[str, Any]) -> frozenset[str]:
    """The names of all packages that it asks for."""
    tables = (package.get(key) for key in ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies"))
    return frozenset(name for table in tables if isinstance(table, dict) for name in table)


def _tools(package: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in package.items() if key in TOOL_KEYS}
