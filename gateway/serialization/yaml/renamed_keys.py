"""Keys that job files had in older versions of the official client, each with what replaces it today.

Source: the history of the public samples, https://github.com/Azure/azureml-examples (`cli/jobs`), since 2021.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_TO_LIMITS = {
    name: f"It is in limits now: limits: {{{name}: ...}}."
    for name in ("max_total_trials", "max_concurrent_trials", "timeout", "trial_timeout")
}
_MINUTES = "It is limits.timeout now, in seconds."
_TO_TRIAL = {
    name: f"It is in trial: trial: {{{name}: ...}}."
    for name in ("command", "code", "environment", "environment_variables", "distribution")
}

RENAMED_SWEEP: Mapping[str, str] = {
    **_TO_LIMITS,
    **_TO_TRIAL,
    "algorithm": "It is called sampling_algorithm now.",
    "early_termination_policy": "It is called early_termination now.",
    "job_type": "It is called type now: sweep or command.",
    "timeout_minutes": _MINUTES,
}
RENAMED_COMMAND: Mapping[str, str] = {"job_type": RENAMED_SWEEP["job_type"], "timeout": _TO_LIMITS["timeout"]}
RENAMED_LIMITS: Mapping[str, str] = {
    "max_trials": "It is called max_total_trials now.",
    "timeout_minutes": "It is called timeout now, in seconds.",
    "trial_timeout_minutes": "It is called trial_timeout now, in seconds.",
}
RENAMED_TRIAL: Mapping[str, str] = {
    name: f"It belongs to the job, beside trial: {name}: ..." for name in ("inputs", "outputs", "compute", "limits")
}
RENAMED_INPUT: Mapping[str, str] = {
    "file": "Write type: uri_file, and the address as path.",
    "folder": "Write type: uri_folder, and the address as path.",
    "data": "Write its address as path, beside type.",
    "dataset": "Write its name as path, beside type.",
    "uri": "It is called path.",
}
RENAMED_ENVIRONMENT: Mapping[str, str] = {
    "docker": "Write image: ..., or build: {path: ...}, in its place.",
    "docker_image": "It is called image.",
    "conda_dependencies": "It is called conda_file.",
}

#: Keys of mappings that older files had in the place of a plain value.
_WRAPPED = ("local_path", "target")


def unwrapped_remedy(value: Any) -> str:
    """What to write in the place of a mapping that older files had for a plain value; empty for all others.

    Example:
        >>> unwrapped_remedy({"local_path": "src"})
        'Write it without local_path: src.'
    """
    if isinstance(value, Mapping):
        for key in _WRAPPED:
            if isinstance(value.get(key), str):
                return f"Write it without {key}: {value[key]}."
    return ""
