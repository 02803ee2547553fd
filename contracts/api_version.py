"""The form of api-versions, and what those of jobs can carry.

Source: the published definitions of 2024-01-01-preview and 2025-12-01; recorded answers of 2023-04-01-preview and
2025-01-01-preview. Previews from 2025 on carry what 2025-12-01 does (recorded for the first, inferred for later ones).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from contracts.job_types import type_of

#: The version with which the official SDK sends sweep jobs.
DEFAULT_API_VERSION = "2024-01-01-preview"

_FORM = re.compile(r"(\d{4}-\d{2}-\d{2})(?:-(?:preview|privatepreview|alpha|beta|rc))?", re.ASCII)

#: From this date on previews carry no more than stable versions, and members that they do not have are refused.
_STRICT_FROM = "2025-01-01"

#: Paths below `properties` of any job that previews define and stable versions do not; `*` is any name.
PREVIEW_ONLY: tuple[tuple[str, ...], ...] = (
    ("autologgerSettings",),
    ("componentConfiguration",),
    ("secretsConfiguration",),
    ("parentJobName",),
    ("samplingAlgorithm", "logbase"),
    ("queueSettings", "priority"),
    ("resources", "locations"),
    ("resources", "maxInstanceCount"),
    ("trial", "resources", "locations"),
    ("trial", "resources", "maxInstanceCount"),
    ("inputs", "*", "pathOnCompute"),
    ("outputs", "*", "pathOnCompute"),
    ("outputs", "*", "assetVersion"),
    ("outputs", "*", "autoDeleteSetting"),
)


@lru_cache(maxsize=64)  # asked for each document of a list
def date_of(api_version: str) -> str:
    """The date in an api-version: of `2024-01-01-preview` it is `2024-01-01`.

    Raises:
        ValueError: no date, or something else behind it than a suffix such as `-preview`. Source: ARM refuses the same.
    """
    form = _FORM.fullmatch(api_version)
    try:
        return date.fromisoformat(form[1] if form else "").isoformat()
    except ValueError:
        raise ValueError(
            f"{api_version!r} is not an api-version; write a date such as 2025-12-01 or {DEFAULT_API_VERSION}"
        ) from None


def carries_previews(api_version: str) -> bool:
    """Whether a version has what `preview_only` lists."""
    return api_version.endswith("-preview") and date_of(api_version) < _STRICT_FROM


def refuses_unknown(api_version: str) -> bool:
    """Whether a version refuses members that it does not have; earlier ones keep them. Source: recorded."""
    return date_of(api_version) >= _STRICT_FROM


def preview_only(properties: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    """The paths of what this job can only send with a preview version."""
    job_type = type_of(properties)
    paths = (job_type.preview_only if job_type else ()) + PREVIEW_ONLY
    if _is_ray(properties):
        paths += (("distribution",),)
    if _is_ray(properties.get("trial")):
        paths += (("trial", "distribution"),)
    return paths


def _is_ray(component: Any) -> bool:
    """Whether a command is spread by Ray, which stable versions do not know."""
    distribution = component.get("distribution") if isinstance(component, Mapping) else None
    return isinstance(distribution, Mapping) and distribution.get("distributionType") == "Ray"


def without_unsupported(
    properties: Mapping[str, Any], api_version: str, *, absent: bool = False
) -> tuple[dict[str, Any], list[str]]:
    """The properties of a job that a version can carry, and the paths of those that it cannot.

    Parameters:
        properties: `properties` of a job's body; not changed.
        api_version: `2025-12-01`, `2024-01-01-preview` ...
        absent: whether fields that are null are left out as well.

    Raises:
        ValueError: it is not an api-version.
    """
    kept = dict(properties)
    date_of(api_version)
    if carries_previews(api_version):
        return kept, []
    return kept, [lost for path in preview_only(properties) for lost in _drop(kept, path, absent)]


def _drop(node: dict[str, Any], path: tuple[str, ...], absent: bool) -> Iterator[str]:
    key, *rest = path
    for name in list(node) if key == "*" else [key]:
        if name not in node or (node[name] is None and not (absent and not rest)):
            continue
        if not rest:
            del node[name]
            yield name
        elif isinstance(node[name], dict):
            node[name] = dict(node[name])
            yield from (f"{name}.{lost}" for lost in _drop(node[name], tuple(rest), absent))
