from __future__ import annotations

from typing import Any

import pytest

PREVIEW = "2024-01-01-preview"
FIELDS = {
    "samplingAlgorithm__logbase": "e",
    "resources": {"instanceCount": 2},
    "queueSettings": {"priority": 2},
    "outputs__model__assetVersion": "3",
}


def test_a_preview_version_carries_every_field(check: Any) -> None:
    assert check(api_version=PREVIEW, **FIELDS) == []


def test_each_field_that_a_stable_version_lacks_is_named_in_a_warning(check: Any) -> None:
    findings = check(api_version="2024-10-01", **FIELDS)
    assert {found.severity for found in findings} == {"warning"}
    assert {found.path for found in findings} == {
        "$.properties.samplingAlgorithm.logbase",
        "$.properties.resources",
        "$.properties.queueSettings.priority",
        "$.properties.outputs.model.assetVersion",
    }


@pytest.mark.parametrize("version", ["2025-01-01-preview", "2025-12-01"])
def test_a_newer_version_refuses_members_that_it_does_not_have(check: Any, version: str) -> None:
    found = {one.path: (one.severity, one.code) for one in check(api_version=version, **FIELDS)}
    assert found == {
        "$.properties.samplingAlgorithm.logbase": ("error", "UnknownMember"),
        "$.properties.resources": ("error", "UnknownMember"),
        "$.properties.queueSettings.priority": ("warning", "NotInApiVersion"),
        "$.properties.outputs.model.assetVersion": ("error", "UnknownMember"),
    }


def test_the_service_s_sentence_names_member_type_and_position(check: Any) -> None:
    (found,) = check(api_version="2025-12-01", outputs__model__assetVersion="3")
    assert found.message.startswith("Could not find member 'assetVersion' on object of type 'UriFolderJobOutput'. ")
    assert " Path 'assetVersion', line 1, position " in found.message
