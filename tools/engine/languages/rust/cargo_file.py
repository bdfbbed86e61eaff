"""Cargo.toml mixes concerns, so it is grafted by key: what decides how tests are built, run and linted from the base, the rest from the candidate."""

import tomllib
from typing import Any, Final

# How code under test behaves. The profile of releases is the product's.
TESTED_PROFILES: Final = ("dev", "test", "bench")
# Tables and arrays that are the base's as a whole, and keys of `[package]`.
OF_TESTS: Final = ("test", "bench", "lints")
PACKAGE_KEYS: Final = ("autotests", "autobenches")
# Options of one target: whether and how its tests run.
TARGETS: Final = ("bin", "example")
TARGET_KEYS: Final = ("test", "doctest", "bench", "harness")
DEPENDENCIES: Final = ("dependencies", "dev-dependencies", "build-dependencies")


def graft(base: bytes | None, candidate: bytes | None) -> bytes | None:
    """The file as it stands in the tree with the base's word; the candidate's bytes where they agree, None where the base has none either.

    Of a crate that the base does not have only its profiles count: they would hold for the crates beside it too. Where either side does not
    parse it is the base's.
    """
    if candidate is None or base == candidate:
        return base
    before, after = parsed(base or b""), parsed(candidate)
    if before is None or after is None:
        return base
    if base is None:
        after = {key: value for key, value in after.items() if key == "profile"}
    if options(before) == options(after):
        return candidate
    return _with_options(candidate, before)


def options(manifest: dict[str, Any]) -> dict[str, Any]:
    """All that the base decides, as one comparable value."""
    profiles, package, workspace = (_table(manifest, name) for name in ("profile", "package", "workspace"))
    found: dict[str, Any] = {name: manifest.get(name) for name in OF_TESTS}
    found["profile"] = {name: profiles[name] for name in TESTED_PROFILES if name in profiles}
    found["package"] = {name: package[name] for name in PACKAGE_KEYS if name in package}
    found["workspace"] = workspace.get("lints")
    found["lib"] = _of_target(_table(manifest, "lib"))
    for kind in TARGETS:
        # A target without options of its own is as good as none.
        named = {str(target.get("name")): _of_target(target) for target in _targets(manifest, kind)}
        found[kind] = {name: kept for name, kept in named.items() if kept}
    return found


def parsed(content: bytes) -> dict[str, Any] | None:
    """The document, or None where it does not parse."""
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        return None


def dependencies(content: bytes) -> frozenset[str]:
    """The names of all crates that a Cargo.toml asks for; nothing where it does not parse."""
    manifest = parsed(content) or {}
    targets = [each for each in _table(manifest, "target").values() if isinstance(each, dict)]
    tables = [_table(where, kind) for where in (manifest, _table(manifest, "workspace"), *targets) for kind in DEPENDENCIES]
    return frozenset(name for table in tables for name in table)


def without_harness(manifest: dict[str, Any]) -> set[str]:
    """The names of the test targets, bins and examples that run as plain programs, and `lib` where the library's tests do."""
    kinds = ("test", *TARGETS)
    named = {str(target.get("name")) for kind in kinds for target in _targets(manifest, kind) if target.get("harness") is False}
    return named | ({"lib"} if _table(manifest, "lib").get("harness") is False else set())


def _with_options(candidate: bytes, base: dict[str, Any]) -> bytes:
    import tomlkit  # noqa: PLC0415 - loaded on use: start-up speed

    grafted: dict[str, Any] = tomlkit.parse(candidate.decode("utf-8")).unwrap()
    _take(grafted, base, OF_TESTS)
    for name, keys in (("profile", TESTED_PROFILES), ("package", PACKAGE_KEYS), ("workspace", ("lints",)), ("lib", TARGET_KEYS)):
        theirs = _table(base, name)
        if name in grafted or any(key in theirs for key in keys):
            _take(grafted.setdefault(name, {}), theirs, keys)
            if not grafted[name]:
                del grafted[name]
    for kind in TARGETS:
        theirs_by_name = {target.get("name"): target for target in _targets(base, kind)}
        for target in _targets(grafted, kind):
            _take(target, theirs_by_name.get(target.get("name"), {}), TARGET_KEYS)
    return tomlkit.dumps(grafted).encode("utf-8")


def _take(target: dict[str, Any], source: dict[str, Any], keys: tuple[str, ...]) -> None:
    """Make these keys of the target what they are in the source, absent ones too."""
    for key in keys:
        target.pop(key, None)
        if key in source:
            target[key] = source[key]


def _table(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    value = manifest.get(name, {})
    return value if isinstance(value, dict) else {}


def _targets(manifest: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    value = manifest.get(kind, [])
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _of_target(target: dict[str, Any]) -> dict[str, Any]:
    return {key: target[key] for key in TARGET_KEYS if key in target}
