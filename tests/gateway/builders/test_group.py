"""`@group`: inputs of a pipeline that belong together, declared, bound and sent by names with dots."""

from __future__ import annotations

import inspect
from enum import Enum
from typing import Any

import pytest

from gateway import Input, Output, command, dsl, load_component, to_arm
from gateway.entities import PipelineComponent
from gateway.exceptions import UnexpectedKeywordError, UserErrorException, ValidationException

STEP = command(
    name="fit",
    command="fit ${{inputs.rate}} ${{inputs.kind}} > ${{outputs.model}}",
    environment="azureml:base:1",
    inputs={"rate": 0.1, "kind": "linear"},
    outputs={"model": Output(type="uri_folder")},
)


class Kind(Enum):
    LINEAR = "linear"
    TREE = "tree"


@dsl.group
class Schedule:
    rate: float
    steps: int = 3


@dsl.group
class Training:
    kind: Kind
    schedule: Schedule = Schedule(rate=0.5)  # type: ignore[call-arg]


@dsl.pipeline(default_compute="cpu")
def train(training: Training, seed: int = 1) -> None:
    fit = STEP(rate=training.schedule.rate, kind=training.kind)
    assert fit is not None


def sent(job: Any) -> dict[str, Any]:
    return {name: entry["value"] for name, entry in to_arm(job)["properties"]["inputs"].items()}


def test_a_group_is_sent_as_inputs_with_dots_in_their_names() -> None:
    job = train(Training(kind=Kind.TREE))  # type: ignore[call-arg]
    assert sent(job) == {
        "training.kind": "tree",
        "training.schedule.rate": "0.5",
        "training.schedule.steps": "3",
        "seed": "1",
    }
    assert to_arm(job)["properties"]["jobs"]["fit"]["inputs"] == {
        "rate": {"value": "${{parent.inputs.training.schedule.rate}}", "job_input_type": "literal"},
        "kind": {"value": "${{parent.inputs.training.kind}}", "job_input_type": "literal"},
    }


def test_values_of_a_group_can_be_set_one_by_one_or_together() -> None:
    job = train(Training(kind=Kind.TREE))  # type: ignore[call-arg]
    job.inputs.training.kind = Kind.LINEAR
    job.inputs.training.schedule = Schedule(rate=0.25)  # type: ignore[call-arg]
    assert sent(job)["training.kind"] == "linear"
    assert sent(job)["training.schedule.rate"] == "0.25"
    assert list(job.inputs.training) == ["kind", "schedule"]


def test_a_group_is_handed_on_to_a_pipeline_within() -> None:
    @dsl.pipeline
    def inner(schedule: Schedule) -> None:
        fit = STEP(rate=schedule.rate)
        assert fit is not None

    @dsl.pipeline(default_compute="cpu")
    def outer(training: Training) -> None:
        nested = inner(training.schedule)
        assert nested is not None

    step = to_arm(outer(Training(kind=Kind.TREE)))["properties"]["jobs"]["nested"]  # type: ignore[call-arg]
    assert {name: entry["value"] for name, entry in step["inputs"].items()} == {
        "schedule.rate": "${{parent.inputs.training.schedule.rate}}",
        "schedule.steps": "${{parent.inputs.training.schedule.steps}}",
    }


def test_a_default_of_the_parameter_stands_for_a_group_that_is_not_given() -> None:
    @dsl.pipeline(default_compute="cpu")
    def whole(schedule: Schedule = Schedule(rate=0.75)) -> None:  # type: ignore[call-arg] # noqa: B008
        fit = STEP(rate=schedule.rate)
        assert fit is not None

    assert sent(whole()) == {"schedule.rate": "0.75", "schedule.steps": "3"}


def test_a_component_with_dots_in_its_names_is_called_with_a_group(tmp_path: Any) -> None:
    file = tmp_path / "fit.yml"
    file.write_text(
        "name: fit\ntype: command\ncommand: fit\nenvironment: azureml:base:1\n"
        "inputs: {schedule.rate: {type: number}, schedule.steps: {type: integer, optional: true}}\n"
    )
    step = load_component(file)(schedule={"rate": 0.5})
    assert step.inputs.schedule.rate.data == 0.5
    assert step.inputs["schedule"]["steps"].data is None


def test_a_group_tells_the_outputs_of_a_pipeline() -> None:
    @dsl.group
    class Results:
        model: Output(type="uri_folder")  # type: ignore[valid-type]

    def whole() -> Any:
        fit = STEP()
        return Results(model=fit.outputs.model)  # type: ignore[call-arg]

    whole.__annotations__["return"] = Results
    assert list(to_arm(dsl.pipeline(whole)())["properties"]["outputs"]) == ["model"]


def test_the_constructor_shows_the_fields_and_inherited_ones_come_first() -> None:
    @dsl.group
    class More(Schedule):
        seed: int

    assert list(inspect.signature(More.__init__).parameters) == ["self", "rate", "seed", "steps"]
    assert repr(Schedule(rate=1.0)) == "Schedule(rate=1.0, steps=3)"  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="'wrong'"):
        Schedule(wrong=1)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"training": "linear"}, "'training' is defined as a parameter group but got input 'linear'"),
        ({"training": None, "seed": Schedule(rate=1.0)}, "'seed' is defined as a parameter but got a parameter group"),  # type: ignore[call-arg]
    ],
)
def test_a_group_and_a_single_value_are_not_mistaken_for_each_other(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationException, match=message):
        train(**values)


def test_a_field_that_a_group_does_not_have_is_refused_by_name() -> None:
    job = train(Training(kind=Kind.TREE))  # type: ignore[call-arg]
    with pytest.raises(UnexpectedKeywordError, match=r"no input 'speed' in the group training\.schedule"):
        job.inputs.training.schedule.speed = 1
    with pytest.raises(ValidationException, match="'training' is expected to be a parameter group"):
        job.inputs.training = 3


def test_data_and_outputs_cannot_be_inputs_of_a_group() -> None:
    for annotation, message in ((Input(type="uri_folder"), "Only primitive types"), (Output(), "Output annotation")):

        class Wrong:
            __annotations__ = {"data": annotation}

        def whole(group: Any) -> None: ...

        whole.__annotations__ = {"group": dsl.group(Wrong)}
        with pytest.raises(UserErrorException, match=message):
            dsl.pipeline(whole)


def test_the_first_and_the_last_step_are_set_within_the_function() -> None:
    @dsl.pipeline(default_compute="cpu")
    def whole() -> None:
        first = STEP()
        work = STEP()
        last = STEP()
        dsl.set_pipeline_settings(on_init=first, on_finalize="last")
        assert work is not last

    settings = to_arm(whole())["properties"]["settings"]
    assert (settings["on_init"], settings["on_finalize"]) == ("first", "last")
    assert isinstance(whole().component, PipelineComponent)
    with pytest.raises(UserErrorException, match="inside a `pipeline` decorated function"):
        dsl.set_pipeline_settings(on_init="first")


def test_a_pipeline_within_another_cannot_have_a_first_step() -> None:
    @dsl.pipeline
    def inner() -> None:
        first = STEP()
        dsl.set_pipeline_settings(on_init=first)

    @dsl.pipeline
    def outer() -> None:
        inner()

    with pytest.raises(UserErrorException, match="not supported for pipeline component"):
        outer()
