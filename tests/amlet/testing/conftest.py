"""Emulators in this process, and a sweep to run on them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from amlet.testing import InProcessEmulator
from gateway import command
from gateway.entities import SweepJob
from gateway.sweep import Uniform


@pytest.fixture
def emulate() -> Iterator[Callable[..., InProcessEmulator]]:
    """Makes emulators that are closed at the end of the test."""
    with ExitStack() as made:
        yield lambda **options: made.enter_context(InProcessEmulator(**options))


@pytest.fixture
def sweep() -> Callable[..., SweepJob]:
    """A sweep over lr that maximizes accuracy."""

    def make(text: str = "python train.py --lr ${{inputs.lr}}", total: int = 4, **options: Any) -> SweepJob:
        trial = command(command=text, environment="azureml:e:1", compute="cpu", inputs={"lr": 0.1})
        node = trial(lr=Uniform(0.0, 1.0)).sweep(
            sampling_algorithm="random", primary_metric="accuracy", goal="Maximize", max_total_trials=total, **options
        )
        made: SweepJob = node._to_job() if hasattr(node, "_to_job") else node
        return made

    return make


@pytest.fixture
def python() -> str:
    """This interpreter, as trials name it."""
    return sys.executable if os.name == "posix" else f'"{sys.executable}"'
