"""What a step is given for each input that its component declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from emulator.engine.pipeline.inputs import StepRefused, step_inputs
from emulator.engine.pipeline.interface import interface_of

SPEC = {
    "inputs": {
        "lr": {"type": "number", "default": "0.1"},
        "data": {"type": "uri_folder", "mode": "download"},
        "extra": {"type": "uri_file", "optional": "True"},
    }
}
FOLDER = {"jobInputType": "uri_folder", "uri": "azureml://datastores/d/paths/x/"}


def inputs(given: Mapping[str, Any], parent: Mapping[str, Any] | None = None, **written: Any) -> dict[str, Any]:
    return step_inputs(
        "train",
        given,
        interface_of(SPEC),
        parent=parent or {},
        output_of=lambda step, output: written.get(f"{step}_{output}"),
    )


def test_a_literal_is_text_and_a_default_fills_in() -> None:
    assert inputs({"lr": {"job_input_type": "literal", "value": "3"}})["lr"] == {
        "jobInputType": "literal",
        "value": "3",
    }
    assert inputs({})["lr"] == {"jobInputType": "literal", "value": "0.1"}


def test_an_input_of_the_pipeline_is_handed_on_with_the_mode_of_the_step() -> None:
    given = {"data": {"job_input_type": "literal", "value": "${{parent.inputs.raw}}", "mode": "ReadOnlyMount"}}
    assert inputs(given, {"raw": FOLDER})["data"] == {**FOLDER, "mode": "ReadOnlyMount"}


def test_without_a_mode_of_the_step_that_of_the_component_holds() -> None:
    given = {"data": {"job_input_type": "literal", "value": "${{parent.inputs.raw}}"}}
    assert inputs(given, {"raw": FOLDER})["data"]["mode"] == "Download"


def test_the_output_of_another_step_is_its_address() -> None:
    given = {"data": {"value": "${{parent.jobs.prepare.outputs.clean}}"}}
    assert inputs(given, prepare_clean=FOLDER)["data"]["uri"] == FOLDER["uri"]


def test_data_of_the_step_itself_keeps_its_address() -> None:
    given = {"data": {"uri": FOLDER["uri"], "job_input_type": "uri_folder"}}
    assert inputs(given)["data"] == {**FOLDER, "mode": "Download"}


@pytest.mark.parametrize(
    "given", [{}, {"extra": {"value": "${{parent.inputs.none}}"}}, {"extra": {"value": "${{parent.jobs.a.outputs.o}}"}}]
)
def test_an_optional_input_without_a_value_is_left_out(given: Mapping[str, Any]) -> None:
    assert "extra" not in inputs(given)


def test_a_required_input_that_is_bound_to_nothing_is_refused() -> None:
    with pytest.raises(StepRefused, match="required input data has no value"):
        inputs({"data": {"value": "${{parent.jobs.a.outputs.o}}"}})


def test_another_expression_is_refused() -> None:
    with pytest.raises(StepRefused, match="not an input or an output"):
        inputs({"data": {"value": "${{inputs.data}}"}})


def test_a_hyperparameter_has_no_value() -> None:
    assert inputs({"lr": {"job_input_type": "literal"}})["lr"]["value"] == "0.1"


def test_bindings_within_a_text_are_replaced_by_values_and_addresses() -> None:
    given = {
        "lr": {"value": "${{parent.inputs.base}}${{parent.inputs.base}}1"},
        "data": {"uri": "${{parent.jobs.prepare.outputs.clean}}/part", "job_input_type": "uri_folder"},
    }
    found = inputs(given, {"base": {"jobInputType": "literal", "value": "2"}}, prepare_clean=FOLDER)
    assert found["lr"]["value"] == "221"
    assert found["data"] == {"jobInputType": "uri_folder", "uri": FOLDER["uri"] + "part", "mode": "Download"}


def test_a_text_with_a_binding_that_has_no_value_is_none() -> None:
    assert "extra" not in inputs({"extra": {"value": "${{parent.inputs.absent}}/x"}})
    with pytest.raises(StepRefused, match="data has no value"):
        inputs({"data": {"value": "${{parent.inputs.absent}}/x"}})


def test_the_name_of_the_pipeline_stays_a_text() -> None:
    assert inputs({"lr": {"value": "${{parent.name}}"}})["lr"]["value"] == "${{parent.name}}"
