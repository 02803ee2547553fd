"""How many nodes a compute has."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.resource_id import WorkspaceId
from emulator.runtime.computes import declared_nodes, usable_cores
from emulator.store import Database, assets

WS = WorkspaceId("sub", "group", "space")


@pytest.mark.parametrize(
    ("document", "nodes"),
    [
        ({"computeType": "AmlCompute", "properties": {"scaleSettings": {"maxNodeCount": 6}}}, 6),
        ({"computeType": "Kubernetes", "properties": None}, None),
        ({}, None),
    ],
)
def test_the_nodes_of_a_compute_are_those_it_was_declared_with(document: dict[str, Any], nodes: int | None) -> None:
    store = Database.in_memory()
    store.write(lambda conn: assets.put(conn, WS, "computes", "cpu", "", document, 0.0)).result()
    assert declared_nodes(store)(WS, "cpu") == nodes


def test_a_compute_nobody_made_and_serverless_are_undeclared() -> None:
    nodes_of = declared_nodes(Database.in_memory())
    assert nodes_of(WS, "cpu") is None
    assert nodes_of(WS, "") is None


def test_there_is_at_least_one_core() -> None:
    assert usable_cores() >= 1
