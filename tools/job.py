"""Long work: waiting for it, and stopping it."""

import anyio.from_thread

from state.answers import Answer
from state.baselines import Baseline
from state.cycles import Cycle, hypotheses_of, open_cycle
from state.jobs import Job
from tools.answering import answer
from tools.arguments import JobId
from tools.engine.contract import contract_at, standing
from tools.engine.experiment.measuring import baseline_of_job
from tools.engine.experiment.opening import required
from tools.engine.experiment.pruning import whole_of_job
from tools.engine.experiment.regaining import is_confirming
from tools.engine.experiment.trying import trial_of_job
from tools.engine.jobs.running import look
from tools.engine.publishing.checking import key_of_job
from tools.engine.repository.objects import tree_of
from tools.engine.session import Session
from tools.gained import of_the_whole
from tools.landed import landed_answer
from tools.measured import baseline_answer, evaluation_answer, job_answer, trial_answer
from tools.opened import opened_answer
from tools.published import prepared_answer


def get_job(session: Session, job: JobId) -> Answer:
    """Wait a while for a job and get its progress or its result."""
    return _result(session, session.wait(_number(job)))


def cancel_job(session: Session, job: JobId) -> Answer:
    """Stop a job and its processes; starting again is safe."""
    found = look(session.store, _number(job))
    if found.state != "running":
        return _result(session, found)
    stopped = anyio.from_thread.run(session.jobs.cancel, session.store, found.id)
    if stopped:
        return answer(
            session, f"{found.name} is stopped, with all its processes.", {"job": found.name, "status": look(session.store, found.id).state}
        )
    session.warnings.append(f"{found.name} belongs to {found.server}: only that server can stop it")
    return job_answer(session, look(session.store, found.id))


def _result(session: Session, found: Job) -> Answer:
    """A finished job answers with what its starter would: the experiment's measurement, or the baseline."""
    if found.state != "done":
        return job_answer(session, found)
    if is_confirming(found.key) and found.experiment is not None:
        return landed_answer(session, required(session, found.experiment), "")
    if found.experiment is not None:
        return evaluation_answer(session, found.experiment)
    if trial := trial_of_job(session, found.key):
        return trial_answer(session, trial)
    if purpose := whole_of_job(found.key):
        return of_the_whole(session, purpose)
    if key := key_of_job(found.key):
        return prepared_answer(session, key)
    baseline = baseline_of_job(session, found.key)
    if baseline is None:
        return job_answer(session, found)
    cycle = _waiting_cycle(session, baseline)
    return opened_answer(session, cycle, contract_at(session, cycle.base), baseline) if cycle else baseline_answer(session, baseline)


def _waiting_cycle(session: Session, baseline: Baseline) -> Cycle | None:
    """The open cycle that waited for this baseline: start_cycle would answer with both."""
    with session.store.reading() as connection:
        cycle = open_cycle(connection, standing(session).target)
        proposed = cycle is not None and bool(hypotheses_of(connection, cycle.id))
    return cycle if cycle is not None and not proposed and tree_of(session.repository, cycle.base) == baseline.tree else None


def _number(job: str) -> int:
    return int(job[1:])
