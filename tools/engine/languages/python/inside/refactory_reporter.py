"""A pytest plugin that reports each test as a JSON line, and plants a canary: a test that must fail.

Where the canary passes, something in the process makes failing tests look green. Standard library and pytest only, Python 3.9 or later.
"""

from __future__ import annotations

import json
import os
import secrets
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence


MESSAGE = 2000  # characters of what a failure says


def canary_body() -> None:
    """Fail. In a run that tells the truth this test is never green."""
    raise AssertionError("the canary fails on purpose: this is how the factory knows that failing tests are reported")


class Canary(pytest.Item):
    """The canary where no module can take it in."""

    def runtest(self) -> None:
        """Fail."""
        canary_body()

    def reportinfo(self) -> tuple[Any, int | None, str]:
        """Where it stands."""
        return self.path, None, self.name


class Reporter:
    """Writes what happens to one descriptor, a line each. Only the main process of a distributed run writes."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.silent = False
        self.canary = ""

    def write(self, **record: Any) -> None:
        """Append one record."""
        if not self.silent:
            data = (json.dumps(record) + "\n").encode("ascii")
            while data:
                data = data[os.write(self.descriptor, data) :]

    def pytest_configure(self, config: pytest.Config) -> None:
        """Be silent in the workers of xdist."""
        self.silent = hasattr(config, "workerinput")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module that could not be collected."""
        if report.failed:
            self.write(event="collection_error", id=report.nodeid or ".", message=str(report.longrepr)[-2000:])
        elif report.skipped:
            self.write(event="module_skipped", id=report.nodeid)

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Tests that a selection left out."""
        self.write(event="deselected", ids=[item.nodeid for item in items])

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """After everybody else: plant the canary, and tell what will run."""
        if items:
            self.canary = plant(session, items)
            self.write(event="canary", id=self.canary)
        self.write(event="collected", ids=[item.nodeid for item in items], files=sorted({str(item.path) for item in items}))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A phase of a test: the call, and setup or teardown unless they went well."""
        if report.when == "call" or not report.passed:
            facts = {"xfail": hasattr(report, "wasxfail"), "seconds": round(report.duration, 4), "message": said(report)}
            self.write(event="phase", id=report.nodeid, when=report.when, outcome=report.outcome, **facts)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """The run came to its end. People who read its summary are not shown the canary."""
        terminal = session.config.pluginmanager.get_plugin("terminalreporter")
        for reports in getattr(terminal, "stats", {}).values():
            reports[:] = [report for report in reports if getattr(report, "nodeid", None) != self.canary]
        self.write(event="end", exit=int(session.exitstatus))


def said(report: pytest.TestReport) -> str:
    """Type and words of the exception that a test failed by; nothing where it did not fail."""
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(getattr(crash, "message", report.longrepr))[:MESSAGE] if report.failed else ""


def plant(session: pytest.Session, items: list[pytest.Item]) -> str:
    """Put the canary beside a random test that stands directly in its module, so that no class or module is set up twice; returns its id."""
    direct = [index for index, item in enumerate(items) if isinstance(item, pytest.Function) and type(item.parent) is pytest.Module]
    name = f"test_{secrets.token_hex(6)}"
    canary: pytest.Item
    if direct:
        index = secrets.choice(direct)
        canary = pytest.Function.from_parent(items[index].parent, name=name, callobj=canary_body)
        items.insert(index + secrets.randbelow(2), canary)
    else:
        canary = Canary.from_parent(session, name=name)
        items.append(canary)
    return canary.nodeid
