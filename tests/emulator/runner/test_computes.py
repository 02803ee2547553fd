"""How many nodes a compute has."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from contracts.resource_id import WorkspaceId
from emulator.runner.computes import Computes, declared_nodes, usable_cores
from emulator.storage import Database, assets

WS = WorkspaceId("sub", "group", "space")


class Waiting:
    """A job that wants one node, and notes what it is offered."""

    compute, resolved, finished, next_deadline = "cpu", SimpleNamespace(nodes=None, placement=None), False, None

    def __init__(self, number: int) -> None:
        self.job = SimpleNamespace(id=number, workspace=WS)
        self.holds, self.offers = 0, list[int]()

    @property
    def wants(self) -> int:
        return 1 - self.holds

    def offer(self, nodes: int, now: float) -> None:
        self.offers.append(nodes)
        self.holds += nodes

    def must_wait(self, why: str, now: float) -> None:
        pass


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


def test_who_waits_on_a_full_compute_is_asked_once_and_again_when_a_node_is_free() -> None:
    nodes = {"cpu": 1}
    computes = Computes(lambda workspace, name: nodes[name])
    first, second = Waiting(1), Waiting(2)
    computes.note(first)
    computes.share(0.0)
    computes.note(first)
    computes.note(second)
    for _ in range(3):
        computes.share(0.0)
    assert (first.offers, second.offers) == ([1], [0])
    nodes["cpu"] = 2
    computes.share(0.0)
    assert second.offers == [0, 1]


def test_the_nodes_of_a_job_that_is_over_go_to_the_next_one() -> None:
    computes = Computes(lambda workspace, name: 1)
    first, second = Waiting(1), Waiting(2)
    for run in (first, second):
        computes.note(run)
    computes.share(0.0)
    computes.note(first)
    computes.forget(first)
    computes.share(0.0)
    assert second.offers == [0, 1]


def test_a_compute_that_is_not_declared_has_the_room_of_the_executor() -> None:
    capacity = [0]
    computes = Computes(lambda workspace, name: None, lambda placement: capacity[0])
    runs = [Waiting(number) for number in (1, 2)]
    for run in runs:
        computes.note(run)
    computes.share(0.0)
    assert [run.offers for run in runs] == [[0], [0]]
    capacity[0] = 2
    computes.share(0.0)
    assert [run.offers for run in runs] == [[0, 1], [0, 1]]
