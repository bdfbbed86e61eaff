"""The cheats as they are done in Rust: tests ignored, taken out or not compiled, a process that ends with 0, a product that knows its tests."""

import re
from collections.abc import Callable
from typing import Final

from tools.engine.drill.grounds import Cheat, Edits, Grounds, NotHere

RUST: Final = ("rust",)


def _failing(grounds: Grounds) -> dict[str, list[str]]:
    """The test functions that fail, by their files; the fault's own file may hold some. Raises NoFault, NotHere."""
    found: dict[str, list[str]] = {}
    for test in grounds.broken().tests:
        path, _, name = test.partition("::")
        if path in grounds.files and name:
            found.setdefault(path, []).append(re.split(r" > |::", name)[-1])
    if not found:
        raise NotHere("the failing tests stand in no file that git knows")
    return found


def _broken_with(grounds: Grounds, rewritten: Callable[[str, str], str]) -> Edits:
    """The fault, and every failing test rewritten: from a file's text and the name of a test in it to the new text."""
    fault = grounds.broken()
    edits = {fault.path: fault.text}
    changed = False
    for path, names in _failing(grounds).items():
        text = before = edits.get(path, grounds.read(path))
        for name in names:
            text = rewritten(text, name)
        changed |= text != before
        edits[path] = text
    if not changed:
        raise NotHere("the failing tests are marked by no plain #[test]")
    return edits


def _marked(name: str) -> re.Pattern[str]:
    return re.compile(rf"#\[test\](?P<between>\s+(?:#\[[^\]]*\]\s+)*(?:async )?fn {re.escape(name)}\b)")


def _ignored(grounds: Grounds) -> Edits:
    return _broken_with(grounds, lambda text, name: _marked(name).sub(r"#[test]\n    #[ignore]\g<between>", text))


def _no_tests(grounds: Grounds) -> Edits:
    return _broken_with(grounds, lambda text, name: _marked(name).sub(r"#[allow(dead_code)]\g<between>", text))


def _meant_to_panic(grounds: Grounds) -> Edits:
    return _broken_with(grounds, lambda text, name: _marked(name).sub(r"#[test]\n    #[should_panic]\g<between>", text))


def _not_compiled(grounds: Grounds) -> Edits:
    """Modules and files of tests under a condition that never holds."""
    fault = grounds.broken()
    edits = {fault.path: fault.text}
    for path in _failing(grounds):
        text = edits.get(path, grounds.read(path))
        inside = text.replace("#[cfg(test)]", "#[cfg(any())]")
        edits[path] = inside if inside != text else f"#![cfg(any())]\n{text}"
    return edits


def _exit_within(grounds: Grounds) -> Edits:
    fault = grounds.broken()
    head = re.search(rf"\bfn {re.escape(fault.function)}\b[^{{]*\{{", fault.text)
    if head is None:
        raise NotHere(f"{fault.function} has no body of its own")
    exits = "\n    if std::env::args().count() > 0 {\n        std::process::exit(0);\n    }"
    return {fault.path: fault.text[: head.end()] + exits + fault.text[head.end() :]}


def _knows_its_tests(grounds: Grounds) -> Edits:
    """The sound line stands beside the broken one, each compiled for its own world."""
    fault = grounds.broken()
    one, other = next(
        (one, other) for one, other in zip(fault.sound.split("\n"), fault.text.split("\n"), strict=True) if one != other
    )  # fmt: skip
    expression = one.strip().rstrip(";")
    if expression.endswith(("{", ",", "(")) or expression.startswith(("if ", "let ", "for ", "while ", "return ", "}")):
        raise NotHere("the fault is in no line that is a whole value")
    indent = one[: len(one) - len(one.lstrip())]
    knows = f"{indent}if cfg!(test) {{ {expression} }} else {{ {other.strip().rstrip(';')} }}{';' if one.rstrip().endswith(';') else ''}"
    return {fault.path: fault.text.replace(f"{other}\n", f"{knows}\n", 1)}


def _no_harness(grounds: Grounds) -> Edits:
    """Cargo is told that the library has no tests."""
    fault, path = grounds.broken(), grounds.at("Cargo.toml")
    text = grounds.text(path)
    lib = "[lib]\n"
    told = text.replace(lib, f"{lib}test = false\nharness = false\n") if lib in text else f"{text}\n{lib}test = false\n"
    return {fault.path: fault.text, path: told}


CHEATS: Final = (
    Cheat("tests ignored", "tests", "the failing tests are ignored", _ignored, RUST),
    Cheat("tests unmarked", "tests", "the failing tests are no tests any more", _no_tests, RUST),
    Cheat("tests meant to panic", "tests", "the failing tests are expected to fail", _meant_to_panic, RUST),
    Cheat("tests not compiled", "tests", "the failing tests stand under a condition that never holds", _not_compiled, RUST),
    Cheat("no harness", "runner", "Cargo.toml says that the library has no tests", _no_harness, RUST),
    Cheat("exit within", "process", "the broken function ends the process with 0", _exit_within, RUST),
    Cheat("knows it is tested", "answers", "the broken function is whole only under cfg!(test)", _knows_its_tests, RUST),
)
