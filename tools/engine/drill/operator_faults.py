"""Small faults in Go and Rust, without a syntax tree: an operator turned into its opposite, a truth or a number changed. What it leaves compiles."""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Final

from tools.engine.drill.grounds import Fault, Grounds

# What is no code, kept at its length: comments, texts, characters. A quote alone in Rust begins a lifetime.
OPAQUE: Final = re.compile(
    r"""//[^\n]*|/\*.*?\*/|`[^`]*`|r(?P<hashes>\#*)".*?"(?P=hashes)|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\\n])'""",
    re.DOTALL,
)
# As gofmt and rustfmt write them, the surest first: a sum may be one of texts, which no difference is.
TURNED: Final[Mapping[str, str]] = {
    " == ": " != ", " != ": " == ", " <= ": " > ", " >= ": " < ", " < ": " >= ", " > ": " <= ", " && ": " || ", " || ": " && ",
    " - ": " + ", " * ": " + ", " / ": " * ", " + ": " - ",
}  # fmt: skip
TRUTHS: Final[Mapping[str, str]] = {"true": "false", "false": "true"}
NUMBER: Final = re.compile(r"(?<![\w.\"])\d{1,9}(?![\w.])")
FUNCTION: Final = re.compile(r"^[ \t]*(?:pub(?:\([\w ]+\))? |async |const |unsafe )*(?:func|fn) (?:\([^)]*\) )?(?P<name>\w+)", re.MULTILINE)
TESTS_INSIDE: Final = re.compile(r"^[ \t]*#\[cfg\(test\)\]", re.MULTILINE)


def is_product(path: str) -> bool:
    """Whether the file is Go or Rust that is not of tests alone."""
    return path.endswith((".go", ".rs")) and not path.endswith("_test.go") and PurePosixPath(path).name not in ("tests.rs", "build.rs")


def operator_faults(grounds: Grounds, most: int) -> list[Fault]:
    """At most `most` faults, of each function its surest first, those that test files name most before others."""
    tests = "\n".join(grounds.text(path) for path in grounds.test_files)
    found = [list(_in_function(path, grounds, place)) for path in grounds.product if is_product(path) for place in _functions(grounds, path)]
    named = [(len(re.findall(rf"\b{faults[0].function}\b", tests)), faults) for faults in found if faults]
    ordered = [faults for _, faults in sorted(named, key=lambda each: -each[0])]
    turns = max(map(len, ordered), default=0)
    return [faults[turn] for turn in range(turns) for faults in ordered if turn < len(faults)][:most]


def bare(text: str) -> str:
    """The text with blanks for all that is no code, and for what Rust compiles for tests only: it stands at the end of a file."""
    code = OPAQUE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    inside = TESTS_INSIDE.search(code)
    return code[: inside.start()] if inside else code


def _functions(grounds: Grounds, path: str) -> Iterator[tuple[str, int, int]]:
    """Name, beginning and end of every function's text, from its name on to the next one."""
    code = bare(grounds.read(path))
    heads = list(FUNCTION.finditer(code))
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        if head["name"] not in ("main", "init"):
            yield head["name"], code.find("{", head.end()), following.start() if following else len(code)


def _in_function(path: str, grounds: Grounds, place: tuple[str, int, int]) -> Iterator[Fault]:
    name, begin, end = place
    text = grounds.read(path)
    code, uncovered = bare(text), grounds.uncovered.get(path, frozenset())
    for at, was, now in _changes(code, begin, end):
        line = text.count("\n", 0, at) + 1
        if begin >= 0 and line not in uncovered:
            what = f"{path}:{line} {name} has {now.strip()} for {was.strip()}"
            yield Fault(path, text, f"{text[:at]}{now}{text[at + len(was) :]}", name, what)


def _changes(code: str, begin: int, end: int) -> Iterator[tuple[int, str, str]]:
    """Where something can be changed, what stands there, and what comes instead."""
    for was, now in TURNED.items():
        yield from ((match.start(), was, now) for match in re.finditer(re.escape(was), code[:end]) if match.start() > begin)
    for was, now in TRUTHS.items():
        yield from ((match.start(), was, now) for match in re.finditer(rf"\b{was}\b", code[:end]) if match.start() > begin)
    yield from ((match.start(), match[0], str(int(match[0]) + 1)) for match in NUMBER.finditer(code[:end]) if match.start() > begin)
