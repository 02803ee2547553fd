from __future__ import annotations

from typing import Any

PREVIEW, STABLE = "2024-01-01-preview", "2025-12-01"
FIELDS = {
    "samplingAlgorithm__logbase": "e",
    "resources": {"instanceCount": 2},
    "queueSettings": {"priority": 2},
    "outputs__model__assetVersion": "3",
}


def test_a_preview_version_carries_every_field(check: Any) -> None:
    assert check(api_version=PREVIEW, **FIELDS) == []


def test_each_field_that_a_stable_version_lacks_is_named_in_a_warning(check: Any) -> None:
    findings = check(api_version=STABLE, **FIELDS)
    assert {found.severity for found in findings} == {"warning"}
    assert {found.path for found in findings} == {
        "$.properties.samplingAlgorithm.logbase",
        "$.properties.resources",
        "$.properties.queueSettings.priority",
        "$.properties.outputs.model.assetVersion",
    }
