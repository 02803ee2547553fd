"""Stands for the code under test: submits a sweep, waits for it, and returns the best trial."""

from __future__ import annotations

from pathlib import Path

from gateway import MLClient, load_job

SWEEP = Path(__file__).with_name("sweep.yml")


class SweepFailed(RuntimeError):
    """The sweep did not complete."""


def best_trial(client: MLClient) -> str:
    """Name of the best trial of a new sweep."""
    job = client.jobs.create_or_update(load_job(SWEEP))
    client.jobs.stream(job.name)
    done = client.jobs.get(job.name)
    if done.status != "Completed":
        raise SweepFailed(f"{job.name} is {done.status}")
    return str(done.properties["best_child_run_id"])
