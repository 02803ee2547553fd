"""What contains workspaces, as far as signing in asks for it."""

from __future__ import annotations

from typing import Any

from contracts.resource_id import LOCAL_WORKSPACE
from emulator.identity.tokens import TENANT
from tests.emulator.api.arm.conftest import WORKSPACE, Client


def _get(client: Client, path: str) -> Any:
    return client.request("GET", path, params={"api-version": "2022-12-01"}).json()


def test_subscriptions_and_resource_groups_are_those_of_the_known_workspaces(client: Client) -> None:
    client.arm("GET")
    subscriptions = [one["subscriptionId"] for one in _get(client, "/subscriptions")["value"]]
    assert subscriptions == [LOCAL_WORKSPACE.subscription, WORKSPACE.subscription]
    groups = _get(client, f"/subscriptions/{WORKSPACE.subscription}/resourcegroups")["value"]
    assert [one["name"] for one in groups] == [WORKSPACE.resource_group]


def test_any_that_is_named_is_there(client: Client) -> None:
    assert _get(client, "/subscriptions/any")["subscriptionId"] == "any"
    assert _get(client, "/subscriptions/any/resourceGroups/g")["id"] == "/subscriptions/any/resourceGroups/g"


def test_there_is_one_tenant(client: Client) -> None:
    assert [one["tenantId"] for one in _get(client, "/tenants")["value"]] == [TENANT]


def test_subscriptions_want_a_token(client: Client) -> None:
    for path in ("/subscriptions", "/tenants"):
        assert client.request("GET", path, params={"api-version": "2022-12-01"}, headers={}).status_code == 401
