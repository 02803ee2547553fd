"""How long a job may run, and how many trials a sweep may have."""

from __future__ import annotations

from typing import Any

from gateway.constants import JobType
from gateway.exceptions import ErrorTarget, ValidationException

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
        ValidationException: a timeout that is no whole number of seconds.
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
        return self._timeout

    @timeout.setter
    def timeout(self, value: int | str | None) -> None:
        self._timeout = _seconds("timeout", value)

    @property
    def trial_timeout(self) -> int | str | None:
        """Seconds after which a trial is canceled."""
        return self._trial_timeout

    @trial_timeout.setter
    def trial_timeout(self, value: int | str | None) -> None:
        self._trial_timeout = _seconds("trial_timeout", value)


def _seconds(field: str, value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int):
        raise ValidationException(
            f"limits.{field}: {value!r} is not a whole number of seconds; give an int such as 600.",
            target=ErrorTarget.SWEEP_JOB,
        )
    return value if not value or value > _SHORTEST else _SHORTEST
