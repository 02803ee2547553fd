"""The inputs of a job as an emulator sees them."""

from __future__ import annotations

from typing import Any

from amlet.cli.jobs.references import is_elsewhere
from contracts.arm.inputs_outputs import AssetJobInput, JobInput


def inputs_of(job: Any) -> dict[str, JobInput]:
    """All inputs of a job, by name."""
    from pydantic import TypeAdapter

    from gateway.serialization.arm import to_arm

    reader: TypeAdapter[JobInput] = TypeAdapter(JobInput)
    inputs = to_arm(job)["properties"].get("inputs") or {}
    return {name: reader.validate_python(entry) for name, entry in inputs.items()}


def inputs_from_elsewhere(job: Any) -> dict[str, AssetJobInput]:
    """Those that are data at an address, or assets; not those that are uploaded with the job."""
    return {
        name: entry
        for name, entry in inputs_of(job).items()
        if isinstance(entry, AssetJobInput) and entry.mode != "Direct" and is_elsewhere(entry.uri)
    }
