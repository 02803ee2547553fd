"""A job's document as each api-version has it.

Source: recorded for 2023-04-01-preview, 2024-01-01-preview and 2025-01-01-preview, published for 2025-12-01; other
versions are taken for the nearest of these (inferred).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from contracts.api_version import carries_previews, date_of, refuses_unknown, without_unsupported
from contracts.references import load
from emulator.job_types import parts_of

#: The first version whose documents are as the store keeps them.
_WHOLE_FROM = "2024-01-01"
_NO_QUEUE = {"jobTier": "Null", "priority": None}
_NOT_YET = ("pathOnCompute", "autoDeleteSetting")


def in_version(document: bytes, api_version: str) -> bytes:
    """A document of a job as an api-version has it.

    Parameters:
        document: as 2024-01-01-preview has it.
        api_version: that was checked.
    """
    # Documents are stored as one version has them, and cut for others when they are sent: most clients ask for that
    # one.
    older = date_of(api_version) < _WHOLE_FROM
    if carries_previews(api_version) and not older:
        return document
    whole: dict[str, Any] = orjson.loads(document)
    properties = whole.get("properties")
    if properties:
        shown = _older(properties) if carries_previews(api_version) else _lean(properties, api_version)
        whole["properties"] = shown
    return orjson.dumps(whole)


def _lean(properties: Mapping[str, Any], api_version: str) -> dict[str, Any]:
    """As stable versions have it, and previews from 2025 on."""
    kept, _ = without_unsupported(properties, api_version, absent=True)
    if not refuses_unknown(api_version):
        return kept
    kept |= parts_of(kept["jobType"]).newer
    for part in (kept, kept.get("trial") or {}):
        if part.get("resources") is not None:
            part["resources"] = {"dockerArgsList": None, **part["resources"]}
    return kept


def _older(properties: Mapping[str, Any]) -> dict[str, Any]:
    """As previews before 2024 have it."""
    kept = dict(properties)
    for section in ("inputs", "outputs"):
        kept[section] = {
            name: {key: value for key, value in one.items() if key not in _NOT_YET}
            for name, one in (kept.get(section) or {}).items()
        }
    further = parts_of(kept["jobType"]).older
    return load(further)(kept) if further else kept


def older_sweep(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The `properties` of a sweep as previews before 2024 have them. Source: recorded for 2023-04-01-preview."""
    kept = {key: value for key, value in properties.items() if key not in ("resources", "componentConfiguration")}
    if kept.get("queueSettings") == _NO_QUEUE:
        kept["queueSettings"] = None
    resources = (kept.get("trial") or {}).get("resources") or {}
    kept["trial"] = {**kept["trial"], "resources": {k: v for k, v in resources.items() if k != "shmSize"}}
    return kept
