"""Commands that are called and swept behave as the official SDK's nodes."""

from __future__ import annotations

from typing import Any

import pytest

from gateway import Input, Output, command, to_arm
from gateway.entities import Data, Environment, JobResourceConfiguration, QueueSettings
from gateway.exceptions import UnexpectedKeywordError, UserErrorException, ValidationException
from gateway.sweep import BanditPolicy, Choice, Uniform


def a_node(**arguments: Any) -> Any:
    return command(
        **{
            "command": "echo ${{inputs.lr}} ${{inputs.data}}",
            "environment": "e:1",
            "inputs": {"lr": 0.1, "data": Input(type="uri_file", path="a.csv")},
            **arguments,
        }
    )


def test_nodes_are_compared_by_what_they_say() -> None:
    first, same, other = a_node(), a_node(), a_node()
    other.inputs.lr = 0.2
    assert first == same
    assert first != other


def test_inputs_that_a_component_does_not_declare_are_no_inputs_of_the_node() -> None:
    from gateway.entities import Command, CommandComponent

    assert Command(component=CommandComponent(command="x"), inputs={"lr": 1}).inputs == {}


def test_calling_leaves_the_first_command_as_it_was() -> None:
    first = a_node()
    second = first(lr=Uniform(0, 1))
    second.inputs.data.path = "b.csv"
    second.environment_variables["A"] = "1"
    assert first.inputs.lr.data == 0.1
    assert first.environment_variables == {}
    assert to_arm(first)["properties"]["inputs"]["lr"] == {"value": "0.1", "jobInputType": "literal"}


def test_sweeping_leaves_the_command_as_it_was() -> None:
    node = a_node(inputs={"lr": Uniform(0, 1), "data": Input(type="uri_file", path="a.csv")})
    sweep = node.sweep(primary_metric="m", goal="Maximize")
    assert to_arm(sweep)["properties"]["trial"]["command"] == "echo ${{search_space.lr}} ${{inputs.data}}"
    assert node.command == sweep.trial.command == "echo ${{inputs.lr}} ${{inputs.data}}"


def test_a_value_given_to_an_input_of_a_node_is_swept() -> None:
    node = a_node()
    node.inputs.lr = Uniform(0, 1)
    space = to_arm(node.sweep(primary_metric="m", goal="Maximize"))["properties"]["searchSpace"]
    assert space == {"lr": ["uniform", [0, 1]]}


def test_text_for_a_data_input_is_its_path() -> None:
    called = a_node()(data="c.csv")
    assert called.inputs.data.data == Input(type="uri_file", path="c.csv")
    assert (called.inputs.data.path, called.inputs.data.type, called.inputs.lr.path) == ("c.csv", "uri_file", None)


def test_a_data_asset_is_an_input() -> None:
    called = a_node()(data=Data(name="iris", version="1", type="uri_file"))
    assert called.inputs.data.path == "iris:1"


def test_a_number_for_a_data_input_is_refused() -> None:
    with pytest.raises(UserErrorException, match="takes a path of type uri_file, got int"):
        a_node()(data=3)


def test_inputs_and_outputs_that_do_not_exist_are_refused() -> None:
    node = a_node(outputs={"model": Output(type="mlflow_model")})
    with pytest.raises(UnexpectedKeywordError, match="no input 'nope'; the inputs are lr, data"):
        node.inputs.nope = 1
    with pytest.raises(UnexpectedKeywordError, match="no output 'nope'; the outputs are model"):
        node.outputs.nope = Output()
    with pytest.raises(ValidationException, match="plain value"):
        node.inputs.lr.path = "x"


def test_outputs_can_be_configured_on_the_node() -> None:
    node = a_node(outputs={"model": Output(type="mlflow_model")})
    node.outputs.model.path = "azureml://x"
    node.outputs.model.mode = "upload"
    node.outputs.model.name = "m"
    node.outputs.model.version = "1"
    sent = to_arm(node)["properties"]["outputs"]["model"]
    assert sent == {
        "assetName": "m", "uri": "azureml://x", "mode": "Upload", "jobOutputType": "mlflow_model", "assetVersion": "1",
    }  # fmt: skip


def test_optional_data_may_be_left_open() -> None:
    node = a_node(command="echo", inputs={"extra": Input(type="uri_file", optional=True)})
    assert node().inputs.extra.data is None


def test_settings_can_be_set_step_by_step() -> None:
    node = a_node()
    node.set_resources(instance_count=2)
    node.set_resources(shm_size="2g")
    node.set_limits(timeout=5)
    node.set_limits(timeout=7)
    node.set_queue_settings(job_tier="spot")
    node.set_queue_settings(priority="low")
    node.command = "echo ${{inputs.lr}}"
    node.code = "./src"
    properties = to_arm(node)["properties"]
    assert node.resources == JobResourceConfiguration(instance_count=2, shm_size="2g") == node.component.resources
    assert node.queue_settings == QueueSettings(priority="low")
    assert (properties["limits"]["timeout"], properties["codeId"], node.code) == ("PT7S", "./src", "./src")


def test_a_name_is_put_in_lower_case() -> None:
    assert a_node(name="Upper").name == "upper"


def test_dicts_stand_for_policies_and_distributions() -> None:
    sweep = a_node().sweep(
        primary_metric="m",
        goal="Maximize",
        early_termination_policy={"type": "bandit", "slack_factor": 0.1},  # type: ignore[arg-type]
        search_space={"lr": {"type": "choice", "values": [1, 2]}},  # type: ignore[dict-item]
    )
    assert sweep.early_termination == BanditPolicy(slack_factor=0.1, slack_amount=None)  # type: ignore[arg-type]
    assert sweep.search_space == {"lr": Choice([1, 2])}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"early_termination_policy": {"type": "coin"}}, "early_termination.type: 'coin'"),
        ({"search_space": {"lr": {"type": "coin"}}}, "search_space.lr.type: 'coin'"),
    ],
)
def test_unknown_types_in_dicts_are_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationException, match=said):
        a_node().sweep(primary_metric="m", goal="Maximize", **change)


def test_an_environment_travels_as_its_name_and_version() -> None:
    named = to_arm(a_node(environment=Environment(name="e", version="3", image="i")))
    assert named["properties"]["environmentId"] == "e:3"


def test_a_registered_component_has_no_command_to_change() -> None:
    from gateway.entities import Command

    node = Command(component="azureml:train:1", inputs={"lr": 0.1})
    assert (node.command, node.code, node.inputs.lr.data) == (None, None, 0.1)
    with pytest.raises(ValidationException, match="is a registered component"):
        node.command = "x"
    with pytest.raises(ValidationException, match="is a registered component"):
        to_arm(node.sweep(primary_metric="m", goal="Maximize"))
