"""A type of job is one registration in the emulator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest

from contracts import job_types as contract
from contracts.arm.jobs import CommandJob
from contracts.job_types import JobType, RefusedJobType, served_types
from contracts.lifecycle import JobStatus
from emulator import job_types
from emulator.job_types import JobParts, parts_of, registered
from tests.emulator.runner.conftest import EmulatorInstance


def test_every_served_type_has_its_parts() -> None:
    assert set(registered()) >= set(served_types())


@pytest.mark.parametrize("name", ["Spark", "NoSuchType"])
def test_a_type_that_is_not_served_has_none(name: str) -> None:
    with pytest.raises(RefusedJobType):
        parts_of(name)


class EchoJob(CommandJob):
    job_type: Literal["Echo"] = "Echo"  # type: ignore[assignment]


@pytest.fixture
def echo() -> Iterator[JobType]:
    """A third type: a command job under another name."""
    made = contract.register(JobType("Echo", "echo", model=lambda: EchoJob))
    job_types.register(JobParts(made, starter="emulator.runner.start_job:start_command"))
    yield made
    job_types.unregister(made)
    del contract.JOB_TYPES[made.name]


def test_a_type_runs_by_its_registration_alone(echo: JobType, instance: EmulatorInstance) -> None:
    instance.put("e", echo.name, {"command": "echo hello", "environmentId": "env:1", "jobType": "Echo"})
    assert instance.ended("e").status is JobStatus.COMPLETED
    assert instance.log("e") == "hello\n"


def test_two_registrations_of_one_type_are_refused() -> None:
    with pytest.raises(ValueError, match="Sweep already"):
        job_types.register(JobParts(contract.SWEEP, starter="none:none"))
