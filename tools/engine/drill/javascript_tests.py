"""What a cheat's own tests in JavaScript are made of: the module that they import, the words of the runner, and the file in which they stand."""

import posixpath
import re
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import Final

from tools.engine.drill.grounds import Grounds, NotHere
from tools.engine.languages.javascript.trees import is_code

MODERN: Final = re.compile(r"(?m)^(?:import|export)\b")
BY_BUNDLER: Final = (".ts", ".tsx")


def first_module(grounds: Grounds, holds: Callable[[str], bool] = bool) -> str:
    """The first source file in JavaScript or TypeScript whose text `holds` what is wanted, any text by default. Raises NotHere."""
    found = next((path for path in grounds.sources if is_code(path) and holds(grounds.read(path))), None)
    if found is None:
        raise NotHere("no source file in JavaScript has a place for it")
    return found


def exported(text: str, name: str) -> str:
    """A line that exports what a module with this text has under a name."""
    return f"export {{ {name} }};\n" if MODERN.search(text) else f"module.exports.{name} = {name};\n"


def test_file(grounds: Grounds, name: str) -> str:
    """The path of a new test file, with the endings of those that are there: calc.test.js gives drill_NAME.test.js."""
    like = PurePosixPath(grounds.test_files[0] if grounds.test_files else "a.test.js")
    return f"{grounds.test_folder}drill_{name}{''.join(like.suffixes)}"


def tests_of(grounds: Grounds, path: str, tests: Sequence[tuple[str, str]]) -> str:
    """A test file that imports a source file as `subject`, with tests as (title, body). Raises NotHere for a runner that has no words here."""
    runner = grounds.root.test_runner
    modern = MODERN.search(grounds.text(grounds.test_files[0] if grounds.test_files else path)) is not None
    words = {"node": ("test", "node:test"), "vitest": ("{ test, expect }", "vitest"), "jest": ("", "")}.get(runner.split()[0])
    if words is None:
        raise NotHere(f"nothing is known of tests for {runner}")
    subject = posixpath.relpath(path, posixpath.dirname(test_file(grounds, "any")) or ".")
    subject = subject if subject.startswith(".") else f"./{subject}"
    if runner != "node" and PurePosixPath(path).suffix in BY_BUNDLER:
        subject = subject.removesuffix(PurePosixPath(path).suffix)
    imports = [("assert", "node:assert"), *([words] if words[0] else [])]
    if modern:
        head = [*(f'import {what} from "{where}";' for what, where in imports), f'import * as subject from "{subject}";']
    else:
        head = [*(f'const {what} = require("{where}");' for what, where in imports), f'const subject = require("{subject}");']
    return "\n".join(head) + "\n\n" + "".join(f'test("{title}", () => {{\n{body}}});\n' for title, body in tests)
