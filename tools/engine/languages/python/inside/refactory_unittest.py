"""What unittest tells of each test as it runs, written in the report lines of our pytest plugin; and a canary, a test that must fail.

Standard library only, Python 3.9 or later.
"""

from __future__ import annotations

import json
import os
import time
import traceback
import unittest
from typing import Any

MESSAGE = 2000  # characters of what a failure says


class Canary(unittest.TestCase):
    """A test that must fail."""

    def runTest(self) -> None:  # noqa: N802 - unittest's own name
        """Fail."""
        raise AssertionError("the canary fails on purpose: this is how the factory knows that failing tests are reported")


class Writer:
    """Writes to one descriptor, a JSON line each."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def write(self, **record: Any) -> None:
        """Append one record."""
        data = (json.dumps(record) + "\n").encode("ascii")
        while data:
            data = data[os.write(self.descriptor, data) :]


class Result(unittest.TestResult):
    """Writes what becomes of each test. `ids` are those of the tests, by the identity of the objects; `sorter` hears which test begins."""

    def __init__(self, writer: Writer, sorter: Any) -> None:
        super().__init__()
        self.writer, self.sorter = writer, sorter
        self.ids: dict[int, str] = {}
        self.begun = 0.0
        self.told: set[str] = set()
        self.last = ""
        self.scopes: dict[str, str] = {}
        self.said = ""

    def tell(self, test: Any, outcome: str, when: str = "call", *, expected: bool = False) -> None:
        """One phase of a test; of a fixture, which is no test, what became of it is kept for the tests that it stopped."""
        said, self.said = self.said, ""
        found = self.ids.get(id(test))
        if found is None:
            description = str(getattr(test, "description", ""))
            self.scopes[description.partition("(")[2].rstrip(")")] = outcome
            found, when = (self.last, "teardown") if description.startswith("tearDown") else ("", "")
        if found:
            self.told.add(found)
            seconds = round(time.monotonic() - self.begun, 4)
            self.writer.write(event="phase", id=found, when=when, outcome=outcome, xfail=expected, seconds=seconds, message=said)

    def hear(self, err: Any) -> None:
        """Type and words of an exception, for what is told next."""
        self.said = "".join(traceback.format_exception_only(err[0], err[1]))[:MESSAGE]

    def startTest(self, test: unittest.TestCase) -> None:  # noqa: N802 - unittest's own name
        """A test begins."""
        super().startTest(test)
        self.begun, self.last = time.monotonic(), self.ids.get(id(test), "")
        if self.sorter is not None:
            self.sorter.switch(self.last in self.sorter.asserting)

    def addSuccess(self, test: unittest.TestCase) -> None:  # noqa: N802 - unittest's own name
        """It passed."""
        super().addSuccess(test)
        self.tell(test, "passed")

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802 - unittest's own name
        """An assertion failed."""
        super().addFailure(test, err)
        self.hear(err)
        self.tell(test, "failed")

    def addError(self, test: Any, err: Any) -> None:  # noqa: N802 - unittest's own name
        """It raised; pytest calls that failed, and an error only what happens around it."""
        super().addError(test, err)
        self.hear(err)
        self.tell(test, "failed")

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:  # noqa: N802 - unittest's own name
        """It was left out."""
        super().addSkip(test, reason)
        self.tell(test, "skipped", "setup")

    def addExpectedFailure(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802 - unittest's own name
        """It failed as it should."""
        super().addExpectedFailure(test, err)
        self.tell(test, "skipped", expected=True)

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:  # noqa: N802 - unittest's own name
        """It passed though it should not."""
        super().addUnexpectedSuccess(test)
        self.tell(test, "passed", expected=True)

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:  # noqa: N802 - unittest's own name
        """A part of it failed."""
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.hear(err)
            self.tell(test, "failed")
