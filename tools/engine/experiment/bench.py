"""What every measurement of one job shares, and where its samples come from and go to: the store."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import anyio.to_thread

from state.errors import Refusal
from state.measurement import ReadingState, Sample
from state.model import canonical
from state.samples import SampleTaken, stored_samples
from tools.engine.contract import Contract
from tools.engine.evaluation.measure import Listeners, measure
from tools.engine.evaluation.parts import MeasuringContract, runs_code
from tools.engine.evaluation.planning import Target
from tools.engine.jobs.running import Progress
from tools.engine.session import Session, server_record

SETTLED: Final = (ReadingState.MEASURED, ReadingState.NOT_APPLICABLE, ReadingState.UNAVAILABLE)


@dataclass(frozen=True)
class Bench:
    """The contract, and what was found of it so far in this job: all samples of each key, oldest first, and which keys were `measured` in it.

    `fresh`: what runs the project's code is measured once more, whatever is known of it.
    """

    session: Session
    contract: Contract
    base_tree: str
    progress: Progress
    fresh: bool = False
    shelf: dict[str, list[Sample]] = field(default_factory=dict)
    measured: set[str] = field(default_factory=set)

    async def take(self, label: str, tree: str, parts: Sequence[str], target: Target) -> tuple[Sample, ...]:
        """Every sample of `parts` on a tree, the newest last; of what is not known one is measured now, and stored as soon as it is there."""
        listeners = Listeners(known=self._known, keep=self._keep, progress=lambda message: self.progress(f"{label}: {message}"))
        newest = await measure(replace(target, tree=tree), parts, listeners)
        return tuple(sample for each in newest for sample in self.shelf[each.key])

    def target(self, observed: Iterable[str] = ()) -> Target:
        """The base itself as a target, to be varied."""
        return Target(
            repository=self.session.repository, tree=self.base_tree, base_tree=self.base_tree, word="own",
            contract=MeasuringContract(self.contract.configuration, self.contract.profile), cache=self.session.store.folder / "cache",
            observed=tuple(observed), variables=self.session.variables, pool=self.session.pool, installed_in=self.session.installed_in,
        )  # fmt: skip

    def _known(self, key: str) -> Sample | None:
        """The newest sample of a key; None where it has to be measured: it gave no result, or is asked for once more. Once in a job is enough."""
        if key not in self.shelf:
            self.shelf[key] = all_samples(self.session, key, self.progress)
        found = self.shelf[key]
        if key in self.measured:
            return found[-1]
        if not found or (self.fresh and runs_code(found[-1].part)) or any(reading.state not in SETTLED for reading in found[-1].readings):
            return None
        return found[-1]

    async def _keep(self, sample: Sample) -> None:
        self.shelf.setdefault(sample.key, []).append(sample)
        self.measured.add(sample.key)
        await anyio.to_thread.run_sync(keep_sample, self.session, sample)


def all_samples(session: Session, key: str, progress: Progress = lambda _message: None) -> list[Sample]:
    """Every stored sample of a key whose material can still be read, oldest first.

    A sample without its material does not count at all: what was measured with it is measured again, whole, and nothing of the two is mixed.
    """
    with session.store.reading() as connection:
        stored = stored_samples(connection, key)
    found = []
    for sample, name in stored:
        material = _material(session, name)
        if material is None:
            progress(f"{sample.part}: an earlier measurement cannot be read any more and does not count (object {name[:7]})")
        else:
            found.append(sample.model_copy(update={"material": material}))
    return found


def keep_sample(session: Session, sample: Sample) -> None:
    """Store a sample, its material as an object of its own."""
    name = session.store.keep_object(canonical(sample.material).encode())
    server_record(session, SampleTaken(sample=sample.model_copy(update={"material": {}}).plain(), material=name))


def _material(session: Session, name: str) -> dict[str, Any] | None:
    """What a sample was measured with in full; None where that is lost, or another than it was."""
    try:
        material = json.loads(session.store.read_object(name))
    except Refusal:
        return None
    return material if isinstance(material, dict) else None
