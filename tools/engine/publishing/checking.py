"""A prepared tree must still pass: tests, the hypotheses' own checks, hard constraints and smoke test, measured on it and on its base."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import anyio.to_thread

from state.answers import quoted
from state.measurement import Reading, ReadingState
from state.model import canonical
from state.publishing import PreparedBranch, PullRequestFailed, PullRequestPrepared, TreeChecked
from tools.engine.evaluation.assessment import TESTS_PART, Measurements, measurements
from tools.engine.evaluation.commanded import CONSTRAINT, SMOKE
from tools.engine.evaluation.parts import kind_of, parts_of
from tools.engine.experiment.bench import Bench
from tools.engine.experiment.taking_turns import one_at_a_time
from tools.engine.gate.facts import Comparison
from tools.engine.jobs.running import Plan, Progress
from tools.engine.publishing.preparing import Proposal
from tools.engine.repository.objects import tree_of
from tools.engine.session import Session, server_record

JOB: Final = "pull_request"
BROKEN: Final = frozenset({"failed", "error", "collection_error"})
LISTED: Final = 30  # failing tests that are kept by name
NO_TESTS: Final = "no tests run here by the project's contract"


def check_plan(session: Session, proposal: Proposal) -> Plan:
    """Measuring the tree of a branch and that of its base, as far as they are not known. What passes is recorded as prepared."""
    base_tree = tree_of(session.repository, proposal.base.commit)

    async def work(progress: Progress) -> None:
        async with one_at_a_time(session, proposal.contract, progress):
            bench = Bench(session, proposal.contract, base_tree, progress)
            sides = [
                measurements(await bench.take(label, tree, _parts(bench), bench.target()))
                for label, tree in (("base upstream", base_tree), ("pull request", proposal.tree))
            ]
            await anyio.to_thread.run_sync(_record, session, proposal, judged(sides[0], sides[1], proposal))

    clean = "yes" if proposal.rules.clean else "no"
    return Plan(":".join((JOB, proposal.key, clean, ",".join(map(str, proposal.numbers)))), None, work)


def key_of_job(key: str) -> str:
    """What is prepared by the job with this key; empty for any other job."""
    kind, _, rest = key.partition(":")
    return rest.partition(":")[0] if kind == JOB else ""


def call_of_job(key: str) -> dict[str, Any]:
    """The arguments of the call that starts the job with this key; none for any other job."""
    kind, *rest = key.split(":")
    if kind != JOB or len(rest) != 3:
        return {}
    return {"experiments": [int(number) for number in rest[2].split(",")], "action": "branch", "clean": rest[1]}


def judged(base: Measurements, own: Measurements, proposal: Proposal) -> TreeChecked:
    """What fails in the tree, and did not at its base; what could not be asked of either is a note."""
    passed = sum(outcome == "passed" for outcome in own.outcomes.values())
    failing = [*_tests(base, own, proposal), *_own_checks(own, proposal)]
    notes = [f"{test} proved the change, is stripped, and so did not run on this tree" for test in _proofs(proposal) if _is_stripped(test, proposal)]
    for name, holds, held in _commands(base, own):
        if not holds and held:
            failing.append(f"{name}: does not hold, and does at the base")
        elif not holds:
            notes.append(f"{name}: does not hold at the base upstream either")
    if not own.outcomes and "tests" not in own.readings:
        notes.append(NO_TESTS)
    more = [f"and {len(failing) - LISTED} more"] if len(failing) > LISTED else []
    return TreeChecked(tests=passed, failing=(*map(quoted, failing[:LISTED]), *more), notes=tuple(map(quoted, notes)))


def _tests(base: Measurements, own: Measurements, proposal: Proposal) -> Iterator[str]:
    """Tests that fail and did not at the base, and those of the base that are gone from files which the branch leaves alone."""
    reading = own.readings.get("tests")
    if reading is not None and reading.state is not ReadingState.MEASURED:
        yield f"tests: {reading.state}: {reading.reason}"
    yield from (test for test, outcome in sorted(own.outcomes.items()) if outcome in BROKEN and base.outcomes.get(test) not in BROKEN)
    changed = frozenset(proposal.files.kept)
    for test, outcome in sorted(base.outcomes.items()):
        if outcome == "passed" and test not in own.outcomes and _file_of(test) not in changed:
            yield f"{test}: ran at the base, and does not here"


def _own_checks(own: Measurements, proposal: Proposal) -> Iterator[str]:
    """What proved the hypotheses has to run here too, but for what was stripped."""
    for test in _proofs(proposal):
        if not _is_stripped(test, proposal) and not any(name == test or name.startswith(f"{test}[") for name in own.outcomes):
            yield f"{test}: an own check of the hypothesis, and it did not run"


def _proofs(proposal: Proposal) -> list[str]:
    """The own checks that passed in the experiments, of which those that are stripped cannot run here."""
    found = (Comparison.model_validate(each.experiment.assessment) for each in proposal.kept if each.experiment.assessment)
    return list(dict.fromkeys(check.test for comparison in found for check in comparison.own_checks if check.on_candidate == "passed"))


def _is_stripped(test: str, proposal: Proposal) -> bool:
    return any(path == _file_of(test) for path, _ in proposal.files.stripped)


def _file_of(test: str) -> str:
    return test.split("::", 1)[0]


def _commands(base: Measurements, own: Measurements) -> Iterator[tuple[str, bool, bool]]:
    """Each hard constraint and the smoke test: whether it holds here, and at the base."""
    for name in own.constraints:
        yield name, _holds(own.constraints, name), _holds(base.constraints, name)
    if SMOKE in own.readings:
        yield "smoke test", _holds(own.readings, SMOKE), _holds(base.readings, SMOKE)


def _holds(readings: Mapping[str, Reading], name: str) -> bool:
    return name in readings and readings[name].value == 1.0


def _parts(bench: Bench) -> list[str]:
    """The parts that say whether a tree works. What scores an improvement belongs to the factory, and may be stripped itself."""
    parts = parts_of(bench.target().contract)
    return [part for part in parts if kind_of(part) == TESTS_PART or part == SMOKE or part.startswith(CONSTRAINT)]


def _record(session: Session, proposal: Proposal, checked: TreeChecked) -> None:
    """Write down what was found, with the list of all files."""
    files = {"kept": [quoted(path) for path in proposal.files.kept], "stripped": [[quoted(path), why] for path, why in proposal.files.stripped]}
    branch = PreparedBranch(
        key=proposal.key, experiments=proposal.numbers, into=proposal.base.into, base=proposal.base.commit, branch=proposal.branch,
        commit=proposal.commits[-1], tree=proposal.tree, clean=proposal.rules.clean, kept=len(proposal.files.kept),
        stripped=len(proposal.files.stripped), files=session.store.keep_object(canonical(files).encode()),
    )  # fmt: skip
    if checked.failing:
        server_record(session, PullRequestFailed(branch=branch, checked=checked))
    else:
        server_record(session, PullRequestPrepared(branch=branch, checked=checked), key=f"pull_request:{branch.key}")
