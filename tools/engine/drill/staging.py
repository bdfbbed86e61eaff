"""The stage of a drill: a clone of the project with a store of its own, the contract that a person approved, and what its base measured."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import anyio.to_thread

from state.approvals import DraftWritten
from state.measurement import Root, Sample
from tools.engine.contract import Contract, contract_at, evaluation_hash, standing
from tools.engine.drill.grounds import Grounds
from tools.engine.evaluation.assessment import FINDINGS_PARTS, measurements
from tools.engine.evaluation.commanded import SMOKE
from tools.engine.evaluation.parts import kind_of, parts_of
from tools.engine.experiment.bench import Bench
from tools.engine.repository.cloning import clone
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import list_tree, read_blob, tree_of
from tools.engine.scope.protecting import FILE
from tools.engine.session import Session


@dataclass(frozen=True)
class Approved:
    """What the person approved of a project: where, on which branch and commit, the text of factory.md as committed there, and what it says."""

    repository: Repository
    target: str
    tip: str
    text: str
    contract: Contract


def approved_in(session: Session) -> Approved:
    """What was approved. Raises Refusal NEEDS_APPROVAL or BAD_CONFIG; changes nothing."""
    where = standing(session)
    contract = contract_at(session, where.tip)
    text = (read_blob(session.repository, where.tip, FILE) or b"").decode()
    return Approved(session.repository, where.target, where.tip, text, contract)


def make_stage(approved: Approved, folder: Path) -> Repository:
    """A clone of the project in `folder`, at the commit that was approved. Raises Refusal and GitFailed as git says no."""
    return clone(approved.repository, approved.target, folder)


def hand_over(session: Session, approved: Approved) -> None:
    """Write down in the clone's own store what the person has approved in theirs, as a draft: approving it is a call of its own."""
    digest = standing(session).committed.digest
    profile = approved.contract.profile
    session.record(DraftWritten(hash=evaluation_hash(approved.text, profile), text=approved.text, profile=profile, base=digest))


async def survey(session: Session, approved: Approved, root: Root) -> Grounds:
    """What cheats are made of, from the base's own measurement, which has to be stored already."""
    repository = session.repository
    tree = await anyio.to_thread.run_sync(tree_of, repository, approved.tip)
    contract = await anyio.to_thread.run_sync(contract_at, session, approved.tip)
    bench = Bench(session, contract, tree, lambda _message: None)
    parts = [part for part in parts_of(bench.target().contract) if part != SMOKE]
    samples = await bench.take("base", tree, parts, bench.target())
    entries = await anyio.to_thread.run_sync(list_tree, approved.repository, tree)
    files = frozenset(entry.path for entry in entries if entry.mode.startswith("100"))

    @cache
    def read(path: str) -> str:
        return (read_blob(approved.repository, tree, path) or b"").decode("utf-8", "replace")

    bare = Grounds(root, contract.profile, contract.configuration, files, read, approved.repository.root)
    return measured(bare, samples)


def measured(grounds: Grounds, samples: Sequence[Sample]) -> Grounds:
    """The grounds with what the samples of the base hold in full. Pure."""
    uncovered: dict[str, frozenset[int]] = {}
    findings: dict[str, list[tuple[str, str, str]]] = {}
    silent: dict[str, frozenset[int]] = {}
    tests: list[str] = []
    for sample in samples:
        kind = kind_of(sample.part)
        for path, lines in sample.material.get("uncovered", {}).items():
            uncovered[path] = frozenset(int(line[0]) for line in lines)
        for path, line, _ in sample.material.get("silent", ()):
            silent[path] = silent.get(path, frozenset()) | {int(line)}
        if kind in FINDINGS_PARTS:
            rows = ((str(row[0]), str(row[1]), str(row[2])) for row in sample.material.get("findings", ()))
            findings.setdefault(FINDINGS_PARTS[kind], []).extend(rows)
        tests += [path for path in sample.material.get("test_files", ()) if path in grounds.files]
    values = {name: reading.value for name, reading in measurements(samples).readings.items() if reading.value is not None}
    return replace(
        grounds, uncovered=uncovered, silent=silent, findings=findings, values=values, test_files=tuple(dict.fromkeys(sorted(tests)))
    )  # fmt: skip
