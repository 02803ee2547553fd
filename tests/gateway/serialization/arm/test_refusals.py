"""What cannot be sent is refused with a message that names the field; where the official SDK refuses, so do we."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from gateway import command, from_arm, to_arm, to_arm_json
from gateway.entities import (
    CommandComponent,
    CommandJob,
    CommandJobLimits,
    Environment,
    Input,
    JobService,
    Output,
    QueueSettings,
)
from gateway.exceptions import ErrorTarget, JobException, JobParsingError, ValidationException
from gateway.sweep import Choice, Objective, SweepJob, SweepJobLimits, Uniform


def a_command(**arguments: Any) -> CommandJob:
    return CommandJob(**{"command": "echo ${{inputs.a}}", "environment": "e:1", "inputs": {"a": 1}, **arguments})


def a_sweep(**arguments: Any) -> SweepJob:
    return SweepJob(**{"trial": a_command(), "search_space": {"lr": Uniform(0, 1)}, **arguments})


def a_node(**arguments: Any) -> Any:
    return command(**{"command": "echo ${{inputs.lr}}", "environment": "e:1", "inputs": {"lr": 0.1}, **arguments})


class Array:
    """Something of numpy's kind."""

    def tolist(self) -> int:
        return 3


@pytest.mark.parametrize(
    ("make", "said"),
    [
        # refused by the official SDK too
        (lambda: a_sweep(sampling_algorithm="foo"), "unsupported sampling algorithm: foo"),
        (lambda: a_sweep(early_termination="median_stopping"), "unsupported value 'median_stopping'"),
        (lambda: a_sweep(early_termination={"type": "bandit"}), "early termination policy"),
        (lambda: a_sweep(search_space={"a-b": Uniform(0, 1)}), "Key name 'a-b'"),
        (lambda: a_sweep(inputs={"a b": 1}), "Key name 'a b'|does not contain 'a'"),
        (lambda: a_sweep(inputs={"b": 1}), "does not contain 'a' referenced in command"),
        (lambda: a_command(inputs={"b": 1}), "does not contain 'a'.*the inputs are: b"),
        (lambda: a_command(inputs={"a": None}), "does not contain 'a'"),
        (lambda: a_command(outputs={"o-p": Output()}), "Key name 'o-p'"),
        (lambda: a_command(command=None), "command is required"),
        (lambda: a_command(environment=None), "environment is required"),
        (lambda: a_command(environment=Environment(name="e")), "image or Dockerfile is required"),
        (lambda: a_command(inputs={"a": Input(type="tape", path="x")}), "inputs.a: Job input type tape"),
        (lambda: a_command(outputs={"o": Output(type="tape")}), "outputs.o: unsupported JobOutput type: tape"),
        (lambda: a_command(queue_settings=QueueSettings(job_tier="gold")), "job_tier should be one of .*spot"),
        (lambda: a_command(queue_settings=QueueSettings(priority="${{x}}")), "priority cannot be a binding"),
        (lambda: Input(type="uri_file", default=3), "has no default"),
        (lambda: Input(type="uri_file", min=3), "'min' should be None"),
        (lambda: Input(type="string", path="x"), "'path' should be None"),
        (lambda: Input(type="integer", default="x"), "cannot be read as integer"),
        (lambda: Input(type="boolean", default="maybe"), "True or False"),
        (lambda: Output(name="a b"), "letters, digits, dashes"),
        (lambda: Output(version="1"), "name is required"),
        (lambda: JobService(nodes="some"), "nodes should be 'all'"),
        (lambda: JobService(type="fax"), "type 'fax' is not one of"),
        (lambda: Environment(version="1"), "without a name"),
        (lambda: Environment(name="e", version=1), "version of an asset is a string"),  # type: ignore[arg-type]
        (lambda: Environment(image="i", conda_file="no/such.yml"), "No such file or directory: .*such.yml"),
        (lambda: a_node(environment=3), "environment must be str or Environment"),
        (lambda: a_node(code=3), "code must be"),
        (lambda: a_node(services=3), "services must be a dict"),
        (lambda: a_node(services={"s": 3}), "services.s"),
        (lambda: a_node(inputs={"lr": [1]}), "inputs.lr: Unsupported input type: list"),
        (lambda: a_node(outputs={"o": 3}), "outputs.o: Unsupported output type: int"),
        (lambda: a_node(distribution={"type": "carrier pigeon"}), "distribution.type"),
        (lambda: a_node()(3), "doesn't support positional arguments"),
        (lambda: a_node()(nope=3), "unexpected keyword argument 'nope'; valid keywords: lr"),
        (lambda: a_node(inputs={"lr": 1, "LR": 2})(), "equal ignoring case"),
        (lambda: a_node(inputs={"lr": 1, "a-b": 2})(), "not a valid parameter name"),
        (lambda: a_node().sweep(primary_metric="m", goal="g", early_termination_policy="x"), "unsupported value 'x'"),
        (lambda: CommandComponent(command="x", instance_count=1, resources={"instance_count": 2}), "exclude"),
        # where the official SDK crashes, or drops the value without a word
        (lambda: a_sweep(search_space=None), "search_space is missing"),
        (lambda: a_sweep(search_space=["lr"]), r"search_space \['lr'\] is not a dict"),
        (lambda: a_sweep(inputs=["a"]), r"inputs: \['a'\] is of type list; give a dict"),
        (
            lambda: a_sweep(limits={"timeout": 5}, trial=a_command(limits=CommandJobLimits(timeout=5))),
            "limits.*give SweepJobLimits",
        ),
        (lambda: a_sweep(search_space={"lr": [1, 2]}), r"search_space.lr: \[1, 2\] is not a distribution.*Choice"),
        (lambda: a_sweep(search_space={"lr": Choice([object()])}), "search_space.lr: .*cannot be sent"),
        (lambda: a_sweep(trial=None), "trial is missing"),
        (lambda: a_sweep(trial=a_command(command=None)), "trial.command is missing"),
        (lambda: a_sweep(limits={"timeout": 5}), "limits.*give SweepJobLimits"),
        (lambda: a_sweep(objective=Objective(None, "m")), "objective.goal is missing"),
        (lambda: a_sweep(queue_settings={"job_tier": "spot"}), "give QueueSettings"),
        (lambda: a_sweep(identity={"type": "managed"}), "give one of ManagedIdentityConfiguration"),
        (lambda: SweepJobLimits(timeout="600"), "timeout: '600' is not a whole number of seconds"),  # type: ignore[arg-type]
        (lambda: SweepJobLimits(trial_timeout=3.5), "trial_timeout: 3.5"),  # type: ignore[arg-type]
        (lambda: a_command(limits=CommandJobLimits(timeout="5")), "'5' is not a number of seconds"),
        (lambda: a_command(inputs={"a": Input(path="x", mode="upload")}), "inputs.a.mode: 'upload' is not one of"),
        (lambda: a_command(outputs={"o": Output(mode="ro_mount")}), "outputs.o.mode: 'ro_mount' is not one of"),
        (lambda: a_command(outputs={"o": "x"}), "outputs.o: 'x' is of type str; give Output"),
        (lambda: a_command(services={"s": {"type": "ssh"}}), "services.s.*give a JobService"),
        (lambda: a_command(queue_settings=QueueSettings(priority=2)), "priority should be one of low"),  # type: ignore[arg-type]
        (lambda: a_command(environment=3), "environment: 3 is of type int"),
        (lambda: a_command(tags={"t": object()}), "tags.t: .*cannot be sent"),
        (lambda: a_node(inputs={"lr": Choice([{}])}), "inputs.lr: .*cannot be declared"),
        (lambda: a_node(inputs={"lr": Uniform(0, 1)}), "inputs.lr: .*is a distribution"),
        (lambda: a_node(inputs={"lr": {"value": 3}}), "inputs.lr: .*give type and path"),
        (lambda: a_node(inputs=3), "inputs: 3 is of type int; give a dict"),
        (lambda: a_node(name=3), "name: 3 is of type int"),
        (lambda: a_node().sweep(primary_metric="m", goal="g", search_space=3), "search_space: 3 is of type int"),
        (lambda: a_node(command=3).sweep(primary_metric="m", goal="g"), "command: 3 is of type int"),
        (lambda: a_sweep(trial=3), "trial: 3 is of type int; give CommandJob"),
        (lambda: a_sweep(trial=a_command(limits={"timeout": 5})), "trial.limits: .*give CommandJobLimits"),
        (lambda: a_sweep(objective="accuracy"), "objective: 'accuracy' is of type str; give Objective"),
        (lambda: a_sweep(resources="big"), "resources: 'big' is of type str; give JobResourceConfiguration"),
        (lambda: a_sweep(tags="t"), "tags: 't' is of type str; give a dict"),
        (lambda: a_sweep(search_space={"lr": Choice(3)}), "values of a choice: 3 is of type int"),  # type: ignore[arg-type]
        (lambda: a_sweep(limits=SweepJobLimits(max_total_trials=Array())), r"maxTotalTrials: .*give its \.tolist\(\)"),  # type: ignore[arg-type]
        (lambda: Objective(3), "objective.goal: 3 is of type int; give 'minimize' or 'maximize'"),  # type: ignore[arg-type]
        (lambda: a_command(distribution="mpi"), "distribution: 'mpi' is of type str; give one of MpiDistribution"),
        (lambda: a_command(command=["echo"]), "command: .* is of type list; give the command line"),
        (lambda: a_command(code=3), "code: 3 is of type int; give the path"),
        (lambda: a_command(services="ssh"), "services: 'ssh' is of type str"),
        (lambda: a_command(environment_variables=3), "environment_variables: 3 is of type int"),
        (lambda: a_command(limits=CommandJobLimits(timeout=10**15)), "timeout: .* is not a number of seconds"),
    ],
)
def test_a_refusal_names_the_field_and_the_remedy(make: Callable[[], Any], said: str) -> None:
    with pytest.raises(ValidationException, match=said):
        to_arm(make())


@pytest.mark.parametrize("field", ["tags", "properties"])
def test_what_a_job_has_no_longer_is_left_out(field: str) -> None:
    job = a_sweep()
    setattr(job, field, None)
    assert field not in to_arm(job)["properties"]


def test_a_refusal_says_what_it_is_about() -> None:
    with pytest.raises(ValidationException) as caught:
        a_sweep(sampling_algorithm="foo")
    assert caught.value.target == ErrorTarget.SWEEP_JOB
    assert str(caught.value) == caught.value.message == caught.value.no_personal_data_message


def test_unknown_keywords_are_refused() -> None:
    with pytest.raises(TypeError, match=r"SweepJob\(\) got an unexpected keyword argument 'nope'"):
        a_sweep(nope=1)


def test_other_jobs_cannot_be_sent() -> None:
    from gateway.entities import BaseJob

    with pytest.raises(JobException, match="BaseJob cannot be submitted"):
        to_arm(BaseJob(name="n"))


def test_values_that_json_does_not_know_travel_as_the_official_sdk_sends_them() -> None:
    from datetime import UTC, date, datetime, timedelta
    from enum import Enum

    class Colour(Enum):
        RED = "red"

    values = [
        Decimal("0.5"),
        Colour.RED,
        datetime(2024, 1, 2, tzinfo=UTC),
        date(2024, 1, 2),
        timedelta(hours=2),
        b"x",
        (1,),
    ]
    job = a_sweep(search_space={"x": Choice(values)})  # type: ignore[arg-type]
    sent = to_arm(job)["properties"]["searchSpace"]["x"]
    assert sent == ["choice", [[0.5, "red", "2024-01-02T00:00:00Z", "2024-01-02", "PT02H", "eA==", [1]]]]
    assert to_arm_json(job)


def test_translating_changes_nothing() -> None:
    job = a_sweep(trial=a_command(command="echo {inputs.a}", compute="c", limits=CommandJobLimits(timeout=600)))
    first = to_arm(job)
    assert job.trial.command == "echo {inputs.a}"  # type: ignore[union-attr]
    assert (job.compute, job.limits, job.inputs) == (None, None, {})
    assert to_arm(job) == first


@pytest.mark.parametrize(
    "key",
    [
        *("tags", "services", "identity", "searchSpace", "samplingAlgorithm", "limits", "objective", "trial"),
        *("inputs", "outputs", "queueSettings", "resources", "earlyTermination"),
    ],
)
def test_an_answer_with_a_part_of_another_json_type_is_refused_by_its_path(key: str) -> None:
    body = {"name": "odd", "properties": {**to_arm(a_sweep())["properties"], key: "odd"}}
    with pytest.raises(JobParsingError, match=rf'\$\.properties\.{key}: "odd" is not an object'):
        from_arm(body)


@pytest.mark.parametrize("body", [None, [], "text", 5, {}, {"properties": []}])
def test_an_answer_that_is_no_resource_is_refused(body: Any) -> None:
    with pytest.raises(JobParsingError, match="has no properties"):
        from_arm(body)
