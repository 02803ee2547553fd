"""A suite that a server of nothing passes is worth nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from contracts.suite.scenario import rules_of
from contracts.suite.scenarios import ALL

_MODULE = """
import pytest
from contracts.suite.scenarios import ALL
from contracts.suite.target import Feature, Response, Surroundings

class Empty:
    workspace = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"
    surroundings = Surroundings(workspace, features=frozenset({Feature.PROCESSES, Feature.LONG_WAITS}))

    def send(self, request):
        return Response(200, {"content-type": "application/json"}, b"{}")

    def pause(self, seconds):
        pass

@pytest.fixture
def target():
    return Empty()

globals().update({f"Test{one.__name__}": type(f"Test{one.__name__}", (one,), {}) for one in ALL})
"""


def test_a_server_that_answers_200_and_an_empty_object_to_everything_fails_every_scenario(
    tmp_path: Path, run_pytest: Callable[..., Any]
) -> None:
    (tmp_path / "test_empty.py").write_text(_MODULE)
    outcomes, output = run_pytest("test_empty.py")
    scenarios = {f"Test{one.__name__}::{name}" for one in ALL for name, _ in rules_of(one)}
    assert outcomes.keys() == scenarios, output[-2000:]
    assert {name for name, outcome in outcomes.items() if outcome not in ("FAILED", "ERROR")} == set()
