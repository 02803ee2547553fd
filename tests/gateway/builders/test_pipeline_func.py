"""`@pipeline`: names of steps, inputs and outputs, and what is refused."""

from __future__ import annotations

import pytest

from gateway import Input, Output, command, dsl, to_arm
from gateway.entities import Pipeline, PipelineJob
from gateway.exceptions import UnexpectedKeywordError, UserErrorException, ValidationException

STEP = command(
    name="prepare",
    command="echo ${{inputs.x}} > ${{outputs.out}}",
    environment="azureml:base:1",
    inputs={"x": 1},
    outputs={"out": Output(type="uri_folder")},
)


def test_steps_are_named_by_name_by_variable_and_else_after_another_step_of_their_component() -> None:
    @dsl.pipeline
    def whole() -> None:
        STEP()
        first = STEP()
        STEP()
        named = STEP()
        named.name = "chosen"
        _ = STEP()
        assert first is not named

    assert list(whole().jobs) == ["first_1", "first", "first_2", "chosen", "first_3"]


def test_a_name_that_two_steps_have_is_refused() -> None:
    @dsl.pipeline
    def whole() -> None:
        first = STEP()
        second = STEP()
        second.name = "first"
        assert first is not second

    with pytest.raises(UserErrorException, match="Duplicate node name found in pipeline: 'whole', node name: 'first'"):
        whole()


def test_a_pipeline_within_a_pipeline_is_a_step_of_it() -> None:
    @dsl.pipeline
    def inner(x: int) -> dict[str, Output]:
        only = STEP(x=x)
        return {"out": only.outputs.out}

    @dsl.pipeline(default_compute="cpu")
    def outer(x: int = 3) -> dict[str, Output]:
        nested = inner(x=x)
        return {"out": nested.outputs.out}

    job = outer()
    assert isinstance(job, PipelineJob)
    assert isinstance(job.jobs["nested"], Pipeline)
    assert str(job.jobs["nested"].inputs.x.data) == "${{parent.inputs.x}}"
    assert job.inputs.x.data == 3


def test_a_step_with_one_output_is_an_input_by_itself() -> None:
    @dsl.pipeline
    def whole() -> None:
        first = STEP()
        second = STEP(x=first)
        assert str(second.inputs.x.data) == "${{parent.jobs.None.outputs.out}}"

    assert str(whole().jobs["second"].inputs.x.data) == "${{parent.jobs.first.outputs.out}}"


def test_a_function_may_use_the_value_that_it_was_called_with() -> None:
    @dsl.pipeline
    def whole(count: int) -> None:
        for _ in range(count.result()):  # type: ignore[attr-defined]
            STEP()

    assert list(whole(count=3).jobs) == ["prepare", "prepare_1", "prepare_2"]


def test_parameters_that_are_not_inputs_arrive_as_they_are() -> None:
    @dsl.pipeline(non_pipeline_inputs=["how"])
    def whole(how: object, x: int = 1) -> None:
        assert how == {"any": "thing"}
        STEP(x=x)

    assert "how" not in whole(how={"any": "thing"}).inputs


def test_a_parameter_that_does_not_exist_is_refused() -> None:
    @dsl.pipeline
    def whole(x: int = 1) -> None:
        STEP(x=x)

    with pytest.raises(UnexpectedKeywordError, match="unexpected keyword argument 'y'; valid keywords: x"):
        whole(y=2)


def test_a_function_that_returns_something_else_than_outputs_is_refused() -> None:
    @dsl.pipeline
    def whole() -> dict[str, int]:
        STEP()
        return {"a": 1}

    with pytest.raises(UserErrorException, match="mapping from output name"):
        whole()


def test_descriptions_come_from_the_docstring() -> None:
    @dsl.pipeline
    def whole(raw: Input, lr: float = 0.1) -> None:
        """Train.

        Args:
            raw: the data
            lr (float): how fast
                it learns
        """
        STEP(x=lr)

    component = whole(raw=Input(path="azureml:raw:1")).component
    assert component.inputs["lr"].description == "how fast it learns"  # type: ignore[union-attr]
    assert component.inputs["raw"].description == "the data"  # type: ignore[union-attr]


def test_an_input_of_another_step_cannot_be_bound() -> None:
    @dsl.pipeline
    def whole() -> None:
        first = STEP()
        STEP(x=first.inputs.x)

    with pytest.raises(ValidationException, match="an input of another step cannot be bound"):
        whole().jobs["prepare"].inputs  # noqa: B018 - reading builds the ports


def test_an_input_is_joined_with_text() -> None:
    @dsl.pipeline(default_compute="cpu")
    def whole(x: str) -> None:
        left = STEP(x="left " + x)
        both = STEP(x=x + "/" + x)
        assert left is not both
        with pytest.raises(UserErrorException, match="compute it in a component"):
            STEP(x=x + 1)

    steps = to_arm(whole("v"))["properties"]["jobs"]
    assert steps["left"]["inputs"]["x"]["value"] == "left ${{parent.inputs.x}}"
    assert steps["both"]["inputs"]["x"]["value"] == "${{parent.inputs.x}}/${{parent.inputs.x}}"


def test_the_type_of_an_output_can_be_set_on_the_step_and_on_the_pipeline() -> None:
    @dsl.pipeline(default_compute="cpu")
    def whole() -> dict[str, Output]:
        only = STEP()
        only.outputs.out.type = "mlflow_model"
        assert only.outputs.out.type == "mlflow_model"
        return {"out": only.outputs.out}

    job = whole()
    assert to_arm(job)["properties"]["outputs"]["out"]["jobOutputType"] == "mlflow_model"
    job.outputs.out.type = "custom_model"
    assert to_arm(job)["properties"]["outputs"]["out"]["jobOutputType"] == "custom_model"


def test_a_pipeline_prints_as_its_file() -> None:
    @dsl.pipeline(default_compute="cpu")
    def whole(x: int) -> None:
        only = STEP(x=x)
        assert only is not None

    assert "x: ${{parent.inputs.x}}" in str(whole(3))
    assert "type: pipeline" in str(whole(3).component)
