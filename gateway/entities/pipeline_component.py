"""Pipeline components: a graph of steps with declared inputs and outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.constants import JobType
from gateway.entities.component import Component


class PipelineComponent(Component):
    """A graph of steps with declared inputs and outputs.

    Parameters:
        jobs: the steps by name.
        bound_outputs: of a pipeline function, its outputs as its steps are bound to them, by name.
        name, version, description, tags, properties, display_name, inputs, outputs: as in Component.
        is_deterministic, source, schema: as in Component (keyword arguments).
    """

    kind = JobType.PIPELINE

    def __init__(
        self,
        *,
        jobs: Mapping[str, Any] | None = None,
        bound_outputs: Mapping[str, Any] | None = None,
        source_job_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._jobs = {name: step for name, step in (jobs or {}).items() if not getattr(step, "_swept", False)}
        self._bound_outputs = dict(bound_outputs or {})
        self._source_job_id = source_job_id

    @property
    def jobs(self) -> dict[str, Any]:
        """The steps by name."""
        return self._jobs
