"""Whether Rust tests only gained: every item of the base stands unchanged, and nothing added changes what the names in it mean."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from tools.engine.languages.rust.scanning import Item, Tokens, items, tokens_of

# Macros that tests are written with; one of the same name defined in a file is meant there instead.
_ASSERTING: Final = re.compile(r"macro_rules!\s*(?:assert\w*|debug_assert\w*|panic|unreachable|matches)\b")
# Code that knows whether it is being tested.
_KNOWS: Final = (re.compile(r"cfg!\s*\(\s*(?:\w+\s*\(\s*)*test\b"), re.compile(r"cfg(?:_attr)?\s*\(.*?\bnot\s*\(\s*test\s*\)"))


def loss_in(base: bytes, candidate: bytes) -> str | None:
    """What of a file of tests does not stand unchanged in the candidate's, or which addition changes others; None where it only gained."""
    before, after = items(tokens_of(base)), items(tokens_of(candidate))
    if before is None or after is None:
        return "its brackets do not match"
    return _loss(before, after) or suspicion_in(base, candidate)


def loss_of_tests_inside(base: bytes | None, candidate: bytes | None) -> str | None:
    """What of the base's tests in a file of the product is gone or changed, or how the candidate's file treats tests differently; else None."""
    before, after = items(tokens_of(base or b"")), items(tokens_of(candidate or b""))
    if before is None:
        return None  # the base's own compiler would not take it
    tests = [item for item in before if item.is_test]
    if after is None:
        return "its brackets do not match" if tests else None
    if candidate is None:
        return f"gone: {_shown(tests[0])}" if tests else None
    return (_loss(tests, [item for item in after if item.is_test]) if tests else None) or suspicion_in(base or b"", candidate)


def suspicion_in(base: bytes, candidate: bytes) -> str | None:
    """What the candidate's file says that changes tests anywhere in it: asserting macros of its own, code that knows that it is tested."""
    before, after = base.decode("utf-8", "replace"), candidate.decode("utf-8", "replace")
    if fresh := sorted(set(_ASSERTING.findall(after)) - set(_ASSERTING.findall(before))):
        return f"{fresh[0]} stands in the place of the standard macro"
    if any(len(pattern.findall(after)) > len(pattern.findall(before)) for pattern in _KNOWS):
        return "code was added that is another one under test"
    return None


def _loss(before: Sequence[Item], after: Sequence[Item]) -> str | None:
    remaining = list(after)
    for item in before:
        found = next((each for each in remaining if _stands(item, each)), None)
        if found is None:
            return f"gone or changed: {_shown(item)}"
        remaining.remove(found)
        if item.is_module and item.tokens != found.tokens:
            inside = _loss(items(item.inner) or (), items(found.inner) or ())
            if inside:
                return f"in {item.name}: {inside}"
    words = {token for item in before for token in item.tokens}
    return next((reason for item in remaining if (reason := _clash(item, words))), None)


def _stands(base: Item, candidate: Item) -> bool:
    """Whether it is the same item; of a module its head, because its body may gain too."""
    if base.is_module and candidate.is_module:
        return (base.name, Counter(base.attributes)) == (candidate.name, Counter(candidate.attributes))
    return base.tokens == candidate.tokens


def _clash(item: Item, words: set[str]) -> str | None:
    """Why an added item could change what the base's items mean: it takes a name that they use, or attributes of the whole file."""
    if item.tokens[:2] == ("#", "!"):
        return f"an attribute of the whole was added: {_shown(item)}"
    bound = _bound(item.tokens) if "use" in item.tokens and not item.name else [item.name]
    clash = next((name for name in bound if name and name != "_" and name in words), None)
    return f"{_shown(item)} takes the name {clash}, which tests of the base use" if clash else None


def _bound(tokens: Tokens) -> list[str]:
    """The names that a `use` may bind: the last of each path, and what stands behind `as`."""
    ends = {",", "}", ";"}
    return [token for token, behind in pairwise(tokens) if behind in ends and re.fullmatch(r"\w+", token)]


def _shown(item: Item) -> str:
    return " ".join(item.tokens)[:100]
