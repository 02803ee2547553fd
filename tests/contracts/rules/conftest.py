"""A sweep body that no rule objects to, and the shortest way to change one place of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from contracts.rules import Finding, check_job

Check = Callable[..., list[Finding]]


def sweep_body() -> dict[str, Any]:
    return {
        "properties": {
            "jobType": "Sweep",
            "displayName": "d",
            "experimentName": "e",
            "isArchived": False,
            "searchSpace": {"lr": ["uniform", [0.001, 0.1]], "size": ["choice", [[2, 5, 7]]]},
            "samplingAlgorithm": {"samplingAlgorithmType": "Random"},
            "objective": {"goal": "maximize", "primaryMetric": "accuracy"},
            "limits": {"jobLimitsType": "Sweep", "maxTotalTrials": 4, "timeout": "PT1H"},
            "trial": {
                "command": "t ${{search_space.lr}} ${{search_space.size}} ${{inputs.data}} ${{outputs.model}}",
                "environmentId": "azureml:env:1",
                "environmentVariables": {},
            },
            "inputs": {"data": {"jobInputType": "uri_file", "uri": "https://example.com/x.csv"}},
            "outputs": {"model": {"jobOutputType": "uri_folder"}},
            "tags": {},
            "properties": {},
        }
    }


@pytest.fixture
def check() -> Check:
    """Findings of the sweep body after `place=value` changes, dots written as double underscores."""

    def check_changed(api_version: str = "2024-01-01-preview", **changes: Any) -> list[Finding]:
        body = sweep_body()
        for place, value in changes.items():
            *parents, last = place.split("__")
            target = body["properties"]
            for parent in parents:
                target = target.setdefault(parent, {})
            if value is ...:
                del target[last]
            else:
                target[last] = value
        return check_job(body, api_version=api_version)

    return check_changed
