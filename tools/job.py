"""Long work: waiting for it, and stopping it."""

import anyio.from_thread

from state.answers import Answer
from state.jobs import Job
from tools.answering import answer
from tools.arguments import JobId
from tools.engine.experiment.measuring import baseline_of_job
from tools.engine.jobs.running import look
from tools.engine.session import Session
from tools.measured import baseline_answer, evaluation_answer, job_answer


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
    if found.experiment is not None:
        return evaluation_answer(session, found.experiment)
    baseline = baseline_of_job(session, found.key)
    return baseline_answer(session, baseline) if baseline else job_answer(session, found)


def _number(job: str) -> int:
    return int(job[1:])
