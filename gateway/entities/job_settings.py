"""Limits, compute resources and queue settings of a job."""

from __future__ import annotations

from typing import Any

from gateway.constants import JobType
from gateway.entities.names import is_binding
from gateway.entities.resource import DictMixin
from gateway.exceptions import ErrorTarget, ValidationException


class QueueSettings(DictMixin):
    """Tier and priority of a job in the queue of its compute.

    Parameters:
        job_tier: `spot`, `basic`, `standard`, `premium` or `null`, in any case.
        priority: `low`, `medium` or `high`, in any case.
    """

    def __init__(self, *, job_tier: str | None = None, priority: str | None = None, **kwargs: Any) -> None:
        self.job_tier = job_tier
        self.priority = priority


class JobResourceConfiguration(DictMixin):
    """The compute resources of a job.

    Parameters:
        locations: regions in which it may run.
        instance_count: number of nodes.
        instance_type: size of a node.
        properties: settings of the compute by its kind.
        docker_args: arguments for `docker run`, as one string or as a list.
        shm_size: size of the container's shared memory: `2g`.
        max_instance_count: nodes that an elastic job may grow to.
    """

    def __init__(
        self,
        *,
        locations: list[str] | None = None,
        instance_count: int | None = None,
        instance_type: str | list[str] | None = None,
        properties: dict[str, Any] | None = None,
        docker_args: str | list[str] | None = None,
        shm_size: str | None = None,
        max_instance_count: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.locations = locations
        self.instance_count = instance_count
        self.instance_type = instance_type
        self.shm_size = shm_size
        self.max_instance_count = max_instance_count
        self.docker_args = docker_args
        self.properties = properties

    @property
    def properties(self) -> dict[str, Any]:
        """Settings of the compute by its kind."""
        return self._properties

    @properties.setter
    def properties(self, value: dict[str, Any] | None) -> None:
        if value is not None and not isinstance(value, dict):
            raise TypeError(f"resources.properties must be a dict, not {type(value).__name__}.")
        self._properties = {key: entry for key, entry in (value or {}).items() if not key.startswith("_")}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, JobResourceConfiguration) and self.__dict__ == other.__dict__


class ResourceConfiguration(JobResourceConfiguration):
    """Nodes and their size, without what only some computes know.

    Parameters:
        instance_count, instance_type, properties: as in JobResourceConfiguration.
    """

    def __init__(
        self,
        *,
        instance_count: int | None = None,
        instance_type: str | None = None,
        properties: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(instance_count=instance_count, instance_type=instance_type, properties=properties)


_SHORTEST = 60


class JobLimits:
    """Base of the limits."""

    type: str

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if isinstance(other, JobLimits) else NotImplemented

    def __repr__(self) -> str:
        options = (f"{name.lstrip('_')}={value!r}" for name, value in self.__dict__.items() if name != "type")
        return f"{type(self).__name__}({', '.join(options)})"


class CommandJobLimits(JobLimits):
    """Limits of a command job.

    Parameters:
        timeout: seconds after which the job is canceled, or a `${{...}}` binding.
    """

    def __init__(self, *, timeout: int | str | None = None) -> None:
        self.type = JobType.COMMAND
        self.timeout = timeout


class SweepJobLimits(JobLimits):
    """Limits of a sweep job.

    Timeouts below a minute are raised to 60 seconds, as the official SDK does.

    Parameters:
        max_concurrent_trials: trials that run at the same time.
        max_total_trials: trials in all.
        timeout: seconds after which the whole sweep is canceled.
        trial_timeout: seconds after which a trial is canceled.

    Raises:
        ValidationException: a timeout that is neither a whole number of seconds nor an input of a pipeline.
    """

    def __init__(
        self,
        *,
        max_concurrent_trials: int | None = None,
        max_total_trials: int | None = None,
        timeout: int | None = None,
        trial_timeout: int | str | None = None,
    ) -> None:
        self.type = JobType.SWEEP
        self.max_concurrent_trials = max_concurrent_trials
        self.max_total_trials = max_total_trials
        self._timeout = _seconds("timeout", timeout)
        self._trial_timeout = _seconds("trial_timeout", trial_timeout)

    @property
    def timeout(self) -> int | str | None:
        """Seconds after which the whole sweep is canceled."""
        return self._timeout  # type: ignore[no-any-return]

    @timeout.setter
    def timeout(self, value: int | str | None) -> None:
        self._timeout = _seconds("timeout", value)

    @property
    def trial_timeout(self) -> int | str | None:
        """Seconds after which a trial is canceled."""
        return self._trial_timeout  # type: ignore[no-any-return]

    @trial_timeout.setter
    def trial_timeout(self, value: int | str | None) -> None:
        self._trial_timeout = _seconds("trial_timeout", value)


def _seconds(field: str, value: Any) -> Any:
    if value is None or is_binding(value) or hasattr(value, "binding"):
        return value
    if not isinstance(value, int):
        raise ValidationException(
            f"limits.{field}: {value!r} is not a whole number of seconds; give an int such as 600.",
            target=ErrorTarget.SWEEP_JOB,
        )
    return value if not value or value > _SHORTEST else _SHORTEST


def resources_of(value: dict[str, Any]) -> JobResourceConfiguration:
    """The resources that a dict such as `{"instance_count": 2}` means."""
    return JobResourceConfiguration(**value)


def queue_settings_of(value: dict[str, Any]) -> QueueSettings:
    """The queue settings that a dict such as `{"job_tier": "spot"}` means."""
    return QueueSettings(**value)
