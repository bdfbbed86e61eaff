"""What is held out: one number of a candidate that would be kept, and one of its base, on files that no candidate gets to see."""

import anyio.to_thread

from state.experiments import Experiment
from state.holdouts import HeldOut, HoldoutMeasured, held_out
from state.measurement import Reading, ReadingState, Sample
from tools.engine.contract import contract_at
from tools.engine.evaluation.base_word import base_owned, overlay
from tools.engine.evaluation.cases import fixed_patterns
from tools.engine.evaluation.commanded import HOLDOUT
from tools.engine.evaluation.withholding import entries_of, held_out_patterns, with_entries, without
from tools.engine.experiment.bench import Bench
from tools.engine.experiment.taking_turns import one_at_a_time
from tools.engine.jobs.running import Plan, Progress
from tools.engine.repository.objects import tree_of
from tools.engine.session import Session, server_record

WITHHELD = "what is held out gave no number"


def holdout_plan(session: Session, experiment: Experiment) -> Plan:
    """Measuring a candidate and its base by what is held out. Raises Refusal NEEDS_APPROVAL or BAD_CONFIG."""
    contract, base_tree = contract_at(session, experiment.base), tree_of(session.repository, experiment.base)
    tree = experiment.tree or ""

    async def work(progress: Progress) -> None:
        async with one_at_a_time(session, contract, progress):
            bench = Secretive(session, contract, base_tree, progress)
            base = await bench.take("what is held out, at the base", base_tree, (HOLDOUT,), bench.target())
            composed = await anyio.to_thread.run_sync(_with_the_bases_word, bench, tree)
            own = await bench.take("what is held out", composed, (HOLDOUT,), bench.target())
            before, after = base[-1].readings[0], own[-1].readings[0]
            found = HeldOut(
                tree=tree, base_tree=base_tree, base=before.value, candidate=after.value, base_state=before.state, candidate_state=after.state
            )
            await anyio.to_thread.run_sync(server_record, session, HoldoutMeasured(held_out=found))

    return Plan(f"holdout:{base_tree}:{tree}", experiment.id, work)


def stored_held_out(session: Session, experiment: Experiment) -> HeldOut | None:
    """What was measured of the candidate as it was captured last, against its base."""
    if experiment.tree is None:
        return None
    with session.store.reading() as connection:
        return held_out(connection, experiment.tree, tree_of(session.repository, experiment.base))


class Secretive(Bench):
    """A bench that keeps of a measurement its number and its state alone: what the command said could tell what is held out."""

    async def _keep(self, sample: Sample) -> None:
        await super()._keep(sample.model_copy(update={"readings": tuple(map(_bare, sample.readings)), "output": "", "material": {}}))


def _bare(reading: Reading) -> Reading:
    reason = "" if reading.state is ReadingState.MEASURED else WITHHELD
    return reading.model_copy(update={"facts": {}, "reason": reason})


def _with_the_bases_word(bench: Bench, tree: str) -> str:
    """The candidate with the base's word laid over it (O), and what is held out as the base has it."""
    repository, configuration = bench.session.repository, bench.contract.configuration
    hidden = held_out_patterns(configuration)
    owned = base_owned(bench.contract.profile.roots, (), fixed_patterns(configuration))
    overlaid = overlay(repository, without(repository, bench.base_tree, hidden), without(repository, tree, hidden), owned)
    return with_entries(repository, overlaid, entries_of(repository, bench.base_tree, hidden))
