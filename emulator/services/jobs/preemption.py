"""Taking nodes away from jobs, as happens to Spot nodes, so that people can try what their jobs do then."""

from __future__ import annotations

from contracts.lifecycle import JobStatus
from contracts.resource_id import WorkspaceId
from emulator.identity.tokens import Caller
from emulator.services.context import Emulator
from emulator.services.refusal import Refusal, not_found, user_error
from emulator.storage import jobs


def preempt(emulator: Emulator, workspace: WorkspaceId, caller: Caller | None, name: str) -> None:
    """Take away the nodes of a running job; what ran there starts again from Queued, as its next attempt.

    Documented: a preempted job is restarted, not resumed.

    Parameters:
        workspace: of the job.
        caller: who asks; a trial may not.
        name: of a sweep, a trial or a command job.

    Raises:
        Refusal: there is no such job, it does not run, or a trial asks.
    """
    if caller is not None and caller.run is not None:
        raise Refusal(403, "AuthorizationFailed", f"The token of run {caller.run} may preempt nothing.")
    job = jobs.find(emulator.store.reader(), workspace, name)
    if job is None:
        raise not_found(f"Job {name} not found.")
    if job.status not in (JobStatus.RUNNING, JobStatus.NOT_RESPONDING):
        raise user_error(f"Job {name} cannot be preempted: it is {job.status}, and only a running job has a node.")
    emulator.job_runner.preempt(job.id)
