"""How a job was made, as far as its body does not say: what its command chose, its seed, and what it was made of."""

from __future__ import annotations

from typing import Any

from contracts.resource_id import WorkspaceId
from emulator.services.context import Emulator
from emulator.services.refusal import not_found
from emulator.storage import decisions, jobs
from emulator.storage.jobs import Job
from emulator.trials.provenance import KIND


def making(emulator: Emulator, workspace: WorkspaceId, name: str) -> dict[str, Any]:
    """What it takes to make the same job again, and to tell whether it is the same.

    Parameters:
        emulator: holds the record.
        workspace: of the job.
        name: of the job.

    Returns:
        `choices` of the submitting command; `seed` of a sweep's sampling, its author's or the one it was given;
        `ingredients`, null until they are known.

    Raises:
        Refusal: there is no such job.
    """
    conn = emulator.store.reader()
    job = jobs.find(conn, workspace, name)
    if job is None:
        raise not_found(f"Job {name} not found.")
    known = (one.document for one in decisions.history(conn, job.id) if one.kind == KIND)
    return {"name": name, "choices": job.choices.given, "seed": _seed(job), "ingredients": next(known, None)}


def _seed(job: Job) -> int | None:
    algorithm = job.body.get("samplingAlgorithm") or {}
    if algorithm.get("samplingAlgorithmType") == "Grid":
        return None
    given = algorithm.get("seed")
    return job.seed if given is None else int(given)
