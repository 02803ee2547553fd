"""Where Azure's default chain signs in."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from contracts.studio import Cloud
from gateway.transport.auth import TokenCache


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        (Cloud.CHINA.resource_manager, {"authority": Cloud.CHINA.authority}),
        (Cloud.AZURE.resource_manager, {}),
        ("https://127.0.0.1:8443", {}),
    ],
)
def test_the_default_chain_signs_in_at_the_clouds_own_authority(
    monkeypatch: pytest.MonkeyPatch, audience: str, expected: dict[str, str]
) -> None:
    made: list[dict[str, Any]] = []

    class Chain:
        def __init__(self, **options: Any) -> None:
            made.append(options)

        def get_token(self, *scopes: str, **options: Any) -> Any:
            return SimpleNamespace(token=scopes[0], expires_on=2**40)

    monkeypatch.setattr("azure.identity.DefaultAzureCredential", Chain)
    assert TokenCache().token(audience) == f"{audience}/.default"
    assert made == [expected]
