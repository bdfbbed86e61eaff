"""A pytest plugin that keeps apart which lines tests that assert something execute. Standard library and pytest only, Python 3.9 or later.

Coverage's own dynamic contexts write to its database at every switch, which costs milliseconds each. This takes what its tracer has collected out of
its sets whenever tests of another kind follow, and puts all of it back at the end, so that coverage itself sees one run.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

PACKED = (1 << 28) - 1  # coverage's C tracer packs two line numbers into one integer when it measures branches
FIRST_IS_NEGATIVE, SECOND_IS_NEGATIVE = 1 << 56, 1 << 57


def executed_in(measuring: Any, wanted: dict[str, Any] | None, folder: str) -> list[Executed]:
    """The plugin for a run under coverage; none where coverage does not measure, or keeps what it collects elsewhere than any version known."""
    collected = getattr(getattr(measuring, "_collector", None), "data", None)
    return [Executed(collected, wanted["asserting"], folder)] if wanted is not None and isinstance(collected, dict) else []


class Executed:
    """Sorts what coverage collects into two: by the tests named in `asserting` (path::Class::name, paths relative to `folder`), and by all else."""

    def __init__(self, collected: dict[str, set[Any]], asserting: Iterable[str], folder: str) -> None:
        self.collected = collected
        self.asserting = frozenset(asserting)
        self.folder = os.path.realpath(folder)
        self.taken: dict[bool, dict[str, set[Any]]] = {False: {}, True: {}}
        self.now = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        """Before a test, its fixtures included."""
        self.switch(type(item).__name__ == "DoctestItem" or any(name in self.asserting for name in self.names(item)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """After the last test."""
        self.switch(asserting=False)

    def switch(self, asserting: bool) -> None:  # noqa: FBT001 - the one thing that it is told
        """From now on lines count for the one or the other kind."""
        if asserting != self.now:
            self.take()
            self.now = asserting

    def take(self) -> None:
        """Take out what was collected since the last time."""
        for name, seen in list(self.collected.items()):
            lines = seen.copy()  # in one step, whatever other threads add
            if lines:
                self.taken[self.now].setdefault(name, set()).update(lines)
                seen.difference_update(lines)
        if hasattr(sys, "monitoring"):
            sys.monitoring.restart_events()  # lines that were seen once would not be told again

    def put_back(self) -> None:
        """Give coverage everything that was taken."""
        self.take()
        for taken in self.taken.values():
            for name, lines in taken.items():
                self.collected.setdefault(name, set()).update(lines)

    def names(self, item: pytest.Item) -> list[str]:
        """The names that a test function may have in `asserting`: by the class or module that defines it, and by the module that was collected."""
        name = getattr(item, "originalname", None)
        kind = getattr(item, "cls", None)
        if name is None:
            return []
        if kind is not None:
            owner = next((each for each in kind.__mro__ if name in vars(each)), kind)
            qualified = "::".join((*owner.__qualname__.split("."), name))
            return [f"{self.place(owner.__module__, item)}::{qualified}"]
        function = getattr(item, "function", None)
        own = f"{self.place(getattr(function, '__module__', ''), item)}::{getattr(function, '__name__', name)}"
        return [own, f"{os.path.relpath(os.path.realpath(str(item.path)), self.folder)}::{name}"]

    def place(self, module: str, item: pytest.Item) -> str:
        """The file of a module, relative to the folder; the test's own where the module has none."""
        file = getattr(sys.modules.get(module), "__file__", None) or str(item.path)
        return os.path.relpath(os.path.realpath(file), self.folder)

    def write(self, out: str) -> None:
        """Write the lines that asserting tests executed as JSON, by absolute path."""
        found = {name: sorted(lines_of(seen)) for name, seen in self.taken[True].items()}
        with open(out, "w", encoding="utf-8") as file:  # noqa: PTH123 - this is all that is needed of pathlib here
            json.dump(found, file)


def lines_of(seen: Iterable[Any]) -> set[int]:
    """The lines in what a tracer collects: lines, pairs of lines, or pairs packed into one number. The ends of functions are negative."""
    lines: set[int] = set()
    for each in seen:
        if isinstance(each, tuple):
            lines.update(each)
        elif each > PACKED:
            lines.add(0 if each & FIRST_IS_NEGATIVE else each & PACKED)
            lines.add(0 if each & SECOND_IS_NEGATIVE else each >> 28 & PACKED)
        else:
            lines.add(each)
    return {line for line in lines if line > 0}
