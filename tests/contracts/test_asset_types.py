from __future__ import annotations

from typing import get_args

from contracts.arm.inputs_outputs import AssetJobInput, JobOutput
from contracts.asset_types import DATA_TYPES, FOLDER_TYPES, MODEL_TYPES


def test_inputs_and_outputs_take_these_types_and_no_others() -> None:
    known = {*DATA_TYPES, *MODEL_TYPES}
    assert set(get_args(AssetJobInput.model_fields["job_input_type"].annotation)) == known
    assert set(get_args(JobOutput.model_fields["job_output_type"].annotation)) == known
    assert known > FOLDER_TYPES
