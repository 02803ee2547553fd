"""Limits: seconds in entities, ISO-8601 durations on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from contracts.duration import format_duration, parse_duration
from gateway.entities.job_limits import CommandJobLimits, JobLimits, SweepJobLimits
from gateway.entities.names import is_binding
from gateway.exceptions import ErrorTarget, JobParsingError, ValidationException, unfit
from gateway.serialization.arm.plain import present


def limits_to_arm(limits: JobLimits | None) -> dict[str, Any] | None:
    """The limits as they travel; zero timeouts are left out.

    Raises:
        ValidationException: not an object of limits, or a timeout that is no number of seconds.
    """
    if not limits:
        return None
    if isinstance(limits, SweepJobLimits):
        return present(
            {
                "maxConcurrentTrials": limits.max_concurrent_trials,
                "maxTotalTrials": limits.max_total_trials,
                "timeout": _duration(limits.timeout),
                "trialTimeout": _duration(limits.trial_timeout),
                "jobLimitsType": "Sweep",
            }
        )
    if isinstance(limits, CommandJobLimits):
        return present({"timeout": _duration(limits.timeout), "jobLimitsType": "Command"})
    raise unfit("limits", limits, "SweepJobLimits(...) or CommandJobLimits(...)")


def sweep_limits_from_arm(body: Mapping[str, Any] | None) -> SweepJobLimits | None:
    """The limits of a sweep body.

    Raises:
        JobParsingError: a timeout is no duration.
    """
    if not body:
        return None
    return SweepJobLimits(
        max_concurrent_trials=body.get("maxConcurrentTrials"),
        max_total_trials=body.get("maxTotalTrials"),
        timeout=_seconds(body.get("timeout")),
        trial_timeout=_seconds(body.get("trialTimeout")),
    )


def command_limits_from_arm(body: Mapping[str, Any] | None) -> CommandJobLimits | None:
    """The limits of a command body; errors as of a sweep."""
    if not body:
        return None
    timeout = body.get("timeout")
    return CommandJobLimits(timeout=timeout if is_binding(timeout) else _seconds(timeout))


#: Seconds beyond which there is no duration: what a timedelta holds.
_LONGEST = 999_999_999 * 86_400

_format = lru_cache(maxsize=256)(format_duration)


def _duration(seconds: float | str | None) -> str | None:
    if not seconds:
        return None
    if isinstance(seconds, (int, float)) and abs(seconds) <= _LONGEST:
        return _format(seconds)
    if is_binding(seconds):
        return str(seconds)
    raise ValidationException(f"limits.timeout: {seconds!r} is not a number of seconds; give an int such as 600.")


def _seconds(duration: str | None) -> int | None:
    if duration is None:
        return None
    try:
        return int(parse_duration(duration))
    except ValueError as error:
        raise JobParsingError(f"limits: {error}", target=ErrorTarget.JOB) from error
