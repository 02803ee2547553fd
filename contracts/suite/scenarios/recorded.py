"""Scenarios whose evidence is one recorded exchange each: the answer is what the service's answer was."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from contracts.suite.answer import Unexpected
from contracts.suite.exchange import Exchange, Replay
from contracts.suite.scenario import Scenarios, scenario
from contracts.suite.workspace import Workspace


def recorded_scenarios(exchanges: Iterable[Exchange], blob_origin: str = "") -> type[Scenarios]:
    """A class with one scenario for each exchange; they run in this order, as later ones read what earlier ones made.

    Parameters:
        exchanges: recorded ones, such as `Exchange.from_json` gives them.
        blob_origin: origin of the target's storage account.

    Example:
        TestRecorded = recorded_scenarios(Exchange.from_json(json.loads(file.read_text())) for file in files)
    """
    replay = Replay(blob_origin)
    methods = {f"test_{one.id.replace('-', '_')}": _scenario(one, replay) for one in exchanges}
    return type("TestRecorded", (Scenarios,), methods)


def _scenario(exchange: Exchange, replay: Replay) -> Callable[..., None]:
    def steps(self: Scenarios, workspace: Workspace) -> None:
        found = replay.differences(exchange, workspace)
        if found:
            raise Unexpected(found, workspace.last)

    steps.__name__ = f"test_{exchange.id.replace('-', '_')}"
    steps.__doc__ = f"{exchange.step.method} {exchange.step.path} answers as it was recorded ({exchange.id})."
    return scenario("recorded", exchange.source)(steps)
