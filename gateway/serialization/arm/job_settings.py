"""Limits, compute resources and queue settings of a job."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from contracts.duration import format_duration, parse_duration
from contracts.job_types import COMMAND, SWEEP
from gateway.entities.job_settings import (
    CommandJobLimits,
    JobLimits,
    JobResourceConfiguration,
    QueueSettings,
    ResourceConfiguration,
    SweepJobLimits,
)
from gateway.entities.names import is_binding
from gateway.exceptions import ErrorTarget, JobParsingError, ValidationException, invalid_value
from gateway.serialization.arm.plain import plain, present


def limits_to_arm(limits: JobLimits | None) -> dict[str, Any] | None:
    """The limits as they travel; zero timeouts are left out.

    Raises:
        ValidationException: not an object of limits, or a timeout that is not a number of seconds.
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
                "jobLimitsType": SWEEP.name,
            }
        )
    if isinstance(limits, CommandJobLimits):
        return present({"timeout": _duration(limits.timeout), "jobLimitsType": COMMAND.name})
    raise invalid_value("limits", limits, "SweepJobLimits(...) or CommandJobLimits(...)")


def sweep_limits_from_arm(body: Mapping[str, Any] | None) -> SweepJobLimits | None:
    """The limits of a sweep body.

    Raises:
        JobParsingError: a timeout is not a duration.
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


#: Spellings of the properties that name a kind of compute.
_COMPUTE_KINDS = {
    "aisupercomputer": "AISuperComputer",
    "singularity": "AISuperComputer",
    "itp": "itp",
    "target_selector": "target_selector",
}


def resources_to_arm(resources: JobResourceConfiguration | None) -> dict[str, Any] | None:
    """The resources as they travel.

    As in the official SDK, a ResourceConfiguration has three fields whatever is set on it, and docker arguments given
    as a list replace locations and max_instance_count.

    Raises:
        ValidationException: they are not a JobResourceConfiguration.
    """
    if not resources:
        return None
    if not isinstance(resources, JobResourceConfiguration):
        raise invalid_value("resources", resources, "JobResourceConfiguration(...)")
    body = present(
        {
            "instanceCount": resources.instance_count,
            "instanceType": resources.instance_type,
            "properties": _compute_properties(resources.properties),
        }
    )
    if isinstance(resources, ResourceConfiguration):
        return body
    if resources.docker_args and isinstance(resources.docker_args, list):
        return body | present({"dockerArgsList": list(resources.docker_args), "shmSize": resources.shm_size})
    return body | present(
        {
            "dockerArgs": resources.docker_args,
            "shmSize": resources.shm_size,
            "locations": resources.locations,
            "maxInstanceCount": resources.max_instance_count,
        }
    )


def resources_from_arm(body: Mapping[str, Any] | None) -> JobResourceConfiguration | None:
    """The resources of a command or a trial; like the official reader it does not see maxInstanceCount."""
    if body is None:
        return None
    return JobResourceConfiguration(
        locations=body.get("locations"),
        instance_count=body.get("instanceCount"),
        instance_type=body.get("instanceType"),
        properties=body.get("properties"),
        docker_args=body.get("dockerArgsList") or body.get("dockerArgs"),
        shm_size=body.get("shmSize"),
    )


def sweep_resources_from_arm(body: Mapping[str, Any] | None) -> JobResourceConfiguration | None:
    """The top-level resources of a sweep; like the official reader it does not see dockerArgsList."""
    if body is None:
        return None
    return JobResourceConfiguration(
        locations=body.get("locations"),
        instance_count=body.get("instanceCount"),
        instance_type=body.get("instanceType"),
        properties=body.get("properties"),
        docker_args=body.get("dockerArgs"),
        shm_size=body.get("shmSize"),
        max_instance_count=body.get("maxInstanceCount"),
    )


def _compute_properties(properties: Mapping[str, Any]) -> dict[str, Any]:
    if not properties:
        return {}
    named = {
        _COMPUTE_KINDS.get(key.lower(), key): _without_none(value)
        for key, value in properties.items()
        if value is not None
    }
    kept: dict[str, Any] = _without_empty(plain(named, "resources.properties"))
    return kept


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(entry) for key, entry in value.items() if entry is not None}
    return value


def _without_empty(value: Any) -> Any:
    """The value without what is None or an empty dict, at any depth: the service takes them for settings."""
    if isinstance(value, dict):
        kept = ((key, _without_empty(entry)) for key, entry in value.items())
        return {key: entry for key, entry in kept if entry is not None and entry != {}}
    if isinstance(value, list):
        return [entry for entry in map(_without_empty, value) if entry is not None and entry != {}]
    return value


_TIERS = ("null", "spot", "basic", "standard", "premium")
_PRIORITIES = {"low": 1, "medium": 2, "high": 3}
_PRIORITY_NAMES = {number: name for name, number in _PRIORITIES.items()}


def queue_settings_to_arm(settings: QueueSettings | None) -> dict[str, Any] | None:
    """The queue settings as they travel.

    Raises:
        ValidationException: an unknown tier or priority, a binding, or something that is not a QueueSettings.
    """
    if not settings:
        return None
    if not isinstance(settings, QueueSettings):
        raise invalid_value("queue_settings", settings, "QueueSettings(job_tier=...)")
    tier = _checked("job_tier", settings.job_tier, _TIERS)
    priority = _checked("priority", settings.priority, tuple(_PRIORITIES))
    return present(
        {"jobTier": tier.capitalize() if tier else None, "priority": _PRIORITIES[priority] if priority else None}
    )


def queue_settings_from_arm(body: Mapping[str, Any] | None) -> QueueSettings | None:
    """The queue settings of a body, in the entity's spelling."""
    if body is None:
        return None
    tier = str(body.get("jobTier") or "").lower()
    priority = _PRIORITY_NAMES.get(body.get("priority", 0))
    return QueueSettings(job_tier=tier if tier in _TIERS else None, priority=priority)


def sweep_queue_settings_from_arm(body: Mapping[str, Any] | None) -> QueueSettings | None:
    """The same for the job of a sweep, where the official reader keeps the tier as the service spells it."""
    settings = queue_settings_from_arm(body)
    if settings and body:
        settings.job_tier = body.get("jobTier")
    return settings


def _checked(field: str, value: Any, allowed: tuple[str, ...]) -> str | None:
    if not value:
        return None
    if is_binding(value):
        raise ValidationException(f"queue_settings.{field} cannot be a binding such as {value!r}.")
    if not isinstance(value, str) or value.lower() not in allowed:
        raise ValidationException(f"queue_settings.{field} should be one of {', '.join(allowed)}, not {value!r}.")
    return value.lower()
