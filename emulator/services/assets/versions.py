"""An asset's document as each api-version has it.

Source: recorded for previews of 2023 and 2024, published for 2024-01-01-preview and 2025-12-01; what other stable
versions and those before October 2022 have is inferred.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.api_version import carries_previews, date_of, refuses_unknown

_STATES_FROM = "2022-10-01"
_OF_PREVIEWS = frozenset({"autoDeleteSetting", "intellectualProperty"})
_NOT_YET = _OF_PREVIEWS | {"provisioningState", "stage"}
#: Collections whose versions have no stage in the newest definitions.
_WITHOUT_STAGE = ("components", "data")


def in_version(document: Mapping[str, Any], collection: str, api_version: str) -> dict[str, Any]:
    """A document of an asset as an api-version has it.

    Parameters:
        document: as previews have it.
        collection: `environments`, `data` ...
        api_version: that was checked.
    """
    absent = _absent(collection, api_version)
    if not absent or not isinstance(document.get("properties"), Mapping):
        return dict(document)
    kept = {key: value for key, value in document["properties"].items() if key not in absent}
    return {**document, "properties": kept}


def _absent(collection: str, api_version: str) -> frozenset[str]:
    if date_of(api_version) < _STATES_FROM:
        return _NOT_YET
    if carries_previews(api_version):
        return frozenset()
    without_stage = collection in _WITHOUT_STAGE and refuses_unknown(api_version)
    return _OF_PREVIEWS | ({"stage"} if without_stage else frozenset())
