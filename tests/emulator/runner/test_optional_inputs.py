"""Optional parts of commands, in trials that really run."""

from __future__ import annotations

import pytest

from contracts.lifecycle import JobStatus
from tests.emulator.runner.conftest import EmulatorInstance

COMMAND = (
    'printf "<%s>" $[[--data ${{inputs.data}}]] $[[--lr ${{search_space.lr}}]] $[[--n ${{inputs.n}}]] > outputs/said'
)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({}, "<--lr><0.5>"),
        ({"n": {"jobInputType": "literal", "value": "3"}}, "<--lr><0.5><--n><3>"),
        ({"n": {"jobInputType": "literal", "value": None}}, "<--lr><0.5>"),
    ],
)
def test_a_part_drops_out_when_its_input_has_no_value(
    instance: EmulatorInstance, inputs: dict[str, object], said: str
) -> None:
    instance.sweep(
        COMMAND,
        total=1,
        inputs=inputs,
        searchSpace={"lr": ["choice", [[0.5]]]},
        samplingAlgorithm={"samplingAlgorithmType": "Grid"},
    )
    assert instance.ended("s").status is JobStatus.COMPLETED
    assert instance.artifact("s_0", "outputs/said") == said
