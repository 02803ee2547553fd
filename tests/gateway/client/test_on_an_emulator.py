"""Assets, computes and datastores through MLClient, on an emulator in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from amlet.testing import InProcessEmulator
from gateway import MLClient, command
from gateway.entities import AmlCompute, AzureBlobDatastore, CommandComponent, Data, Environment, Model
from gateway.exceptions import ResourceNotFoundError, ValidationException


@pytest.fixture(scope="module")
def client() -> Iterator[MLClient]:
    with InProcessEmulator() as emulator:
        yield emulator.client()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "net" / "deep").mkdir(parents=True)
    (tmp_path / "net" / "weights.bin").write_bytes(b"1234")
    (tmp_path / "net" / "deep" / "more.txt").write_text("more")
    return tmp_path / "net"


def test_a_local_model_is_registered_listed_and_fetched_again(client: MLClient, folder: Path, tmp_path: Path) -> None:
    made = client.models.create_or_update(Model(name="net", path=folder, type="custom_model", tags={"a": "b"}))
    assert (made.name, made.version, made.tags) == ("net", "1", {"a": "b"})
    assert [(found.name, found.latest_version) for found in client.models.list() if found.name == "net"] == [
        ("net", "1")
    ]
    assert [found.version for found in client.models.list("net")] == ["1"]
    assert client.models.get("net", label="latest").version == "1"

    client.models.download("net", "1", tmp_path / "got")
    got = tmp_path / "got" / "net" / "net"
    assert (got / "weights.bin").read_bytes() == b"1234"
    assert (got / "deep" / "more.txt").read_text() == "more"


def test_the_versions_of_a_model_are_listed_by_stage(client: MLClient) -> None:
    path = "azureml://datastores/workspaceblobstore/paths/x"
    for stage in ("Production", "Staging"):
        client.models.create_or_update(Model(name="staged", path=path, stage=stage))
    assert [found.version for found in client.models.list("staged", stage="Staging")] == ["2"]
    assert [found.version for found in client.models.list("staged", "Production")] == ["1"]
    assert len(list(client.models.list("staged"))) == 2


@pytest.mark.parametrize("secrets", [True, False])
def test_datastores_are_listed_with_their_secrets_where_these_are_wanted(client: MLClient, secrets: bool) -> None:
    found = {store.name: store for store in client.datastores.list(include_secrets=secrets)}
    assert bool(getattr(found["workspaceblobstore"].credentials, "account_key", None)) is secrets


def test_an_asset_can_be_given_by_the_official_client_s_name_for_it(client: MLClient) -> None:
    path = "azureml://datastores/workspaceblobstore/paths/x"
    assert client.models.create_or_update(model=Model(name="by-name", path=path)).version == "1"
    assert client.environments.create_or_update(environment=Environment(name="by-name", image="i")).version == "1"
    assert client.data.create_or_update(data=Data(name="by-name", path=path)).version == "1"
    with pytest.raises(TypeError, match="unexpected keyword argument 'data'"):
        client.models.create_or_update(data=Model(name="by-name", path=path))
    with pytest.raises(TypeError, match="missing its argument 'model'"):
        client.models.create_or_update()


def test_a_component_is_registered_under_the_version_that_is_said(client: MLClient) -> None:
    own = CommandComponent(name="versioned", version="1", command="true", environment="e:1")
    assert client.components.create_or_update(own, "7").version == "7"
    assert client.components.create_or_update(component=own, skip_validation=True).version == own.version == "1"


def test_a_model_of_one_file_is_fetched_below_its_name(client: MLClient, folder: Path, tmp_path: Path) -> None:
    client.models.create_or_update(Model(name="single", path=folder / "weights.bin"))
    client.models.download("single", "1", tmp_path / "got")
    assert (tmp_path / "got" / "single" / "weights.bin").read_bytes() == b"1234"


@pytest.mark.parametrize("kind", ["models", "environments", "data"])
def test_a_version_and_a_name_are_archived_and_restored(client: MLClient, kind: str) -> None:
    made = {
        "models": Model(name="old", path="azureml://datastores/workspaceblobstore/paths/x"),
        "environments": Environment(name="old", image="i"),
        "data": Data(name="old", path="https://example.com/x", type="uri_file"),
    }[kind]
    operations = getattr(client, kind)
    operations.create_or_update(made)
    operations.archive("old", version="1")
    assert [found.version for found in operations.list("old")] == []
    assert [found.version for found in operations.list("old", list_view_type="All")] == ["1"]
    operations.restore("old", label="latest") if kind != "environments" else operations.restore("old", "1")
    assert [found.version for found in operations.list("old")] == ["1"]
    operations.archive("old")
    assert "old" not in [found.name for found in operations.list()]
    operations.restore("old")
    assert "old" in [found.name for found in operations.list()]
    with pytest.raises(ValidationException, match="not both"):
        operations.archive("old", version="1", label="latest")


def test_a_cluster_is_made_listed_and_deleted(client: MLClient) -> None:
    made = client.begin_create_or_update(AmlCompute(name="cpu-cluster", size="S", max_instances=3)).result()
    assert (made.name, made.type, made.max_instances, made.provisioning_state) == (
        "cpu-cluster", "amlcompute", 3, "Succeeded",
    )  # fmt: skip
    assert [found.name for found in client.compute.list()] == ["cpu-cluster"]
    assert [found.name for found in client.compute.list(compute_type="computeinstance")] == []
    assert list(client.compute.list_nodes("cpu-cluster")) == []
    client.compute.begin_delete("cpu-cluster").result()
    assert list(client.compute.list()) == []


def test_datastores_are_read_made_and_forgotten(client: MLClient) -> None:
    default = client.datastores.get_default()
    assert isinstance(default, AzureBlobDatastore)
    assert default.name == "workspaceblobstore"
    made = client.create_or_update(
        AzureBlobDatastore(name="mine", account_name=default.account_name, container_name="mine")
    )
    assert (made.name, made.container_name) == ("mine", "mine")
    assert "mine" in [found.name for found in client.datastores.list()]
    client.datastores.delete("mine")
    with pytest.raises(ResourceNotFoundError):
        client.datastores.get("mine")


def test_secrets_come_only_when_asked_for(client: MLClient) -> None:
    plain, full = client.datastores.get_default(), client.datastores.get_default(include_secrets=True)
    assert type(plain.credentials) is type(full.credentials)
    assert set(vars(plain.credentials).values()) <= {None}


def test_create_or_update_takes_every_kind(client: MLClient, folder: Path) -> None:
    for entity in (
        Environment(name="any", image="i"),
        Data(name="any", path=folder),
        Model(name="any", path=folder),
        command(command="true", environment="e:1", compute="cpu"),
    ):
        assert client.create_or_update(entity).name
    with pytest.raises(ValidationException, match="begin_create_or_update"):
        client.create_or_update(AmlCompute(name="cpu"))


def test_a_job_is_read_back_with_names_instead_of_ids(client: MLClient) -> None:
    job = client.jobs.create_or_update(command(command="true", environment="e:1", compute="cpu"))
    assert (job.compute, job.environment) == ("cpu", "e:1")
    assert [(found.compute, found.environment) for found in client.jobs.list() if found.name == job.name] == [
        ("cpu", "e:1")
    ]


def test_a_job_is_validated_without_being_submitted(client: MLClient) -> None:
    good = command(command="true", environment="e:1", compute="cpu", name="fine")
    assert client.jobs.validate(good).passed
    bad = command(command="echo ${{inputs.nope}}", environment="e:1")
    result = client.jobs.validate(bad)
    assert not result.passed
    assert any("nope" in text for text in result.error_messages.values())
    assert '"result": "Failed"' in repr(result)
    with pytest.raises(ValidationException, match="nope"):
        client.jobs.validate(bad, raise_on_failure=True)
    with pytest.raises(ResourceNotFoundError):
        client.jobs.get("fine")


def test_a_job_shows_itself_as_html_with_nothing_of_it_as_markup(client: MLClient) -> None:
    job = client.jobs.create_or_update(
        command(command="true", environment="e:1", experiment_name="exp", display_name="<b>x</b>")
    )
    page = job._repr_html_()
    assert f"<td>{job.name}</td>" in page
    assert 'href="https://' in page
    job.experiment_name = "<script>"
    assert "<script>" not in job._repr_html_()


def test_what_only_the_official_client_has_is_refused_by_name(client: MLClient) -> None:
    with pytest.raises(AttributeError, match="gateway's MLClient has no online_endpoints: use azure-ai-ml"):
        client.online_endpoints.list()
    with pytest.raises(AttributeError, match=r"has no show_services: .*services has their addresses"):
        client.jobs.show_services("x")
    with pytest.raises(AttributeError, match="'MLClient' object has no attribute 'nope'"):
        client.nope  # noqa: B018
