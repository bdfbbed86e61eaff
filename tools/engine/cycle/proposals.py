"""A proposal as a model hands it in, and what can be wrong with one by itself. Pure: what it is held against was gathered before."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from state.answers import one_line, quoted
from state.backlog import BacklogItem
from state.cycles import Category, Hypothesis
from state.errors import Problem
from state.model import Model
from state.patterns import Patterns, problems_of
from tools.engine.cycle.evidence import MEANING, Evidence, named_in, quotes
from tools.engine.scope.files import TreeFiles
from tools.engine.scope.surfaces import Surfaces

TEXT_LIMITS: Final = {"title": 120, "what": 2000, "why": 2000, "differs": 500, "backlog": 12, "execution": 500, "artifact": 500}
LIST_LIMIT: Final = 20
ITEM_LIMIT: Final = 500
LISTS: Final = ("files", "own_checks", "characterises", "sources", "failure")
_WILD: Final = re.compile(r"\*\*/?|[*?]|\[[^\]]*\]")
_TEST: Final = re.compile(r"(?P<path>[^:]+?)::(?P<name>.+)", re.DOTALL)


class Proposal(Model):
    """What a model may say of a hypothesis; the rest of `state.cycles.Hypothesis` is the server's."""

    title: str
    category: Category
    dimension: str
    what: str
    why: str
    files: tuple[str, ...] = ()
    own_checks: tuple[str, ...] = ()
    characterises: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    backlog: str = ""
    execution: str = ""
    artifact: str = ""
    failure: tuple[str, ...] = ()
    differs: str = ""

    def stored(self, sources: Mapping[str, str], *, ordered: bool) -> Hypothesis:
        """The hypothesis that it becomes; `sources` gives the archived address of an S id."""
        given = self.model_dump()
        return Hypothesis(**{**given, "sources": tuple(sources.get(each, each) for each in self.sources)}, ordered=ordered)


@dataclass(frozen=True)
class Ground:
    """What proposals are held against.

    `scope` may change and `closed` may not; `focus` are the person's words; `backlog` are the items that proposals name, by id; `sources` gives the
    archived address of every S id; `failures` are the categories of this cycle's failure analysis; `tried`: a trial that failed is the evidence.
    `surfaces` are what a research cycle opens, None in others.
    """

    files: TreeFiles
    scope: Patterns
    closed: Patterns
    dimensions: Collection[str]
    evidence: Evidence
    focus: tuple[str, ...] = ()
    backlog: Mapping[str, BacklogItem] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    failures: Collection[str] = ()
    tried: bool = False
    surfaces: Surfaces | None = None


def problems_of_proposal(under: str, proposal: Proposal, ground: Ground) -> list[Problem]:
    """Everything that is wrong with one proposal; `under` goes before each place (H2)."""
    found = [
        *_of_lengths(proposal), *_of_dimension(proposal, ground), *_of_why(proposal, ground), *_of_files(proposal, ground),
        *_of_tests(proposal, ground), *_of_sources(proposal, ground), *_of_backlog(proposal, ground), *_of_operation(proposal),
        *_of_failures(proposal, ground),
    ]  # fmt: skip
    return [Problem(f"{under}.{problem.where}", problem.found, problem.expected, problem.nearest) for problem in found]


def _of_lengths(proposal: Proposal) -> Iterator[Problem]:
    for name, limit in TEXT_LIMITS.items():
        if len(getattr(proposal, name)) > limit:
            yield Problem(name, f"{len(getattr(proposal, name))} characters", f"at most {limit}")
    for name in ("title", "what", "why"):
        if not getattr(proposal, name).strip():
            yield Problem(name, "nothing", "some words")
    for name in LISTS:
        items = getattr(proposal, name)
        if len(items) > LIST_LIMIT or any(len(item) > ITEM_LIMIT for item in items):
            yield Problem(name, f"{len(items)} items", f"at most {LIST_LIMIT}, each of at most {ITEM_LIMIT} characters")


def _of_dimension(proposal: Proposal, ground: Ground) -> Iterator[Problem]:
    if proposal.dimension not in ground.dimensions:
        yield Problem("dimension", one_line(proposal.dimension), f"one of {', '.join(sorted(ground.dimensions))}")


def _of_why(proposal: Proposal, ground: Ground) -> Iterator[Problem]:
    """Evidence that exists: an id, a failure that was analysed, or the person's own words."""
    named = named_in(proposal.why)
    for name in named:
        if not ground.evidence.has(name):
            yield Problem("why", f"{name}, which is not there ({MEANING[name[0]]})", f"an id that exists now: {ground.evidence.said()}")
    if named or ground.tried or not proposal.why.strip() or ground.evidence.is_empty() or quotes(proposal.why, ground.focus) or proposal.failure:
        return
    words = " or the person's own words for the focus" if ground.focus else ""
    yield Problem("why", one_line(proposal.why), f"evidence by its id{words}: {ground.evidence.said()}; study_project says what each is")


def _of_files(proposal: Proposal, ground: Ground) -> Iterator[Problem]:
    for pattern in proposal.files:
        fault = "takes paths out, where those are meant that change" if pattern.startswith("!") else problems_of(pattern)
        if fault:
            yield Problem("files", one_line(pattern), f"a path or pattern as in .gitignore; this {fault}")
        elif not any(_may_change(path, ground) for path in ground.files.matching(pattern) or [_example(pattern)]):
            yield Problem("files", quoted(pattern), f"files that factory.md lets change{_opened(ground)}")


def _of_tests(proposal: Proposal, ground: Ground) -> Iterator[Problem]:
    for test in proposal.own_checks:
        said = _TEST.fullmatch(test)
        if said is None:
            yield Problem("own_checks", one_line(test), "a test id such as tests/test_core.py::test_name")
        elif said["path"] not in ground.files.paths and not _may_change(said["path"], ground):
            yield Problem("own_checks", quoted(test), "a test in a file that exists, or in a new one that factory.md lets change")


def _of_sources(proposal: Proposal, ground: Ground) -> Iterator[Problem]:
    addresses = set(ground.sources.values())
    for source in proposal.sources:
        if source not in ground.sources and source not in addresses:
            archived = ", ".join(list(ground.sources)[-3:]) or "none yet"
            yield Problem("sources", one_line(source), f"an archived source by id or address ({archived}); a researcher's report archives more")


def _of_backlog(proposal: Proposal, ground: Ground) -> Iterator[Problem]:
    if not proposal.backlog:
        return
    item = ground.backlog.get(proposal.backlog)
    if item is None or item.state != "open":
        state = f"{proposal.backlog}, which is {item.state}" if item else f"{one_line(proposal.backlog)}, which is not there"
        yield Problem("backlog", state, "an open item of the backlog (B2), or no backlog for a new idea")


def _of_operation(proposal: Proposal) -> Iterator[Problem]:
    for there, missing in (("execution", "artifact"), ("artifact", "execution")):
        if getattr(proposal, there).strip() and not getattr(proposal, missing).strip():
            yield Problem(missing, "nothing", "what is run, and what comes of it: an operational hypothesis says both")


def _of_failures(proposal: Proposal, ground: Ground) -> Iterator[Problem]:
    """Where failures were analysed, a hypothesis says which of them it is to mend."""
    if ground.failures and not proposal.failure:
        yield Problem("failure", "nothing", f"the failures that it is to mend, by category of this cycle's analysis: {', '.join(ground.failures)}")
    for category in proposal.failure:
        if category not in ground.failures:
            yield Problem(
                "failure", one_line(category), f"a category of this cycle's failure analysis: {', '.join(ground.failures) or 'it has none'}"
            )


def _may_change(path: str, ground: Ground) -> bool:
    parts = PurePosixPath(path).parts
    return (
        ".." not in parts and not path.startswith("/") and ground.scope.matches(path) and not ground.closed.matches(path) and _is_open(path, ground)
    )


def _is_open(path: str, ground: Ground) -> bool:
    return ground.surfaces is None or not ground.surfaces.closed_by(path)


def _opened(ground: Ground) -> str:
    """What of it is open in a research cycle, in words to stand behind."""
    return f" in the {ground.surfaces.level} loop: {', '.join(map(quoted, ground.surfaces.listed))}" if ground.surfaces is not None else ""


def _example(pattern: str) -> str:
    """A path that a pattern without any file would mean."""
    filled = _WILD.sub(lambda found: "x/" if found[0] == "**/" else "x", pattern)
    return f"{filled}x" if filled.endswith("/") else filled
