"""Entities are plain, mutable and comparable, and keep what they are told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway import command
from gateway.entities import (
    BuildContext,
    CommandComponent,
    CommandJob,
    Data,
    Environment,
    Input,
    JobResourceConfiguration,
    ManagedIdentityConfiguration,
    MpiDistribution,
    Output,
    QueueSettings,
)
from gateway.entities.resource import copied
from gateway.exceptions import ValidationException
from gateway.sweep import (
    BanditPolicy,
    Choice,
    GridSamplingAlgorithm,
    LogUniform,
    MedianStoppingPolicy,
    Objective,
    RandomSamplingAlgorithm,
    SweepJob,
    SweepJobLimits,
    Uniform,
)

PAIRS: list[tuple[Any, Any, Any]] = [
    (Uniform(0, 1), Uniform(min_value=0, max_value=1), LogUniform(0, 1)),
    (Choice([1, {"a": Uniform(0, 1)}]), Choice([1, {"a": Uniform(0, 1)}]), Choice([1, {"a": Uniform(0, 2)}])),
    (Objective("Maximize", "m"), Objective("maximize", "m"), Objective("minimize", "m")),
    (BanditPolicy(slack_factor=1), BanditPolicy(slack_factor=1), BanditPolicy(slack_amount=1)),
    (MedianStoppingPolicy(), MedianStoppingPolicy(), BanditPolicy(evaluation_interval=1)),
    (GridSamplingAlgorithm(), GridSamplingAlgorithm(), RandomSamplingAlgorithm()),
    (SweepJobLimits(timeout=5), SweepJobLimits(timeout=60), SweepJobLimits(timeout=61)),
    (QueueSettings(job_tier="spot"), QueueSettings(job_tier="spot"), QueueSettings(job_tier="basic")),
    (MpiDistribution(process_count_per_instance=2), MpiDistribution(process_count_per_instance=2), MpiDistribution()),
    (JobResourceConfiguration(shm_size="2g"), JobResourceConfiguration(shm_size="2g"), JobResourceConfiguration()),
    (
        ManagedIdentityConfiguration(client_id="c"),
        ManagedIdentityConfiguration(client_id="c", object_id="o"),
        ManagedIdentityConfiguration(resource_id="r"),
    ),
    (Input(path="x"), Input(type="uri_folder", path="x"), Input(path="y")),
    (CommandJob(command="x"), CommandJob(command="x"), CommandJob(command="y")),
    (BuildContext(path="x"), BuildContext(path="x"), BuildContext(path="y")),
]


@pytest.mark.parametrize(("one", "same", "other"), PAIRS)
def test_entities_are_compared_by_what_they_say(one: Any, same: Any, other: Any) -> None:
    assert one == same
    assert one != other
    assert one != "something else"


@pytest.mark.parametrize("entity", [one for one, _, _ in PAIRS])
def test_entities_show_what_they_say(entity: Any) -> None:
    assert "object at" not in repr(entity)


def test_a_sweep_can_be_changed_after_it_is_made() -> None:
    job = SweepJob(sampling_algorithm="random")
    job.set_limits(max_total_trials=4)
    job.set_limits(timeout=30)
    job.set_objective(goal="Maximize", primary_metric="m")
    job.set_objective(goal="minimize")
    job.set_resources(instance_count=2)
    job.set_resources(shm_size="2g")
    job.early_termination = "bandit"
    assert job.limits == SweepJobLimits(max_total_trials=4, timeout=60)
    assert job.objective == Objective("minimize", "m")
    assert job.resources == JobResourceConfiguration(instance_count=2, shm_size="2g")
    assert job.early_termination == BanditPolicy()
    with pytest.raises(ValidationException, match="limits must be SweepJobLimits"):
        job.limits = {"timeout": 5}  # type: ignore[assignment]


def test_dicts_stand_for_inputs_outputs_and_resources() -> None:
    job = SweepJob(
        inputs={"x": {"type": "uri_file", "path": "a"}, "n": 3},
        outputs={"o": {"type": "mlflow_model"}},
        resources={"instance_count": 2},
    )
    assert job.inputs == {"x": Input(type="uri_file", path="a"), "n": 3}
    assert job.outputs == {"o": Output(type="mlflow_model")}
    assert job.resources == JobResourceConfiguration(instance_count=2)


def test_settings_can_be_read_like_dicts() -> None:
    settings = QueueSettings(job_tier="spot")
    settings["priority"] = "low"
    assert ("job_tier" in settings, settings["priority"], settings.get("nope", 1)) == (True, "low", 1)
    assert dict(settings.items()) == {"job_tier": "spot", "priority": "low"}
    del settings["priority"]
    assert settings.values() == ["spot", None]


def test_the_page_of_a_job_is_where_the_service_says_or_where_the_cloud_has_it() -> None:
    from gateway.entities import JobService

    workspace = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"
    told = SweepJob(services={"Studio": JobService(endpoint="https://here")})
    known = SweepJob(id=f"{workspace}/jobs/n")
    assert told.studio_url == "https://here"
    assert known.studio_url == "https://ml.azure.com/runs/n?wsid=/subscriptions/s/resourcegroups/g/workspaces/w"
    assert SweepJob().studio_url is None


def test_paths_start_from_the_folder_in_which_a_job_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    job = CommandJob(command="x")
    monkeypatch.chdir("/")
    assert job.base_path == str(tmp_path)


def test_an_environment_reads_its_conda_file(tmp_path: Path) -> None:
    (tmp_path / "conda.yml").write_text("dependencies: [python=3.11]\n")
    environment = Environment(image="i", conda_file="conda.yml", base_path=tmp_path)
    assert environment.conda_file == {"dependencies": ["python=3.11"]}
    assert environment.conda_text == "dependencies:\n- python=3.11\n"


def test_an_environment_that_is_built_goes_by_the_content_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")

    def version() -> str | None:
        return Environment(build=BuildContext(path=tmp_path)).version

    before = version()
    assert before == version()
    (tmp_path / "Dockerfile").write_text("FROM python\n")
    assert version() not in (before, None)


def test_an_environment_without_its_build_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationException, match=r"build\.path: there is no folder .*nowhere"):
        Environment(build=BuildContext(path=tmp_path / "nowhere"))


def test_a_conda_file_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    (tmp_path / "conda.yml").write_text("- a\n")
    with pytest.raises(ValidationException, match="should be a mapping"):
        Environment(image="i", conda_file=tmp_path / "conda.yml")


@pytest.mark.oracle
@pytest.mark.usefixtures("sdk")
@pytest.mark.parametrize(
    "arguments", [{"image": "i"}, {"image": "i", "conda_file": {"name": "x", "dependencies": ["python"]}}]
)
def test_an_anonymous_environment_has_the_official_name_and_version(arguments: dict[str, Any]) -> None:
    from azure.ai.ml.entities import Environment as Official

    ours, theirs = Environment(**arguments), Official(**arguments)
    assert (ours.name, ours.version) == (theirs.name, theirs.version)


def test_data_and_components_have_names_and_versions() -> None:
    assert Data(name="iris", version="1", path=Path("x")).path == "x"
    component = CommandComponent(command="x", inputs={"a": {"type": "number"}}, instance_count=2)
    assert (component.name, component.version, component.resources) == (
        "azureml_anonymous",
        "1",
        JobResourceConfiguration(instance_count=2),
    )
    twin = copied(component)
    twin.command = "y"
    twin.resources.instance_count = 3  # type: ignore[union-attr]
    assert (component.command, component.resources.instance_count) == ("x", 2)  # type: ignore[union-attr]


def test_a_dict_is_coerced_wherever_it_is_set_and_the_errors_are_those_of_the_class() -> None:
    node = command(command="x", environment="base:1")
    for holder in (CommandJob(command="x"), SweepJob(), node):
        holder.resources = {"instance_count": 2}
        assert holder.resources == JobResourceConfiguration(instance_count=2)
        holder.resources = None
        assert holder.resources is None
        with pytest.raises(TypeError, match=r"resources\.properties must be a dict"):
            holder.resources = {"properties": 1}
    node.identity = {"type": "aml_token"}
    node.distribution = {"type": "mpi"}
    node.queue_settings = {"job_tier": "spot"}
    assert [type(part).__name__ for part in (node.identity, node.distribution, node.queue_settings)] == [
        "AmlTokenConfiguration",
        "MpiDistribution",
        "QueueSettings",
    ]
    with pytest.raises(ValidationException, match=r"distribution.type: 'x' is not known"):
        node.distribution = {"type": "x"}
