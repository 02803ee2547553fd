"""An emulator in this process as a target of the contract suite."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from amlet.testing.in_process import InProcessEmulator
from amlet.testing.targets.over_transport import TransportTarget
from contracts.suite.target import Feature, Surroundings
from contracts.suite.trial import play
from emulator.executors.base import Attempt
from emulator.simulation.curve import Curve
from gateway.transport.choice import recorded

#: Few items in a page, so that few jobs make several pages.
PAGE_SIZE = 3


@contextmanager
def in_process(executor: str = "") -> Iterator[TransportTarget]:
    """A target that is an emulator of its own.

    Parameters:
        executor: `process` really runs the trials; else they are played in virtual time.
    """
    real = executor == "process"
    with InProcessEmulator(executor="process" if real else "simulate", settings={"page_size": PAGE_SIZE}) as emulator:
        if not real:
            emulator.time.freeze()
            emulator.set_curve_for(_played)
        surroundings = Surroundings(
            workspace=str(emulator.workspace),
            page_size=PAGE_SIZE,
            patience=120.0 if real else 7200.0,
            poll=0.05 if real else 1.0,
            features=frozenset({Feature.PROCESSES if real else Feature.LONG_WAITS}),
        )
        yield TransportTarget(
            recorded(emulator.transport, os.environ),
            surroundings,
            control_plane=emulator.origin,
            token=emulator.token,
            pause=emulator.sleep,
        )


def _played(task: Attempt) -> Curve:
    what = play(task.parameters)
    points = [(at, step, value) for step, (at, value) in enumerate(what.points)]
    return Curve(points, what.duration, what.exit_code)
